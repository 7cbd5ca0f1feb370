"""A program of its own: counts the sound in a file on stdin, packet by packet, and writes it as JSON to stdout.

It is run as a file, in a process for each recording: foreign code that reads foreign bytes may crash
or go on for ever, and then only this process ends. So it imports nothing of ours.
"""

import json
import os
import sys
from typing import Any, BinaryIO


def count(file: BinaryIO) -> dict[str, Any]:
    """Seconds of sound, None without any, and what it is.

    Packets that do not say how long they last are measured by their times, and where they have none by decoding.
    """
    import av

    with av.open(file, mode="r") as container:
        streams = container.streams.audio
        if not streams:
            return {"seconds": None}
        stream = streams[0]
        total, first, end, untold = 0, None, 0, False
        for packet in container.demux(stream):
            if not packet.size:
                continue
            duration = packet.duration or 0
            untold = untold or duration <= 0
            total += max(0, duration)
            if packet.pts is not None:
                first = packet.pts if first is None else min(first, packet.pts)
                end = max(end, packet.pts + duration)
        base = float(stream.time_base or 0)
        seconds = total * base
        if untold:
            seconds = _decoded(file)
        context = stream.codec_context
        return {
            "seconds": seconds,
            "codec": "PCM" if context.name.startswith("pcm_s") else context.name,
            "channels": context.channels or None,
            "sample_rate": context.sample_rate or None,
        }


def _decoded(file: BinaryIO) -> float:
    import av

    file.seek(0)
    seconds = 0.0
    with av.open(file, mode="r") as container:
        for frame in container.decode(audio=0):
            seconds += frame.samples / frame.sample_rate
    return seconds


def main() -> int:
    with os.fdopen(os.dup(0), "rb") as file:
        file.seek(0)
        json.dump(count(file), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
