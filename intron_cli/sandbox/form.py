"""The upload's form, read as a stream: text fields in bounded memory, the audio to the disk."""

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from intron_cli.sandbox.spool import SpooledFile

BLOB_FIELD = "audio_file_blob"
NAME_FIELD = "audio_file_name"

MAX_TEXT_BYTES = 256 * 1024
MAX_PARTS = 200
MAX_BOUNDARY_BYTES = 200

# Without a handler of its own the parser's complaints, which quote the form, would reach stderr.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


class FormError(Exception):
    """The form is not one that can be taken in; the text says why and quotes nothing of it."""


@dataclass(slots=True)
class Form:
    """What a complete form held. Of a name sent twice the first counts."""

    fields: dict[str, str] = field(default_factory=dict)
    audio: SpooledFile | None = None


@dataclass(slots=True)
class _Part:
    """The part that is being read."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: bytes = b""
    name: str = ""
    is_file: bool = False
    taken: bool = False


class FormReader:
    """Takes the body piece by piece, however it is cut; owns the audio file until it is closed."""

    def __init__(self, content_type: str, spool: Path, *, max_bytes: int) -> None:
        self._spool = spool
        self._max_bytes = max_bytes
        self._form = Form()
        self._part = _Part()
        self._parts = 0
        self._text_bytes = 0
        self._ended = False
        boundary = _boundary(content_type)
        self.closing_bytes = len(boundary) + 8
        """How many bytes close a form: the boundary and what stands around it."""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    @property
    def name(self) -> str:
        """The recording's name, once its field was read."""
        return self._form.fields.get(NAME_FIELD, "")

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError as cause:
            raise FormError("the form is malformed") from cause

    def finish(self) -> Form:
        """The form; only one whose closing boundary has come was really sent to its end."""
        if not self._ended:
            raise FormError("the form has no end")
        return self._form

    def close(self) -> None:
        if self._form.audio is not None:
            self._form.audio.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise FormError("the form has too many fields")
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        if part.header.lower() == b"content-disposition":
            part.disposition = bytes(part.value)
        part.header.clear()
        part.value.clear()

    def _headers_finished(self) -> None:
        part = self._part
        options = parse_options_header(part.disposition)[1]
        part.name = options.get(b"name", b"").decode(errors="replace")
        # Old clients send names that are not ASCII as `filename*=` alone, which the parser leaves out.
        part.is_file = b"filename" in options or bool(re.search(rb"(?i);\s*filename\*", part.disposition))
        part.taken = self._wants(part)

    def _wants(self, part: _Part) -> bool:
        if not part.is_file:
            return bool(part.name) and part.name not in self._form.fields
        if part.name != BLOB_FIELD or self._form.audio is not None:
            return False
        self._form.audio = SpooledFile(self._spool, max_bytes=self._max_bytes)
        return True

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if not part.taken:
            return
        if part.is_file:
            assert self._form.audio is not None
            self._form.audio.write(data[start:end])
            return
        self._text_bytes += end - start
        if self._text_bytes > MAX_TEXT_BYTES:
            raise FormError("the fields of the form are too long")
        part.value += data[start:end]

    def _end_part(self) -> None:
        part = self._part
        if part.taken and not part.is_file:
            self._form.fields[part.name] = part.value.decode(errors="replace")

    def _end(self) -> None:
        self._ended = True


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= MAX_BOUNDARY_BYTES:
        raise FormError("the body is not a multipart/form-data form")
    return boundary
