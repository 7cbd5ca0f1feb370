"""The values that TAB offers, each with what it is. Nothing here opens a file or a connection."""

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


def services() -> Offer:
    return [("health", "infer.intron.health"), ("voice", "infer.voice.intron.io")]


def topics() -> Offer:
    return [("exit-codes", "what each exit code means"), ("environment", "the variables that are read")]
