"""What became of a record and what was judged of it, as its page tells it. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from orbat.service.pages.recordview import Json


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a record's history: when, the words for it, and the records or the judgement that it names."""

    at: dt.datetime
    what: str
    records: tuple[str, ...] = ()
    judgement: Json | None = None


def history(evidence: Json, merged: Iterable[Json]) -> tuple[Moment, ...]:
    """What became of a record, what was merged into it and what was judged of it, the last first.

    Args:
        merged: the changes of the records that were merged into this one.
    """
    words = {
        "new": "Made from its first statements",
        "changed": "Its statements, or what they amount to, changed",
        "merged": "Merged into",
        "split": "Split: what left it is",
        "withdrawn": "Withdrawn: nothing of it stands",
    }
    found = [Moment(each["at"], words[each["change"]], tuple(each["others"])) for each in evidence["history"]]
    found += [Moment(each["at"], "Took in", (each["record"],)) for each in merged]
    for each in evidence["judgements"]:
        found.append(Moment(each["at"], "Judged", judgement=each))
        if each["withdrawn_at"]:
            found.append(Moment(each["withdrawn_at"], "Taken back", judgement=each))
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def standing(evidence: Json) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What analysts decided of a record and its statements and did not take back: in words, by whom."""
    words = {"confirm": "confirmed", "reject": "rejected in part", "join": "joined", "part": "parted"}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in evidence["judgements"]:
        if each["withdrawn_at"] is None:
            whole = each["left"] == evidence["record"]["id"] or each["verdict"] != "confirm"
            said = words.get(each["verdict"], f"{each['field']} corrected")
            found[said if whole else "a statement confirmed"].append(each["by"])
    return tuple((said, tuple(dict.fromkeys(names))) for said, names in found.items())
