"""How well statements become records: python evals/records.py [SETS.jsonl …] [--set N].

Reads the articles of each set with the reader that users have, builds records, and prints for each file, for its sets with odd numbers (on
which weights were set), for those with even numbers (never looked at for that) and for all: B-cubed precision, recall and F1, wrong merges,
strays. Without a file it does so for both of this folder, and prints B-cubed within each article of examples/ (``within.jsonl``).

Alignment. A gold fact (article, type, trigger, offset) is the statement of that article whose trigger overlaps it, of the same type if
there is one, else of any type; each statement is taken once. Facts that the reader did not find are counted (``read``) and left out,
because they are the reader's errors, not the grouping's. Statements without a gold fact are left out as well.

B-cubed (Bagga and Baldwin 1998): for each aligned statement, which part of its record's aligned statements is of its gold record
(precision), which part of its gold record's is in its record (recall); averaged over statements.

A wrong merge is a record that holds most aligned statements of each of two gold attacks of a different day and place. A stray is a
statement that stands in a record whose most frequent gold attack is of a different day and place.

Status and tolls. A gold record's own is that which holds most of its aligned statements (of equals the smallest id); ``status`` counts
those whose status is the gold one's, ``killed`` those with a toll of the dead whose low, best and high are.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orbat import Reader
from orbat.corroborate import Context, build
from orbat.ingest import read_all
from orbat.recordtypes import Record
from orbat.types import Document, EventType, Statement

HERE = Path(__file__).parent
SETS = (HERE / "records.jsonl", HERE / "records_news.jsonl")
ATTACKS = frozenset(("ATTACK", "BOMBING", "STRIKE", "CLASH", "KILL", "INJURE", "ABDUCT", "ABUSE", "SEIZE"))
Key = tuple[int, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--set", type=int, help="print the records of one set beside its gold")
    given = parser.parse_args()
    reader = Reader()
    for path in given.sets or SETS:
        results = [Result.of(one, reader) for one in lines(path) if "set" in one and (given.set is None or one["set"] == given.set)]
        for name, chosen in (
            ("odd", [r for r in results if r.number % 2]),
            ("even", [r for r in results if not r.number % 2]),
            ("all", results),
        ):
            if chosen:
                print(json.dumps({"file": path.name, "sets": name, **scores(chosen)}))
        if given.set is not None and results:
            show(results[0])
    if not given.sets and given.set is None:
        print(json.dumps({"file": "within.jsonl", **within(reader)}))


def lines(path: Path) -> list[dict[str, Any]]:
    """What a file of JSON Lines holds."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def within(reader: Reader) -> dict[str, Any]:
    """B-cubed of the records of single articles: which statements of each of examples/ are one."""
    known = {document.title: document for document in read_all([HERE.parent / "examples"]) if isinstance(document, Document)}
    articles = lines(HERE / "within.jsonl")
    gold: dict[Key, Key] = {}
    found: dict[Key, Key] = {}
    for number, one in enumerate(articles):
        text = known[one["article"]]
        said = reader.read_document(text).statements
        records = build(said, Context.of([text], related=lambda a, b: _related(reader, a, b)))
        home = {key: record.id for record in records for key in record.statements}
        for key, name in aligned([{**fact, "article": ""} for fact in one["facts"]], {"": said}).items():
            gold[number, key], found[number, key] = (number, name), (number, home.get(key, key))
    return {"articles": len(articles), "facts": sum(len(one["facts"]) for one in articles), **bcubed(found, gold)}


class Result:
    """One set: its statements' gold and found records."""

    def __init__(self, number: int, gold: Mapping[str, str], records: Sequence[Record], one: Mapping[str, Any]) -> None:
        self.number, self.gold, self.records, self.one = number, gold, records, one
        self.found = {key: r.id for r in records for key in r.statements}
        self.statements: dict[str, Statement] = {}

    @classmethod
    def of(cls, one: Mapping[str, Any], reader: Reader) -> Result:
        documents = {a["id"]: document(a) for a in one["articles"]}
        read = {name: reader.read_document(doc).statements for name, doc in documents.items()}
        statements = [s for found in read.values() for s in found]
        related = lambda a, b: _related(reader, a, b)  # noqa: E731
        records = build(statements, Context.of(documents.values(), related=related))
        result = cls(one["set"], aligned(one["facts"], read), records, one)
        result.statements = {s.id: s for s in statements}
        return result


def document(article: Mapping[str, Any]) -> Document:
    published = article.get("published")
    return Document.of(
        article["text"],
        title=article.get("title") or "",
        source=article.get("source") or "",
        published=dt.date.fromisoformat(published) if published else None,
        byline=article.get("byline") or "",
    )


def aligned(facts: Iterable[Mapping[str, Any]], read: Mapping[str, Sequence[Statement]]) -> dict[str, str]:
    """Gold record by statement id."""
    gold: dict[str, str] = {}
    for strict in (True, False):
        for fact in facts:
            if fact.get("done"):
                continue
            start, end = fact["start"], fact["start"] + len(fact["trigger"])
            for s in read[fact["article"]]:
                same = s.type is EventType(fact["type"])
                if s.id not in gold and s.trigger.span.start < end and start < s.trigger.span.end and (same or not strict):
                    gold[s.id] = fact["record"]
                    fact["done"] = True  # type: ignore[index]
                    break
    return gold


def scores(results: Sequence[Result]) -> dict[str, Any]:
    gold = {(r.number, key): (r.number, name) for r in results for key, name in r.gold.items()}
    found = {(r.number, key): (r.number, r.found.get(key, key)) for r in results for key in r.gold}
    wrong = [_wrong(r) for r in results]
    return {
        "count": len(results),
        "facts": sum(len(r.one["facts"]) for r in results),
        **bcubed(found, gold),
        "wrong_merges": sum(merges for merges, _ in wrong),
        "strays": sum(strays for _, strays in wrong),
        "status": _share(one for r in results for one in _statuses(r)),
        "killed": _share(one for r in results for one in _tolls(r)),
    }


def bcubed(found: Mapping[Key, Key], gold: Mapping[Key, Key]) -> dict[str, Any]:
    """Statements read, and how well those found together are those together in the gold."""
    precision, recall = _part(found, gold), _part(gold, found)
    f1 = round(2 * precision * recall / (precision + recall), 3) if gold else 0.0
    return {"read": len(gold), "precision": round(precision, 3), "recall": round(recall, 3), "f1": f1}


def _share(right: Iterable[bool]) -> str:
    found = list(right)
    return f"{sum(found)} of {len(found)}"


def _own(result: Result) -> list[tuple[Mapping[str, Any], Record]]:
    """Each gold record with the record that holds most of its aligned statements."""
    known = {record.id: record for record in result.records}
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for key, name in result.gold.items():
        if key in result.found:
            held[name][result.found[key]] += 1
    best = {name: min(counts, key=lambda key: (-counts[key], key)) for name, counts in held.items()}
    return [(gold, known[best[gold["id"]]]) for gold in result.one["records"] if gold["id"] in best]


def _statuses(result: Result) -> list[bool]:
    return [gold["status"] == record.status.value for gold, record in _own(result)]


def _tolls(result: Result) -> list[bool]:
    told = [(gold["killed"], record) for gold, record in _own(result) if gold.get("killed")]
    return [
        any(t.kind == "killed" and (t.low, t.best, t.high) == (dead["low"], dead["best"], dead["high"]) for t in record.tolls)
        for dead, record in told
    ]


def _part(one: Mapping[Key, Key], two: Mapping[Key, Key]) -> float:
    groups: dict[Key, list[Key]] = defaultdict(list)
    for item, cluster in one.items():
        groups[cluster].append(item)
    return sum(sum(two[a] == two[b] for b in members) / len(members) for members in groups.values() for a in members) / max(1, len(one))


def _wrong(result: Result) -> tuple[int, int]:
    """Wrong merges and strays of one set."""
    attacks = {r["id"]: r for r in result.one["records"] if r["kind"] == "event"}
    violent = {f["record"] for f in result.one["facts"] if f["type"] in ATTACKS}
    size = Counter(result.gold.values())
    merges = strays = 0
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for key, name in result.gold.items():
        if name in attacks and name in violent:
            groups[result.found.get(key, key)][name] += 1
    for counts in groups.values():
        first = min(counts, key=lambda name: (-counts[name], name))
        for other in counts:
            if other != first and _elsewhere(attacks[first], attacks[other]):
                strays += counts[other]
                merges += 2 * counts[other] > size[other] and 2 * counts[first] > size[first]
    return merges, strays


def _elsewhere(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """Whether two gold attacks have days, none of them shared, and a place each, not the same."""
    a, b = _days(one.get("date")), _days(two.get("date"))
    return bool(a and b and (a[1] < b[0] or b[1] < a[0]) and one.get("place") and two.get("place") and one["place"] != two["place"])


def _days(date: Any) -> tuple[str, str] | None:
    """First and last day, ISO; None where one of them is open or unknown."""
    first, last = date if isinstance(date, list) else (date, date)
    return (first, last) if first and last else None


def _related(reader: Reader, one: str, two: str) -> bool:
    catalogue = reader.catalogue
    if one not in catalogue or two not in catalogue:
        return False
    return two in catalogue.entry(one).related() or one in catalogue.entry(two).related()


def show(result: Result) -> None:
    for record in result.records:
        print(f"\n{record.id} {record.type} {record.status} {record.start} {record.location and record.location.name} {record.independent}")
        for key in record.statements:
            s = result.statements[key]
            print(f"  {result.gold.get(key, '?'):4} {s.document.source[:14]:14} {s.type:8} {s.trigger.text} | {s.sentence.text[:100]}")
    print(json.dumps(result.one["records"], indent=1))


if __name__ == "__main__":
    main()
