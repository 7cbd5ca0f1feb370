"""How the text of a setting becomes a value."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core import units

OFFICIAL = "https://infer.intron.health"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90), ("90s", 90), ("1.1s", 1.1), ("10m", 600), ("2h", 7200), ("1h 30m", 5400), ("1h30m10s", 5410),
        (" 0 ", 0), ("0.5h", 1800), ("10M", 600),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    """Seconds, minutes and hours, alone or together."""
    assert units.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "count"),
    [("100MB", 10**8), ("1.5 MiB", 1572864), ("2048", 2048), ("2kb", 2000), ("1gib", 2**30), ("7B", 7)],
)
def test_sizes(text: str, count: int) -> None:
    """Decimal and binary units, in any case."""
    assert units.size(text) == count


@pytest.mark.parametrize(
    ("text", "rate"),
    [("30/60s", (30, 60)), ("30/1m", (30, 60)), ("1/s", (1, 1)), (" 60 / M ", (60, 60)), ("2/0.5s", (2, 0.5))],
)
def test_rates(text: str, rate: tuple[int, float]) -> None:
    """A count over a time."""
    assert units.rate(text) == units.Rate(*rate)


@pytest.mark.parametrize(
    ("parse", "wrong"),
    [
        (units.duration, ["", " ", "-1", "ten", "1m1h", "1e3", "1..5s", "٣s", "9" * 400, "inf", "nan"]),
        (units.size, ["", "-1", "1TB", "MB", "1,5MB", "9" * 400, "inf"]),
        (
            units.rate,
            ["", "30", "0/1s", "30/", "/60s", "30/0s", "30/.5s", "30/min", "x/1s", "-1/1s", "9" * 5000 + "/1s"],
        ),
        (units.switch, ["", "maybe", "2"]),
        (units.line, ["", "  ", "a\nb", "a\x1b[1m", "\u202ea"]),
        (units.file_mode, ["", "0", "0400", "0900", "00600", "rw", "384", "0o66"]),
        (units.choice("a", "b"), ["", "c"]),
    ],
    ids=["duration", "size", "rate", "switch", "line", "file_mode", "choice"],
)
def test_what_is_not_right_is_answered_with_what_is_taken(parse: Callable[[str], Any], wrong: list[str]) -> None:
    """With a ValueError of our own words, never with another error."""
    for text in wrong:
        with pytest.raises(ValueError, match=r"^(a |an |true|one )"):
            parse(text)


def test_switches_modes_and_lists() -> None:
    """As people write them."""
    assert [units.switch(text) for text in ("true", "YES", " on ", "1")] == [True] * 4
    assert [units.switch(text) for text in ("False", "no", "off", "0")] == [False] * 4
    assert [units.file_mode(text) for text in ("600", "0600", "0o640")] == [0o600, 0o600, 0o640]
    assert units.words(" soap, ,summary,") == ("soap", "summary")
    assert units.choice("a", "b")(" B ") == "b"


@given(st.floats(0, 10**8, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_duration_is_written_as_it_is_read(seconds: float) -> None:
    """To the millisecond, however long."""
    assert units.duration(units.duration_source(seconds)) == pytest.approx(seconds, abs=1e-6)


@given(st.integers(0, 10**14))
def test_a_size_is_written_as_it_is_read(count: int) -> None:
    """To the byte."""
    assert units.size(units.size_source(count)) == count


@given(st.integers(1, 10**6), st.floats(0.001, 10**7).map(lambda value: round(value, 3)))
def test_a_rate_is_written_as_it_is_read(count: int, seconds: float) -> None:
    """Count and window."""
    found = units.rate(str(units.Rate(count, seconds)))
    assert (found.count, found.seconds) == (count, pytest.approx(seconds, abs=1e-6))


@given(st.text(), st.sampled_from([units.duration, units.size, units.rate, units.file_mode, units.base_url, units.key]))
def test_any_text_is_read_or_refused(text: str, parse: Callable[[str], Any]) -> None:
    """Nothing but ValueError comes out."""
    with contextlib.suppress(ValueError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("health", OFFICIAL), ("VOICE", "https://infer.voice.intron.io"), (f"{OFFICIAL}/", OFFICIAL),
        ("https://Infer.Intron.Health", OFFICIAL), ("http://localhost:8000/", "http://localhost:8000"),
        ("http://[::1]:9", "http://[::1]:9"), ("https://proxy.example/Intron/v2", "https://proxy.example/Intron/v2"),
        ("HTTPS://a.example", "https://a.example"),
    ],
)  # fmt: skip
def test_base_urls(text: str, url: str) -> None:
    """A URL, or the name of an official host, in one form."""
    assert units.base_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "", "infer.intron.health", "ftp://a.example", "https://", "https://user:secret@a.example", "https://@a.example",
        "https://a.example?x=1", "https://a.example#x", "https://a.example:0", "https://a.example:99999", "https://[::1",
        "https://a.example:x", "https://a b.example", "https://a.example\\@b.example", "https://a\u2100.example",
        "https://user:secret@a\u2100.example", "https://a.example/\x1b[1m", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_base_url(text: str) -> None:
    """Is refused without being quoted: it may hold a password."""
    with pytest.raises(ValueError, match=r"^health, voice, or a URL such as https://infer\.intron\.health$"):
        units.base_url(text)


def test_the_official_hosts_are_one_service() -> None:
    """Any other URL is one of its own."""
    health, voice = (units.base_url(name) for name in ("health", "voice"))
    assert units.service(health) == units.service(voice) == OFFICIAL
    assert units.is_official(voice)
    assert units.service("https://a.example") == "https://a.example"
    assert not units.is_official("http://infer.intron.health")
    assert units.host("http://127.0.0.1:80/x") == "127.0.0.1:80"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:1", True), ("http://127.0.0.1", True), ("http://[::1]:1", True),
        ("http://127.0.0.1.evil.example", False), ("http://localhost.evil.example", False), ("http://10.0.0.1", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_only(url: str, *, loopback: bool) -> None:
    """Names that only begin like it are not."""
    assert units.is_loopback(url) is loopback


@pytest.mark.parametrize("text", ["", " ", "two words", "line\nbreak", "ключ", "tab\tbed", "\u200bkey", "k\x00"])
def test_a_key_is_one_word_of_printable_ascii(text: str) -> None:
    """Anything else is refused, and the refusal does not show it."""
    with pytest.raises(ValueError, match="one word of printable ASCII") as caught:
        units.key(text)
    assert not text.strip() or text not in str(caught.value)
    assert units.key("  sk-1~! \r\n") == "sk-1~!"
