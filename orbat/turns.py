"""Who writes to a store: one at a time, and how the next one waits for its turn.

Every writer waits by the same rule: five minutes at most, with a line in the log (which Python prints on standard error, where nothing
else is said) once it has waited for some seconds, and no longer once it is told to end. PostgreSQL keeps a queue of those who wait. SQLite
keeps none: who waits asks again and again, and who writes again and again leaves gaps for that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from orbat.errors import StoreError

WAIT = 300.0
"""Seconds that a writer waits for another at most. A transaction of records takes seconds, on a large store a minute."""
TOLD_AFTER = 5.0
"""Seconds of waiting after which it is said."""
ASKED_EVERY = 0.02
"""Seconds between two looks whether SQLite's one writer is done; its own waiting looks every tenth of a second."""
LOOK_UP = 1.0
"""Seconds of waiting in PostgreSQL's queue after which it is looked whether to go on waiting."""
GAP, LONGEST_GAP = 0.05, 0.05
"""Share of the time that a transaction took, and seconds at most, that a writer leaves to others after it."""
WRITER = 7267
"""The number of PostgreSQL's lock for the one writer; any number does that no other program of the database uses."""
PATIENCE = "orbat_patience"
"""The execution option under which an engine holds how its writers wait."""

log = logging.getLogger("orbat.store")


def never() -> bool:
    """No: who waits is not told to end."""
    return False


@dataclass(frozen=True, slots=True)
class Patience:
    """How a writer waits for another: so many seconds at most, and until ``stop`` says so."""

    seconds: float = WAIT
    stop: Callable[[], bool] = never


def take(connection: sa.Connection) -> None:
    """Begin a transaction that holds the one writer's place, and wait until it is free.

    Raises:
        StoreError: it did not become free in time, or whoever waits was told to end.
    """
    patience: Patience = connection.get_execution_options().get(PATIENCE, Patience())
    tried = _taken_in_sqlite if connection.dialect.name == "sqlite" else _taken_in_postgresql
    begun, told = time.monotonic(), False
    while (held := tried(connection)) is not None:
        waited, where = time.monotonic() - begun, _shown(connection.engine.url)
        if patience.stop():
            raise StoreError(f"The store at {where} was not written.", "Another process writes to it, and waiting was ended.") from held
        if waited >= patience.seconds:
            raise StoreError(
                f"The store at {where} cannot be used.",
                f"Another process has held it for writing for the {patience.seconds:.4g} seconds that were waited.",
                "Try again when it has finished.",
            ) from held
        if waited >= TOLD_AFTER and not told:
            told = True
            left = patience.seconds - waited
            log.warning(
                "Another process holds the store at %s for writing; this one waits for it, for %.0f seconds more at most.", where, left
            )


def gap_after(seconds: float) -> float:
    """Seconds that one who held the writer's place for so many leaves to others before it takes it again."""
    return min(GAP * seconds, LONGEST_GAP)


def _taken_in_sqlite(connection: sa.Connection) -> DBAPIError | None:
    """Begin a transaction that writes; where another has begun one, what the database said, after a moment."""
    own = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql("PRAGMA busy_timeout=0")  # for this alone: who reads waits as SQLite does
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return None
    except DBAPIError as error:
        if not getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise
        held = error
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={own}")
    time.sleep(ASKED_EVERY)
    return held


def _taken_in_postgresql(connection: sa.Connection) -> DBAPIError | None:
    """Have the lock, now or by waiting for a moment; where it is another's still, what the database said."""
    if connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({WRITER})").scalar():
        return None
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOOK_UP}s'")
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        return error  # SQLAlchemy has rolled back what was begun
    connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
    return None


def _shown(url: sa.URL) -> str:
    """A store's address without its password; a file's path alone."""
    return url.database if url.get_backend_name() == "sqlite" and url.database else url.render_as_string(hide_password=True)
