"""The recogniser of the extra `speech`, where it is installed."""

import io
import json
import queue
import re
from itertools import pairwise
from pathlib import Path

import jiwer
import pytest
from clock import FakeClock
from harness import Cli, write_wav
from sandbox.client import Client, wav

from intron_cli.sandbox.moonshine import RATE, NotAudioError, TooLongError, decode
from intron_cli.sandbox.recogniser import Hearing, MoonshineRecogniser, RecogniserError, installed
from intron_cli.sandbox.recogniser import NotAudioError as NotHeardError
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

av = pytest.importorskip("av", reason="av is not installed (pip install 'intron-cli[speech]')")
pytest.importorskip("moonshine_voice", reason="moonshine-voice is not installed (pip install 'intron-cli[speech]')")

DATA = Path(__file__).parent.parent / "data"
MOST_WRONG = 0.10


def word_error_rate(said: str, heard: str) -> float:
    return float(jiwer.wer(_words(said), _words(heard)))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def hear(recording: bytes, path: Path, *, diarize: bool = False) -> Hearing:
    path.write_bytes(recording)
    with path.open("rb") as audio:
        return MoonshineRecogniser().hear(audio, diarize=diarize, most_seconds=600)


def encoded(recording: Path, container: str, codec: str, rate: int, layout: str) -> io.BytesIO:
    """A recording in another form."""
    out = io.BytesIO()
    with av.open(str(recording)) as source, av.open(out, "w", format=container) as target:
        track = target.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(track.format.name, layout, rate, track.codec_context.frame_size or 1024)
        for frame in [*source.decode(audio=0), None]:
            for piece in resampler.resample(frame):
                target.mux(track.encode(piece))
        target.mux(track.encode(None))
    out.seek(0)
    return out


@pytest.mark.parametrize("name", ["jfk", "librivox_austen"])
def test_real_speech_comes_out_over_the_socket(name: str, clock: FakeClock) -> None:
    """From an upload to a transcript with at most a tenth of its words wrong, and its true duration."""
    log: queue.Queue[str] = queue.Queue()
    with SandboxServer(SandboxOptions(), clock=clock, log=log.put, recogniser=installed()) as server:
        client = Client(server.url)
        file_id = client.upload((DATA / f"{name}.mp3").read_bytes()).file_id
        while not log.get(timeout=300).startswith("heard: "):
            pass
        clock.sleep(6)
        data = client.status(file_id).data
    assert data["processing_status"] == "FILE_TRANSCRIBED"
    assert data["processed_audio_duration_in_seconds"] == {"jfk": 11, "librivox_austen": 25}[name]
    assert word_error_rate((DATA / f"{name}.txt").read_text(), data["audio_transcript"]) <= MOST_WRONG


def test_speakers_are_told_apart(bundled: bytes, tmp_path: Path) -> None:
    """In the first 15 seconds of the bundled visit two people speak in turn."""
    hearing = hear(bundled[:90_000], tmp_path / "visit.mp3", diarize=True)
    speakers = [turn.speaker for turn in hearing.turns]
    assert set(speakers) == {1, 2}
    assert speakers[0] == 1
    assert all(one != other for one, other in pairwise(speakers))
    assert "\nSPEAKER_02: " in hearing.by_speaker()


def test_silence_is_heard_as_nothing(tmp_path: Path) -> None:
    """No word is invented."""
    assert hear(wav(5), tmp_path / "silence.wav") == Hearing((), 5.0)


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [
        ("wav", "pcm_s24le", 44100, "stereo"),
        ("wav", "adpcm_ms", 8000, "mono"),
        ("flac", "flac", 16000, "mono"),
        ("ogg", "libopus", 48000, "stereo"),
        ("webm", "libopus", 48000, "mono"),
        ("mp3", "libmp3lame", 22050, "mono"),
        ("mp4", "aac", 44100, "stereo"),
    ],
)
def test_any_recording_is_decoded(container: str, codec: str, rate: int, layout: str) -> None:
    """Whatever its form, it comes out as 16 kHz mono of the same length."""
    samples = decode(encoded(DATA / "jfk.mp3", container, codec, rate, layout), 600)
    assert len(samples) / RATE == pytest.approx(11.0, abs=0.2)
    assert max(samples) > 3000


def test_joined_cut_and_damaged_recordings(tmp_path: Path) -> None:
    """What can be decoded counts: parts of two kinds, a file without its end, one with a hole."""
    speech = (DATA / "jfk.mp3").read_bytes()
    other = encoded(DATA / "jfk.mp3", "mp3", "libmp3lame", 44100, "stereo").read()
    assert len(decode(io.BytesIO(speech + other), 600)) / RATE == pytest.approx(22.0, abs=0.5)
    flac = encoded(DATA / "jfk.mp3", "flac", "flac", 16000, "mono").read()
    assert len(decode(io.BytesIO(flac[: len(flac) // 2]), 600)) / RATE == pytest.approx(5.5, abs=1.5)
    hole = speech[:20_000] + bytes(4_000) + speech[24_000:]
    assert len(decode(io.BytesIO(hole), 600)) / RATE == pytest.approx(10.5, abs=0.6)


@pytest.mark.parametrize(
    "data",
    [b"RIFF\x24\0\0\0WAVE", b"OggS" + bytes(500), b"", b"#EXTM3U\n#EXTINF:5,\nfile:///etc/hosts\n#EXT-X-ENDLIST\n"],
    ids=["header only", "zeros", "empty", "playlist"],
)
def test_what_is_no_recording_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    """Here and across the process; a list that points elsewhere is not followed."""
    with pytest.raises(NotAudioError):
        decode(io.BytesIO(data), 600)
    with pytest.raises(NotHeardError, match="not a readable audio file"):
        hear(data, tmp_path / "data")


def test_decoding_ends_at_the_longest_duration(tmp_path: Path) -> None:
    """What a header claims to be short is measured."""
    recording = write_wav(tmp_path / "long.wav", 12)
    with recording.open("rb") as audio, pytest.raises(TooLongError):
        decode(audio, 10)
    with recording.open("rb") as audio, pytest.raises(RecogniserError, match="too long"):
        MoonshineRecogniser().hear(audio, diarize=False, most_seconds=10)


def test_nothing_of_it_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the decoder's complaints nor the model's reach the streams."""
    hear((DATA / "jfk.mp3").read_bytes()[:30_000] + b"\xff\xfb\x90\0" * 100, tmp_path / "cut.mp3")
    assert capfd.readouterr() == ("", "")


def test_the_demo_refuses_a_wrong_file_as_transcribe_does(cli: Cli, tmp_path: Path) -> None:
    """The same words and exit code 9, before anything is started."""
    missing = tmp_path / "nowhere.wav"
    (text := tmp_path / "text.wav").write_text(json.dumps({"no": "audio"}))
    for file in (missing, text):
        shown, told = cli("demo", file), cli("transcribe", file)
        assert shown.code == told.code == 9
        assert shown.out == ""
        assert shown.err.splitlines()[-1] in told.err
        assert "stand-in" not in shown.err
