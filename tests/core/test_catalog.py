"""The table's look-ups: one thing, every name that people have for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.catalog import CATALOG, CATEGORIES, LANGUAGES, OUTPUTS, Catalog, Category, Output, folded


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.name)
def test_an_output_is_found_by_each_of_its_names(output: Output) -> None:
    """Flag with and without dashes, wire name, form field, result key and title, whatever the case."""
    names = (output.flag, f"--{output.flag}", output.name, output.field, output.key, output.title)
    for name in (*names, *(name.upper() for name in names), f" {output.title} "):
        assert CATALOG.output(name) is output


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_a_category_is_found_by_each_of_its_names(category: Category) -> None:
    """Ours with dashes, underscores or blanks, and the wire form."""
    for name in (category.name, category.wire, category.name.replace("-", "_"), category.name.replace("-", " ")):
        assert CATALOG.category(name.title()) is category


def test_no_two_things_share_a_name() -> None:
    """A name never leads to another output than the one that carries it; flags are unique."""
    flags = [output.flag for output in OUTPUTS]
    assert len(set(flags)) == len(flags)
    for output in OUTPUTS:
        for other in OUTPUTS:
            if other is not output:
                assert {folded(output.title), folded(output.flag)}.isdisjoint({other.name, folded(other.title)})


@pytest.mark.parametrize(
    ("name", "code"),
    [("sw", "sw"), ("SW", "sw"), ("Swahili", "sw"), (" nigerian  pidgin", "pcm"), ("Nigerian-Pidgin", "pcm")],
)
def test_a_language_is_found_by_code_and_name(name: str, code: str) -> None:
    """In any case and with any blanks."""
    assert CATALOG.language(name) == code


def test_every_language_name_leads_to_its_code() -> None:
    """No two languages share a name."""
    assert {CATALOG.language(name) for name in LANGUAGES.values()} == set(LANGUAGES)


@pytest.mark.parametrize("name", ["", " ", "tlh", "English (US)", "--"])
def test_what_is_not_listed_is_not_found(name: str) -> None:
    """There is no guessing."""
    assert CATALOG.language(name) is None
    assert CATALOG.output(name) is None
    assert CATALOG.category(name) is None


def test_outputs_come_in_the_tables_order() -> None:
    """The order in which they are listed and shown."""
    assert [output.flag for output in CATALOG.outputs_of("procedure")] == [
        "summary", "entities", "treatment-plan", "op-note", "icd-codes", "suggestions",
    ]  # fmt: skip
    assert CATALOG.outputs_of("poetry") == ()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("soap_note", "SOAP note"),
        ("risk_assessment", "Risk assessment"),
        ("x", "X"),
        ("_", "_"),
        ("", ""),
    ],
)
def test_an_unknown_result_has_a_title_made_from_its_name(name: str, title: str) -> None:
    """What the service adds tomorrow is shown under a heading, too."""
    assert CATALOG.title(name) == title


def test_a_catalog_of_ones_own_knows_its_own_only() -> None:
    """Nothing of the built-in table shines through."""
    catalog = Catalog([Output("mood", "mood", "Mood", "the mood", ("general",))], CATEGORIES[:1])
    assert catalog.output("--mood") is catalog.outputs[0]
    assert catalog.output("soap") is None
    assert catalog.category("telehealth") is None


@given(st.text())
def test_any_name_can_be_looked_up(name: str) -> None:
    """A look-up never fails; folding a name twice changes nothing."""
    CATALOG.output(name)
    CATALOG.category(name)
    CATALOG.language(name)
    assert folded(folded(name)) == folded(name)
