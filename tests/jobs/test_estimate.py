"""How long the service takes, learned from looks."""

import json
import random
from pathlib import Path

import pytest

from intron_cli.jobs.estimate import FIRST_GUESS, Estimate, load_estimate, save_estimate

SERVICE = "https://infer.intron.health"


@pytest.mark.parametrize("start", [None, 2.0, 600.0])
def test_it_finds_the_age_at_which_nine_in_ten_are_ready(start: float | None) -> None:
    """Wherever it starts."""
    estimate, rng = Estimate(start), random.Random(1)
    asked = [
        estimate.seconds for _ in range(1500) if estimate.learn(ready=rng.uniform(10, 30) <= estimate.seconds) is None
    ]
    late = asked[-500:]
    assert sum(late) / len(late) == pytest.approx(28, abs=2.5)


def test_it_stays_within_bounds() -> None:
    """A service that is always ready, or never, teaches no more than that."""
    quick, stuck = Estimate(), Estimate()
    for _ in range(5000):
        quick.learn(ready=True)
        stuck.learn(ready=False)
    assert (quick.seconds, stuck.seconds) == (0.5, 3600.0)


def test_it_is_kept_for_each_service(tmp_path: Path) -> None:
    """In a file that its owner alone reads, and that may be deleted."""
    folder = tmp_path / "state"
    save_estimate(folder, SERVICE, Estimate(31.25))
    save_estimate(folder, "http://127.0.0.1:9", Estimate(3.0))
    assert load_estimate(folder, SERVICE).seconds == 31.25
    assert load_estimate(folder, "https://other.example").seconds == FIRST_GUESS
    (folder / "learned.json").unlink()
    assert load_estimate(folder, SERVICE).seconds == FIRST_GUESS


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\x00", b"[]", b"{", b'{"https://infer.intron.health": "31"}', b'{"https://infer.intron.health": true}',
     b'{"https://infer.intron.health": NaN}', b'{"https://infer.intron.health": -1}', b"[" * 5000],
)  # fmt: skip
def test_a_file_of_no_use_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    """And is replaced by the next run."""
    (tmp_path / "learned.json").write_bytes(content)
    assert load_estimate(tmp_path, SERVICE).seconds == FIRST_GUESS
    save_estimate(tmp_path, SERVICE, Estimate(31.0))
    assert json.loads((tmp_path / "learned.json").read_bytes()) == {SERVICE: 31.0}


def test_a_shorter_window_scales_it() -> None:
    """Tests and benchmarks run in seconds."""
    assert Estimate(scale=0.1).seconds == pytest.approx(FIRST_GUESS / 10)
