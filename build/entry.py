# noqa: INP001 - a script, no package
"""Where the bundled program starts."""

from engine.cli import main

if __name__ == "__main__":
    main()
