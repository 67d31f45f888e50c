"""``python -m orbat.cli``."""

from orbat.cli import main

main()
