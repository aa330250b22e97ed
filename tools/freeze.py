"""Write constraints.txt anew from what is installed; its heading and torch's pins stay."""

import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"


def renewed(before: str, frozen: str) -> str:
    """The kept heading, up to its first empty line, followed by every other pin."""
    heading = before.split("\n\n", maxsplit=1)[0]
    pins = [
        line
        for line in frozen.splitlines()
        if "==" in line and not line.lower().startswith(("torch==", "successor"))
    ]
    return "\n".join([heading, "", *pins, ""])


def main() -> None:
    """Freeze the environment that runs this."""
    command = [sys.executable, "-m", "pip", "freeze", "--all", "--exclude-editable"]
    frozen = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    CONSTRAINTS.write_text(renewed(CONSTRAINTS.read_text("utf-8"), frozen), "utf-8")


if __name__ == "__main__":
    main()
