"""Which scenes are on: those of the command line, and those that a tester put beside the answers."""

import threading
from collections.abc import Iterable

from intron_cli.sandbox.answers import Answers
from intron_cli.sandbox.log import Log, shown
from intron_cli.sandbox.scenes import Moment, Scene, read_scene


class _Programme:
    """Scenes in order, each with how often it is still played."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._left = [[scene, count] for scene, count in map(read_scene, texts)]

    def take(self, moment: Moment) -> Scene | None:
        for entry in self._left:
            scene, left = entry
            assert isinstance(scene, Scene)
            if scene.moment == moment and left != 0:
                if isinstance(left, int):
                    entry[1] = left - 1
                return scene
        return None


class Staging:
    """Hands each request the scene that befalls it. Raises ValueError for a name that is none."""

    def __init__(self, wanted: Iterable[str], answers: Answers, log: Log) -> None:
        self._everywhere = _Programme(wanted)
        self._answers = answers
        self._log = log
        self._lock = threading.Lock()
        self._by_stem: dict[str, _Programme] = {}

    def take(self, moment: Moment, *stems: str) -> Scene | None:
        """The scene for one request; ``stems`` are its recording's hash and name, as far as they are known."""
        with self._lock:
            scene = self._everywhere.take(moment)
            for stem in stems:
                scene = scene or self._of(stem).take(moment)
        if scene:
            self._log(f"scene {scene.name}: {scene.help}")
        return scene

    def _of(self, stem: str) -> _Programme:
        known = self._by_stem.get(stem)
        if known:
            return known
        text = self._answers.scenes(stem)
        if not text:
            return _Programme(())
        try:
            programme = _Programme(line for line in text.splitlines() if line.strip())
        except ValueError as cause:
            self._log(f"{shown(stem)}.scene names no scene: a line is {cause}")
            programme = _Programme(())
        self._by_stem[stem] = programme
        return programme
