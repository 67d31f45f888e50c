"""``orbat serve``: the service, and who may use it."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbat.cli.common import Model, StoreAt, app
from orbat.errors import DataError

if TYPE_CHECKING:
    from orbat.service.accounts import Accounts, Role

serve_app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Start the service and its pages in this machine's browser, or say who may use it from others.",
)
users = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="People who sign in.")
tokens = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Tokens for programs.")
app.add_typer(serve_app, name="serve")
serve_app.add_typer(users, name="users")
serve_app.add_typer(tokens, name="tokens")

AccountsAt = Annotated[
    Path | None,
    typer.Option("--accounts", help="Its file. Default: accounts.db in the user's data folder.", show_default=False),
]


def _changeable(given: Path | None) -> Path | None:
    """The catalogue that pages may add to: the user's own, made with the first actor, where none is named; none for "none"."""
    if given is None:
        from orbat.link.owncatalogue import own_file

        return own_file()
    if str(given) == "none":
        return None
    if not given.exists():
        raise typer.BadParameter(f"There is no file {given}. 'orbat actors add NAME --actors {given}' makes it.")
    return given


OwnActors = Annotated[
    Path | None,
    typer.Option(
        "--actors",
        callback=_changeable,
        help="A catalogue of your own, laid over the shipped one, which the pages add to; 'none' for none. "
        "Default: actors.jsonl in the user's data folder.",
        show_default=False,
    ),
]
RoleOf = Annotated[str, typer.Option("--role", help="read; judge (also posts articles); admin (also takes back what others judged).")]


@serve_app.callback()
def serve(
    context: typer.Context,
    store: StoreAt = None,
    host: Annotated[str, typer.Option(help="The address to listen on. Other than this machine's own needs accounts.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
    name: Annotated[list[str] | None, typer.Option(help="A further name by which browsers ask for it.", show_default=False)] = None,
    login: Annotated[bool, typer.Option("--login", help="Need login on this machine too, as behind a proxy.")] = False,
    accounts: AccountsAt = None,
    allow_fetch: Annotated[bool, typer.Option("--allow-fetch", help="Read articles from public web addresses that are posted.")] = False,
    origin: Annotated[list[str] | None, typer.Option(help="A web site whose pages may read from it.", show_default=False)] = None,
    proxy: Annotated[str, typer.Option(help="The proxy whose word on the asker's address is taken; needs login.", show_default=False)] = "",
    certificate: Annotated[Path | None, typer.Option(help="The certificate for https, as PEM.", show_default=False)] = None,
    key: Annotated[Path | None, typer.Option(help="Its key.", show_default=False)] = None,
    model: Model = None,
    actors: OwnActors = None,
    makers: Annotated[
        int, typer.Option(min=0, max=64, help="Processes that make pages, of up to 700 MB each; 0: one a core, 4 at most.")
    ] = 0,
) -> None:
    """Start the service; Ctrl-C ends it."""
    if context.invoked_subcommand:
        return
    _installed()
    from orbat.service import ServiceConfig
    from orbat.service.app import create_app
    from orbat.service.running import run

    given = ServiceConfig(
        store=store,
        host=host,
        port=port,
        names=tuple(name or ()),
        login=True if login or proxy else None,
        accounts=accounts,
        secure=True if certificate or proxy else None,
        allow_fetch=allow_fetch,
        origins=tuple(origin or ()),
        model=model,
        actors=actors,
        analyst=getpass.getuser(),
        warm=True,
        makers=makers or min(4, os.cpu_count() or 1),
    )
    made = create_app(given)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    typer.echo(f"orbat listens on http{'s' if certificate else ''}://{host}:{port}/ (Ctrl-C ends it)", err=True)
    run(made, given, proxy=proxy, certificate=certificate, key=key)


@users.command("add")
def add_user(name: str, role: RoleOf = "read", accounts: AccountsAt = None) -> None:
    """Add a person, or give one a new password and role. The password is asked for, or read from standard input."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    made = _accounts(accounts).add(name, password, _role(role))
    typer.echo(f"{made.name} may sign in as {made.role}")


@users.command("list")
def list_users(accounts: AccountsAt = None) -> None:
    """List people, their roles and since when they are there."""
    for each in _accounts(accounts).accounts():
        typer.echo(f"{each.name}\t{each.role}\t{each.created_at}")


@users.command("remove")
def remove_user(name: str, accounts: AccountsAt = None) -> None:
    """Take a person away; their sessions end."""
    _accounts(accounts).remove(name)
    typer.echo(f"{name} may sign in no more")


@tokens.command("add")
def add_token(name: str, role: RoleOf = "read", accounts: AccountsAt = None) -> None:
    """Make a token for a program. It is printed this once; the program sends it as `Authorization: Bearer TOKEN`."""
    made, text = _accounts(accounts).new_token(name, _role(role))
    typer.echo(f"token {made.id} of {made.name} for {made.role}: keep it, it is not shown again", err=True)
    typer.echo(text)


@tokens.command("list")
def list_tokens(accounts: AccountsAt = None) -> None:
    """List tokens by id, without their secrets."""
    for each in _accounts(accounts).tokens():
        typer.echo(f"{each.id}\t{each.name}\t{each.role}\t{each.created_at}")


@tokens.command("revoke")
def revoke_token(id: str, accounts: AccountsAt = None) -> None:
    """Take a token away."""
    _accounts(accounts).revoke(id)
    typer.echo(f"{id} is taken no more")


def _accounts(path: Path | None) -> Accounts:
    _installed()
    from orbat.service import ServiceConfig
    from orbat.service.accounts import Accounts

    return Accounts(ServiceConfig(accounts=path).accounts_file)


def _role(text: str) -> Role:
    from orbat.service.accounts import Role

    if text not in set(Role):
        raise typer.BadParameter(f"{text!r} is no role. The roles: {', '.join(Role)}.")
    return Role(text)


def _installed() -> None:
    """Say what is missing where the service's libraries are not there.

    Raises:
        DataError: one of them cannot be imported.
    """
    from importlib import import_module

    for name in ("fastapi", "uvicorn", "argon2", "python_multipart"):
        try:
            import_module(name)
        except ImportError as error:
            raise DataError("The service's libraries are not installed.", f"{error}.", "pip install 'orbat[service]'") from error
