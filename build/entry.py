# noqa: INP001 - a script, no package
"""Where the bundled program starts."""

import multiprocessing

from engine.cli import main

if __name__ == "__main__":
    # Without this a frozen child process would open a second window.
    multiprocessing.freeze_support()
    main()
