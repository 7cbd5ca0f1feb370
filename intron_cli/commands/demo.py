"""``intron demo``: the main job on a bundled recording or one of the user's own, against the sandbox."""

import shlex
import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from intron_cli.commands.extras import install_line
from intron_cli.commands.program import Run
from intron_cli.commands.sandbox import call, environment, without_ours
from intron_cli.core.errors import SetupError
from intron_cli.sandbox.options import SandboxOptions

RECORDING = "telehealth-visit.mp3"
OPTIONS = ("--category", "telehealth", "--soap", "--summary")
_SANDBOX = SandboxOptions(time_scale=4, processing=5)


EXAMPLES = ("intron demo", "intron demo visit.wav")


def demo(
    run: Run,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", show_default=False, help="An English recording of yours instead."),
    ] = None,
) -> int:
    """Show the main job on a bundled recording: no account, no network, nothing left behind.

    The consultation is synthetic: invented people, spoken by machine voices. Its transcript is the script that it
    was made from, and the notes are drafts by plain rules; the real service writes them with a language model.

    A recording of your own is heard by a small English model on this machine, in a fifth of its length or so; drug
    names suffer. The model comes with the extra 'speech' of the package.
    """
    from intron_cli.sandbox.recogniser import Recogniser, installed
    from intron_cli.sandbox.server import SandboxServer

    recogniser: Recogniser | None = None
    if file is not None:
        recogniser = installed()
        _check(file, recogniser)
    with (
        tempfile.TemporaryDirectory(prefix="intron-demo-", ignore_cleanup_errors=True) as name,
        SandboxServer(_SANDBOX, clock=run.clock, recogniser=recogniser) as server,
    ):
        folder = Path(name)
        env = {
            **without_ours(run.env),
            **environment(server.url, _SANDBOX),
            "INTRON_STATE": str(folder / "state"),
            "INTRON_CONFIG": str(folder / "config.toml"),
        }
        code = _transcribe(run, server.url, env, folder, file)
    if code == 0:
        _farewell(run)
    return code


def _check(file: str, recogniser: object) -> None:
    """Say what is missing or wrong before anything is started. Raises SetupError and SourceError."""
    from intron_cli.audio.verdict import Limits
    from intron_cli.jobs.sources import Looking, checked

    if recogniser is None:
        raise SetupError(
            "No recogniser is installed, and without one the demo knows its bundled recording only.",
            f"Run: {install_line('speech', sys.prefix, sys.executable)}"
            " (60 MB; Linux with glibc 2.34, macOS 15 on Apple silicon, Windows), or: intron demo",
        )
    with checked(file, Looking(Limits(_SANDBOX.max_duration, _SANDBOX.max_bytes))):
        pass


def _transcribe(run: Run, url: str, env: dict[str, str], folder: Path, file: str | None) -> int:
    """Run the main job, with its command shown; the bundled recording lies in a folder of its own."""
    say = run.terminal.event
    say("demo", f"1. A stand-in for the service listens at {url}  (intron sandbox)")
    if file is None:
        with as_file(files("intron_cli.sandbox") / "data" / RECORDING) as recording:
            shutil.copyfile(recording, folder / RECORDING)
        say("demo", "2. A telehealth visit of 71 s is sent to it, and its notes are waited for:")
    else:
        say("demo", "2. Your recording is sent to it and heard on this machine, and its notes are waited for:")
    source = file or RECORDING
    arguments = ["transcribe", f"./{source}" if source.startswith("-") else source, *OPTIONS]
    if file is None:  # telling the speakers apart takes the small model as long as the recording lasts
        arguments.append("--diarize")
    say("demo", f"$ intron {shlex.join(arguments)}")
    return call(["intron", *arguments], env, folder if file is None else None)


def _farewell(run: Run) -> None:
    say = run.terminal.event
    say("demo", "3. That was all, and nothing of it is left. With your own key and recording:")
    say("demo", "$ intron config set api_key")
    say("demo", "$ intron transcribe visit.wav --category telehealth --soap")
