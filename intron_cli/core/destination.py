"""Where a result is meant to go, kept with the job so that whoever waits for it delivers it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Destination:
    """``file``: one document at that path. ``folder`` and ``name``: documents and the record side by side.

    Paths are absolute. ``formats`` are names of forms. ``written`` is the SHA-256 of what was written
    to ``file``.
    """

    formats: tuple[str, ...]
    file: str | None = None
    folder: str | None = None
    name: str | None = None
    show: tuple[str, ...] = ()
    provenance: bool = True
    record: bool = True
    written: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The destination that :meth:`to_dict` wrote. Raises ValueError for anything else."""
        values: dict[str, Any] = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        texts = [values.get(name) for name in ("file", "folder", "name", "written")]
        names = [values.get("formats"), values.get("show", [])]
        if not all(text is None or isinstance(text, str) for text in texts) or "formats" not in values:
            raise ValueError("no destination")
        if not values["formats"] and not values.get("folder"):  # in a folder, the record alone may be meant
            raise ValueError("no destination")
        if not all(isinstance(one, list) and all(isinstance(name, str) for name in one) for one in names):
            raise ValueError("no destination")
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**(values | lists))
