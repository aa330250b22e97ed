"""The `successor` command, and `python -m successor`."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit with its code; Ctrl-C while it is loaded is no traceback."""
    try:
        from successor.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
