"""The docs are true: every command that a page shows is one, with the options that it has."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from orbat.cli import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")])
COMMANDS = typer.main.get_command(app)


def shown(page: str) -> list[str]:
    """The calls of orbat in a page's blocks of commands and in its sentences."""
    blocks = re.findall(r"^ *```(?:sh|bash|console)\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    calls = [part for line in lines for part in re.split(r" \| | \|\| ", line.split("  #")[0].strip()) if part.startswith("orbat ")]
    return [*calls, *re.findall(r"`(orbat [a-z][^`\n]*)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))]


def resolved(call: str) -> tuple[Any, list[str]]:
    """The command that a call names, and what follows its name."""
    words = shlex.split(call.replace("[", "").replace("]", "").replace("…", ""), comments=True)[1:]
    command: Any = COMMANDS
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    return command, words


def test_pages_show_many_commands() -> None:
    assert sum(len(shown(page.read_text(encoding="utf-8"))) for page in PAGES) > 100


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_shows_is_one(path: Path) -> None:
    for call in shown(path.read_text(encoding="utf-8")):
        command, words = resolved(call)
        assert command is not COMMANDS or words[:1] == ["--version"], f"{call}: no such command"
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
        unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]
        assert not unknown, f"{call}: {command.name} has no {', '.join(unknown)}"
