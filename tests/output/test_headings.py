"""The service's own Markdown within ours: its headings come below, all else stays as it is."""

import re

import pytest
from core.records import visit
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from intron_cli.core.record import OutputText
from intron_cli.output.format import View
from intron_cli.output.markdown import Markdown


def section(markdown: str, title: str = "SOAP note") -> str:
    record = visit(outputs={"soap_note": OutputText(title, markdown)})
    return Markdown().render([record], View(show=("soap",))).decode().removesuffix("\n")


@pytest.mark.parametrize(
    ("markdown", "nested"),
    [
        ("# A\n## B\n### C", "### A\n#### B\n##### C"),
        ("## A\n# B", "#### A\n### B"),
        ("### A\n#### B", "### A\n#### B"),
        ("#### A", "#### A"),
        ("# A\n##### E\n###### F", "### A\n###### E\n###### F"),
        ("  # A #", "### A #"),
        ("#\tA", "###\tA"),
        ("#A", "#A"),
        ("    # code", "    # code"),
        ("#", "###"),
        ("A\n===\n\nB\n---\ntext", "### A\n\n\n#### B\n\ntext"),
        ("text\n\n---\nmore", "text\n\n---\nmore"),
        ("text\n \n===", "text\n \n==="),
        ("text\n    more\n===", "text\n### more"),
        ("- item\n---", "- item\n---"),
        ("# SOAP Note\n\n## S", "### S"),
        ("## soap_note ##\ntext", "text"),
        ("SOAP note\n=========\n\n# S", "### S"),
        ("text\n# SOAP note\n# SOAP note", "text\n\n### SOAP note"),
    ],
)
def test_headings_come_below_ours(markdown: str, nested: str) -> None:
    """By as many levels as it takes; one that only says our title again is left out."""
    assert section(markdown) == nested


@pytest.mark.parametrize(
    "fenced",
    [
        "```\n# code\n```",
        "```python\n# code\n```",
        "~~~\n# code\n```\n# code\n~~~",
        "````\n```\n# code\n```\n# code\n````",
        "```\n# code\n``` no end\n# code\n```",
        "   ```\n# code\n  ```  ",
        "```\nA\n===\n```",
    ],
)
def test_code_is_left_alone(fenced: str) -> None:
    """However it is fenced; what follows it is not code."""
    assert section(f"x\n{fenced}\n# A") == f"x\n{fenced}\n### A"


def test_what_is_no_fence_opens_none() -> None:
    """Code within a line, and a mark that is too short."""
    assert section("```a```\n# A\n``\n# B") == "```a```\n### A\n``\n### B"


def test_an_open_fence_ends_with_its_section() -> None:
    """The next section is not code."""
    record = visit(
        outputs={"soap_note": OutputText("SOAP note", "~~~~\n# code"), "summary": OutputText("Summary", "Well.")}
    )
    text = Markdown().render([record], View()).decode()
    assert "~~~~\n# code\n~~~~\n\n## Summary\n\nWell.\n" in text


def test_a_title_of_theirs_is_text() -> None:
    """No link and no mark in it takes effect."""
    record = visit(outputs={"x": OutputText("[click](http://a.example) <b> *x* #", "y")})
    text = Markdown().render([record], View()).decode()
    html = MarkdownIt().render(text)
    assert "<h2>[click](http://a.example) &lt;b&gt; *x* #</h2>" in html


lines = st.lists(
    st.sampled_from(
        [
            "# A",
            "## B",
            " ###### C",
            "text",
            "",
            "===",
            "---",
            "```",
            "~~~",
            "- x",
            "> # q",
            "1. y",
            "\ttab",
            "#",
            "a|b",
        ]
    ),
    max_size=9,
)


@given(lines.map("\n".join))
def test_no_heading_of_theirs_reaches_ours(markdown: str) -> None:
    """Whatever they write at the top level, ours are the only ones of the first two levels."""
    record = visit(outputs={"soap_note": OutputText("SOAP note", markdown), "summary": OutputText("Summary", "Well.")})
    tokens = MarkdownIt().parse(Markdown().render([record], View()).decode())
    ours = [
        tokens[number + 1].content
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2")
    ]
    assert ours == ["Transcript", "SOAP note", "Summary"]
    assert not any(re.fullmatch("Well.", token.content) and token.type == "fence" for token in tokens)
