"""What becomes of an upload, decided while its audio is at hand; only what must be heard is kept until then.

Only a recording under the shortest duration is known to be refused at the upload. What the service
does with too long a recording, with bytes that are no audio and with an address that it cannot read
is not known. Here such uploads are taken and end in the state of failure whose name fits.
"""

from concurrent.futures import Future
from pathlib import Path

from intron_cli.audio.recording import inspect
from intron_cli.sandbox import state
from intron_cli.sandbox.answers import Answers
from intron_cli.sandbox.fetch import FetchError, fetch
from intron_cli.sandbox.hearings import Hearings, too_long, too_short
from intron_cli.sandbox.log import Log, shown
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.recogniser import ENGLISH_ONLY, LANGUAGE, NO_RECOGNISER, Recogniser
from intron_cli.sandbox.reply import RefusedError
from intron_cli.sandbox.spool import SpooledFile, TooLargeError
from intron_cli.sandbox.state import Failure, Heard, Order, Outcome, settled


class _TooShortError(Exception):
    """Its text is the service's message."""


class Intake:
    """Judges audio and looks for what was said in it."""

    def __init__(
        self, options: SandboxOptions, spool: Path, log: Log, answers: Answers, recogniser: Recogniser | None = None
    ) -> None:
        self._limits = options
        self._answers = answers
        self._spool = spool
        self._log = log
        self._hearings = Hearings(recogniser, options, log) if recogniser else None

    def close(self) -> None:
        if self._hearings is not None:
            self._hearings.close()

    def sent(self, audio: SpooledFile, order: Order) -> Future[Outcome]:
        """For audio that lay in the form."""
        try:
            return self._judge(audio, order)
        except _TooShortError as cause:
            raise RefusedError(400, str(cause)) from cause

    def linked(self, url: str, order: Order) -> Future[Outcome]:
        """For audio that was given by its address.

        It is fetched before the upload is answered, so that a state does not depend on another server.
        """
        with SpooledFile(self._spool, max_bytes=self._limits.max_bytes) as audio:
            try:
                fetch(url, audio)
                return self._judge(audio, order)
            except FetchError as cause:
                self._log(f"audio_file_url: {cause}")
                return settled(Failure(state.FAILED, str(cause)))
            except TooLargeError:
                return settled(Failure(state.INVALID_SIZE, too_large(self._limits.max_bytes)))
            except _TooShortError as cause:
                return settled(Failure(state.INVALID_DURATION, str(cause)))

    def _judge(self, audio: SpooledFile, order: Order) -> Future[Outcome]:
        recording = inspect(audio.file)
        if recording is None:
            self._log(f"{audio.bytes} bytes that are no audio")
            return settled(Failure(state.INVALID, "the file is not a readable audio file"))
        seconds = recording.duration_seconds
        if seconds is not None and seconds < self._limits.min_duration:
            raise _TooShortError(too_short(seconds, self._limits))
        if seconds is not None and seconds > self._limits.max_duration:
            return settled(Failure(state.INVALID_DURATION, too_long(seconds, self._limits)))
        return self._hear(audio, order, seconds)

    def _hear(self, audio: SpooledFile, order: Order, seconds: float | None) -> Future[Outcome]:
        search = self._answers.search(audio.sha256, order.name)
        found = search.transcript
        looked_for = ", ".join(shown(wanted) for wanted in search.looked_for)
        otherwise = "none, it is heard" if self._hearings else "none, no recogniser is installed"
        self._log(
            f"{audio.bytes} bytes with sha256 {audio.sha256}; looked for {looked_for};"
            f" answer: {found.origin if found else otherwise}"
        )
        if found:
            return settled(Heard(found, seconds))
        if self._hearings is None:
            return settled(Failure(state.FAILED, NO_RECOGNISER))
        if order.language != LANGUAGE:
            return settled(Failure(state.FAILED, ENGLISH_ONLY))
        return self._hearings.begin(audio.keep(), order)


def too_large(max_bytes: int) -> str:
    """Our wording: that the service answers 413 is only said, and nobody recorded the message."""
    return f"audio file is larger than the maximum of {max_bytes} bytes"
