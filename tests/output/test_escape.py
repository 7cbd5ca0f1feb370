"""Plain text in a Markdown document: it is shown as it is."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from intron_cli.output.document import escape, escape_lines
from intron_cli.output.plain import unmarked

markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])  # as rich reads it

WORDS = (
    "a b2 1 12 é ẹ \u0301 * ** _ __ ~ ~~ ` ``` # ## - --- + = === > | |-| :-: . ) 1. 2) <b> </b> <!-- &amp; &#42; & ;"
    " [x] (y) ![ ]:http://a.example \\ ! http://a.example <a@b.example> : ' \" $ € 診"
)
words = st.sampled_from(WORDS.split())
glue = st.sampled_from(["", "", " ", "  ", "\n", "\n\n"])
texts = st.lists(st.tuples(words, glue), max_size=12).map(lambda parts: "".join(word + space for word, space in parts))


def shown(source: str) -> str:
    """The text that a reader of the rendered document sees."""
    rendered = markdown.render(source)
    assert not re.search(r"<(?!/?p>|br />)", rendered), f"{source!r} makes {rendered!r}"
    return html.unescape(re.sub(r"<[^>]*>", "", rendered))


def one_line(text: str) -> str:
    return " ".join(text.split())


@given(texts)
@example("___")
@example("__a__")
@example("a|b\n:-|-:")
@example("AT&amp;T")
@example("x\n===")
@example("1. one\n- two")
@example("one\n\n    four blanks")
def test_lines_are_shown_as_they_are(text: str) -> None:
    """Rendered, every word is there and no mark took effect: no list, heading, rule, link, table or HTML."""
    assert shown(escape_lines(text)).split() == text.split()


@given(texts.map(one_line))
def test_words_in_a_line_are_shown_as_they_are(text: str) -> None:
    """After others, in a heading, and as an item of a list."""
    assert shown(f"x {escape(text)}").split() == ["x", *text.split()]
    for place in (f"# {escape(text)}", f"- {escape_lines(text)}", f"- **k**: {escape(text)}"):
        rendered = re.sub(r"</?(h1|ul|li|strong)>", "", markdown.render(place))
        assert not re.search(r"<(?!/?p>)", rendered), place
        seen = html.unescape(re.sub(r"<[^>]*>", "", rendered)).strip().removeprefix("k:")
        assert seen.split() == text.split()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """Whatever its letters."""
    assert shown(escape_lines(text)).split() == text.split()


@given(texts.map(one_line))
def test_text_comes_back_when_marks_are_taken_off(text: str) -> None:
    """The plain form of an escaped text is the text."""
    assert unmarked(escape_lines(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "She takes 5 mg (twice a day), doesn't she?", "snake_case and a_b_c", "2026-03-01, 9:30",
        "A+ for C-reactive; x > y",
        "AT&T & co.", "~5 mg", "x # y", "10.5 mg", "wait - what", "e=mc", "50%", "it's 1. or 2.",
    ],
)  # fmt: skip
def test_ordinary_text_needs_no_marks(text: str) -> None:
    """There are no more of them than it takes."""
    assert escape_lines(text) == escape(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a*", "\\*a\\*"), ("- a", "\\- a"), ("12. a", "12\\. a"), ("# a", "\\# a"), ("a\n---", "a\n\\---"),
        ("[bold]", "\\[bold\\]"), ("<b>", "\\<b>"), ("a_", "a\\_"), ("&lt;", "\\&lt;"), ("name #", "name \\#"),
    ],
)  # fmt: skip
def test_marks_are_escaped_once(text: str, escaped: str) -> None:
    """Where they would take effect."""
    assert escape_lines(text) == escaped
