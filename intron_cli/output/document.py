"""A record as a document: its sections in order, and its provenance, for every form that people read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intron_cli.core.catalog import CATALOG, Catalog, folded
from intron_cli.core.errors import UsageError
from intron_cli.core.record import OutputText, Record, Transcript
from intron_cli.core.text import bytes_text, clean, clean_line, seconds_text

TRANSCRIPT = "transcript"
EMPTY = "*(empty)*"

_HEADING = re.compile(r"^ {0,3}(#{1,6})((?:[ \t].*)?)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r"^\s*(?:$|[#>|]|[-+*][ \t]|\d{1,9}[.)][ \t]| {4}|\t)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_MARKS = re.compile(
    r"([\\`*\[\]<]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it is no mark
    r"|~(?=~)"
    r"|&(?=#?\w+;)"
    r"|(?:^|(?<=[ \t]))#(?=#*[ \t]*$))",  # the end of a heading
    re.MULTILINE,
)
_BLOCK_START = re.compile(
    r"^[ \t]*(?:"  # four blanks would make code of it
    r"(#(?=#{0,5}(?:[ \t]|$))|>|[-+](?=[ \t]|$)|=(?==*[ \t]*$)|[-:|](?=[-:| \t]*$))"
    r"|([0-9]{1,9})(?=[.)](?:[ \t]|$))"
    r"|)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document. ``turns`` where it is a dialogue; ``markdown`` is cleaned."""

    name: str
    title: str
    markdown: str
    turns: tuple[tuple[str, str], ...] = ()


def sections_of(record: Record, show: Sequence[str] = (), catalog: Catalog = CATALOG) -> list[Section]:
    """The sections of a record (none before it is done), or those of them that ``show`` names.

    Raises UsageError for a name that is neither a known output nor in the record.
    """
    if record.status != "done":
        return []
    sections = [_transcript_section(record.transcript)] if record.transcript else []
    sections += [output_section(name, output) for name, output in record.outputs.items()]
    if not show:
        return sections
    wanted = [section_name(name, catalog, record) for name in show]
    return [section for name in wanted for section in sections if section.name == name]


def section_name(name: str, catalog: Catalog, record: Record | None = None) -> str:
    """The section that a person means by any of its names."""
    if folded(name) in (TRANSCRIPT, "audio_transcript"):
        return TRANSCRIPT
    if output := catalog.output(name):
        return output.name
    wanted = folded(name).removeprefix("transcript_")
    if record is None or wanted in record.outputs:
        return wanted
    has = ", ".join([TRANSCRIPT, *record.outputs])
    raise UsageError(f"There is no section '{name}' in the result.", f"It has: {has}.")


def _transcript_section(transcript: Transcript) -> Section:
    turns = tuple((clean_line(turn.speaker), clean_line(turn.text, 10**9)) for turn in transcript.turns or ())
    if turns:
        body = "\n\n".join(f"**{escape(speaker)}:** {escape(text)}" for speaker, text in turns)
    else:
        body = escape_lines(clean(transcript.text).strip()) or EMPTY
    return Section(TRANSCRIPT, "Transcript", body, turns)


def output_section(name: str, output: OutputText) -> Section:
    """An output under its title; ``EMPTY`` where nothing stands in it."""
    body = "\n".join(_value_lines(output.value)) if output.markdown is None else clean(output.markdown)
    title = clean_line(output.title)
    return Section(name, title, _nested(body, title) or EMPTY)


def _nested(markdown: str, title: str) -> str:
    """Headings below ours, of level 2; a first heading that says our title again is left out."""
    lines = markdown.split("\n")
    headings = _headings(lines)
    first = min(headings, default=None)
    if first is not None and folded(headings[first][1].rstrip("# \t")) == folded(title):
        del headings[first]
        lines[first] = ""
    shift = max(0, 3 - min((level for level, _ in headings.values()), default=3))
    for number, (level, text) in headings.items():
        lines[number] = "#" * min(6, level + shift) + text
    return "\n".join(lines).strip("\n").rstrip()


def _headings(lines: list[str]) -> dict[int, tuple[int, str]]:
    """Level and text of the headings, by line. Underlines are taken out, and an open code fence is closed."""
    found: dict[int, tuple[int, str]] = {}
    fence, in_paragraph = "", False
    for number, line in enumerate(lines):
        mark, was_in_paragraph, in_paragraph = _FENCE.match(line), in_paragraph, False
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
        elif match := _HEADING.match(line):
            found[number] = len(match[1]), match[2]
        elif was_in_paragraph and (match := _UNDERLINE.match(line)):
            found[number - 1] = 1 if match[1][0] == "=" else 2, " " + lines[number - 1].strip()
            lines[number] = ""
        else:
            in_paragraph = not _NO_PARAGRAPH.match(line) or (
                was_in_paragraph and line[:1].isspace() and line.strip() != ""
            )
    if fence:
        lines.append(fence)
    return found


def _value_lines(value: Any, depth: int = 0) -> list[str]:
    """JSON of any shape as nested bullets."""
    indent = "  " * depth
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _item_lines(f"**{_scalar(key)}**:", inner, depth)]
    if isinstance(value, list):
        return [line for inner in value for line in _item_lines("", inner, depth)]
    return [f"{indent}- {_item(value)}"]


def _item_lines(label: str, value: Any, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, dict | list) and value:
        nested = _value_lines(value, depth + 1 if label else depth)
        return [f"{indent}- {label}", *nested] if label else nested
    return [f"{indent}- {label} {_scalar(value)}" if label else f"{indent}- {_item(value)}"]


def _scalar(value: Any) -> str:
    return escape(_plain(value))


def _item(value: Any) -> str:
    return escape_lines(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ({}, []):
        return "–"
    return clean_line(str(value), 10**9) or "–"


def escape(text: str) -> str:
    """Plain text within a line so that Markdown shows it as it is, with no more marks than that takes."""
    return _MARKS.sub(r"\\\1", text)


def escape_lines(text: str) -> str:
    """The same for lines of their own, which could begin a heading, a list or a quotation."""
    return _BLOCK_START.sub(_escaped_start, escape(text))


def _escaped_start(match: re.Match[str]) -> str:
    mark, number = match[1], match[2]
    return f"\\{mark}" if mark else f"{number}\\" if number else ""


def provenance_of(record: Record) -> list[tuple[str, str]]:
    """Where a document comes from, as label and value, for its foot."""
    request, source = record.request, record.source
    asked = ", ".join([TRANSCRIPT, *request.outputs]) if request else "unknown here"
    lines = [
        ("Source", source.name),
        ("SHA-256", source.sha256),
        ("Size", bytes_text(source.bytes) if source.bytes is not None else None),
        ("Duration", seconds_text(source.duration_seconds) if source.duration_seconds is not None else None),
        ("Asked for", f"{request.category}, {request.spoken_language}: {asked}" if request else asked),
        ("File id", record.file_id),
        ("Submitted", record.submitted_at),
        ("Finished", record.finished_at),
    ]
    if made := record.provenance:
        lines += [("Service", made.host), ("Client", f"intron {made.version}"), ("Notice", made.notice)]
    return [(label, clean_line(value)) for label, value in lines if value]
