"""Which actors the catalogue relates, as grouping asks it."""

from __future__ import annotations

from orbat.corroborate.features import Related
from orbat.link.catalogue import Catalogue


def related_in(catalogue: Catalogue) -> Related:
    """Whether of two actors' ids one names the other as its parent, wing, ally, former name or the like."""

    def related(one: str, two: str) -> bool:
        if one not in catalogue or two not in catalogue:
            return False
        return two in catalogue.entry(one).related() or one in catalogue.entry(two).related()

    return related
