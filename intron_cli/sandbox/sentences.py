"""A transcript as sentences that can be quoted, each with the question that it replies to."""

import re
from dataclasses import dataclass

_LABEL = re.compile(r"^\s*SPEAKER_\d+:\s*")
_END = re.compile(r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<=[.!?።؟])\s+")
_BARE_REPLY = re.compile(r"\w+(?:,\s*\w+)?\W*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, word for word.

    ``before`` holds what it replies to: the question and, where that came first, a bare "Yes."
    """

    text: str
    before: tuple[str, ...] = ()

    @property
    def is_question(self) -> bool:
        return self.text.endswith(("?", "؟"))

    @property
    def with_question(self) -> str:
        return " ".join((*self.before, self.text))


def sentences(transcript: str) -> list[Sentence]:
    """Cut a transcript, plain or one turn a line, into its sentences; the speakers' labels go."""
    found: list[Sentence] = []
    before: tuple[str, ...] = ()
    for line in transcript.splitlines():
        for text in _END.split(_LABEL.sub("", line).strip()):
            if not text:
                continue
            sentence = Sentence(text, before)
            if sentence.is_question:
                sentence, before = Sentence(text), (text,)
            elif before and _BARE_REPLY.fullmatch(text):
                before = (*before, text)
            else:
                before = ()
            found.append(sentence)
    return found
