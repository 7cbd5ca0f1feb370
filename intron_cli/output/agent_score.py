"""The score of a call's agent as numbers, read from whatever the service wrote.

No page of the service shows such a text. So a number counts only where each word before it is one of
those that name an agent's score, or where the text begins with it; all else is unknown, never a guess.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from intron_cli.core.record import OutputText
from intron_cli.core.text import clean, clean_line, number_text
from intron_cli.output.plain import unmarked


@dataclass(frozen=True, slots=True)
class AgentScore:
    """``score`` of ``maximum``, and what that is in ``percent`` (0 to 100). Unknown is None."""

    score: float | None = None
    maximum: float | None = None
    percent: float | None = None


UNKNOWN = AgentScore()

_OVERALL, _SCORE, _ALONE, _MAXIMUM = range(4)
"""What a number was called; of several the first kind counts, and a maximum only adds to it."""

_OVERALL_WORDS = frozenset(["overall", "final"])
_TOTAL = "total"  # the sum of scores, or the most that there is: told by what follows it
_MAXIMUM_WORDS = frozenset(["max", "maximum", "possible", "out"])
_SCORE_WORDS = frozenset(
    ["score", "scored", "scores", "scoring", "rating", "rated", "grade", "graded", "percent", "percentage"]
)
_NAMES = frozenset(
    ["the", "this", "agent", "agents", "s", "performance", "quality", "evaluation", "assessment", "center", "centre",
     "overall", "final", "total"]
)  # fmt: skip
_PHRASES = _NAMES | _SCORE_WORDS | frozenset(
    ["a", "an", "is", "was", "has", "have", "with", "of", "as", "for", "in", "on", "from", "call", "scale", "result",
     "value", "points", "marks", "received", "receives", "got", "gets", "achieved", "achieves", "earned", "earns",
     "obtained", "obtains", "given", "awarded"]
)  # fmt: skip

_NUMBER = r"\d{1,4}(?:\.\d{1,6}|,\d{1,2})?"
_END = r"(?![\w%/]|\ [%/]|[.,]\d)"
_NUMBERS = re.compile(
    rf"""
      \(?(?:out\ of|max(?:imum)?|{_NUMBER}\ ?(?:[-–]|to))\ ?(?P<scale>{_NUMBER})\ ?\)?\ ?[:=|]\ ?
          (?P<scaled>{_NUMBER}){_END}
    | (?<![\w.,/+~<>≈≤≥–−-])
      (?:
          (?P<score>{_NUMBER})(?:\ points?)?\ ?\(?(?:/|(?:out\ )?of(?:\ a\ possible)?\b)\ ?
              (?P<maximum>{_NUMBER}){_END}
        | (?P<percent>{_NUMBER})\ ?(?:%|per\ ?cent\b)
        | (?P<number>{_NUMBER}){_END}
      )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENDED = re.compile(
    r" ?(?:(?:points?|marks?|stars?)\b ?)?"
    r"(?:$|[(|=]|[^\w\s%/+~](?! ?\d)|(?:because|since|due to|based on|overall|(?:in|for|on) th(?:e|is) call)\b)",
    re.IGNORECASE,
)
"""What may follow a score: "8/10 on empathy" and "85% of the calls" are none of the agent's whole work."""

_DOUBTFUL = re.compile(r"[\d<>≤≥≈~?%/+$£€]")
_WORD = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(r"[^\S\n]+")
_LEAD = re.compile(r"^(?:[>•*+#|-]+ | )*(?:\d{1,2}[.)] )?")
_SENTENCE_END = re.compile(r"(?<=[.!?;]) ")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_DEEPEST = 4
_LONGEST_VALUE = 40
"""Characters of a text beside a name in a structured result; a longer one gives reasons."""


def agent_score_of(output: OutputText) -> AgentScore:
    """What the output says of the agent's work as a whole; of several scores the overall one, if one is said to be."""
    if output.markdown is not None:
        return _settled(list(_found(output.markdown)))
    text = output.value if isinstance(output.value, str) else "\n".join(_lines(output.value))
    return _settled(list(_found(text)))


def _lines(value: Any, name: str = "", depth: int = 0) -> Iterator[str]:
    """A structured result as text, a line for each number or short text under its name."""
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key, inner in value.items():
            words = _CAMEL.sub(" ", clean_line(str(key)))
            yield from _lines(inner, f"{name} {words}".strip(), depth + 1)
        return
    label = f"{name}: " if name else ""
    if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
        yield label + clean_line(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10_000:
        if "percent" not in name.lower():
            yield label + number_text(value)
        elif value > 1:  # up to 1 it may be a part of one as well
            yield f"{label}{number_text(value)}%"


def _found(text: str) -> Iterator[tuple[int, AgentScore]]:
    """The scores in a text, each with what it was called, sentence by sentence."""
    before = ""
    for sentence in _sentences(text):
        yield from _found_in_sentence(sentence, before)
        before = sentence


def _sentences(text: str) -> Iterator[str]:
    """Lines and sentences with something to read, without marks, bullets and numbering."""
    for line in _BLANKS.sub(" ", unmarked(clean(text))).split("\n"):
        for sentence in _SENTENCE_END.split(_LEAD.sub("", line)):
            if any(char.isalnum() for char in sentence):
                yield sentence


def _found_in_sentence(sentence: str, before: str) -> Iterator[tuple[int, AgentScore]]:
    kind, end = None, 0
    for match in _NUMBERS.finditer(sentence):
        is_bare = bool(match["number"])
        label = sentence[end : match.start()]
        if any(char.isalnum() for char in label):
            kind = _kind(label, is_bare=is_bare)
        elif end == 0:
            is_all = sentence.strip(" .") == match[0]
            kind = None if is_bare and not is_all else _kind(before, is_bare=is_bare) if before else _ALONE
        # else it stands beside the one before it, which was called something: "8/10 (80%)"
        end = match.end()
        score = _score(match) if _ENDED.match(sentence, end) else None
        if score is None:
            kind = None
        elif kind is not None:
            yield kind, score


def _kind(label: str, *, is_bare: bool) -> int | None:
    """What the words before a number call it; None where that is not the agent's score."""
    words = frozenset(_WORD.findall(label.lower()))
    if _DOUBTFUL.search(label):
        return None
    if words & _MAXIMUM_WORDS:
        return _MAXIMUM if is_bare and words - _MAXIMUM_WORDS <= _PHRASES else None
    is_named = bool(words & _SCORE_WORDS)
    if not words <= (_PHRASES if is_named else _NAMES):
        return None
    if words & _OVERALL_WORDS or (_TOTAL in words and not is_bare):
        return _OVERALL
    return _SCORE if is_named or "performance" in words else None


def _score(match: re.Match[str]) -> AgentScore | None:
    """The numbers of a match; None where they cannot be a score."""
    score, maximum, percent = (
        _number(match, *names) for names in (("score", "scaled", "number"), ("maximum", "scale"), ("percent",))
    )
    if score is not None and maximum is not None and score > maximum:
        return None
    return None if percent is not None and percent > 100 else AgentScore(score, maximum, percent)


def _number(match: re.Match[str], *names: str) -> float | None:
    text = next((match[name] for name in names if match[name]), None)
    return float(text.replace(",", ".")) if text else None


def _settled(found: list[tuple[int, AgentScore]]) -> AgentScore:
    """The scores of the first kind that there is, as one; unknown where they contradict each other."""
    kinds = [kind for kind, _ in found if kind != _MAXIMUM]
    if not kinds:
        return UNKNOWN
    named = [score for kind, score in found if kind == min(kinds)]
    scores, maxima, percents = (
        {number for one in named if (number := getattr(one, field)) is not None}
        for field in ("score", "maximum", "percent")
    )
    if max(len(scores), len(maxima), len(percents)) > 1:
        return UNKNOWN
    settled = AgentScore(*(next(iter(numbers), None) for numbers in (scores, maxima, percents)))
    elsewhere = {score.score for kind, score in found if kind == _MAXIMUM}
    if settled.maximum is None and len(elsewhere) == 1:
        settled = replace(settled, maximum=elsewhere.pop())
    return _with_percent(settled)


def _with_percent(score: AgentScore) -> AgentScore:
    if score.score is None or not score.maximum or score.score > score.maximum:
        return replace(score, maximum=None)
    percent = round(100 * score.score / score.maximum, 2)
    if score.percent is not None and abs(score.percent - percent) > 1:
        return UNKNOWN
    return replace(score, percent=percent)
