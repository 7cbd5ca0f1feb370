"""A form that is added tomorrow: one file, one line in the table, and everything knows it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from harness import Cli

from intron_cli.core.record import Record
from intron_cli.output.document import sections_of
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS, Formats


class Shouted:
    """All in capitals."""

    name = "shouted"
    suffix = "loud"
    help = "in capitals"
    binary = False
    sections = True
    gathers = False
    lines = False

    def render(self, records: Sequence[Record], view: View) -> bytes:
        shown = [section for record in records for section in sections_of(record, view.show, view.catalog)]
        return "\n".join(f"{section.title}!\n{section.markdown}".upper() for section in shown).encode() + b"\n"


@pytest.fixture
def tomorrow(cli: Cli) -> Cli:
    """The program with the new line in its table."""
    cli.formats = Formats([*FORMATS.all, Shouted()])
    return cli


@pytest.mark.parametrize("name", ["shouted", "Shouted", "loud"])
def test_it_is_chosen_by_name(tomorrow: Cli, visit: Path, name: str) -> None:
    """On stdout, with the sections that were asked for."""
    result = tomorrow("transcribe", visit, "--soap", "-f", name, "--show", "soap")
    assert result.code == 0, result.err
    assert result.out.startswith("SOAP NOTE!\n")
    assert result.out == result.out.upper()


def test_it_is_chosen_by_suffix(tomorrow: Cli, visit: Path, tmp_path: Path) -> None:
    """Of the file that is written."""
    result = tomorrow("transcribe", visit, "-o", tmp_path / "visit.loud")
    assert (result.code, result.out) == (0, "")
    assert (tmp_path / "visit.loud").read_text().startswith("TRANSCRIPT!\n")


def test_it_can_be_set(tomorrow: Cli, visit: Path) -> None:
    """As the form that holds when nobody says one."""
    tomorrow.env["INTRON_FORMAT"] = "shouted"
    assert tomorrow("transcribe", visit).out.startswith("TRANSCRIPT!\n")


def test_it_is_named_among_those_there_are(tomorrow: Cli, visit: Path, tmp_path: Path) -> None:
    """Where somebody asked for one that is not."""
    assert "markdown, text, json, jsonl, csv, shouted" in tomorrow("transcribe", visit, "-f", "pdf").err.replace(
        "\n", " "
    )
    assert "shouted" in tomorrow("transcribe", visit, "-o", tmp_path / "visit.pdf").err


def test_today_nobody_knows_it(cli: Cli, visit: Path) -> None:
    """Without the line it is a usage error, and nothing was sent."""
    assert cli("transcribe", visit, "-f", "shouted").code == 2
    assert not (cli.home / "state").exists()
