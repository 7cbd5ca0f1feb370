"""The entry point. ``--version`` is answered before anything heavy is loaded."""

import sys

from intron_cli import __version__


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"intron {__version__}\n")
        raise SystemExit(0)
    try:
        from intron_cli import app

        code = app.main(sys.argv[1:])
    except KeyboardInterrupt:  # before the program could see to it
        code = 130
    raise SystemExit(code)


if __name__ == "__main__":
    main()
