"""What is told at the end of a run."""

import pytest
from core.records import records
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.errors import DecisionError, IntronError, RefusedError, StillProcessingError, UnavailableError
from intron_cli.core.record import EMPTY_TRANSCRIPT, OUTPUT_ABSENT, ErrorInfo, Record, Source, Status
from intron_cli.output.ending import ending, failures, how_ended


def record(status: Status, name: str = "visit.wav", error: IntronError | None = None) -> Record:
    return Record(status, Source(name), error=ErrorInfo.of(error) if error else None)


def failed(name: str) -> Record:
    return record("failed", name, RefusedError(f"The service could not process {name}.", "--again pays anew."))


def test_a_run_that_came_to_many_ends() -> None:
    """The numbers, then what was skipped, then what to type next."""
    found = ending(
        [
            *(record("done", f"{number}.wav") for number in range(40)),
            failed("a.wav"),
            record(
                "maybe", "b.wav", DecisionError("b.wav may have been uploaded.", "Decide with: intron jobs resolve 7")
            ),
            record("processing", "c.wav", StillProcessingError("Still processing.", "Carry on with: intron wait id-1")),
        ],
        kept=12,
        skipped={"uploaded before with other options (--on-changed send sends them)": 5, "not audio": 0},
        seconds=250.4,
        requests=320,
        hints=["Carry on with: intron wait --all"],
    )
    assert found == [
        (
            "60 recordings: 40 done, 12 kept, 5 skipped, 1 still processing, 1 failed, 1 maybe uploaded;"
            " 4 min 10 s, 320 requests."
        ),
        "Skipped: 5 uploaded before with other options (--on-changed send sends them)",
        "Carry on with: intron wait --all",
    ]


def test_a_run_in_which_all_went_well_is_one_line() -> None:
    """Nobody reads more than they must."""
    assert ending([record("done")], 0, {}, 4.2, 1) == ["1 recording: 1 done; 4.2 s, 1 request."]
    assert ending([], 0, {}, 0.0, 0) == ["0 recordings: none; 0 s, 0 requests."]
    assert ending([record("submitted"), record("not_sent")], 1, {}, 9, 2) == [
        "3 recordings: 1 uploaded, 1 kept, 1 not sent; 9 s, 2 requests."
    ]


def test_what_lacks_something_is_done_all_the_same() -> None:
    """And counted."""
    lacking = [record("done").warn(code, "It lacks something.") for code in (EMPTY_TRANSCRIPT, OUTPUT_ABSENT)]
    (line,) = ending([record("done"), *lacking], 0, {}, 9, 2)
    assert "3 done (2 of them empty or without an output that was asked for);" in line


@pytest.mark.parametrize("count", [10, 11])
def test_many_that_failed_alike_are_one_line(count: int) -> None:
    """With the first three names and the first reason; others of another kind stand for themselves."""
    away = record("not_sent", "away.wav", UnavailableError("The service cannot be reached.", "Try again later."))
    found = [line for line, _ in failures([away, *(failed(f"{number}.wav") for number in range(count))])]
    assert found[0] == "away.wav: The service cannot be reached. Try again later."
    if count == 10:
        assert found[1:] == [f"The service could not process {n}.wav. --again pays anew." for n in range(10)]
    else:
        alike = "11 recordings alike: 0.wav, 1.wav, 2.wav and 8 more."
        assert found[1:] == [f"{alike} The first: The service could not process 0.wav. --again pays anew."]


def test_one_alone_needs_no_name() -> None:
    """Whoever named one recording knows which it is."""
    away = record("not_sent", "away.wav", UnavailableError("The service cannot be reached.", "Try again later."))
    assert failures([away]) == [("The service cannot be reached. Try again later.", away)]
    assert failures([record("done")]) == []


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (record("done"), "done"),
        (record("done").warn(EMPTY_TRANSCRIPT, "x"), "done, but empty"),
        (record("done").warn(OUTPUT_ABSENT, "x"), "done, but an output is absent"),
        (record("submitted"), "uploaded"),
        (record("submitted", error=UnavailableError("Away.")), "uploaded: Away."),
        (record("processing", error=StillProcessingError("Still.")), "still processing"),
        (record("maybe", error=DecisionError("Perhaps.")), "maybe uploaded"),
        (record("not_sent"), "not sent"),
        (record("not_sent", error=UnavailableError("Away.")), "not sent: Away."),
        (record("rejected", error=RefusedError("Too short.", "Record more.")), "failed: Too short. Record more."),
        (record("gone"), "failed"),
        (record("refused", error=RefusedError("No" + "o" * 999)), f"failed: No{'o' * 197}…"),
    ],
)
def test_how_one_ended(found: Record, text: str) -> None:
    """In a few words, with the reason where there is one."""
    assert how_ended(found) == text


@given(st.lists(records, max_size=15), st.dictionaries(st.text(), st.integers(0, 9)), st.lists(st.text(), max_size=2))
def test_each_is_counted_and_each_line_is_clean(found: list[Record], skipped: dict[str, int], hints: list[str]) -> None:
    """Whatever names and reasons hold."""
    lines = ending(found, 2, skipped, 1.0, 3, hints)
    total = len(found) + 2 + sum(skipped.values())
    assert lines[0].startswith(f"{total} recording")
    for line in lines:
        assert "\x1b" not in line
        assert len(line.splitlines()) <= 1
    for one in found:
        assert "\n" not in how_ended(one)
