"""``intron sandbox``: a local stand-in for the service, and one command run against it."""

import json as json_module
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from intron_cli.commands import completing
from intron_cli.commands.program import Run
from intron_cli.core import units
from intron_cli.core.errors import Interrupted, SetupError, UsageError
from intron_cli.core.files import write_atomic
from intron_cli.output.files import ensure_new
from intron_cli.sandbox.options import SandboxOptions

PrintAs = Literal["sh", "powershell", "json"]
_PANEL = "How it behaves"
_FOREVER = 3600.0

EXAMPLES = (
    "intron sandbox -- intron transcribe visit.mp3 --soap",
    "intron sandbox --time-scale 10 --env-file sandbox.env",
    "intron sandbox --scene unavailable=2 --scene cut-answer=1 -- intron transcribe visit.mp3",
)


def sandbox(
    run: Run,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND...]", show_default=False, help="Run this against it, then end."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen here; 0 is a free port.")] = 0,
    quota: Annotated[
        str, typer.Option(metavar="N/SECONDS", help="Requests that a key may send.", rich_help_panel=_PANEL)
    ] = "30/60",
    status_interval: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Least time between two looks.", rich_help_panel=_PANEL)
    ] = 1.0,
    processing: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long a recording takes.", rich_help_panel=_PANEL)
    ] = 6.0,
    spread: Annotated[
        float,
        typer.Option(
            min=0, metavar="SIGMA", rich_help_panel=_PANEL,
            help="Let recordings take differently long: lognormal, --processing the median, at most 600 s.",
        ),
    ] = 0.0,
    time_scale: Annotated[
        float,
        typer.Option(
            min=0.001, metavar="F", rich_help_panel=_PANEL,
            help="Divide the quota's window, the least time between looks and the processing time.",
        ),
    ] = 1.0,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Make file ids and spread repeatable.", rich_help_panel=_PANEL)
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", exists=True, file_okay=False, rich_help_panel=_PANEL,
            help="Your own transcripts: SHA256.txt, or NAME.txt for a name as sent. Scenes likewise: NAME.scene.",
        ),
    ] = None,
    refuse_key: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Refuse this made-up key.", rich_help_panel=_PANEL)
    ] = None,
    scene: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=COUNT]", autocompletion=completing.scenes, rich_help_panel=_PANEL,
            help="What goes wrong, for so many requests or always; a wrong name lists them.",
        ),
    ] = None,
    latency: Annotated[
        float, typer.Option(min=0, metavar="MS", help="Added to each answer.", rich_help_panel=_PANEL)
    ] = 0.0,
    bandwidth: Annotated[
        float | None,
        typer.Option(
            min=0.001, metavar="KBIT", rich_help_panel=_PANEL,
            help="A slow line: so many kilobits per second for all uploads together.",
        ),
    ] = None,
    print_as: Annotated[
        PrintAs, typer.Option("--print", help="The form in which the environment is printed.")
    ] = "sh",
    env_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the environment to FILE when ready.")
    ] = None,
) -> int:  # fmt: skip
    """Run a local stand-in for the service: no account, no network, no bill.

    It never invents a transcript: it knows the recording of 'intron demo' and the transcripts that you give it.
    With the extra 'speech' of the package, it hears others with a small English model on this machine.
    """
    rate = _rate(quota)
    options = _options(
        port=port,
        quota=(rate.count, rate.seconds),
        status_interval=status_interval,
        processing=processing,
        spread=spread,
        time_scale=time_scale,
        seed=seed,
        answers=answers,
        refused_keys=frozenset(refuse_key or ()),
        scenes=_scenes(scene or ()),
        latency=latency / 1000,
        bandwidth=None if bandwidth is None else bandwidth * 1000,
    )
    return _run_one(run, options, command) if command else _serve(run, options, print_as, env_file)


def environment(url: str, options: SandboxOptions) -> dict[str, str]:
    """What points a client at the sandbox, with the pace that the sandbox allows."""
    window = options.scaled(options.quota[1])
    return {
        "INTRON_BASE_URL": url,
        "INTRON_API_KEY": f"sandbox-{secrets.token_hex(8)}",
        "INTRON_RATE": f"{options.quota[0]}/{window:g}s",
        "INTRON_STATUS_INTERVAL": f"{1.1 * options.scaled(options.status_interval):g}s",
    }


def _serve(run: Run, options: SandboxOptions, print_as: PrintAs, env_file: Path | None) -> int:
    from intron_cli.sandbox.recogniser import installed
    from intron_cli.sandbox.server import SandboxServer

    if env_file:
        ensure_new(env_file)
    with ExitStack() as running:
        try:
            server = running.enter_context(
                SandboxServer(
                    options,
                    clock=run.clock,
                    log=lambda line: run.terminal.event("sandbox", line),
                    recogniser=installed(),
                )
            )
        except OSError as error:
            raise SetupError(
                f"The sandbox cannot listen on port {options.port}: {os.strerror(error.errno or 0)}.",
                "Leave --port out to take a free one.",
            ) from None
        text = _printed(environment(server.url, options), print_as)
        try:
            if env_file:
                _write_env(env_file, text)
            else:
                run.terminal.result(text.encode())
            run.terminal.event("sandbox", f"The sandbox listens at {server.url}. Ctrl-C ends it.")
            while True:
                run.clock.sleep(_FOREVER)
        except Interrupted as stop:
            if stop.signal != signal.SIGINT:
                raise
        finally:
            if env_file:
                env_file.unlink(missing_ok=True)
    return 0


def _run_one(run: Run, options: SandboxOptions, command: list[str]) -> int:
    from intron_cli.sandbox.recogniser import installed
    from intron_cli.sandbox.server import SandboxServer

    log = run.terminal.note if run.terminal.verbose else (lambda _: None)
    with (
        tempfile.TemporaryDirectory(prefix="intron-sandbox-", ignore_cleanup_errors=True) as folder,
        SandboxServer(options, clock=run.clock, log=log, recogniser=installed()) as server,
    ):
        home = {"INTRON_STATE": str(Path(folder, "state")), "INTRON_CONFIG": str(Path(folder, "config.toml"))}
        return call(command, {**without_ours(run.env), **environment(server.url, options), **home})


def without_ours(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of ours: what runs against a sandbox starts from the defaults."""
    return {name: value for name, value in env.items() if not name.startswith("INTRON_") and name != "SAHARA_API_KEY"}


def call(command: list[str], env: Mapping[str, str], folder: Path | None = None) -> int:
    """Run a command to its end and return its exit code; signals are its to handle."""
    if command[0] == "intron" and shutil.which("intron", path=env.get("PATH")) is None:
        command = [sys.executable, "-m", "intron_cli", *command[1:]]
    try:
        process = subprocess.Popen(command, env=dict(env), cwd=folder)  # noqa: S603 - the user's own command
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be run: {os.strerror(error.errno or 0)}.") from None
    while True:
        try:
            code = process.wait()
        except Interrupted as stop:
            if stop.signal != signal.SIGINT or not sys.stdin.isatty():  # a terminal sends that one to both
                process.send_signal(stop.signal)
        else:
            return code if code >= 0 else 128 - code


def _rate(text: str) -> units.Rate:
    try:
        return units.rate(text)
    except ValueError as error:
        raise UsageError(f"--quota takes {error}.") from None


def _options(**given: Any) -> SandboxOptions:
    try:
        return SandboxOptions(**given)
    except ValueError as error:
        raise UsageError(f"There is no such sandbox: {error}.") from None


def _scenes(texts: Sequence[str]) -> tuple[str, ...]:
    from intron_cli.sandbox.scenes import read_scene

    for text in texts:
        try:
            read_scene(text)
        except ValueError as error:
            raise UsageError(f"--scene takes {error}.") from None
    return tuple(texts)


def _printed(env: Mapping[str, str], print_as: PrintAs) -> str:
    if print_as == "json":
        return json_module.dumps(env, indent=2) + "\n"
    if print_as == "powershell":
        return "".join(f"$Env:{name} = '{value}'\n" for name, value in env.items())
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in env.items())


def _write_env(path: Path, text: str) -> None:
    try:
        write_atomic(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {os.strerror(error.errno or 0)}.") from None
