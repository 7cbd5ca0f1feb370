"""Write what derives from the code: the tables of the README and the completion scripts.

`make generate` writes them; with `--check`, tells what would change and exits with 1.
"""

import re
import sys
from pathlib import Path

from intron_cli.app import COMMANDS
from intron_cli.commands.shells import script
from intron_cli.config.table import SETTINGS, VARIABLES
from intron_cli.core.catalog import CATALOG
from intron_cli.core.errors import EXIT_CODES
from intron_cli.output.formats import FORMATS

ROOT = Path(__file__).resolve().parent.parent


def commands_table() -> str:
    rows = [(f"`intron {command.name}`", command.help) for command in COMMANDS]
    return _table(("command", "does"), rows)


def outputs_table() -> str:
    rows = [
        (f"`--{output.flag}`", output.help, ", ".join(f"{name}{'*' if name in output.later else ''}"
         for name in output.categories), f"`{output.field}`")
        for output in CATALOG.outputs
    ]  # fmt: skip
    return _table(("flag", "asks for", "categories", "form field"), rows)


def settings_table() -> str:
    rows = [
        (f"`{setting.name}`", setting.help, f"`{setting.show(setting.default)}`" if setting.default not in (None, ())
         else "", f"`{setting.variable}`")
        for setting in SETTINGS
    ]  # fmt: skip
    return _table(("setting", "what it is", "default", "environment"), rows)


def exit_codes_table() -> str:
    return _table(("code", "means"), list(EXIT_CODES))


def formats_table() -> str:
    return _table(("format", "suffix", "what it is"), [(f"`{f.name}`", f"`.{f.suffix}`", f.help) for f in FORMATS.all])


TABLES = {
    "commands": commands_table,
    "outputs": outputs_table,
    "settings": settings_table,
    "variables": lambda: _table(("variable", "what it is"), [(f"`{name}`", text) for name, text in VARIABLES]),
    "exit codes": exit_codes_table,
    "formats": formats_table,
}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def generated() -> dict[Path, str]:
    """Each generated file with the text that it should have."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        pattern = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        parts = pattern.split(readme)
        if len(parts) != 4:
            raise SystemExit(f"README.md has no place for the table of {name}.")
        readme = f"{parts[0]}{parts[1]}{table()}\n{parts[2]}{parts[3]}"
    files = {ROOT / "README.md": readme}
    for shell, suffix in (("bash", "bash"), ("zsh", "zsh"), ("fish", "fish"), ("powershell", "ps1")):
        files[ROOT / "completions" / f"intron.{suffix}"] = script(shell)
    return files


def main(arguments: list[str]) -> int:
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        if "--check" not in arguments:
            path.write_text(generated()[path], encoding="utf-8")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
