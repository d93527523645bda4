"""Become another program that ends when the launcher does, even when the launcher is killed.

python -m lib.devtools.leash PARENT COMMAND …
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):  # it ended meanwhile
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
