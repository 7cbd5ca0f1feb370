"""How the stand-in behaves."""

import math
from dataclasses import dataclass, field
from pathlib import Path

MOST_SPREAD = 10.0
LONGEST_PROCESSING = 600.0
"""Seconds, before the time scale, that the spread makes of a processing time at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """What can be set; the values left out are the service's, as far as they are known.

    Times are in seconds. ``time_scale`` divides the quota's window, the status interval, the
    processing time and how long the synchronous upload waits.
    """

    port: int = 0
    """0: a free one."""
    quota: tuple[int, float] = (30, 60.0)
    """Requests in any window of so many seconds."""
    status_interval: float = 1.0
    """Between two status calls of a key; 0: no such rule."""
    processing: float = 6.0
    """From an upload to its end; where there is a spread, the median."""
    spread: float = 0.0
    """The sigma of a lognormal distribution of processing times; 0: all are alike."""
    time_scale: float = 1.0
    seed: int | None = None
    """Makes the file ids, and the processing times in the order of the uploads, repeatable."""
    answers: Path | None = None
    """A folder of a tester's transcripts: `<sha256 of the bytes>.txt` or `<audio_file_name>.txt`."""
    refused_keys: frozenset[str] = field(default=frozenset(), repr=False)
    max_bytes: int = 100_000_000
    max_duration: float = 600.0
    min_duration: float = 1.0
    latency: float = 0.0
    """Added to each answer; not divided by the time scale."""
    bandwidth: float | None = None
    """Bits per second of all requests' bodies together, whatever the time scale; None: as fast as they come."""
    scenes: tuple[str, ...] = ()
    """What goes wrong: `NAME`, or `NAME=COUNT` for so many requests."""
    sync_seconds: float = 60.0
    """After which the synchronous upload gives up waiting; the service's own limit is not known."""

    def __post_init__(self) -> None:
        requests, window = self.quota
        if requests < 1 or window <= 0:
            raise ValueError("the quota must be at least one request in more than no time")
        if self.time_scale <= 0:
            raise ValueError("the time scale must be more than 0")
        if min(self.processing, self.status_interval, self.sync_seconds, self.latency) < 0:
            raise ValueError("a time cannot be less than 0")
        if not 0 <= self.spread <= MOST_SPREAD:
            raise ValueError(f"the spread must be a number from 0 to {MOST_SPREAD:g}")
        if self.bandwidth is not None and not 0 < self.bandwidth < math.inf:
            raise ValueError("the bandwidth must be a number over 0")

    def scaled(self, seconds: float) -> float:
        return seconds / self.time_scale
