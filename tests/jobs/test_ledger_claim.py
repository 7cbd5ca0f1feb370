"""Claiming a job: what was sent before is picked up, and one process at a time sends."""

import sqlite3
from dataclasses import replace

import pytest
from clock import FakeClock

from intron_cli.jobs.attempt import State
from intron_cli.jobs.ledger import Ledger

from .conftest import OpenLedger, claim_of


def begun(ledger: Ledger, state: State, *outputs: str, job: str = "job") -> int:
    """An attempt that came as far as ``state``."""
    attempt, new = ledger.claim(claim_of(*outputs, job=job), again=lambda _: True)
    assert new
    if state in ("submitted", "done", "failed", "gone"):
        ledger.submitted(attempt.id, f"id-{attempt.id}")
    if state in ("done", "failed", "gone"):
        ledger.finished(attempt.id, state, "")
    elif state == "sending":
        ledger.sending(attempt.id)
    elif state == "handed_over":
        ledger.handed_over(attempt.id)
    elif state == "refused":
        ledger.refused(attempt.id, "no")
    return attempt.id


def test_an_upload_by_another_way_counts(ledger: Ledger, clock: FakeClock) -> None:
    """For so long as is said; for no time, only while nobody knows what became of it."""
    other, _ = ledger.claim(claim_of(job="other"))
    ledger.handed_over(other.id)
    for counts_for in (0.0, 60.0):
        claim = replace(claim_of(), also=lambda counts_for=counts_for: {"other": counts_for})
        assert ledger.claim(claim, again=lambda _: True) == (ledger.attempt(other.id), False)
        assert ledger.covering("job", claim.request, also=claim.also()) == ledger.attempt(other.id)
    ledger.submitted(other.id, "2a9760f0-b165-4404-91d0-a65d4c0078f5")
    assert ledger.covering("job", claim.request, also={"other": 0.0}) is None
    assert ledger.claim(claim)[0].id == other.id
    clock.sleep(61)
    found, new = ledger.claim(claim)
    assert (found.job, new) == ("job", True)


def test_the_other_ways_are_told_when_nobody_else_can_claim(ledger: Ledger) -> None:
    """Else what another process claims meanwhile would be missed."""

    def also() -> dict[str, float]:
        other = sqlite3.connect(ledger.path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
        return {}

    assert ledger.claim(replace(claim_of(), also=also))[1]


@pytest.mark.parametrize("state", ["submitted", "done", "failed", "gone"])
def test_a_job_that_the_service_has_is_picked_up(open_ledger: OpenLedger, state: State) -> None:
    """Asking the same again finds it, and with --again begins anew."""
    number = begun(open_ledger(), state, "summary")
    ledger = open_ledger()
    found, new = ledger.claim(claim_of("summary"))
    assert (found.id, found.state, new) == (number, state, False)
    anew, new = ledger.claim(claim_of("summary"), again=lambda _: True)
    assert (new, anew.id) == (True, number + 1)


def test_a_refused_attempt_is_closed(open_ledger: OpenLedger) -> None:
    """What the service did not take is claimed anew."""
    number = begun(open_ledger(), "refused")
    found, new = open_ledger().claim(claim_of())
    assert (found.id, new) == (number + 1, True)


@pytest.mark.parametrize(
    ("asked", "covered"),
    [((), True), (("summary",), True), (("summary", "soap_note"), True), (("clerking",), False),
     (("summary", "clerking"), False)],
)  # fmt: skip
def test_a_job_that_asked_for_more_covers_one_for_less(
    open_ledger: OpenLedger,
    asked: tuple[str, ...],
    covered: bool,  # noqa: FBT001
) -> None:
    """A superset of the outputs, in any order, is the same job."""
    number = begun(open_ledger(), "done", "soap_note", "summary")
    found, new = open_ledger().claim(claim_of(*asked))
    assert (found.id == number, new) == (covered, not covered)


def test_another_job_covers_nothing(open_ledger: OpenLedger) -> None:
    """Other bytes, options or services make another job."""
    begun(open_ledger(), "done", job="one")
    assert open_ledger().claim(claim_of(job="other"))[1]


@pytest.mark.parametrize("state", ["claimed", "sending"])
def test_an_attempt_whose_owner_died_before_the_end_is_claimed_anew(open_ledger: OpenLedger, state: State) -> None:
    """Its form never got its end: it is closed, and the job begins again."""
    dead = open_ledger()
    number = begun(dead, state)
    dead.close()
    ledger = open_ledger()
    found, new = ledger.claim(claim_of())
    assert (found.id, new) == (number + 1, True)
    closed = ledger.attempt(number)
    assert (closed.state, closed.owner, closed.reason) == ("refused", None, "cut off before the last byte")


def test_an_attempt_that_was_handed_over_is_never_closed_silently(open_ledger: OpenLedger) -> None:
    """Whether its owner lives or died, it stays as it is, with --again too."""
    dead = open_ledger()
    number = begun(dead, "handed_over")
    dead.close()
    ledger = open_ledger()
    for again in (False, True):
        found, new = ledger.claim(claim_of(), again=again)
        assert (found.id, found.state, new) == (number, "handed_over", False)
    assert not ledger.owned(found)


@pytest.mark.parametrize("state", ["claimed", "sending", "handed_over"])
@pytest.mark.parametrize("again", [False, True])
def test_a_living_owner_is_not_robbed(open_ledger: OpenLedger, state: State, again: bool) -> None:  # noqa: FBT001
    """While another process is at work on the job, it is returned as it stands."""
    living = open_ledger()
    number = begun(living, state)
    other = open_ledger()
    found, new = other.claim(claim_of(), again=again)
    assert (found.id, found.state, new, other.owned(found)) == (number, state, False, True)


def test_letting_go_leaves_the_attempt_to_a_decision(open_ledger: OpenLedger) -> None:
    """A living process that got no answer owns the attempt no longer."""
    living = open_ledger()
    number = begun(living, "handed_over")
    living.let_go(number, "no answer came")
    found, new = living.claim(claim_of())
    assert (found.reason, new, living.owned(found)) == ("no answer came", False, False)


def test_the_ledger_itself_allows_one_open_attempt_for_each_job(ledger: Ledger) -> None:
    """Two rows for one job cannot both be open, whoever writes them."""
    begun(ledger, "sending", "summary")
    database = sqlite3.connect(ledger.path)
    columns = [row[1] for row in database.execute("PRAGMA table_info(attempt)") if row[1] != "id"]
    names = ", ".join(columns)
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(f"INSERT INTO attempt ({names}) SELECT {names} FROM attempt")
    database.close()


@pytest.mark.parametrize("earlier", ["failed", "gone", "submitted", "done"])
def test_the_latest_attempt_is_the_one_that_counts(open_ledger: OpenLedger, earlier: State) -> None:
    """After --again it is the new upload that is picked up, not the one that it stands in for."""
    ledger = open_ledger()
    begun(ledger, earlier)
    number = begun(ledger, "done")
    found, new = open_ledger().claim(claim_of())
    assert (found.id, new) == (number, False)


def test_a_refused_second_upload_leaves_the_first(open_ledger: OpenLedger) -> None:
    """If what --again sent was refused, the earlier result is still there."""
    ledger = open_ledger()
    number = begun(ledger, "done")
    begun(ledger, "refused")
    assert open_ledger().claim(claim_of())[0].id == number


def test_a_url_counts_for_a_time_only(open_ledger: OpenLedger, clock: FakeClock) -> None:
    """What a URL leads to may change, so an upload of it counts for so many seconds."""
    number = begun(open_ledger(), "done")
    clock.sleep(3599)
    assert open_ledger().claim(claim_of(counts_for=3600))[0].id == number
    clock.sleep(1)
    assert open_ledger().claim(claim_of(counts_for=3600))[1]
