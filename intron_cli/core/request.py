"""What is asked of the service for one recording."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from intron_cli.core.catalog import CATALOG, DEFAULT_CATEGORY, DEFAULT_LANGUAGE, Catalog, Category, Output
from intron_cli.core.errors import UsageError

_FIELD_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_OWN_FIELDS = ("audio_file_name", "audio_file_blob", "audio_file_url")
_FIELD_FLAGS = {
    "use_diarization": "--diarize",
    "use_category": "--category",
    "use_template_id": "--template",
    "use_language_asr_input": "--language",
    "use_disable_llm_corrections": "--verbatim",
}


@dataclass(frozen=True, slots=True)
class Request:
    """Category, outputs (wire names without ``get_``) and options, as the service will be asked.

    ``language`` None means that nobody said one; the service then assumes English.
    """

    category: str = DEFAULT_CATEGORY
    outputs: tuple[str, ...] = ()
    language: str | None = None
    diarize: bool = False
    verbatim: bool = False
    template: str | None = None
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def spoken_language(self) -> str:
        return self.language or DEFAULT_LANGUAGE

    def identity(self) -> str:
        """All but the outputs, in one canonical line: two requests that agree in it differ in outputs only."""
        return json.dumps(
            [self.category, self.spoken_language, self.diarize, self.verbatim, self.template, sorted(self.fields)],
            ensure_ascii=True, separators=(",", ":"),
        )  # fmt: skip

    def covers(self, other: Self) -> bool:
        """Whether the answer to this request holds all that ``other`` asks for."""
        return self.identity() == other.identity() and set(self.outputs) >= set(other.outputs)

    def to_dict(self) -> dict[str, Any]:
        return {
            "category": self.category,
            "outputs": list(self.outputs),
            "language": self.language,
            "diarize": self.diarize,
            "verbatim": self.verbatim,
            "template": self.template,
            "fields": dict(self.fields),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The request that :meth:`to_dict` wrote."""
        return cls(
            data["category"],
            tuple(data["outputs"]),
            data["language"],
            data["diarize"],
            data["verbatim"],
            data["template"],
            tuple(data["fields"].items()),
        )


def build_request(
    *,
    category: str | None = None,
    outputs: Sequence[str] = (),
    language: str | None = None,
    diarize: bool = False,
    verbatim: bool = False,
    template: str | None = None,
    fields: Sequence[str] = (),
    catalog: Catalog = CATALOG,
) -> Request:
    """Check what a person asked for, by any name, and settle what was left open.

    Raises UsageError; its message says what would be right.
    """
    asked = tuple(_known_output(name, catalog) for name in outputs)
    chosen = _known_category(category, catalog) if category else _inferred_category(asked, catalog)
    for output in asked:
        if chosen.name not in output.categories:
            raise _not_in_category(output, chosen, catalog)
    names = {output.name for output in asked}
    return Request(
        category=chosen.name,
        outputs=tuple(output.name for output in catalog.outputs if output.name in names),
        language=_known_language(language, catalog) if language else None,
        diarize=diarize,
        verbatim=verbatim,
        template=(template or "").strip() or None,
        fields=tuple(dict(_parsed_field(field, catalog) for field in fields).items()),
    )


def _known_category(name: str, catalog: Catalog) -> Category:
    if found := catalog.category(name):
        return found
    names = ", ".join(category.name for category in catalog.categories)
    raise UsageError(f"There is no category '{name}'.", f"Choose one of: {names}.")


def _known_output(name: str, catalog: Catalog) -> Output:
    if found := catalog.output(name):
        return found
    raise UsageError(f"There is no output '{name}'.", "'intron outputs' lists them all.")


def _known_language(name: str, catalog: Catalog) -> str:
    if found := catalog.language(name):
        return found
    raise UsageError(
        f"The service lists no language '{name}'.",
        "'intron outputs --languages' lists codes and names; an unlisted code can be sent with"
        " --field use_language_asr_input=CODE.",
    )


def _inferred_category(asked: tuple[Output, ...], catalog: Catalog) -> Category:
    fitting = [
        category for category in catalog.categories if all(category.name in output.categories for output in asked)
    ]
    if len(fitting) == 1:
        return fitting[0]
    return _known_category(DEFAULT_CATEGORY, catalog)


def _not_in_category(output: Output, category: Category, catalog: Catalog) -> UsageError:
    has = ", ".join(f"--{other.flag}" for other in catalog.outputs_of(category.name)) or "none"
    elsewhere = " or ".join(f"--category {name}" for name in output.categories)
    return UsageError(
        f"The category {category.name} has no {output.title} (--{output.flag}); it has: {has}.",
        f"Use {elsewhere}, or send it all the same with --field {output.field}=TRUE.",
    )


def _parsed_field(text: str, catalog: Catalog) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _FIELD_NAME.fullmatch(name):
        raise UsageError("--field takes NAME=VALUE, with a NAME of letters, digits, '_', '-' and '.'.")
    if name in _OWN_FIELDS:
        raise UsageError(f"--field cannot set {name}: it is filled from the source.", "Use --name for the name.")
    if flag := _FIELD_FLAGS.get(name):
        if name == "use_language_asr_input" and catalog.language(value) is None:
            return name, value
        raise UsageError(f"--field cannot set {name}.", f"Use {flag}.")
    return name, value
