"""A slow line to the sandbox."""

import threading

import pytest
from clock import FakeClock
from harness import Cli
from hypothesis import given
from hypothesis import strategies as st
from rawserver import PATIENCE
from sandbox.client import Client, StartSandbox, form, wav

from intron_cli.sandbox.line import SAVED_SECONDS, SLICE_SECONDS, SlowLine
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

AUDIO = wav(2)
BYTES = len(form({"audio_file_name": "visit"}, AUDIO))


def seconds(clock: FakeClock) -> float:
    return clock.now() - FakeClock().now()


def test_what_comes_takes_its_time(clock: FakeClock) -> None:
    """A kilobyte at eight kilobits a second takes a second, slept in slices."""
    line = SlowLine(8000, clock)
    for _ in range(4):
        line.take(250)
    assert seconds(clock) == pytest.approx(1.0)
    assert max(clock.slept) <= SLICE_SECONDS


@given(
    rate=st.floats(1000, 1e9),
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 200_000)), min_size=1, max_size=20),
)
def test_never_more_than_the_line_carries(rate: float, steps: list[tuple[float, int]]) -> None:
    """In any stretch of time, but for the little that a pause saves up."""
    clock = FakeClock(0.0)
    line = SlowLine(rate, clock)
    ends = [(0.0, 0)]
    for pause, count in steps:
        clock.sleep(pause)
        line.take(count)
        ends.append((clock.now(), ends[-1][1] + count))
    for number, (begun, before) in enumerate(ends):
        for ended, after in ends[number:]:
            assert after - before <= rate / 8 * (ended - begun + SAVED_SECONDS) + 1


def test_a_pause_saves_up_little(clock: FakeClock) -> None:
    """An idle hour is worth a twentieth of a second."""
    line = SlowLine(8000, clock)
    clock.sleep(3600)
    before = clock.now()
    line.take(1000)
    assert clock.now() - before == pytest.approx(1.0 - SAVED_SECONDS)


def test_those_who_share_it_wait_for_each_other(clock: FakeClock) -> None:
    """Four that take at the same time are as slow together as one that takes all of it."""
    line = SlowLine(8000, clock)
    threads = [threading.Thread(target=line.take, args=(1000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seconds(clock) >= 4.0 - 1e-6


def test_a_line_that_is_closed_holds_nobody_up() -> None:
    """Neither one who waits, for longer than the slice that he sleeps, nor one who comes."""

    class Closing(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 3:
                line.close()

    clock = Closing()
    line = SlowLine(8000, clock)
    line.take(1_000_000)
    line.take(1_000_000)
    assert len(clock.slept) == 3
    assert seconds(clock) == pytest.approx(3 * SLICE_SECONDS)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_upload_takes_as_long_as_its_bytes(start: StartSandbox, clock: FakeClock, chunked: bool) -> None:  # noqa: FBT001
    """Whatever its size, however it is framed; when it came and when it was taken in differ by that."""
    client = start(bandwidth=80_000.0)
    body = form({"audio_file_name": "visit"}, AUDIO)
    assert client.send(iter([body[:5000], body[5000:]]) if chunked else body).status == 200
    assert seconds(clock) == pytest.approx(BYTES / 10_000, rel=0.01)
    told = Client(client.url, key=None).request("GET", "/sandbox/stats").body
    assert told["requests"] == [{"at": 0.0, "kind": "upload", "code": 200}]
    assert told["taken_in"][0]["at"] == pytest.approx(seconds(clock))


def test_a_refused_body_comes_no_faster() -> None:
    """A client that sends on after its answer has the same line to do it on."""
    reached = threading.Event()
    body = form({"audio_file_name": "visit"}, wav(20))
    ahead = 10_000  # bytes that came with the head

    class Reaching(FakeClock):
        def sleep(self, seconds_more: float) -> None:
            super().sleep(seconds_more)
            if seconds(self) >= (len(body) - ahead) / 10_000:
                reached.set()

    options = SandboxOptions(bandwidth=80_000.0, refused_keys=frozenset({"key-1"}))
    with SandboxServer(options, clock=Reaching()) as server:
        client = Client(server.url)
        assert client.raw(client.head(f"Content-Length: {len(body)}"), body).startswith(b"HTTP/1.1 403 ")
        assert reached.wait(PATIENCE)


def test_looks_are_as_quick_as_ever(start: StartSandbox, clock: FakeClock) -> None:
    """Only bodies are slow."""
    assert start(bandwidth=1.0).status("x").status == 500
    assert clock.slept == []


def test_a_bandwidth_that_makes_no_sense(cli: Cli) -> None:
    """It is refused in a sentence, before anything is started."""
    for given_as in ("0", "-1", "nan", "inf", "fast"):
        found = cli("sandbox", "--bandwidth", given_as)
        assert found.code == 2
        assert found.err.startswith("error: ")


def test_the_line_is_an_option(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows it, and TAB offers it."""
    assert cli("sandbox", "--help").code == 0
    assert "--bandwidth" in capsys.readouterr().out
    cli.env |= {"_INTRON_COMPLETE": "bash", "_INTRON_WORDS": "intron sandbox --ban"}
    assert cli().out.split()[0] == "--bandwidth"
