"""How a command takes its options as records: Typer sees a flag for each of their fields."""

import dataclasses
import inspect
from collections.abc import Callable, Sequence
from typing import Any, get_type_hints

import typer

from intron_cli.commands.program import Program, Run
from intron_cli.core.catalog import Catalog


def as_command(
    body: Callable[..., int], program: Program, common: type, examples: Sequence[str] = ()
) -> Callable[..., int]:
    """The function that Typer reads for ``body``: its records spread out, those of ``common`` added.

    ``body`` takes a :class:`Run` first, then records and plain arguments, and returns an exit code.
    """
    records: dict[str, tuple[type, list[str]]] = {}
    parameters: list[inspect.Parameter] = []
    hints = get_type_hints(body, include_extras=True)
    for found in list(inspect.signature(body).parameters.values())[1:]:
        kind = hints[found.name]
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            spread = _spread(kind, program.catalog)
            records[found.name] = (kind, [one.name for one in spread])
            parameters += spread
        else:
            parameters.append(found.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
    shared = field_parameters(common)

    def wrapper(**values: Any) -> int:
        given = {one.name: values.pop(one.name) for one in shared}
        run = Run(program, merged(program.root_options, given))
        for name, (kind, members) in records.items():
            values[name] = _built(kind, {member: values.pop(member) for member in members})
        return body(run, **values)

    _describe(wrapper, body.__name__, _help(body, examples), [*parameters, *shared])
    return wrapper


def as_root(program: Program, common: type, alone: Callable[[], None]) -> Callable[..., None]:
    """What Typer runs for the options before the command; ``alone`` where no command follows."""

    def root(ctx: typer.Context, **values: Any) -> None:
        program.root_options = values
        if ctx.invoked_subcommand is None:
            alone()

    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    _describe(root, "root", "", [context, *field_parameters(common)])
    return root


def merged(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Options given before the command's name and after it: what stands later wins."""
    return {name: value if value not in (None, False) else before.get(name, value) for name, value in after.items()}


def field_parameters(kind: type) -> list[inspect.Parameter]:
    """A parameter for each field of a record, with the field's annotation for Typer."""
    hints = get_type_hints(kind, include_extras=True)
    return [parameter(found.name, hints[found.name], default=found.default) for found in dataclasses.fields(kind)]


def parameter(name: str, annotation: Any, *, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _help(body: Callable[..., Any], examples: Sequence[str]) -> str:
    """The docstring, its first sentence followed by the examples, whose lines a ``BS`` keeps apart."""
    first, _, rest = inspect.cleandoc(body.__doc__ or "").partition("\n\n")
    shown = "\b\n" + "\n".join(f"$ {example}" for example in examples) if examples else ""
    return "\n\n".join(part for part in (first, shown, rest) if part)


def _describe(function: Callable[..., Any], name: str, doc: str, parameters: list[inspect.Parameter]) -> None:
    function.__name__ = name
    function.__doc__ = doc
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # functions take attributes
    function.__annotations__ = {one.name: one.annotation for one in parameters}


def _spread(kind: type, catalog: Catalog) -> list[inspect.Parameter]:
    own = getattr(kind, "parameters", None)
    spread: list[inspect.Parameter] = own(catalog) if own else field_parameters(kind)
    return spread


def _built(kind: type, values: dict[str, Any]) -> Any:
    own = getattr(kind, "from_values", None)
    return own(values) if own else kind(**values)
