"""What is generated from the code is up to date."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "generate.py"


@pytest.mark.parametrize("name", ["README.md", "completions/intron.bash", "completions/intron.zsh",
                                  "completions/intron.fish", "completions/intron.ps1"])  # fmt: skip
def test_generated_file_is_current(name: str) -> None:
    """`make generate` would change nothing."""
    expected = runpy.run_path(str(SCRIPT))["generated"]()
    assert (ROOT / name).read_text(encoding="utf-8") == expected[ROOT / name]
