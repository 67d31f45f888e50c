"""The web of happenings in dicts: what a store's tables keep, in the plainest form."""

from collections import defaultdict

from orbat.corroborate.blocks import block_keys, end_keys
from orbat.corroborate.records import marks, sameness
from orbat.corroborate.web import Outline


class MemoryWeb:
    """``corroborate.Web``; every question is answered from ``knots`` and ``tied``."""

    def __init__(self):
        self.knots = {}
        self.tied = set()
        self.blocks = defaultdict(set)
        self.marks = defaultdict(set)
        self.documents = defaultdict(set)
        self.last = 0

    def of(self, documents):
        return {key: self.knots[key] for document in documents for key in self.documents[document]}

    def get(self, keys):
        return {key: self.knots[key] for key in keys}

    def outlines(self, keys):
        return {key: Outline(one.document, one.statements, sameness(one), end_keys(one)) for key in keys for one in [self.knots[key]]}

    def holding(self, statements):
        return {key: one for key, one in self.knots.items() if not set(statements).isdisjoint(one.statements)}

    def sharing(self, blocks):
        return {block: self.blocks[block] for block in blocks if block in self.blocks}

    def alike(self, samenesses, ends):
        return {other for mark in (*samenesses, *ends) for other in self.marks[mark]}

    def ties(self, keys):
        return {tie for tie in self.tied if tie.one in keys or tie.two in keys}

    def add(self, happenings):
        made = {}
        for one in happenings:
            self.last += 1
            self.knots[self.last] = made[self.last] = one
            for mark in marks(one):
                self.marks[mark].add(self.last)
            self.documents[one.document].add(self.last)
            for block in block_keys(one):
                self.blocks[block].add(self.last)
        return made

    def drop(self, gone):
        assert not self.ties(gone), "ties go before their ends"
        for key, one in gone.items():
            del self.knots[key]
            for mark in marks(one):
                self.marks[mark].discard(key)
            self.documents[one.document].discard(key)
            for block in block_keys(one):
                self.blocks[block].discard(key)

    def grown(self, keys):
        return ()

    def tie(self, new, lost):
        assert self.tied.issuperset(lost)
        assert self.tied.isdisjoint(new)
        self.tied = self.tied - set(lost) | set(new)
