"""Who may use a service: accounts with passwords and tokens for programs, in a small database of their own that only its owner can read.

Passwords are kept as argon2id hashes with argon2-cffi's parameters (RFC 9106's low-memory ones); a token is 256 random bits, of which
SHA-256 is kept, since nobody can guess what it was made of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orbat.errors import NotFoundError
from orbat.service.config import ServiceError

SHORTEST = 12
"""Signs of a password at least: NIST SP 800-63B-4 asks for 15 where it is the only proof and 8 else; nobody can try fast here."""
LONGEST = 1024
PREFIX = "orbat"
_NAME = re.compile(r"[\w.@+-]{1,64}")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, generation INTEGER NOT NULL,
                                     created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL,
                                   created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Role(StrEnum):
    """What an account may do: read; read, post articles and judge; all that and take back what others judged."""

    READ = "read"
    JUDGE = "judge"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """A person. ``generation`` changes when all its sessions end."""

    name: str
    role: Role
    generation: int
    created_at: str


@dataclass(frozen=True, slots=True)
class Token:
    """A program's way in; the secret itself is known only to who holds it."""

    id: str
    name: str
    role: Role
    created_at: str


class Accounts:
    """The accounts and tokens of a file. Threads may share it: each question opens its own connection, which takes 0.1 ms."""

    def __init__(self, path: Path) -> None:
        """Use the file at ``path``; it is made by the first thing that is added.

        Raises:
            ServiceError: (by every method) the file cannot be read or written.
        """
        self.path = path
        self._hasher = PasswordHasher()
        self._nobody = ""

    def add(self, name: str, password: str, role: Role) -> Account:
        """Add an account, or give the one of that name another password and role; its sessions end.

        Raises:
            ServiceError: the name or password cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise _unfit("The name", "It has letters, digits and . _ @ + - only, 64 at most.")
        if not SHORTEST <= len(password) <= LONGEST:
            raise _unfit("The password", f"It has {SHORTEST} signs at least and {LONGEST} at most.")
        hashed = self._hasher.hash(password)
        with self._open() as db:
            db.execute(
                "INSERT INTO accounts VALUES (?, ?, ?, 0, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role, "
                "password = excluded.password, generation = generation + 1",
                (name, role.value, hashed, _now()),
            )
        return self.account(name)

    def remove(self, name: str) -> None:
        """Take an account away; its sessions end.

        Raises:
            NotFoundError: there is none of that name.
        """
        with self._open() as db:
            if not db.execute("DELETE FROM accounts WHERE name = ?", (name,)).rowcount:
                raise _nobody(name)

    def end_sessions(self, name: str) -> None:
        """End all sessions of an account."""
        with self._open() as db:
            db.execute("UPDATE accounts SET generation = generation + 1 WHERE name = ?", (name,))

    def account(self, name: str) -> Account:
        """The account of a name.

        Raises:
            NotFoundError: there is none.
        """
        found = [each for each in self.accounts() if each.name == name]
        if not found:
            raise _nobody(name)
        return found[0]

    def accounts(self) -> tuple[Account, ...]:
        """All accounts by name."""
        rows = self._rows("SELECT name, role, generation, created_at FROM accounts ORDER BY name")
        return tuple(Account(name, Role(role), generation, created) for name, role, generation, created in rows)

    def verified(self, name: str, password: str) -> Account | None:
        """The account, if the password is its own. It takes as long where there is no such account."""
        rows = self._rows("SELECT password FROM accounts WHERE name = ?", name)
        self._nobody = self._nobody or self._hasher.hash(secrets.token_hex(16))
        try:
            self._hasher.verify(rows[0][0] if rows else self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        return self.account(name) if rows else None

    def new_token(self, name: str, role: Role) -> tuple[Token, str]:
        """A new token and its secret, which is told this once.

        Raises:
            ServiceError: the name cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise _unfit("The token's name", "It has letters, digits and . _ @ + - only, 64 at most.")
        made, secret = Token(secrets.token_hex(4), name, role, _now()), secrets.token_urlsafe(32)
        with self._open() as db:
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", (made.id, name, role.value, _digest(secret), made.created_at))
        return made, f"{PREFIX}_{made.id}_{secret}"

    def revoke(self, id: str) -> None:
        """Take a token away.

        Raises:
            NotFoundError: there is none of that id.
        """
        with self._open() as db:
            if not db.execute("DELETE FROM tokens WHERE id = ?", (id,)).rowcount:
                raise NotFoundError(f"No token has the id {id!r}.", "", "`orbat serve tokens list` prints ids.")

    def tokens(self) -> tuple[Token, ...]:
        """All tokens, the first made first."""
        rows = self._rows("SELECT id, name, role, created_at FROM tokens ORDER BY created_at, id")
        return tuple(Token(id, name, Role(role), created) for id, name, role, created in rows)

    def token(self, text: str) -> Token | None:
        """The token that a program shows, if it is one."""
        prefix, _, rest = text.partition("_")
        id, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        rows = self._rows("SELECT id, name, role, created_at, digest FROM tokens WHERE id = ?", id)
        if not rows or not secrets.compare_digest(rows[0][4], _digest(secret)):
            return None
        return Token(rows[0][0], rows[0][1], Role(rows[0][2]), rows[0][3])

    def signing_key(self) -> bytes:
        """The key that sessions are signed with; made once."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO secrets VALUES ('signing', ?)", (secrets.token_hex(32),))
            key: str = db.execute("SELECT value FROM secrets WHERE name = 'signing'").fetchone()[0]
            return bytes.fromhex(key)

    @property
    def empty(self) -> bool:
        """Whether nobody can sign in."""
        return not (self.accounts() or self.tokens())

    def _rows(self, query: str, *values: str) -> list[Any]:
        if not self.path.exists():
            return []
        with self._open(make=False) as db:
            made = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            return db.execute(query, values).fetchall() if made else []

    @contextmanager
    def _open(self, *, make: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            if make and not self.path.exists():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
            db = sqlite3.connect(self.path, timeout=10)
            try:
                if make:
                    db.executescript(_SCHEMA)
                with db:
                    yield db
            finally:
                db.close()
        except (OSError, sqlite3.Error) as error:
            step = "Check its folder and rights, or name another with --accounts."
            raise ServiceError(f"The accounts in {self.path} cannot be used.", f"{error}.", step) from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _unfit(what: str, rule: str) -> ServiceError:
    return ServiceError(f"{what} cannot be used.", rule, "Give another.")


def _nobody(name: str) -> NotFoundError:
    return NotFoundError(f"No account is called {name!r}.", "", "`orbat serve users list` prints names.")
