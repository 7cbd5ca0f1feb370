"""``intron outputs``: the categories, what can be asked of each, and the languages."""

from typing import Annotated, Any

import typer

from intron_cli.commands import completing
from intron_cli.commands.program import Run
from intron_cli.core.catalog import CODE_SWITCHED, LANGUAGES, Catalog, Output
from intron_cli.core.errors import UsageError
from intron_cli.core.record import to_json_bytes

EXAMPLES = ("intron outputs telehealth",)


def outputs(
    run: Run,
    category: Annotated[
        str | None,
        typer.Argument(
            metavar="CATEGORY", show_default=False, autocompletion=completing.categories, help="Only this category."
        ),
    ] = None,
    languages: Annotated[bool, typer.Option("--languages", help="List the languages instead.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List the categories, what can be asked of each, and the languages."""
    if languages:
        run.terminal.result(to_json_bytes(LANGUAGES, indent=2) if json else _languages())
        return 0
    catalog = run.catalog
    chosen = catalog.categories
    if category:
        found = catalog.category(category)
        if found is None:
            known_names = ", ".join(known.name for known in catalog.categories)
            raise UsageError(f"There is no category '{category}'.", f"Choose one of: {known_names}.")
        chosen = (found,)
    names = [known.name for known in chosen]
    run.terminal.result(to_json_bytes(_as_json(catalog, names), indent=2) if json else _text(catalog, names))
    return 0


def _text(catalog: Catalog, names: list[str]) -> bytes:
    lines: list[str] = []
    for category in catalog.categories:
        if category.name in names:
            lines += ["", f"{category.name}: {category.help}"] if lines else [f"{category.name}: {category.help}"]
            lines += [_line(output, category.name) for output in catalog.outputs_of(category.name)]
    if len(names) > 1:
        lines += [
            "",
            "* on a later page of the service's documentation. Languages: intron outputs --languages",
        ]
    return ("\n".join(lines) + "\n").encode()


def _line(output: Output, category: str) -> str:
    later = " *" if category in output.later else ""
    return f"  --{output.flag:<24} {output.help}{later}"


def _as_json(catalog: Catalog, names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "category": category.name,
            "wire": category.wire,
            "help": category.help,
            "outputs": [
                {"name": output.name, "flag": f"--{output.flag}", "title": output.title, "help": output.help,
                 "later": category.name in output.later}
                for output in catalog.outputs_of(category.name)
            ],
        }
        for category in catalog.categories
        if category.name in names
    ]  # fmt: skip


def _languages() -> bytes:
    lines = [f"{code:<5} {name}{' +' if code in CODE_SWITCHED else ''}" for code, name in LANGUAGES.items()]
    return ("\n".join([*lines, "", "+ also spoken mixed with English"]) + "\n").encode()
