"""Records made by a process of its own: the same, ended when told, and an error where it cannot or does not go on."""

import multiprocessing
import sqlite3

import pytest

from orbat import queries
from orbat.errors import DataError, StoreError
from orbat.link.catalogue import Catalogue
from orbat.queries import WantedRecords
from orbat.recordkeeping import Recorder, apart, related_in, update, update_apart
from orbat.store import Store
from tests.test_recordkeeping import append, contents, news, reading


@pytest.fixture
def at(tmp_path):
    with Store.open(tmp_path / "own.db") as store:
        append(store, news())
    return str(tmp_path / "own.db")


def waiting(at):
    with Store.open(at) as store:
        return queries.records(store, WantedRecords()).waiting


def test_another_process_makes_the_same_records(new_address):
    at = new_address()
    with Store.open(at) as store:
        append(store, news())
    update_apart(at)
    with Store.open(at) as there, Store.open(new_address()) as here:
        append(here, news())
        update(here, related=related_in(Catalogue.load(None)))
        assert contents(there) == contents(here) != []
        append(there, [reading(77)])
    assert waiting(at) == 1
    update_apart(at)
    assert waiting(at) == 0
    assert not [each for each in multiprocessing.active_children() if each.name == "orbat-records"]


def test_it_waits_for_another_writer_until_it_is_told_to_end_and_leaves_the_rest(at):
    many, asked = waiting(at), []
    other = sqlite3.connect(at, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError):
        update_apart(at, stop=lambda: asked.append(None) or len(asked) > 5)
    other.execute("ROLLBACK")
    other.close()
    assert waiting(at) == many
    update_apart(at)
    assert waiting(at) == 0


def test_a_process_that_is_killed_is_told_and_the_next_one_makes_what_it_left(at):
    many = waiting(at)

    def kill():
        for each in multiprocessing.active_children():
            if each.name == "orbat-records":
                each.kill()
        return False

    other = sqlite3.connect(at, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # so that it is there still
    with pytest.raises(StoreError, match=r"Not all records were made\. The process that made them ended with -9"):
        update_apart(at, stop=kill)
    other.execute("ROLLBACK")
    other.close()
    assert waiting(at) == many
    update_apart(at)
    assert waiting(at) == 0


def test_what_it_cannot_do_is_told_as_where_it_is_done_here(at, tmp_path):
    (tmp_path / "no.db").write_text("This is no store.\n" * 100)
    with pytest.raises(StoreError, match=r"no\.db"):
        update_apart(str(tmp_path / "no.db"))
    (tmp_path / "actors.jsonl").write_text("{")
    with pytest.raises(DataError):
        update_apart(at, tmp_path / "actors.jsonl")


def test_one_process_makes_several_updates_then_another_takes_its_place(at, monkeypatch):
    monkeypatch.setattr(apart, "_work", two_at_most)
    seen = []
    with Recorder(at) as recorder:
        for number in range(100, 105):
            with Store.open(at) as store:
                append(store, [reading(number)])
            recorder.update()
            assert waiting(at) == 0
            seen.append(recorder._process.pid)
    assert len(set(seen)) == 3
    assert [seen.count(each) for each in dict.fromkeys(seen)] == [2, 2, 1]
    assert not [each for each in multiprocessing.active_children() if each.name == "orbat-records"]


def two_at_most(*given):
    """The process's main function with another bound: a process that is spawned knows nothing of what a test has put in the place of it."""
    apart.MOST = 2
    apart._work(*given)


def test_a_process_that_waited_for_long_has_ended_and_the_next_one_is_asked(at, monkeypatch):
    monkeypatch.setattr(apart, "_work", impatient)
    with Recorder(at) as recorder:
        recorder.update()
        first = recorder._process
        first.join(30)
        assert first.exitcode == 0
        with Store.open(at) as store:
            append(store, [reading(77)])
        recorder.update()
        assert waiting(at) == 0
        assert recorder._process is not first


def impatient(*given):
    apart.IDLE = 0.1
    apart._work(*given)
