"""What each fault costs: `python bench/faults.py [SCENE...]`.

Every scene of the sandbox, the same command run twice in it by real processes; what the service took in
is counted by the service.
"""

import sys
from collections.abc import Sequence

from field import ended, field

from intron_cli.sandbox.scenes import SCENES, Scene


def measured(scene: Scene) -> tuple[list[int], int]:
    """The exit codes of two runs, and how often the recording was taken in."""
    seconds = 590 if scene.cuts_form else 2  # more than the buffers between both ends
    with field("30/0.6s", scenes=(scene.name,), time_scale=100, status_interval=0) as ground:
        path = ground.recording(1, seconds)
        codes = [ended(ground.start("transcribe", path, "--summary", "--timeout", "3s")) for _ in range(2)]
        return codes, sum(ground.uploads().values())


def main(names: Sequence[str]) -> None:
    print("| scene | exit codes of two runs | uploads (bar: at most 1) | met |\n| --- | --- | --- | --- |")
    for scene in SCENES:
        if not names or scene.name in names:
            codes, uploads = measured(scene)
            met = "yes" if uploads <= 1 else "NO"
            print(f"| {scene.name} | {codes[0]}, {codes[1]} | {uploads} | {met} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
