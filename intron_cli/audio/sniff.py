"""What kind of file the bytes are, whatever the name says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Container:
    """A container format: its name for people, its suffix, and whether the service lists it."""

    name: str
    suffix: str
    accepted: bool = False


WAV = Container("WAV", "wav", accepted=True)
MP3 = Container("MP3", "mp3", accepted=True)
MP4 = Container("MP4", "mp4", accepted=True)
M4A = Container("M4A", "m4a", accepted=True)
OGG = Container("Ogg", "ogg", accepted=True)
WEBM = Container("WebM", "webm", accepted=True)
FLAC = Container("FLAC", "flac", accepted=True)
ACCEPTED = (WAV, MP3, MP4, M4A, OGG, WEBM, FLAC)

_AAC = Container("AAC (ADTS)", "aac")
MATROSKA = Container("Matroska", "mka")
QUICKTIME = Container("QuickTime", "mov")
THREE_GP = Container("3GP", "3gp")
WAVE64 = Container("Wave64", "w64")

_PREFIXES = (
    (b"fLaC", FLAC),
    (b"OggS", OGG),
    (b"ID3", MP3),
    (b"#!AMR", Container("AMR", "amr")),
    (b"caff", Container("CAF", "caf")),
    (b".snd", Container("AU", "au")),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), Container("WMA", "wma")),
    (b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00", WAVE64),
)
_IFF_FORMS = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"RIFF", b"AVI "): Container("AVI", "avi"),
    (b"FORM", b"AIFF"): Container("AIFF", "aiff"),
    (b"FORM", b"AIFC"): Container("AIFF-C", "aifc"),
}
_EBML = b"\x1a\x45\xdf\xa3"

HEAD_BYTES = 4096
"""How much of the start :func:`sniff` wants to see."""


def sniff(head: bytes) -> Container | None:
    """The container that ``head``, the first bytes of a file, belongs to; None where it is none of audio."""
    for prefix, container in _PREFIXES:
        if head.startswith(prefix):
            return container
    if container_of_form := _IFF_FORMS.get((head[:4], head[8:12])):
        return container_of_form
    if head[4:8] == b"ftyp":
        return _iso_brand(head[8:12])
    if head.startswith(_EBML):
        return WEBM if b"webm" in head[:64] else MATROSKA
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _mpeg_frame(head)
    return None


def _iso_brand(brand: bytes) -> Container:
    if brand.startswith(b"M4"):
        return M4A if brand[2:3] in b"AB" else MP4
    if brand.startswith((b"3gp", b"3g2")):
        return THREE_GP
    return QUICKTIME if brand == b"qt  " else MP4


def _mpeg_frame(head: bytes) -> Container | None:
    """An MPEG frame header has reserved values; text in UTF-16 with a byte-order mark starts alike."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if head[1] & 0xF0 == 0xF0 and layer == 0:
        return _AAC
    return None if version == 1 or layer == 0 or bitrate in (0, 15) or rate == 3 else MP3
