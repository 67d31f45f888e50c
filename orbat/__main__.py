"""``python -m orbat``: the command line."""

from orbat.cli import main

if __name__ == "__main__":
    main()
