"""The entry point. ``--version`` is answered before anything heavy is loaded."""

import sys

from intron_cli import __version__


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"intron {__version__}\n")
        raise SystemExit(0)
    from intron_cli import app

    raise SystemExit(app.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
