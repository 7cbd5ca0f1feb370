"""Every scene: exit code, line on stderr, the ledger's state, what the same command does next, and what was paid."""

from dataclasses import dataclass

import pytest
from harness import KEY, Result

from intron_cli.sandbox.scenes import SCENES, Scene

from .conftest import SetScene


@dataclass(frozen=True)
class Case:
    """What a run comes to whose every request a scene befalls, and the next one, which it spares.

    ``uploads`` counts what the service took in over both.
    """

    scene: str
    code: int
    said: str
    state: str
    then: int
    then_state: str
    uploads: int = 1


MAYBE = "may have been uploaded (job 1): "
CASES = (
    Case("rate-limited=4", 5, "takes no more uploads for now (4 tries", "refused", 0, "done"),
    Case("unavailable=4", 5, "takes no more uploads for now (4 tries", "refused", 0, "done"),
    Case("gateway-error=1", 10, MAYBE + "A web page came", "handed_over", 10, "handed_over"),
    Case("reset-before=4", 5, "broke (4 tries", "refused", 0, "done"),
    Case("reset-middle=4", 5, "broke (4 tries", "refused", 0, "done"),
    Case("reset-after=1", 10, MAYBE + "The connection to", "handed_over", 10, "handed_over"),
    Case("slow-answer=1", 0, "", "done", 0, "done"),
    Case("cut-answer=1", 10, MAYBE + "The answer of", "handed_over", 10, "handed_over"),
    Case("html=1", 10, MAYBE + "A web page came", "handed_over", 10, "handed_over", 0),
    Case("redirect=1", 5, "answered with a redirect (HTTP 307)", "refused", 0, "done"),
    Case("failed=1", 6, "(FILE_PROCESSING_FAILED)", "failed", 6, "failed"),
    Case("invalid=1", 6, "(FILE_INVALID)", "failed", 6, "failed"),
    Case("invalid-size=1", 6, "(FILE_INVALID_SIZE)", "failed", 6, "failed"),
    Case("invalid-duration=1", 6, "(FILE_INVALID_DURATION)", "failed", 6, "failed"),
    Case("timeout=1", 6, "(FILE_PROCESSING_TIMEOUT)", "failed", 6, "failed"),
    Case("cancelled=1", 6, "(FILE_PROCESSING_CANCELLED)", "failed", 6, "failed"),
    Case("stuck=1", 8, "Still processing after 10 min (FILE_PROCESSING). Carry on with: intron wait", "submitted",
         8, "submitted"),
    Case("unknown-state=1", 8, "Still processing after 10 min (FILE_ARCHIVED)", "submitted", 8, "submitted"),
    Case("empty=1", 7, "came back empty", "done", 7, "done"),
    Case("missing-outputs=1", 7, "and none came back", "done", 7, "done"),
    Case("hostile=1", 0, "", "done", 0, "done"),
    Case("status-rate-limited=6", 5, "allows no more requests for now", "submitted", 0, "done"),
    Case("status-unavailable=6", 5, "allows no more requests for now", "submitted", 0, "done"),
    Case("status-gateway-error=6", 5, "A web page came instead of an answer", "submitted", 0, "done"),
    Case("status-html=6", 5, "A web page came instead of an answer", "submitted", 0, "done"),
    Case("status-reset=6", 5, "The connection to", "submitted", 0, "done"),
    Case("status-cut-answer=6", 5, "was cut off", "submitted", 0, "done"),
    Case("gone=1", 6, "knows no file", "gone", 0, "done"),
)  # fmt: skip
UNPINNED = "reset-before-end"
"""Whether its reset comes before or after the last bytes left this machine is for the kernel to say."""


def ensure_told(found: Result, said: str) -> None:
    """One line of error, or warnings, and no more; silence where all went well."""
    assert said in found.err
    assert bool(found.err) == bool(said), found.err
    errors = [line for line in found.err.splitlines() if not line.startswith("warning: ")]
    assert len(errors) <= 1
    assert all(line.startswith("error: ") for line in errors)
    assert "Traceback" not in found.err
    assert KEY not in found.err + found.out


def test_every_scene_is_tested() -> None:
    """A scene that is added has its line above."""
    assert {case.scene.partition("=")[0] for case in CASES} | {UNPINNED} == {scene.name for scene in SCENES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.scene)
def test_a_scene(scenery: SetScene, case: Case) -> None:
    """The first run tells what befell it; the next one carries on from there and pays for nothing twice."""
    run = scenery(case.scene)
    first = run()
    assert first.code == case.code, first.err
    ensure_told(first, case.said)
    assert run.state == case.state
    then = run()
    assert then.code == case.then, then.err
    assert run.state == case.then_state
    assert run.uploads == case.uploads


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_without_end(scenery: SetScene, scene: Scene) -> None:
    """However often the command is repeated, the service has the recording once at most."""
    run = scenery(scene.name)
    codes = {run().code for _ in range(3)}
    assert codes <= {0, 5, 6, 7, 8, 10}
    assert run.uploads <= 1


@pytest.mark.parametrize(
    "scene",
    [
        "rate-limited", "unavailable", "reset-before", "reset-middle", "status-rate-limited", "status-unavailable",
        "status-gateway-error", "status-html", "status-reset", "status-cut-answer",
    ],
)  # fmt: skip
def test_what_passes_is_not_even_told(scenery: SetScene, scene: str) -> None:
    """A fault that the next try gets past costs the user nothing: no line, one upload."""
    run = scenery(f"{scene}=1")
    found = run()
    assert (found.code, found.err) == (0, "")
    assert run.uploads == 1


@pytest.mark.parametrize(("scene", "taken_in"), [
    ("gateway-error=1", 1), ("reset-after=1", 1), ("cut-answer=1", 1), ("html=1", 0),
])  # fmt: skip
def test_a_decision_sends_it_again(scenery: SetScene, scene: str, taken_in: int) -> None:
    """Only --on-unknown retry does; it may pay twice, as its line said."""
    run = scenery(scene)
    first = run()
    assert "--on-unknown retry (it may then be billed twice)" in first.err
    assert run("--on-unknown", "skip").code == 10
    assert run.uploads == taken_in
    assert run("--on-unknown", "retry").code == 0
    assert run.uploads == taken_in + 1
    assert [attempt.state for attempt in run.attempts] == ["refused", "done"]


@pytest.mark.parametrize("scene", ["failed=1", "timeout=1", "gone=1", "empty=1"])
def test_again_sends_it_again(scenery: SetScene, scene: str) -> None:
    """What came to nothing is submitted anew on the user's word."""
    run = scenery(scene)
    assert run().code in (6, 7)
    assert run("--again").code == 0
    assert run.uploads == 2


def test_a_reset_before_the_last_bytes(scenery: SetScene) -> None:
    """It did not arrive: either that is known, and the same run sends it again, or it is asked about."""
    run = scenery("reset-before-end=1")
    first = run()
    assert (first.code, run.state, run.uploads) in ((0, "done", 1), (10, "handed_over", 0))
    assert run().code == first.code
    assert run("--on-unknown", "retry").code == 0
    assert run.uploads == 1


def test_a_slow_answer_is_waited_for(scenery: SetScene) -> None:
    """Half a minute is no fault."""
    run = scenery("slow-answer=1")
    before = run.clock.now()
    assert run().code == 0
    assert run.clock.now() - before >= 30
