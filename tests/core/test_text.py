"""Text from elsewhere made safe, and units for people."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.text import (
    bytes_text,
    clean,
    clean_line,
    cut,
    cut_middle,
    display_width,
    number_text,
    plural,
    seconds_text,
)

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9b\x9d\r\n\t\x00[];mPX^_\\" + BIDI)), max_size=60
)


def is_safe(text: str) -> bool:
    return not any((unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t") or char in BIDI for char in text)


@given(hostile)
def test_cleaned_text_cannot_steer_a_terminal(text: str) -> None:
    """No control characters but newline and tab, no bidi overrides, nothing that UTF-8 cannot hold."""
    cleaned = clean(text)
    assert is_safe(cleaned)
    cleaned.encode()
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"], include_characters="\n\t")))
def test_harmless_text_is_left_alone(text: str) -> None:
    """To the last character."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]52;c;cm0gLXJm\x07on", "on"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x9b2Jcleared", "cleared"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0bg", "a\nb\nc\nd\ne\nf\ng"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ufeffstart", "start"),
        ("caf\u00e9 \u200dx", "caf\u00e9 \u200dx"),
        ("odd\udc80name", "odd\ufffdname"),
    ],
)
def test_sequences_go_with_all_that_belongs_to_them(text: str, cleaned: str) -> None:
    """Colours, titles, links and the clipboard leave nothing of theirs behind."""
    assert clean(text) == cleaned


@pytest.mark.parametrize("start", ["\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1b["])
def test_a_sequence_without_an_end_takes_no_words_along(start: str) -> None:
    """What follows on later lines is still there."""
    cleaned = clean(f"before {start}0;x\nShe takes insulin.\nDaily.\x07")
    assert cleaned.startswith("before ")
    assert cleaned.endswith("\nShe takes insulin.\nDaily.")


@given(hostile, st.integers(2, 50))
def test_a_cleaned_line_is_one_line(text: str, limit: int) -> None:
    """Safe, stripped and never longer than asked."""
    line = clean_line(text, limit)
    assert is_safe(line)
    assert not set("\n\t") & set(line)
    assert len(line) <= limit
    assert line == line.strip()


def test_a_line_that_is_cut_says_so() -> None:
    """With an ellipsis within the limit."""
    assert clean_line("a\n\tb", 3) == "a b"
    assert clean_line("abcdef", 4) == "abc…"


def test_width_is_counted_in_cells() -> None:
    """Wide characters take two, combining marks none."""
    assert display_width("visit") == 5
    assert display_width("診察") == 4
    assert display_width("e\u0301") == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.04, "0 s"), (4.2, "4.2 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"),
        (71.28, "1 min 11 s"), (600, "10 min"), (7200, "2 h"), (7499, "2 h 4 min"),
        (float("inf"), "no known time"), (float("nan"), "no known time"),
    ],
)  # fmt: skip
def test_durations_for_people(seconds: float, text: str) -> None:
    """With no more than two units."""
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1_500, "1.5 kB"), (100_000_000, "100 MB"),
     (2_345_678, "2.3 MB"), (5_000_000_000, "5000 MB")],
)  # fmt: skip
def test_sizes_for_people(count: int, text: str) -> None:
    """In the decimal units of the service's limit."""
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (100, "100"), (7.5, "7.5"), (2 / 3, "0.667"), (1e-9, "0"), (1e15, "1000000000000000")]
)
def test_numbers_for_programs(value: float, text: str) -> None:
    """Three digits after the point at most, and none that tells nothing."""
    assert number_text(value) == text


def test_one_thing_has_no_plural() -> None:
    """All other numbers have."""
    assert [plural(count, "recording") for count in (0, 1, 2)] == ["0 recordings", "1 recording", "2 recordings"]


@pytest.mark.parametrize(
    ("text", "cells", "beginning", "both"),
    [
        ("visit.wav", 9, "visit.wav", "visit.wav"),
        ("visit-2024-001.wav", 12, "visit-2024-…", "visit-…1.wav"),
        ("\u8a3a\u5bdf\u306e\u9332\u97f3.wav", 9, "\u8a3a\u5bdf\u306e\u9332…", "\u8a3a\u5bdf….wav"),
        ("visit.wav", 1, "…", "…"),
        ("visit.wav", 0, "", ""),
        ("visit.wav", -3, "", ""),
        ("", 0, "", ""),
    ],
)
def test_what_is_too_long_is_cut(text: str, cells: int, beginning: str, both: str) -> None:
    """By the cells that it takes: at its end, or in its middle, where both ends tell it from others."""
    assert cut(text, cells) == beginning
    assert cut_middle(text, cells) == both


@given(st.text(max_size=40), st.integers(-2, 30))
def test_what_is_cut_fits(text: str, cells: int) -> None:
    """Whatever it is made of; what fits is left alone."""
    for shortened in (cut(text, cells), cut_middle(text, cells)):
        assert display_width(shortened) <= max(cells, 0) or shortened == text
        assert display_width(text) > cells or shortened == text
