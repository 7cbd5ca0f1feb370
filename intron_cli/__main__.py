"""The entry point. ``--version`` is answered before anything heavy is loaded."""

import gc
import os
import sys

from intron_cli import __version__

TAB_VARIABLE = "_INTRON_COMPLETE"
"""Set by the completion scripts; ``commands.tab`` tells the rest."""


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"intron {__version__}\n")
        raise SystemExit(0)
    # Between two keystrokes, neither collecting garbage nor tidying up pays: measured, they take a quarter.
    tab = TAB_VARIABLE in os.environ
    if tab:
        gc.disable()
    try:
        from intron_cli import app

        code = app.main(sys.argv[1:])
    except KeyboardInterrupt:  # before the program could see to it
        code = 130
    if tab:
        os._exit(code)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
