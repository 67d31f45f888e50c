"""Reaching a store's database: where it is, how it is opened, what its errors mean, which version its tables have."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import platformdirs
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from orbat.errors import StoreError
from orbat.tables import REVISIONS, VERSION_TABLE
from orbat.turns import PATIENCE, Patience, take

BUSY_SECONDS = 30.0  # how long who reads waits for SQLite, as while it mends a log after a power cut
BACKENDS = ("sqlite", "postgresql")

# SQLite's primary result code (its name without what it says beyond that) → cause and next step.
_CAUSES = {
    "SQLITE_NOTADB": ("The file is not an SQLite database.", "Name another file, or a file that is not there yet."),
    "SQLITE_CORRUPT": (
        "The file is damaged.",
        "Restore it from a copy, or rescue what is left with `sqlite3 FILE .recover` and read the articles again.",
    ),
    "SQLITE_BUSY": ("Another process holds the store for writing.", "Try again when it has finished."),
    "SQLITE_LOCKED": ("Another connection holds the store for writing.", "Try again when it has finished."),
    "SQLITE_FULL": ("The disk is full.", "Make room and read again: what was kept before is safe."),
    "SQLITE_READONLY": ("It is read-only.", "Give yourself the right to write to the file and its folder, or name another with --store."),
    "SQLITE_CANTOPEN": ("The file cannot be opened or made.", "Check that its folder exists and that you may write there."),
    "SQLITE_IOERR": (
        "The disk refused to read or write.",
        "Check the disk's space and health, then read again: what was kept before is safe.",
    ),
}


def location_of(where: str | Path | None) -> sa.URL:
    """The URL of a store given as a path, a URL or None (``orbat.db`` in the user's data folder).

    Raises:
        StoreError: it is a URL that cannot be read, or of a database other than SQLite and PostgreSQL.
    """
    if where is None:
        where = platformdirs.user_data_path("orbat", appauthor=False) / "orbat.db"
    if isinstance(where, Path) or "://" not in where:
        return sa.URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = sa.make_url(where)
    except ArgumentError as error:
        raise _bad_url("It is not a database's address.") from error
    if url.get_backend_name() not in BACKENDS:
        raise _bad_url(f"orbat keeps its store in SQLite or PostgreSQL, not in {url.get_backend_name()}.")
    return url


def connect_to(url: sa.URL, *, create: bool) -> sa.Engine:
    """An engine for the URL. No connection is made yet; a missing folder of a new file is. A file that may not be written, as evidence on
    a medium that cannot be, is opened for reading alone.

    Its writers wait as ``Patience`` says, "?timeout=SECONDS" in the URL of an SQLite file changes for how long.

    Raises:
        StoreError: the file is missing and must not be made, its folder cannot be made, or the database's driver is not installed.
    """
    lite = url.get_backend_name() == "sqlite"
    given = _seconds(url.query["timeout"]) if lite and "timeout" in url.query else None
    if lite and url.database and "uri" not in url.query and url.database != ":memory:":
        _prepare(Path(url.database), create=create)
        url = _as_may_be(url, Path(url.database))
    try:
        # Of the connections that are free the one used last comes first: each holds pages of its own, so only as many as are needed do.
        of_file = issubclass(url.get_dialect().get_pool_class(url), sa.QueuePool)  # type: ignore[attr-defined]  # all dialects have it
        pooled = {"pool_use_lifo": True} if of_file else {}  # a store in memory has no pool
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS} if lite and given is None else {}, **pooled)
    except NoSuchModuleError as error:
        raise _bad_url(f"No database driver is called {url.drivername!r}.") from error
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The store at {url.render_as_string()} cannot be reached.",
            f"The driver {error.name!r} is not installed.",
            f"Install it with `pip install {error.name}`.",
        ) from error
    if lite:
        sa.event.listen(engine, "connect", _tune)
    sa.event.listen(engine, "begin", _begin)
    return engine.execution_options(**{PATIENCE: Patience(given)}) if given is not None else engine


def upgrade(engine: sa.Engine, location: str) -> None:
    """Bring the tables to the version of this code; alembic is imported only where there is something to do.

    Raises:
        StoreError: the database holds something else, or was written by a newer version.
    """
    with engine.connect() as connection:
        if _version(connection, location) == REVISIONS[-1] and not _of_the_first_web(connection):
            return
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
    with engine.connect().execution_options(orbat_write=True) as connection, connection.begin():
        if _of_the_first_web(connection):
            _mend_the_first_web(connection)
        if _version(connection, location) != REVISIONS[-1]:  # no longer, where another process was quicker
            _run_migrations(connection)


@contextmanager
def telling(location: str) -> Iterator[None]:
    """Turn what the database says into a StoreError that says what is wrong and what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause, step = _explain(error.orig if isinstance(error, DBAPIError) else error)
        raise StoreError(f"The store at {location} cannot be used.", cause, step) from error


def _explain(error: BaseException | None) -> tuple[str, str]:
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        primary = "_".join(name.split("_")[:2])
        if primary in _CAUSES:
            return _CAUSES[primary]
    return f"The database says: {str(error).strip()}.", "Check the store's address, and that its database runs and lets you in."


def _prepare(path: Path, *, create: bool) -> None:
    if os.path.exists(path):  # false, and no error, where the folder may not be looked into
        return
    if not create:
        raise StoreError(f"There is no store at {path}.", "", "Read something into it first: orbat read ARTICLE --store PATH.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cause = f"Its folder cannot be made: {error.strerror}."
        raise StoreError(f"The store at {path} cannot be made.", cause, "Name another with --store.") from error


def _as_may_be(url: sa.URL, path: Path) -> sa.URL:
    """The URL of an SQLite file as this user may open it. SQLite reads a file with a write-ahead log only where it may write beside it, or
    where it is told that nobody changes the file: so it is where there is no log with anything in it."""
    log, shared = (path.with_name(f"{path.name}-{part}") for part in ("wal", "shm"))
    if not os.path.exists(path) or (os.access(path, os.W_OK) and (os.access(path.parent, os.W_OK) or os.path.exists(shared))):
        return url
    still = {} if os.path.exists(log) and log.stat().st_size else {"immutable": "1"}
    return url.set(database=f"file:{quote(str(path.absolute()))}", query={**url.query, "mode": "ro", "uri": "true", **still})


def _tune(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, not at the driver's guess
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-32000")  # 32 MB: the indexes are written all over, and 2 MB make it read them again
    connection.execute("PRAGMA wal_autocheckpoint=4000")  # every 16 MB, not every 4: moving the log into the file waits for the disk


def _begin(connection: sa.Connection) -> None:
    """A transaction that writes takes the one writer's place at its start, and waits until it is free."""
    if connection.get_execution_options().get("orbat_write"):
        take(connection)
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


def _version(connection: sa.Connection, location: str) -> str | None:
    tables = sa.inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables and connection.dialect.name == "sqlite":
            raise StoreError(
                f"The database at {location} is not a store of orbat.", f"It holds other tables ({tables[0]}).", "Name another file."
            )
        return None
    version: str | None = connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE)))
    if version is not None and version not in REVISIONS:
        raise StoreError(
            f"The store at {location} cannot be used.",
            f"A newer version of orbat wrote it (its tables have version {version}, this one knows {REVISIONS[-1]}).",
            "Update orbat: pip install --upgrade orbat.",
        )
    return version


def _of_the_first_web(connection: sa.Connection) -> bool:
    """Whether version 0004 was made by the first form of its migration, which was changed 47 minutes after it was committed."""
    return sa.inspect(connection).has_table("unwoven")


def _mend_the_first_web(connection: sa.Connection) -> None:
    """Give such a store the tables that 0004 makes now. Its happenings are made anew by the next update, and its records keep their ids."""
    ids = sa.Column("document", sa.String(64), sa.ForeignKey("documents.id"), primary_key=True)
    made = sa.MetaData()
    sa.Table("documents", made, sa.Column("id", sa.String(64), primary_key=True))
    sa.Table("woven", made, ids, sa.Column("reading", sa.Integer, nullable=False))
    sa.Table("stirred", made, sa.Column("happening", sa.Integer, primary_key=True, autoincrement=False))
    made.create_all(connection)  # those that are not there
    there = sa.inspect(connection).get_table_names()
    for name in ("blocks", "new_blocks", "ties", "happenings"):
        if name in there:
            connection.exec_driver_sql(f"DELETE FROM {name}")
    anew = "SELECT id FROM documents WHERE id NOT IN (SELECT document FROM unrecorded)"
    connection.exec_driver_sql(f"INSERT INTO unrecorded (document) {anew}")
    connection.exec_driver_sql("DROP TABLE unwoven")


def _run_migrations(connection: sa.Connection) -> None:
    from alembic import command  # 0.15 s to import, and seldom needed
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _seconds(text: str | tuple[str, ...]) -> float:
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise _bad_url("Its timeout is no number of seconds.") from error


def _bad_url(cause: str) -> StoreError:
    # The address itself is not repeated: it may hold a password.
    return StoreError(
        "The store's address cannot be used.", cause, 'Give a path, "sqlite:///FILE" or "postgresql+psycopg://USER@HOST/NAME".'
    )
