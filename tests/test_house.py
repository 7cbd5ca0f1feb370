"""What holds the house together: layers, sizes, who may speak, and what a start loads."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import intron_cli
from intron_cli import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = Path(intron_cli.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 45

LISTED = """
import sys
from intron_cli.{module} import main
{before}
try:
    main({arguments})
except SystemExit:
    pass
loaded = [name for name in ("httpx", "av", "rich", "sqlite3", "intron_cli.jobs", "intron_cli.sandbox.server")
          if name in sys.modules]
sys.stderr.write("\\nloaded: " + " ".join(loaded))
"""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def calls(tree: ast.AST) -> Iterator[str]:
    """The dotted names that are called or imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded(tmp_path: Path, *arguments: str, module: str = "app", **env: str) -> tuple[list[str], str]:
    """What a start of the program in a process of its own loads, and what it prints."""
    before = f"sys.argv = {['intron', *arguments]}"
    given = "" if module == "__main__" else f"{list(arguments)}"
    code = LISTED.format(module=module, before=before, arguments=given)
    home = {
        "INTRON_CONFIG": str(tmp_path / "config.toml"),
        "INTRON_STATE": str(tmp_path / "state"),
        "HOME": str(tmp_path),
    }
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**kept, **home, **env}, capture_output=True, text=True, check=False
    )
    said, found, names = done.stderr.rpartition("loaded: ")
    assert found, done.stderr
    return names.split(), done.stdout + said


def test_imports_run_downward_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The layers and the other contracts of pyproject.toml."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_can_be_read_at_a_sitting(path: Path) -> None:
    """It has at most 350 lines, and the body of each function at most 45."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {
        node.name: length
        for node in functions
        if (length := (node.end_lineno or 0) - node.body[0].lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_terminal_speaks(path: Path) -> None:
    """Nobody else prints, ends the process or makes a console; rich lays out within output."""
    found = set(calls(ast.parse(path.read_text("utf-8"))))
    name = name_of(path)
    if name not in ("output/terminal.py", "app.py", "__main__.py"):
        assert not found & {"print", "sys.exit", "exit", "quit", "os._exit", "sys.stdout.write", "sys.stderr.write"}
    if not name.startswith("output/"):
        assert not {one for one in found if one.split(".")[0] == "rich" or one == "Console"}


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=name_of)
def test_a_package_imports_nothing(path: Path) -> None:
    """Its first file says what it is."""
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_the_version_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    """Not even the command line's own library."""
    names, said = loaded(tmp_path, "--version", module="__main__")
    assert names == []
    assert said.strip() == f"intron {__version__}"


@pytest.mark.parametrize("arguments", [["--help"], ["transcribe", "--help"], ["config", "set", "--help"]])
def test_help_loads_little(tmp_path: Path, arguments: list[str]) -> None:
    """Rich lays it out; nothing speaks HTTP or reads audio for it."""
    names, said = loaded(tmp_path, *arguments)
    assert "--help" in said
    assert set(names) <= {"rich"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["outputs"], "telehealth"),
        (["outputs", "--languages"], "Swahili"),
        (["config", "list"], "base_url"),
        (["config", "path"], "config.toml"),
        (["completion", "bash"], "_INTRON_COMPLETE"),
        (["transcribe"], "error: "),
        (["transcribe", "--no-such-option"], "error: "),
        (["transcribe", "visit.wav", "-f", "no-such-format"], "error: "),
        (["transcribe", "visit.wav", "-c", "general", "--op-note"], "error: "),
        (["inspect"], "error: "),
        (["no-such-command"], "error: "),
    ],
)
def test_a_start_loads_nothing_heavy(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Neither for what is answered at once nor for a command line that cannot be carried out."""
    names, told = loaded(tmp_path, *arguments)
    assert said in told
    assert names == []


@pytest.mark.parametrize(
    ("line", "offered"), [("intron tr", "transcribe"), ("intron transcribe --so", "--soap"), ("intron config s", "set")]
)
def test_tab_loads_nothing_heavy(tmp_path: Path, line: str, offered: str) -> None:
    """Somebody waits for each of them."""
    names, told = loaded(tmp_path, _INTRON_COMPLETE="bash", _INTRON_WORDS=line)
    assert [offer.partition("\t")[0] for offer in told.split("\n") if offer] == [offered]
    assert names == []


def test_a_full_disk_ends_in_one_line(tmp_path: Path) -> None:
    """Not in another complaint when the interpreter ends."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "intron_cli", "outputs"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "error: The result cannot be written to stdout: No space left on device.\n"
