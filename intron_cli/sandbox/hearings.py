"""Recordings that are being heard while their uploads are answered."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import BinaryIO

from intron_cli.sandbox import state
from intron_cli.sandbox.answers import Transcript
from intron_cli.sandbox.log import Log
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.recogniser import NotAudioError, Recogniser, RecogniserError, TooLongError
from intron_cli.sandbox.state import Failure, Heard, Order, Outcome, Unending

AT_ONCE = 2
"""Each takes all cores it can get and some hundred megabytes."""


class Hearings:
    """Has recordings heard in the background, two at most at a time."""

    def __init__(self, recogniser: Recogniser, options: SandboxOptions, log: Log) -> None:
        self._recogniser = recogniser
        self._limits = options
        self._log = log
        self._threads = ThreadPoolExecutor(AT_ONCE, "hearing")

    def begin(self, audio: BinaryIO, order: Order) -> Future[Outcome]:
        """Take over ``audio``; it is closed, and so gone, as soon as it was heard or given up."""
        future = self._threads.submit(self._outcome, audio, order)
        future.add_done_callback(partial(self._ended, audio))
        return future

    def close(self) -> None:
        self._recogniser.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _outcome(self, audio: BinaryIO, order: Order) -> Outcome:
        try:
            return self._heard(audio, order)
        except NotAudioError as cause:
            return Failure(state.INVALID, str(cause))
        except TooLongError:
            return Failure(state.INVALID_DURATION, too_long(None, self._limits))
        except RecogniserError as cause:
            return Failure(state.FAILED, str(cause))
        except Exception as error:  # noqa: BLE001 - a recogniser is foreign code, and the job must end
            return Failure(state.FAILED, f"the recogniser failed: {type(error).__name__}")

    def _heard(self, audio: BinaryIO, order: Order) -> Outcome:
        hearing = self._recogniser.hear(audio, diarize=order.diarize, most_seconds=self._limits.max_duration)
        if hearing.seconds < self._limits.min_duration:
            return Failure(state.INVALID_DURATION, too_short(hearing.seconds, self._limits))
        transcript = Transcript(hearing.text(), hearing.by_speaker(), self._recogniser.origin)
        return Heard(transcript, hearing.seconds)

    def _ended(self, audio: BinaryIO, future: Future[Outcome]) -> None:
        audio.close()
        if not future.cancelled():
            outcome = future.result()
            assert not isinstance(outcome, Unending)
            self._log(f"heard: {outcome.reason if isinstance(outcome, Failure) else outcome.transcript.origin}")


def too_short(seconds: float, limits: SandboxOptions) -> str:
    """The recorded wording."""
    return (
        f"audio file duration of {int(seconds)}seconds is less than minimum of"
        f" {limits.min_duration:g}seconds required for processing"
    )


def too_long(seconds: float | None, limits: SandboxOptions) -> str:
    """Our wording, after the other's. None: longer than anybody wanted to know."""
    of = "" if seconds is None else f" of {int(seconds)}seconds"
    return f"audio file duration{of} is more than maximum of {limits.max_duration:g}seconds"
