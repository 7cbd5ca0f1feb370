"""Where results go: stdout, files, sections, and what stands on stderr meanwhile."""

import json
import re
from pathlib import Path

import pytest
import rawserver as raw
from harness import KEY, Cli, write_wav
from rawserver import RawServer

from intron_cli.sandbox.server import SandboxServer

from .conftest import CliAt, one_line


def test_the_main_job_in_a_pipe(cli: Cli, visit: Path) -> None:
    """The document on stdout and nothing on stderr: cron mails nothing on success."""
    found = cli("transcribe", visit, "--soap", "--diarize")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("## Transcript\n\n**SPEAKER_01:** ")
    assert "\n## SOAP note\n" in found.out
    assert "\x1b" not in found.out


def test_the_main_job_on_a_terminal(cli: Cli, visit: Path) -> None:
    """The document is laid out and coloured, and stderr says what was asked and how it goes."""
    found = cli("transcribe", visit, "--soap", tty=True)
    assert found.code == 0
    assert "\x1b[" in found.out
    assert "## " not in found.out
    assert "Asking for telehealth, English (assumed; --language sets another): transcript, SOAP note." in found.err
    assert "uploaded as " in found.err


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_without_colour(cli: Cli, visit: Path, name: str, value: str) -> None:
    """Who wants no colour gets none, on neither stream."""
    cli.env[name] = value
    found = cli("transcribe", visit, "--progress", "plain", tty=True)
    assert found.code == 0
    assert "\x1b[3" not in found.out + found.err
    assert "\x1b[1;3" not in found.out + found.err


@pytest.mark.parametrize(("arguments", "colored"), [(["--color", "always"], True), (["--color", "never"], False)])
def test_colour_by_option(cli: Cli, tmp_path: Path, arguments: list[str], colored: bool) -> None:  # noqa: FBT001
    """--color decides for the messages, too."""
    found = cli("transcribe", tmp_path / "none.wav", *arguments, tty=not colored)
    assert found.code == 9
    assert ("\x1b[" in found.err) is colored


def test_a_narrow_terminal(cli: Cli, visit: Path) -> None:
    """In 40 columns no line of the document is wider."""
    found = cli("transcribe", visit, "--soap", "--color", "never", tty=True, columns=40)
    assert found.code == 0
    text = re.sub(r"\x1b\[[\d;]*m", "", found.out)
    assert max(len(line) for line in text.splitlines()) <= 40


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.md", "# "), ("a.txt", "/"), ("a.json", "{"), ("A.JSON", "{")],
)
def test_a_file_s_suffix_chooses_its_format(cli: Cli, visit: Path, tmp_path: Path, name: str, begins: str) -> None:
    """-o writes a whole file for its owner alone; stdout stays empty."""
    target = tmp_path / name
    found = cli("transcribe", visit, "-o", target)
    assert (found.code, found.out, found.err) == (0, "", "")
    text = target.read_text()
    assert text.startswith(begins)
    assert "no clinician has checked it" in text
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_provenance_can_be_left_out(cli: Cli, visit: Path, tmp_path: Path) -> None:
    """--no-provenance makes the file what stdout would show."""
    cli("transcribe", visit, "-o", tmp_path / "a.md", "--no-provenance")
    assert (tmp_path / "a.md").read_text() == cli("transcribe", visit).out


def no_folder(folder: Path) -> Path:
    return folder / "none" / "a.md"


def a_folder(folder: Path) -> Path:
    return folder


def existing(folder: Path) -> Path:
    (folder / "a.md").write_text("edited by hand")
    return folder / "a.md"


def no_format(folder: Path) -> Path:
    return folder / "a.xyz"


@pytest.mark.parametrize(
    ("make", "said"),
    [(no_folder, "mkdir"), (a_folder, "is a folder"), (existing, "--force"), (no_format, "names no format")],
)
def test_an_output_that_cannot_be_written_is_found_before_sending(
    cli_at: CliAt, visit: Path, tmp_path: Path, make: object, said: str
) -> None:
    """Exit code 2 and not one request."""
    assert callable(make)
    with RawServer() as server:
        found = cli_at(server.url)("transcribe", visit, "-o", make(tmp_path))
    assert found.code == 2
    assert said in one_line(found)
    assert not server.exchanges


def test_a_file_that_is_there_is_replaced_on_demand(cli: Cli, visit: Path, tmp_path: Path) -> None:
    """--force puts the new file in the place of the old one."""
    target = existing(tmp_path)
    assert cli("transcribe", visit, "-o", target, "--force").code == 0
    assert "edited by hand" not in target.read_text()


@pytest.mark.parametrize("name", ["soap", "SOAP note", "soap_note", "get_soap_note", "transcript_soap_note", "--soap"])
def test_one_section_by_any_of_its_names(cli: Cli, visit: Path, name: str) -> None:
    """--show prints that section alone, without a heading of ours."""
    found = cli("transcribe", visit, "--soap", f"--show={name}")
    assert found.code == 0
    assert "## Transcript" not in found.out
    assert "## SOAP note" not in found.out
    assert "Subjective" in found.out


def test_text_shows_the_words_alone(cli: Cli, visit: Path) -> None:
    """A transcript as text has neither heading nor mark."""
    found = cli("transcribe", visit, "-f", "text", "--show", "transcript")
    assert found.code == 0
    assert not found.out.startswith(("#", "Transcript"))
    assert "**" not in found.out


def test_one_source_is_an_object_and_several_are_an_array(cli: Cli, visit: Path, tmp_path: Path) -> None:
    """JSON has the shape that was asked for, whatever became of each source."""
    assert cli("transcribe", visit, "--json").json["status"] == "done"
    found = cli("transcribe", visit, tmp_path / "none.wav", "--json")
    assert [record["status"] for record in found.json] == ["done", "rejected"]


def test_several_sources_with_different_ends(cli_at: CliAt, visit: Path, tmp_path: Path) -> None:
    """Done, failed and rejected make exit code 3; each is told, and what is done is shown under its name."""
    silence = write_wav(tmp_path / "silence.wav")
    found = cli_at()("transcribe", visit, silence, tmp_path / "none.wav")
    assert found.code == 3
    assert f"# {visit}" in found.out.replace("\\", "")
    first, second = found.err.splitlines()
    assert "FILE_PROCESSING_FAILED" in first
    assert "There is no file" in second


def test_several_that_end_alike(cli: Cli, tmp_path: Path) -> None:
    """If all end in the same way, so does the run."""
    assert cli("transcribe", tmp_path / "a.wav", tmp_path / "b.wav").code == 9


def test_global_options_before_and_after_the_command(sandbox: SandboxServer, cli: Cli, visit: Path) -> None:
    """They hold wherever they stand; what stands later wins."""
    del cli.env["INTRON_BASE_URL"]
    for arguments in (
        ["--base-url", sandbox.url, "transcribe", visit],
        ["transcribe", visit, "--base-url", sandbox.url],
        ["--base-url", "http://127.0.0.1:9", "transcribe", visit, "--base-url", sandbox.url],
    ):
        assert cli(*arguments).code == 0


def test_quiet_says_nothing_and_verbose_says_more(cli: Cli, visit: Path, tmp_path: Path) -> None:
    """-q leaves errors only, on a terminal too; -v tells what is done, in a pipe too."""
    assert cli("-q", "transcribe", visit, tty=True).err == ""
    assert "Asking for " in cli("transcribe", visit, "--again", "-v").err
    assert "There is no file" in cli("-q", "transcribe", tmp_path / "none.wav").err


def test_facts_about_a_result_are_told(cli_at: CliAt, tmp_path: Path) -> None:
    """An empty transcript and an output that did not come are exit code 7, and the record says so."""
    recording = write_wav(tmp_path / "a.wav")
    with RawServer(status=[raw.finished("")]) as server:
        found = cli_at(server.url)("transcribe", recording, "--soap", "--json")
    assert found.code == 7
    assert [warning["code"] for warning in found.json["warnings"]] == ["empty_transcript", "output_absent"]
    assert [json.loads(line)["code"] for line in found.err.splitlines()] == ["empty_transcript", "output_absent"]


def test_dry_run_sends_nothing_and_tells_all(cli_at: CliAt, visit: Path) -> None:
    """Every field and the totals are printed, and no key is needed."""
    with RawServer() as server:
        cli = cli_at(server.url)
        del cli.env["INTRON_API_KEY"]
        found = cli("transcribe", visit, "--soap", "--dry-run")
    assert (found.code, found.err) == (0, "")
    for field in ("use_category = file_category_telehealth", "get_soap_note = TRUE", "audio_file_name = rec-"):
        assert field in found.out
    assert "In all 1 recording, " in found.out
    assert KEY not in found.out
    assert not server.exchanges
