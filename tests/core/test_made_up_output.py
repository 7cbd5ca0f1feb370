"""An output that the service adds tomorrow: one line in the table, and everything knows it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli

from intron_cli.core.catalog import CATEGORIES, OUTPUTS, Catalog, Category, Output
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

MOOD = Output("mood_report", "mood", "Mood report", "how the patient felt", (), ("telehealth", "home-visit"))
HOLD = Output("call_center_hold_time", "hold-time", "Hold time", "how long the customer waited", (), ("call-center",))
CATALOG = Catalog([*OUTPUTS, MOOD, HOLD], [*CATEGORIES, Category("home-visit", "a visit at home")])


@pytest.fixture
def tomorrow(tmp_path: Path, clock: FakeClock) -> Iterator[Cli]:
    """The program and the service with the new line in their table."""
    with SandboxServer(SandboxOptions(seed=1), clock=clock, catalog=CATALOG) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        cli.catalog = CATALOG
        yield cli


def test_it_is_asked_for_in_the_form(tomorrow: Cli, visit: Path) -> None:
    """By its flag, under its form field; a category of its own infers nothing from others."""
    fields = tomorrow("transcribe", visit, "--mood", "--dry-run", "--json").json["sources"][0]["fields"]
    assert fields["get_mood_report"] == "TRUE"
    assert fields["use_category"] == "file_category_telehealth"
    asked = tomorrow("transcribe", visit, "-c", "home-visit", "--mood", "--dry-run", "--json").json
    assert asked["sources"][0]["fields"]["use_category"] == "file_category_home_visit"


def test_it_is_in_the_record(tomorrow: Cli, visit: Path) -> None:
    """Asked for and answered, under its name and title."""
    result = tomorrow("transcribe", visit, "--mood", "--soap", "--json")
    assert result.code == 0, result.err
    record = result.json
    assert record["request"]["outputs"] == ["soap_note", "mood_report"]
    assert list(record["outputs"]) == ["soap_note", "mood_report"]
    assert record["outputs"]["mood_report"]["title"] == "Mood report"
    assert record["outputs"]["mood_report"]["markdown"] == record["raw"]["transcript_mood_report"]
    assert record["warnings"] == []


@pytest.mark.parametrize(
    ("form", "heading"), [("markdown", "## Mood report\n"), ("text", "Mood report\n-----------\n")]
)
def test_it_is_in_the_documents(tomorrow: Cli, visit: Path, form: str, heading: str) -> None:
    """Under its title, and alone where only it is shown."""
    whole = tomorrow("transcribe", visit, "--mood", "-f", form)
    assert heading in whole.out
    for name in ("mood", "--mood", "mood_report", "get_mood_report", "transcript_mood_report", "Mood Report"):
        alone = tomorrow("transcribe", visit, "--mood", "-f", form, f"--show={name}")
        assert alone.code == 0, alone.err
        assert alone.out.strip()
        assert heading not in alone.out
        assert alone.out.strip() in whole.out


def test_it_is_structured_like_any_other(tomorrow: Cli, visit: Path) -> None:
    """As a JSON value of the service's shape."""
    output = tomorrow("transcribe", visit, "--mood", "--structured", "--json").json["outputs"]["mood_report"]
    assert output["markdown"] is None
    assert output["value"]


def test_one_of_a_call_is_a_column(tomorrow: Cli, visit: Path) -> None:
    """Of the table of all sources."""
    result = tomorrow("transcribe", visit, "-c", "call-center", "--hold-time", "-f", "csv")
    assert result.code == 0, result.err
    (row,) = csv.DictReader(io.StringIO(result.out, newline=""))
    assert (row["source"], row["status"]) == (str(visit), "done")
    assert row["hold_time"]


def test_it_is_listed(tomorrow: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    """Among the outputs of its categories, in text and JSON, and in the help."""
    assert "\n  --mood " in tomorrow("outputs", "home-visit").out
    listed = tomorrow("outputs", "telehealth", "--json").json[0]["outputs"]
    assert listed[-1] == {
        "name": "mood_report", "flag": "--mood", "title": "Mood report", "help": "how the patient felt", "later": True,
    }  # fmt: skip
    shown = tomorrow("transcribe", "--help").out + capsys.readouterr().out
    assert "--mood" in shown


def test_it_is_refused_where_it_does_not_belong(tomorrow: Cli, visit: Path) -> None:
    """With the categories that have it."""
    result = tomorrow("transcribe", visit, "-c", "general", "--mood")
    assert result.code == 2
    assert "Use --category telehealth or --category home-visit" in result.err


def test_a_program_that_does_not_know_it_yet_shows_it(tomorrow: Cli, visit: Path) -> None:
    """There is no flag then, but a field asks for it, and it comes under a title made from its name."""
    tomorrow.catalog = Catalog()
    assert tomorrow("transcribe", visit, "--mood").code == 2
    result = tomorrow("transcribe", visit, "--field", "get_mood_report=TRUE")
    assert result.code == 0, result.err
    assert "## Mood report\n" in result.out
