"""``intron demo``: the main job on a bundled recording, against the sandbox."""

import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from intron_cli.commands.program import Run
from intron_cli.commands.sandbox import call, environment, without_ours
from intron_cli.sandbox.options import SandboxOptions

RECORDING = "telehealth-visit.mp3"
ARGUMENTS = ("transcribe", RECORDING, "--category", "telehealth", "--soap", "--summary", "--diarize")
_OPTIONS = SandboxOptions(time_scale=4, processing=5)


def demo(run: Run) -> int:
    """Show the main job on a bundled recording: no account, no network, nothing left behind.

    The consultation is synthetic: invented people, spoken by machine voices. Its transcript is the script that it
    was made from, and the notes are drafts by plain rules; the real service writes them with a language model.
    """
    from intron_cli.sandbox.server import SandboxServer

    say = run.terminal.event
    with (
        tempfile.TemporaryDirectory(prefix="intron-demo-", ignore_cleanup_errors=True) as name,
        SandboxServer(_OPTIONS, clock=run.clock) as server,
    ):
        folder = Path(name)
        with as_file(files("intron_cli.sandbox") / "data" / RECORDING) as recording:
            shutil.copyfile(recording, folder / RECORDING)
        say("demo", f"1. A stand-in for the service listens at {server.url}  (intron sandbox)")
        say("demo", "2. A telehealth visit of 71 s is sent to it, and its notes are waited for:")
        say("demo", f"$ intron {' '.join(ARGUMENTS)}")
        env = {
            **without_ours(run.env),
            **environment(server.url, _OPTIONS),
            "INTRON_STATE": str(folder / "state"),
            "INTRON_CONFIG": str(folder / "config.toml"),
        }
        code = call(["intron", *ARGUMENTS], env, folder)
    if code == 0:
        say("demo", "3. That was all, and nothing of it is left. With your own key and recording:")
        say("demo", "$ intron config set api_key")
        say("demo", "$ intron transcribe visit.wav --category telehealth --soap")
    return code
