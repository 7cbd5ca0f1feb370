"""Looks into a file at places spread over it: enough to see whether it is one recording, without reading it all."""

from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

LOOKS = 32
LOOK_BYTES = 32 * 1024


def spread(file: BinaryIO, start: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Positions and the bytes there, from ``start`` on; of a small file all of it."""
    step = max(LOOK_BYTES, (size - start) // LOOKS)
    for position in range(start, size, step):
        file.seek(position)
        yield position, file.read(LOOK_BYTES)


def ascending(numbers: list[int]) -> bool:
    """Whether time only goes on; where a second recording begins it starts anew."""
    return all(before <= after for before, after in pairwise(numbers))
