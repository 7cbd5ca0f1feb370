"""The file of the ledger: opened, brought up to date, and saved from damage row by row."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from intron_cli.core.errors import LedgerError
from intron_cli.core.files import private_folder, sync_folder
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.owner import in_turn

LEDGER_FILE = "ledger.db"
TURNS = "repair.lock"
"""Who makes or mends the file holds the lock on this one; where it lies, there was a ledger once."""

_TABLES = {"attempt", "hash", "loss"}

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL CHECK (state IN
            ('claimed', 'sending', 'handed_over', 'refused', 'submitted', 'done', 'failed', 'gone')),
        owner TEXT,
        job TEXT NOT NULL,
        outputs TEXT NOT NULL,
        source_id TEXT NOT NULL,
        span TEXT NOT NULL DEFAULT '',
        request TEXT NOT NULL,
        service TEXT NOT NULL,
        host TEXT NOT NULL,
        key_print TEXT NOT NULL,
        source_name TEXT NOT NULL,
        source_path TEXT,
        bytes INTEGER,
        duration_seconds REAL,
        transform TEXT,
        parent INTEGER REFERENCES attempt (id),
        part INTEGER,
        destination TEXT,
        columns TEXT NOT NULL DEFAULT '{}',
        tries INTEGER NOT NULL DEFAULT 0,
        sent_bytes INTEGER NOT NULL DEFAULT 0,
        file_id TEXT,
        service_status TEXT,
        reason TEXT,
        claimed_at REAL NOT NULL,
        handed_over_at REAL,
        submitted_at REAL,
        finished_at REAL,
        delivered_at REAL,
        forgotten_at REAL
    );
    CREATE UNIQUE INDEX attempt_open ON attempt (job, outputs)
        WHERE state IN ('claimed', 'sending', 'handed_over');
    CREATE INDEX attempt_job ON attempt (job);
    CREATE INDEX attempt_file_id ON attempt (file_id);
    CREATE INDEX attempt_source ON attempt (source_id);
    CREATE TABLE hash (
        path TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        sha256 TEXT NOT NULL
    );
    CREATE TABLE loss (noted_at REAL NOT NULL, rows INTEGER NOT NULL, accepted_at REAL);
    """,
    """
    CREATE TABLE written (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, run TEXT NOT NULL, at REAL NOT NULL);
    """,
    """
    ALTER TABLE attempt ADD COLUMN query_print TEXT;
    CREATE TABLE download (source_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at REAL NOT NULL);
    """,
)
"""Numbered from 1; each runs once, in one transaction with the note that it did."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what keeps the ledger from being used into LedgerError, in our own words."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if "malformed" in str(error):
            raise LedgerError(
                f"The ledger of uploads in {path.parent} is damaged, and nothing is uploaded.",
                "Save what can be read of it with: intron jobs repair",
            ) from None
        raise LedgerError(
            f"The ledger of uploads in {path.parent} cannot be used ({_kind(error)}), and without it"
            " nothing is uploaded.",
            "Check the folder's permissions and free space, or name another one in INTRON_STATE;"
            " --no-ledger goes without, and a repeat then pays again.",
        ) from None


def open_ledger(path: Path, now: float, *, whole: bool = False) -> sqlite3.Connection:
    """The database at ``path``, made where there is none; a damaged one is replaced by what can be read of it.

    ``whole``: each row is read, too, to find damage that the file's structure does not show.
    """
    private_folder(path.parent)
    if not path.exists() or (path.stat().st_size == 0 and not path.with_name(TURNS).exists()):
        _create(path)
    try:
        database = _open(path)
        _check(database, whole=whole)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return _mended(path, now, whole=whole)
    _migrate(database)
    return database


def open_in_memory() -> sqlite3.Connection:
    """A ledger that ends with its process and leaves nothing on disk."""
    database = _connected(":memory:")
    _migrate(database)
    return database


def _connected(place: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=30, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.text_factory = _text
    return database


def _open(path: Path) -> sqlite3.Connection:
    database = _connected(path)
    # EXTRA also syncs the folder when the journal is removed: a commit then outlasts a power cut.
    # secure_delete overwrites what is forgotten.
    for setting in ("journal_mode = DELETE", "synchronous = EXTRA", "foreign_keys = ON", "secure_delete = ON"):
        database.execute(f"PRAGMA {setting}")
    path.chmod(0o600)
    return database


def _text(data: bytes) -> str:
    """Damaged text is read all the same: what it says then tells the damage."""
    return data.decode("utf-8", "replace")


def _create(path: Path) -> None:
    """A new ledger appears whole or not at all: an empty file is damage, and never a fresh start."""
    with in_turn(path.with_name(TURNS)):
        if path.exists() and path.stat().st_size:
            return
        fresh = path.with_name("ledger-new.db")
        fresh.unlink(missing_ok=True)
        with contextlib.closing(_open(fresh)) as database:
            _migrate(database)
        fresh.replace(path)
        sync_folder(path.parent)


def _check(database: sqlite3.Connection, *, whole: bool = False) -> None:
    """Raise DatabaseError for a damaged file."""
    try:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok" or not tables >= _TABLES:
            raise sqlite3.DatabaseError("malformed")  # noqa: TRY301 - as SQLite itself would say it
        for row in database.execute("SELECT * FROM attempt") if whole else ():
            Attempt.of_row(row)
    except sqlite3.DatabaseError:
        database.close()
        raise


def _migrate(database: sqlite3.Connection) -> None:
    if _version(database) == len(MIGRATIONS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[_known_version(database) :]:
            for statement in statements.split(";"):
                if statement.strip():
                    database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _known_version(database: sqlite3.Connection) -> int:
    version = _version(database)
    if version > len(MIGRATIONS):
        raise LedgerError("The ledger was written by a newer intron.", "Update intron, then try again.")
    return version


def _mended(path: Path, now: float, *, whole: bool) -> sqlite3.Connection:
    """Replace a damaged ledger, unless another process did so while this one waited for its turn."""
    with in_turn(path.with_name(TURNS)):
        try:
            database = _open(path)
            _check(database, whole=whole)
        except sqlite3.DatabaseError:
            damaged, fresh = path.with_name(f"ledger-damaged-{int(now)}.db"), path.with_name("ledger-new.db")
            shutil.copyfile(path, damaged)
            damaged.chmod(0o600)
            fresh.unlink(missing_ok=True)
            _salvage(damaged, fresh, now)
            fresh.replace(path)
            sync_folder(path.parent)
            database = _open(path)
    return database


def _salvage(damaged: Path, fresh: Path, now: float) -> None:
    """Copy each row that can be read into a new ledger.

    Rows are numbered without gaps and never deleted, so what is missing can be counted; the count
    stands in the table ``loss``, and no upload is made until somebody accepted it.
    """
    with (
        contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as old,
        contextlib.closing(_open(fresh)) as database,
    ):
        _migrate(database)
        old.row_factory = sqlite3.Row
        old.text_factory = _text
        last, lost = _last_number(old), 0
        database.execute("BEGIN IMMEDIATE")
        for number in range(1, (last or 0) + 1):
            lost += not _copied(old, database, number)
        lost += not _copied_downloads(old, database)
        if last is None or lost:
            database.execute("INSERT INTO loss (noted_at, rows) VALUES (?, ?)", (now, lost if last else -1))
        database.execute("COMMIT")


def _last_number(old: sqlite3.Connection) -> int | None:
    """The highest number that the old ledger gave out; None where not even that can be read."""
    for query in ("SELECT seq FROM sqlite_sequence WHERE name = 'attempt'", "SELECT max(id) FROM attempt"):
        with contextlib.suppress(sqlite3.Error):
            row = old.execute(query).fetchone()
            if row and row[0] is not None:
                return int(row[0])
    return None


def _copied_downloads(old: sqlite3.Connection, database: sqlite3.Connection) -> bool:
    """What URLs led to; a ledger of an older kind knows nothing of that."""
    try:
        if old.execute("SELECT 1 FROM sqlite_master WHERE name = 'download'").fetchone():
            rows = old.execute("SELECT source_id, sha256, at FROM download").fetchall()
            database.executemany("INSERT INTO download VALUES (?, ?, ?)", [tuple(row) for row in rows])
    except sqlite3.Error:
        return False
    return True


def _copied(old: sqlite3.Connection, database: sqlite3.Connection, number: int) -> bool:
    try:
        row = old.execute("SELECT * FROM attempt WHERE id = ?", (number,)).fetchone()
        if row is None:
            return False
        Attempt.of_row(row)
        columns, marks = ", ".join(row.keys()), ", ".join("?" * len(row.keys()))
        database.execute(f"INSERT INTO attempt ({columns}) VALUES ({marks})", tuple(row))  # noqa: S608 - our columns
    except (sqlite3.Error, IndexError):
        return False
    return True


def _kind(error: Exception) -> str:
    kinds: tuple[tuple[Callable[[str], bool], str], ...] = (
        (lambda text: "locked" in text, "another program holds it"),
        (lambda text: "readonly" in text, "it is read-only"),
        (lambda text: "full" in text, "the disk is full"),
        (lambda text: "malformed" in text or "not a database" in text, "it is damaged"),
        (lambda text: "unable to open" in text, "it cannot be opened"),
        (lambda text: "do not lock" in text, "file locks do not work there; take a folder on a local disk"),
    )
    text = str(error).lower()
    return next((kind for fits, kind in kinds if fits(text)), type(error).__name__)
