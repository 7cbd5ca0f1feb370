"""The ledger's file: its states, its migrations, and what never is in it."""

import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from clock import FakeClock
from harness import KEY, Cli, write_wav
from rawserver import RawServer, finished

from intron_cli.core.errors import LedgerError
from intron_cli.jobs.ledger import Ledger
from intron_cli.jobs.ledger_file import MIGRATIONS

from .conftest import OpenLedger, claim_of


def test_an_attempt_goes_through_its_states(ledger: Ledger, clock: FakeClock) -> None:
    """Claimed, sending, handed over, submitted, done: each with its time, the owner until it is submitted."""
    attempt, new = ledger.claim(claim_of("soap_note"))
    assert (new, attempt.id, attempt.state, attempt.claimed_at) == (True, 1, "claimed", clock.now())
    assert ledger.owned(attempt)
    ledger.sending(1)
    assert ledger.attempt(1).state == "sending"
    clock.sleep(3)
    ledger.handed_over(1)
    assert (ledger.attempt(1).state, ledger.attempt(1).handed_over_at) == ("handed_over", clock.now())
    ledger.submitted(1, "id-1", 500)
    submitted = ledger.attempt(1)
    assert (submitted.state, submitted.file_id, submitted.submitted_at) == ("submitted", "id-1", clock.now())
    assert (submitted.tries, submitted.sent_bytes, submitted.owner) == (1, 500, None)
    ledger.looked(1, "FILE_PROCESSING")
    assert ledger.attempt(1).service_status == "FILE_PROCESSING"
    done = ledger.finished(1, "done", "FILE_TRANSCRIBED")
    assert (done.state, done.finished_at) == ("done", clock.now())


def test_the_first_end_counts(ledger: Ledger, clock: FakeClock) -> None:
    """Being told again that a job is done leaves the time at which it was seen first."""
    ledger.claim(claim_of())
    first = ledger.finished(1, "done", "FILE_TRANSCRIBED").finished_at
    clock.sleep(100)
    assert ledger.finished(1, "done", "FILE_TRANSCRIBED").finished_at == first


def test_going_back_to_sending_forgets_the_hand_over(ledger: Ledger) -> None:
    """If the last bytes could not be written, they did not arrive."""
    ledger.claim(claim_of())
    ledger.handed_over(1)
    ledger.sending(1)
    assert (ledger.attempt(1).state, ledger.attempt(1).handed_over_at) == ("sending", None)


def test_what_is_noted_is_there_for_others_at_once(open_ledger: OpenLedger) -> None:
    """Another process sees every note as soon as it was made."""
    one, other = open_ledger(), open_ledger()
    one.claim(claim_of())
    one.handed_over(1)
    assert other.attempt(1).state == "handed_over"


@pytest.mark.parametrize(
    ("name", "found"),
    [("id-a", [1]), ("id-a1", [2]), ("id-", [1, 2]), ("2", [2]), ("3", []), ("xyz", []), ("%", []), ("i_-", []),
     ("99999999999", []), ("\u0662", []), ("", [])],
)  # fmt: skip
def test_jobs_are_found_by_id_prefix_and_number(ledger: Ledger, name: str, found: list[int]) -> None:
    """A whole id is that job alone; a prefix all that it begins; no sign of a pattern is one."""
    for number, file_id in ((1, "id-a"), (2, "id-a1")):
        ledger.claim(claim_of(job=file_id))
        ledger.submitted(number, file_id)
    assert [attempt.id for attempt in ledger.find(name)] == found


def test_the_file_and_its_folder_are_their_owner_s_alone(ledger: Ledger) -> None:
    """Nobody else on the machine can read what was sent."""
    ledger.claim(claim_of())
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    assert ledger.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_file_is_migrated_once(open_ledger: OpenLedger) -> None:
    """From nothing the schema is made, its number noted, and opening it again changes nothing."""
    path = open_ledger().path
    before = path.read_bytes()
    open_ledger()
    assert path.read_bytes() == before
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    database.close()


def test_an_older_file_is_brought_up_to_date(open_ledger: OpenLedger) -> None:
    """What stands in it counts as before."""
    ledger = open_ledger()
    ledger.claim(claim_of())
    database = sqlite3.connect(ledger.path)
    for change in ("ALTER TABLE attempt DROP COLUMN query_print", "DROP TABLE download", "PRAGMA user_version = 2"):
        database.execute(change)
    database.close()
    ledger.close()
    found, new = open_ledger().claim(claim_of())
    assert (found.id, found.query_print, new) == (2, None, True)


def test_a_newer_file_is_refused(open_ledger: OpenLedger) -> None:
    """What a newer intron wrote is not touched, and the line says what to do."""
    path = open_ledger().path
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.close()
    with pytest.raises(LedgerError, match="newer intron") as caught:
        open_ledger()
    assert "Update" in caught.value.hint


def test_a_file_that_is_no_ledger_is_damage(tmp_path: Path, clock: FakeClock) -> None:
    """It is kept aside as it was, and nothing is uploaded until somebody accepts the loss."""
    folder = tmp_path / "state"
    folder.mkdir()
    database = sqlite3.connect(folder / "ledger.db")
    database.execute("CREATE TABLE attempt_open (x)")
    database.close()
    ledger = Ledger(folder, clock)
    assert ledger.loss() == -1
    with pytest.raises(LedgerError):
        ledger.ensure_whole()
    ledger.close()
    database = sqlite3.connect(next(folder.glob("ledger-damaged-*.db")))
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("attempt_open",)]
    database.close()


@pytest.mark.parametrize("kind", ["file in the way", "no database", "damaged"])
def test_an_unusable_ledger_uploads_nothing(tmp_path: Path, clock: FakeClock, kind: str) -> None:
    """Without a ledger nothing is sent: exit code 4, one line that names the folder and the way out."""
    home = tmp_path / "home"
    state = home / "state"
    if kind == "file in the way":
        home.mkdir()
        state.write_bytes(b"")
    else:
        state.mkdir(parents=True)
        (state / "ledger.db").write_bytes(b"no database" * 500 if kind == "no database" else b"SQLite format 3\0" * 99)
    with RawServer() as server:
        found = Cli(home, server.url, clock)("transcribe", write_wav(tmp_path / "a.wav"))
    assert found.code == 4
    assert found.err.count("\n") == 1
    assert str(state) in found.err
    assert ("INTRON_STATE" if kind == "file in the way" else "intron jobs repair --accept-loss") in found.err
    assert not server.exchanges


def test_a_full_transaction_is_not_left_open(ledger: Ledger) -> None:
    """A stop signal that comes while another process holds the file leaves the ledger usable."""

    class StopError(BaseException):
        pass

    def stop(*_: object) -> None:
        raise StopError

    holder = sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    before = signal.signal(signal.SIGUSR1, stop)
    main = threading.main_thread().ident
    assert main

    def interrupt() -> None:
        signal.pthread_kill(main, signal.SIGUSR1)
        holder.execute("COMMIT")

    timer = threading.Timer(0.1, interrupt)
    try:
        timer.start()
        with pytest.raises(StopError):
            ledger.claim(claim_of())
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)
        holder.close()
    attempt, new = ledger.claim(claim_of())
    assert (new, attempt.state) == (True, "claimed")


def test_neither_key_nor_words_are_in_the_state_folder(tmp_path: Path, clock: FakeClock) -> None:
    """After a whole run no file of the state holds the key or anything that was said."""
    words = "The patient's secret is a planted transcript."
    status = finished(words, transcript_soap_note="A planted note about it.")
    with RawServer(status=[status]) as server:
        found = Cli(tmp_path / "home", server.url, clock)("transcribe", write_wav(tmp_path / "a.wav"), "--soap")
    assert found.code == 0
    assert "planted transcript" in found.out
    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert b"a.wav" in kept
    for planted in (KEY.encode(), b"planted", b"secret"):
        assert planted not in kept
