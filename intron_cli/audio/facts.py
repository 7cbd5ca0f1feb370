"""What the reader of one container found out."""

from dataclasses import dataclass
from typing import Literal

Basis = Literal["exact", "header", "unknown"]
"""How a duration is known: from all that is there, from headers that agree with it, or not at all."""

Flaw = Literal["truncated", "joined"]
"""The file ends before its recording does; other recordings follow the first in the same file."""


@dataclass(frozen=True, slots=True)
class Facts:
    """``seconds`` is None where it cannot be trusted; ``silent`` says that there is certainly no sound in the file."""

    seconds: float | None = None
    basis: Basis = "unknown"
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None
    flaws: tuple[Flaw, ...] = ()
    silent: bool = False
