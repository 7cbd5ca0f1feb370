"""The score of an agent, read from texts and values whose shape no page shows."""

import math
from typing import Any

import pytest
from core.records import json_values, words
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.record import OutputText
from intron_cli.output.agent_score import UNKNOWN, AgentScore, agent_score_of


def of_text(text: str) -> AgentScore:
    return agent_score_of(OutputText("Agent score", text))


def of_value(value: Any) -> AgentScore:
    return agent_score_of(OutputText("Agent score", value=value))


@pytest.mark.parametrize(
    ("text", "score", "maximum", "percent"),
    [
        ("8/10", 8, 10, 80),
        ("8 out of 10", 8, 10, 80),
        ("85 / 100", 85, 100, 85),
        ("7/9", 7, 9, 77.78),
        ("Score: 0/10", 0, 10, 0),
        ("Score: 8,5/10", 8.5, 10, 85),
        ("**Agent score:** 7.5/10", 7.5, 10, 75),
        ("Agent Score: **8**/10", 8, 10, 80),
        ("# Agent Score\n\n8/10", 8, 10, 80),
        ("**Score:**\n85/100", 85, 100, 85),
        ("1. **Agent Score:** 8/10\n2. **Empathy:** 7/10", 8, 10, 80),
        ("Score (out of 10): 8", 8, 10, 80),
        ("Agent performance score (1-10): 8", 8, 10, 80),
        ("Score: 8 (max 10)", 8, 10, 80),
        ("Maximum score: 10\nScore: 8", 8, 10, 80),
        ("The agent scored 8 out of 10, because she listened.", 8, 10, 80),
        ("Agent rating - 4 out of 5 stars", 4, 5, 80),
        ("17/20 = 85%", 17, 20, 85),
        ("Score: 8.5/10 (85 percent)", 8.5, 10, 85),
    ],
)
def test_a_score_of_a_maximum(text: str, score: float, maximum: float, percent: float) -> None:
    """Fills all three, however it is written."""
    assert of_text(text) == AgentScore(score, maximum, percent)


@pytest.mark.parametrize("text", ["85%", "Score: 85 %", "The agent's performance score is 85%.", "Rated 85 percent"])
def test_a_percentage_alone(text: str) -> None:
    """Does not tell what it was of."""
    assert of_text(text) == AgentScore(None, None, 85)


@pytest.mark.parametrize("text", ["85", "Score: 85", "## Agent score\n\n**85**\n\nHe called 3 times.", "Overall: 85"])
def test_a_number_alone(text: str) -> None:
    """Is a score; of how many is unknown, for a hundred would be a guess."""
    assert of_text(text) == AgentScore(85, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Empathy: 4/5\nClarity: 3/5\n\n**Overall score**: 34/40 (85%)",
        "Overall: 34/40\nEmpathy: 4/5",
        "Agent score: 3/4\nFinal score: 34/40",
        "| Criterion | Score |\n|---|---|\n| Empathy | 4/5 |\n| **Total** | **34/40** |",
        "Previous score: 7/10. Agent score: 34/40",
    ],
)
def test_of_several_the_one_that_is_called_the_whole(text: str) -> None:
    """Overall, total or final; else the one that is called the agent's."""
    assert of_text(text) == AgentScore(34, 40, 85)


@pytest.mark.parametrize(
    "text",
    [
        "", "n/a", "Score: N/A", "The agent was polite.",
        "Empathy: 9/10", "Empathy: 9/10\nClarity: 7/10", "1. Greeting: 5/5", "Customer rating: 3/5",
        "The agent scored 9/10 on empathy.", "Score: 85% of the calls", "Score: 8 calls", "Agent: 5",
        "Score: 8/10. Score: 7/10", "Score: 8/10, 9/10", "Score: 8/10 (85%)", "| Overall | 34 | 40 |", "Total: 34",
        "Score: 7-8/10", "Score: 8 - 10", "Score: 85% to 90%", "Score: about 8/10", "~8/10", "Score: > 8",
        "-8/10", "Score: -8/10", "Score: 12/10", "Score: 150%", "Score: 1,000",
        "12/10/2024", "On 5/10 the agent called.", "Available 24/7", "Score: 8:30",
        "> Sandbox draft\n\n8/10",
    ],
)  # fmt: skip
def test_what_could_mean_something_else_is_unknown(text: str) -> None:
    """Parts, ranges, contradictions, dates and numbers of other things are no score."""
    assert of_text(text) == UNKNOWN


@pytest.mark.parametrize(
    ("value", "score", "maximum", "percent"),
    [
        (8, 8, None, None),
        (7.125, 7.125, None, None),
        ("8/10", 8, 10, 80),
        ({"score": 8, "max": 10}, 8, 10, 80),
        ({"score": "8", "max_score": "10", "comments": "Polite."}, 8, 10, 80),
        ({"score": "8/10", "reason": "She was kind. The agent scored 9/10, as before."}, 8, 10, 80),
        ({"agent_score": {"value": 8, "out_of": 10}}, 8, 10, 80),
        ({"overallScore": 85, "maxScore": 100, "empathy": 3}, 85, 100, 85),
        ({"scores": {"empathy": 4, "overall": 34}, "maximum": 40}, 34, 40, 85),
        ({"score": 8, "total": 10}, 8, None, None),
        ({"score": 17, "percentage": 85}, 17, None, 85),
        ({"percentage": 85}, None, None, 85),
    ],
)
def test_structured(value: Any, score: float | None, maximum: float | None, percent: float | None) -> None:
    """By the names of what stands in it."""
    assert of_value(value) == AgentScore(score, maximum, percent)


@pytest.mark.parametrize(
    "value",
    [
        None, True, -5, 10**400, math.nan, math.inf, [], {}, [8, 9], [{"criterion": "Empathy", "score": 8}],
        {"empathy": {"score": 8}}, {"score": 8, "total_score": 10}, {"percentage": 0.85}, {"agent": 8}, {"score": True},
        {"a": {"b": {"c": {"d": {"score": 8}}}}},
    ],
)  # fmt: skip
def test_structured_and_unknown(value: Any) -> None:
    """What it names otherwise, or not at all."""
    assert of_value(value) == UNKNOWN


@given(st.builds(OutputText, words, st.one_of(st.none(), st.text(alphabet="8 10/%.,-():\nscoremax", max_size=40)),
                 json_values))  # fmt: skip
def test_whatever_it_reads_can_be_a_score(output: OutputText) -> None:
    """Nothing is negative, more than its maximum, or more than all."""
    score = agent_score_of(output)
    assert score.score is None or score.score >= 0
    assert score.percent is None or 0 <= score.percent <= 100
    if score.maximum is not None:
        assert score.score is not None
        assert score.score <= score.maximum
        assert score.percent is not None
