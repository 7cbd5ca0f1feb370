"""The values that TAB offers, each with what it is. Nothing here opens a file or a connection."""

from typing import Any

import typer

from intron_cli.core.catalog import CATALOG, LANGUAGES

Offer = list[tuple[str, str]]


def categories() -> Offer:
    return [(category.name, category.help) for category in CATALOG.categories]


def languages() -> Offer:
    return list(LANGUAGES.items())


def sections() -> Offer:
    return [("transcript", "the transcript"), *((output.flag, output.help) for output in CATALOG.outputs)]


def formats() -> Offer:
    from intron_cli.output.formats import FORMATS

    return [(form.name, form.help) for form in FORMATS.all]


def settings() -> Offer:
    from intron_cli.config.table import SETTINGS

    return [(setting.name, setting.help) for setting in SETTINGS]


def setting_values(ctx: typer.Context) -> Offer:
    """The values of the setting that ``config set`` names before them."""
    from intron_cli.config.table import BY_NAME

    name = ctx.params.get("name")
    if own := _VALUES.get(str(name)):
        return own()
    setting = BY_NAME.get(str(name))
    return [("true", ""), ("false", "")] if setting and isinstance(setting.default, bool) else []


def services() -> Offer:
    return [("health", "infer.intron.health"), ("voice", "infer.voice.intron.io")]


def scenes() -> Offer:
    from intron_cli.sandbox.scenes import SCENES

    return [(scene.name, scene.help) for scene in SCENES]


def topics() -> Offer:
    return [("exit-codes", "what each exit code means"), ("environment", "the variables that are read")]


def helped(ctx: typer.Context) -> Offer:
    """What ``intron help`` can explain: the topics and the commands."""
    root: Any = ctx.find_root().command
    return [*topics(), *((row.name, row.help) for row in root.table)]


def _outputs() -> Offer:
    return [(output.flag, output.help) for output in CATALOG.outputs]


_VALUES = {
    "base_url": services, "category": categories, "language": languages, "outputs": _outputs, "format": formats,
}  # fmt: skip
