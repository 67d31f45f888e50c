"""The actors of a store are counted on from what was counted before, with the result of counting all."""

import pytest

from orbat.service import activeactors
from orbat.service.activeactors import active_actors
from orbat.store import Store
from tests import war


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "war.db") as found:
        found.append_many([war.article(number) for number in range(40)], model="one 1")
        yield found


def counted(store, before, monkeypatch):
    """What counting on gives, which must be what counting all gives; and whether all was counted."""
    asked = []
    count = activeactors._counted
    monkeypatch.setattr(activeactors, "_counted", lambda connection, since, until: asked.append(since) or count(connection, since, until))
    found = active_actors(store, before)
    monkeypatch.undo()
    assert found == active_actors(store)
    return found, asked == [0]


def test_of_new_articles_only_theirs_are_counted(store, monkeypatch):
    first, whole = counted(store, None, monkeypatch)
    assert whole
    assert first.rows
    same, whole = counted(store, first, monkeypatch)
    assert not whole
    assert same == first
    store.append_many([war.article(number) for number in range(40, 60)], model="one 1")
    more, whole = counted(store, same, monkeypatch)
    assert not whole
    assert sum(each.statements for each in more.rows) > sum(each.statements for each in first.rows)


def test_where_an_article_is_read_again_all_are_counted(store, monkeypatch):
    first = active_actors(store)
    document, said = war.article(3)
    store.append(document, said[:2], model="two 2")
    again, whole = counted(store, first, monkeypatch)
    assert whole
    assert sum(each.statements for each in again.rows) < sum(each.statements for each in first.rows)
