"""Text of the service, of messages and of file names: it is shown, and it takes no effect."""

import re
from io import BytesIO

import pytest
from core.records import records, visit
from hypothesis import HealthCheck, given, settings

from intron_cli.core.record import OutputText, Record, to_json
from intron_cli.output.delivery import Delivery
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS
from intron_cli.output.terminal import Streams, Terminal

STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
CLIPBOARD = "\x1b]52;c;cm0gLXJmIC8=\x07"
LINK = "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\"
HOSTILE = f"{CLIPBOARD}\u202eesrever\u202c {LINK} [bold red]loud[/] \x9b2J\r\x00odd\udc80 \x1b[31mred\x1b[0m"


def hostile() -> Record:
    """Everything that somebody else wrote holds what could do harm."""
    outputs = {
        "soap_note": OutputText(HOSTILE, HOSTILE),
        f"odd{HOSTILE}": OutputText(f"x\n{HOSTILE}", value={HOSTILE: [HOSTILE, {"a": HOSTILE}]}),
    }
    return visit(f"SPEAKER_00: {HOSTILE}\n{HOSTILE}", outputs, name=f"visit{HOSTILE}.wav")


@pytest.mark.parametrize("form", ["markdown", "text"])
def test_nothing_steers_a_terminal(form: str) -> None:
    """In a pipe or a file, for one or several; what was said is still there."""
    for view in (View(), View(several=True), View(provenance=True), View(show=("soap",))):
        text = FORMATS.named(form).render([hostile()], view).decode()
        assert not STEERS.search(text)
        assert "esrever" in text
        assert "red" in text
        assert "evil.example" not in text
        assert "cm0gLXJm" not in text


@given(records)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_no_record_steers_a_terminal(record: Record) -> None:
    """Whatever it holds, wherever."""
    for form in FORMATS.all:
        for view in (View(), View(several=True, provenance=True)):
            assert not STEERS.search(form.render([record], view).decode())


def test_marks_of_theirs_are_text_where_text_is_due() -> None:
    """In a transcript, a name and a value nothing is emphasized, linked or tagged."""
    record = visit(
        "# *a* <b> [x](http://a.example)\n- c", {"x": OutputText("X", value="<i>*b*</i>")}, name="*n*_<u>.wav"
    )
    text = FORMATS.named("markdown").render([record], View(several=True)).decode()
    assert "# \\*n\\*\\_\\<u>.wav" in text
    assert "\\# \\*a\\* \\<b> \\[x\\](http://a.example)\n\\- c" in text
    assert "- \\<i>\\*b\\*\\</i>" in text


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_shows_it_and_obeys_nothing(columns: int) -> None:
    """Rendered by rich: colours of our own only, no markup, no link, no clipboard."""
    streams = Streams.test(tty=True, columns=columns)
    terminal = Terminal(streams, {"NO_COLOR": "1"})
    Delivery(FORMATS.named("markdown"), View()).deliver([hostile()], terminal)
    assert isinstance(streams.stdout, BytesIO)
    text = streams.stdout.getvalue().decode()
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not STEERS.search(plain)
    assert "[bold red]loud[/]" in " ".join(plain.split())
    assert all(len(line) <= min(columns, 100) for line in plain.splitlines())


def test_json_holds_it_all_escaped() -> None:
    """Programs get what was said, to the character; a terminal that shows it is not steered."""
    text = to_json(hostile().to_dict())
    assert not STEERS.search(text.replace("\udc80", ""))
    assert "\\u001b]52;c;cm0gLXJmIC8=\\u0007\\u202eesrever" in text
