"""A program of its own: reads a recording on stdin, writes as JSON to stdout what it heard.

It is run as a file, in a process for each recording, so that what the model takes is given back,
that a crash in foreign code ends nothing else, and that what such code prints reaches nobody.
So it imports nothing of ours.
"""

import json
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, BinaryIO

RATE = 16_000
"""Samples a second, as the model wants them."""

_CONTAINERS = "wav,w64,mp3,mov,ogg,matroska,flac,aac,amr,caf,au,asf,aiff,avi"

_SPEAKER_OPTIONS = {
    "identify_speakers": "true",
    # Seconds. Live speech is looked at more often, which takes longer; from 5 on, two voices of a short recording
    # were measured to become one.
    "diarization_analyze_cadence": "3",
    # All in one go, so that a speaker has one number from beginning to end.
    "diarization_cluster_cadence": "600",
    "diarization_cluster_window_sec": "600",
}


class NotAudioError(Exception):
    """Nothing in the file can be decoded as audio."""


class TooLongError(Exception):
    """More seconds than are heard."""


class Samples(Sequence[float]):
    """16-bit samples as numbers from -1 to 1.

    The model's binding unpacks all of them into a tuple. Since equal samples are one object here,
    that takes a quarter of the memory of a new number for each.
    """

    _VALUES = [value / 32768 for value in range(-32768, 32768)]  # noqa: RUF012 - a table

    def __init__(self, samples: "array[int]") -> None:
        self._samples = samples

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: Any) -> Any:
        return self._VALUES[self._samples[index] + 32768]

    def __iter__(self) -> Iterator[float]:
        values = self._VALUES
        return (values[sample + 32768] for sample in self._samples)


def decode(file: BinaryIO, most_seconds: float) -> "array[int]":
    """The first audio track of any recording as 16-bit mono at :data:`RATE`.

    Raises NotAudioError, and TooLongError as soon as there is more than ``most_seconds``.
    """
    import av

    samples = array("h")
    try:
        # Named containers only, and no further file or address that one of them may point to.
        with av.open(file, options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"}) as container:
            for frame in _resampled(container):
                samples.frombytes(bytes(frame.planes[0])[: 2 * frame.samples])
                if len(samples) > most_seconds * RATE:
                    raise TooLongError
    except (av.FFmpegError, IndexError):
        if not samples:
            raise NotAudioError from None  # else it was cut off: what there is counts
    return samples


def _resampled(container: Any) -> Iterator[Any]:
    import av

    resampler, kind = None, None
    for frame in _frames(container):
        frame.pts = None
        # Recordings that were joined may change their kind in the middle.
        if resampler is None or kind != (frame.format.name, frame.layout.name, frame.rate):
            yield from resampler.resample(None) if resampler else ()
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            kind = (frame.format.name, frame.layout.name, frame.rate)
        yield from resampler.resample(frame)
    yield from resampler.resample(None) if resampler else ()


def _frames(container: Any) -> Iterator[Any]:
    """What can be decoded; a damaged packet is passed over, as players do."""
    import av

    for packet in container.demux(container.streams.audio[0]):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def recognise(samples: "array[int]", *, diarize: bool) -> list[tuple[int | None, str]]:
    """What was said, as turns of a speaker's number (None: not asked for) and text."""
    from moonshine_voice import ModelArch, Transcriber, get_assets_path

    options = {"return_audio_data": "false"} | (_SPEAKER_OPTIONS if diarize else {})
    model = get_assets_path() / "tiny-en"
    with Transcriber(model_path=model, model_arch=ModelArch.TINY, options=options) as transcriber:
        lines = transcriber.transcribe_without_streaming(Samples(samples), RATE).lines
    return turns((line.text, _speaking_times(line)) for line in lines)


def _speaking_times(line: Any) -> list[tuple[int, float]]:
    return [(span.speaker_index, span.duration) for span in line.speaker_spans or ()]


def turns(lines: Iterable[tuple[str, list[tuple[int, float]]]]) -> list[tuple[int | None, str]]:
    """Lines, each with who spoke for how many seconds, as one turn for each change of speaker.

    Speakers are numbered from 1 in the order in which they are first heard. A line belongs to who
    spoke most of it, and where nobody was made out, to whoever spoke before.
    """
    numbers: dict[int, int] = {}
    spoken: list[tuple[int | None, str]] = []
    for text, times in lines:
        speaker = spoken[-1][0] if spoken else None
        if times:
            most = max({index for index, _ in times}, key=_seconds_in(times))
            speaker = numbers.setdefault(most, len(numbers) + 1)
        if text.strip():
            spoken.append((speaker, text.strip()))
    return [(speaker, " ".join(text for _, text in group)) for speaker, group in groupby(spoken, lambda turn: turn[0])]


def _seconds_in(times: list[tuple[int, float]]) -> Callable[[int], float]:
    return lambda index: sum(seconds for other, seconds in times if other == index)


def hear(file: BinaryIO, *, diarize: bool, most_seconds: float) -> dict[str, Any]:
    try:
        samples = decode(file, most_seconds)
    except NotAudioError:
        return {"error": "not_audio"}
    except TooLongError:
        return {"error": "too_long"}
    return {"seconds": len(samples) / RATE, "turns": recognise(samples, diarize=diarize) if samples else []}


def main() -> None:
    most_seconds, diarize = float(sys.argv[1]), sys.argv[2:] == ["diarize"]
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii") as answer:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        sys.stdin.buffer.seek(0)
        json.dump(hear(sys.stdin.buffer, diarize=diarize, most_seconds=most_seconds), answer)


if __name__ == "__main__":
    main()
