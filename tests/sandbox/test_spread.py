"""Processing times that differ from recording to recording."""

import statistics

import pytest
from clock import FakeClock
from harness import Cli
from hypothesis import given
from hypothesis import strategies as st
from sandbox.client import Client, StartSandbox, wav

from intron_cli.core.clock import Clock
from intron_cli.sandbox.options import LONGEST_PROCESSING, MOST_SPREAD, SandboxOptions
from intron_cli.sandbox.state import Failure, Jobs, Order, settled

ORDER = Order("visit", diarize=False, outputs=())


def drawn(count: int, clock: Clock | None = None, **options: object) -> list[float]:
    jobs = Jobs(SandboxOptions(**options), clock or FakeClock())  # type: ignore[arg-type]
    return [jobs.add(ORDER, settled(Failure("", ""))).processing for _ in range(count)]


def test_without_a_spread_all_are_alike() -> None:
    """As long as is said, divided by the time scale."""
    assert drawn(3, processing=30.0, time_scale=10) == [3.0, 3.0, 3.0]


def test_the_spread_is_lognormal_about_the_median() -> None:
    """Half of them take longer than the median; their logarithms have the spread's sigma."""
    times = drawn(2000, processing=25.0, spread=0.6, seed=1)
    quarters = statistics.quantiles(times, n=4)
    assert quarters[1] == pytest.approx(25.0, rel=0.05)
    assert quarters[2] / quarters[0] == pytest.approx(2.25, rel=0.1)  # exp(2 * 0.6745 * 0.6)


def test_a_seed_repeats_it_in_the_order_of_the_uploads() -> None:
    """The same seed draws the same times; another seed, or none, others."""
    first = drawn(20, spread=0.6, seed=7)
    assert drawn(20, spread=0.6, seed=7) == first
    assert drawn(20, spread=0.6, seed=8) != first
    assert drawn(20, spread=0.6) != drawn(20, spread=0.6)
    assert drawn(20, spread=0.6, seed=7, time_scale=10) == pytest.approx([time / 10 for time in first])


@given(
    processing=st.floats(0, 1e6), spread=st.floats(0.001, MOST_SPREAD), seed=st.integers(), scale=st.floats(0.001, 1e6)
)
def test_none_takes_longer_than_ten_minutes(processing: float, spread: float, seed: int, scale: float) -> None:
    """Before the time scale, whatever is drawn."""
    times = drawn(50, processing=processing, spread=spread, seed=seed, time_scale=scale)
    assert all(0 <= time <= LONGEST_PROCESSING / scale for time in times)


def test_states_follow_each_recording_s_own_time(start: StartSandbox, clock: FakeClock) -> None:
    """It is processed until its own time is over, and the sandbox tells how long that is."""
    client = start(spread=1.0, seed=3, status_interval=0)
    ids = [client.upload(wav(2 + number)).file_id for number in range(5)]
    told = Client(client.url, key=None).request("GET", "/sandbox/stats").body["taken_in"]
    times = {file_id: one["processing"] for file_id, one in zip(ids, told, strict=True)}
    assert len(set(times.values())) == 5
    for file_id in sorted(ids, key=times.__getitem__):
        clock.sleep(times[file_id] - 0.001 - (clock.now() - FakeClock().now()))
        assert client.status(file_id).data["processing_status"] == "FILE_PROCESSING"
        clock.sleep(0.002)
        assert client.status(file_id).data["processing_status"] == "FILE_PROCESSING_FAILED"


@pytest.mark.parametrize("text", ["-1", "11", "nan", "inf", "wide"])
def test_a_spread_that_makes_no_sense(cli: Cli, text: str) -> None:
    """It is refused in a sentence, before anything is started."""
    found = cli("sandbox", "--spread", text)
    assert found.code == 2
    assert found.err.startswith("error: ")


def test_the_spread_is_an_option(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows it, and TAB offers it."""
    assert cli("sandbox", "--help").code == 0
    assert "--spread" in capsys.readouterr().out
    cli.env |= {"_INTRON_COMPLETE": "bash", "_INTRON_WORDS": "intron sandbox --spr"}
    assert cli().out.split()[0] == "--spread"
