"""Say how to point pip at a CPU build of torch. `make` runs it when an install failed."""

import sys

MESSAGE = """
The install failed; pip's own message is above. If torch is what it could not find:

  On Linux this project takes the CPU build of torch only (see constraints.txt), and the public
  package index has none. Give pip PyTorch's index of CPU wheels, whose address the installation
  page of PyTorch shows for "Pip" and "CPU":

      PIP_EXTRA_INDEX_URL=ADDRESS make demo

  or a folder that holds the wheel:

      PIP_FIND_LINKS=FOLDER make demo
"""

if __name__ == "__main__":
    sys.stderr.write(MESSAGE)
