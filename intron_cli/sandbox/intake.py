"""What becomes of an upload, decided while its audio is at hand; nothing needs the audio afterwards.

Only a recording under the shortest duration is known to be refused at the upload. What the service
does with too long a recording, with bytes that are no audio and with an address that it cannot read
is not known. Here such uploads are taken and end in the state of failure whose name fits.
"""

from pathlib import Path

from intron_cli.audio.recording import inspect
from intron_cli.sandbox import state
from intron_cli.sandbox.answers import Answers
from intron_cli.sandbox.fetch import FetchError, fetch
from intron_cli.sandbox.log import Log, shown
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.reply import RefusedError
from intron_cli.sandbox.spool import SpooledFile, TooLargeError
from intron_cli.sandbox.state import Failure, Heard

NO_RECOGNISER = "no recogniser is installed: the sandbox knows its bundled recording and the answers that it was given"


class _TooShortError(Exception):
    """Its text is the service's message."""


class Intake:
    """Judges audio and looks for what was said in it."""

    def __init__(self, options: SandboxOptions, spool: Path, log: Log) -> None:
        self._limits = options
        self._answers = Answers(options.answers)
        self._spool = spool
        self._log = log

    def sent(self, audio: SpooledFile, name: str) -> Heard | Failure:
        """For audio that lay in the form."""
        try:
            return self._judge(audio, name)
        except _TooShortError as cause:
            raise RefusedError(400, str(cause)) from cause

    def linked(self, url: str, name: str) -> Heard | Failure:
        """For audio that was given by its address.

        It is fetched before the upload is answered, so that a state depends on the clock alone.
        """
        with SpooledFile(self._spool, max_bytes=self._limits.max_bytes) as audio:
            try:
                fetch(url, audio)
                return self._judge(audio, name)
            except FetchError as cause:
                self._log(f"audio_file_url: {cause}")
                return Failure(state.FAILED, str(cause))
            except TooLargeError:
                return Failure(state.INVALID_SIZE, too_large(self._limits.max_bytes))
            except _TooShortError as cause:
                return Failure(state.INVALID_DURATION, str(cause))

    def _judge(self, audio: SpooledFile, name: str) -> Heard | Failure:
        recording = inspect(audio.file)
        if recording is None:
            self._log(f"{audio.bytes} bytes that are no audio")
            return Failure(state.INVALID, "the file is not a readable audio file")
        seconds = recording.duration_seconds
        if seconds is not None and seconds < self._limits.min_duration:
            raise _TooShortError(
                f"audio file duration of {int(seconds)}seconds is less than minimum of"
                f" {self._limits.min_duration:g}seconds required for processing"
            )
        if seconds is not None and seconds > self._limits.max_duration:
            return Failure(
                state.INVALID_DURATION,
                f"audio file duration of {int(seconds)}seconds is more than maximum of"
                f" {self._limits.max_duration:g}seconds",
            )
        return self._hear(audio, name, seconds)

    def _hear(self, audio: SpooledFile, name: str, seconds: float | None) -> Heard | Failure:
        search = self._answers.search(audio.sha256, name)
        found = search.transcript
        looked_for = ", ".join(shown(wanted) for wanted in search.looked_for)
        self._log(
            f"{audio.bytes} bytes with sha256 {audio.sha256}; looked for {looked_for};"
            f" answer: {found.origin if found else 'none, no recogniser is installed'}"
        )
        return Heard(found, seconds) if found else Failure(state.FAILED, NO_RECOGNISER)


def too_large(max_bytes: int) -> str:
    """Our wording: that the service answers 413 is only said, and nobody recorded the message."""
    return f"audio file is larger than the maximum of {max_bytes} bytes"
