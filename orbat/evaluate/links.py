"""Scores of places, times and actors: the gold file's rows, and a function that answers for each.

The layouts are those of the public test sets in development: ``toponyms [{start, end, text, lat, lon}]`` for places,
``dct, timex [{start, end, text, type, value}]`` for times (offsets are characters of the row's ``text``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from orbat.evaluate.stages import Doc, Score
from orbat.names import fold, is_acronym

NEAR_KM = 161.0
"""A place counts as found within this distance: 100 miles, the measure of the geoparsing literature (A@161)."""

WORST = 20
"""How many of its worst errors a report lists."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One error: where (document and words), what was wanted, what was answered, and how bad: km for places (infinite where
    nothing was answered), 2 for a wrong actor, else 1."""

    where: str
    wanted: str
    answered: str
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Figures by name, and the ``worst`` errors, worst first (at most ``WORST``)."""

    count: int
    figures: Mapping[str, float]
    worst: tuple[Miss, ...] = ()

    def as_table(self) -> list[tuple[str, float]]:
        """Rows (name of the figure, value)."""
        return list(self.figures.items())

    def to_json(self) -> dict[str, Any]:
        """The report as plain values for ``json.dumps``."""
        worst = [{**asdict(miss), "size": None if math.isinf(miss.size) else miss.size} for miss in self.worst]  # JSON has no infinity
        return {"count": self.count, "figures": dict(self.figures), "worst": worst}


def kilometres(a: Point, b: Point) -> float:
    """The great-circle distance between two points on a sphere of 6,371 km."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))


def score_places(rows: Iterable[Doc], resolve: Callable[[Doc], Sequence[Point | None]]) -> LinkReport:
    """Places of gold toponyms: ``resolve(row)`` gives one point, or None, for each of ``row["toponyms"]``, in order.

    Toponyms without gold coordinates are not counted. ``accuracy_161km`` takes all others; an unanswered one is wrong.
    ``mean_error_km`` and ``median_error_km`` are over the answered ones.
    """
    misses: list[Miss] = []
    errors: list[float] = []
    for row in rows:
        for toponym, point in zip(row["toponyms"], resolve(row), strict=True):
            if toponym.get("lat") is None:
                continue
            wanted = (float(toponym["lat"]), float(toponym["lon"]))
            error = math.inf if point is None else kilometres(wanted, point)
            errors.append(error)
            if error > NEAR_KM:
                misses.append(Miss(f"{row['id']}: {toponym['text']}", str(wanted), str(point), error))
    answered = sorted(error for error in errors if error < math.inf)
    figures = {
        "accuracy_161km": _part(len(errors) - len(misses), len(errors)),
        "answered": _part(len(answered), len(errors)),
        "mean_error_km": _part(sum(answered), len(answered)),
        "median_error_km": answered[len(answered) // 2] if answered else 0.0,
    }
    return LinkReport(len(errors), figures, _worst(misses))


def score_places_found(rows: Iterable[Doc], find: Callable[[Doc], Sequence[tuple[int, int, Point | None]]]) -> LinkReport:
    """Places end to end: ``find(row)`` gives (start, end, point) of each place that it finds in ``row["text"]``.

    A found place is right where it overlaps a gold toponym and lies within 161 km of it; each toponym is found once. Gold toponyms
    without coordinates, and what overlaps only such a one, count neither way.
    """
    tally, tagged, misses = [0, 0, 0], 0, []
    for row in rows:
        gold = [t for t in row["toponyms"] if t.get("lat") is not None]
        blank = [t for t in row["toponyms"] if t.get("lat") is None]
        left = list(gold)
        for start, end, point in find(row):
            hit = next((t for t in left if start < t["end"] and t["start"] < end), None)
            if hit is None and any(start < t["end"] and t["start"] < end for t in blank):
                continue
            tally[1] += 1
            words = f"{row['id']}: {row['text'][start:end]}"
            if hit is None:
                misses.append(Miss(words, "no place", str(point)))
                continue
            left.remove(hit)
            tagged += 1
            error = math.inf if point is None else kilometres((float(hit["lat"]), float(hit["lon"])), point)
            if error <= NEAR_KM:
                tally[2] += 1
            else:
                misses.append(Miss(words, str((hit["lat"], hit["lon"])), str(point), error))
        tally[0] += len(gold)
        misses += [Miss(f"{row['id']}: {t['text']}", str((t["lat"], t["lon"])), "not found") for t in left]
    total, tagging = Score(*tally), Score(tally[0], tally[1], tagged)
    figures = {"precision": total.precision, "recall": total.recall, "f1": total.f1, "tagging_f1": tagging.f1}
    return LinkReport(total.gold, figures, _worst(misses))


def score_times(rows: Iterable[Doc], read: Callable[[Doc], Sequence[tuple[int, int, str, str]]]) -> LinkReport:
    """Times from raw text, as TempEval-3 counts: ``read(row)`` gives (start, end, TIMEX3 type, TIMEX3 value) of each expression.

    A found expression is tagged right where it overlaps a gold one (``relaxed_f1``) or has its very span (``strict_f1``); it has
    the right value where it overlaps and the values agree (``value_f1``). Each gold expression is found once.
    """
    gold = found = relaxed = strict = values = types = 0
    misses: list[Miss] = []
    for row in rows:
        left = list(row["timex"])
        gold += len(left)
        answers = sorted(read(row))
        found += len(answers)
        for start, end, kind, value in answers:
            words = f"{row.get('doc', row.get('id'))}: {row['text'][start:end]}"
            hits = [t for t in left if start < t["end"] and t["start"] < end]
            if not hits:
                misses.append(Miss(words, "no time", value))
                continue
            hit = max(hits, key=lambda t: min(end, t["end"]) - max(start, t["start"]))
            left.remove(hit)
            relaxed += 1
            strict += (start, end) == (hit["start"], hit["end"])
            types += kind == hit["type"]
            values += value == hit["value"]
            if value != hit["value"]:
                misses.append(Miss(words, str(hit["value"]), value))
        misses += [Miss(f"{row.get('doc', row.get('id'))}: {t['text']}", str(t["value"]), "not found") for t in left]
    counted = {"value": values, "type": types, "relaxed": relaxed, "strict": strict}
    figures = {f"{name}_f1": Score(gold, found, right).f1 for name, right in counted.items()}
    total = Score(gold, found, relaxed)
    return LinkReport(gold, {**figures, "relaxed_precision": total.precision, "relaxed_recall": total.recall}, _worst(misses))


def score_actors(rows: Iterable[Doc], link: Callable[[Doc], str | None]) -> LinkReport:
    """Links of single mentions: each row holds ``text, start, end`` and ``gold``, an id or null for one that the
    catalogue lacks; ``link(row)`` gives an id or None. NIL precision and recall are those of the answer None."""
    gold_nil = said_nil = right_nil = right = count = 0
    misses: list[Miss] = []
    for row in rows:
        answer, wanted = link(row), row["gold"]
        count += 1
        gold_nil += wanted is None
        said_nil += answer is None
        right_nil += wanted is None and answer is None
        right += answer == wanted
        if answer != wanted:
            where = f"{row['text'][row['start'] : row['end']]}: {row['text']}"
            misses.append(Miss(where, str(wanted), str(answer), 1.0 if answer is None else 2.0))  # a wrong name misleads more than none
    figures = {
        "accuracy": _part(right, count),
        "nil_precision": _part(right_nil, said_nil),
        "nil_recall": _part(right_nil, gold_nil),
        "linked_precision": _part(right - right_nil, count - said_nil),
    }
    return LinkReport(count, figures, _worst(misses))


def score_references(rows: Iterable[Doc], resolve: Callable[[Doc], Mapping[int, str]]) -> LinkReport:
    """What words stand for, on gold mentions: ``resolve(row)`` gives the name that each of ``row["mentions"]`` (by index) stands for.

    ``f1`` takes an answer as right where it is the same name as the gold one: the words of one are among the other's ("Kaziimba",
    "Stephen Kaziimba"). ``exact_f1`` wants the very words that the annotator chose. ``words_f1`` leaves out the marks on names, "Kaziimba"
    for "Stephen Kaziimba": by the guidelines of the corpus a reference is a pronoun or a common noun, and annotators differ on names.
    ``either_f1`` takes a name and its initials, or the abbreviation bracketed after it, "Jemaah Islamiyah (JI)", as one: by the guidelines
    a word refers to "a name found in the document", and which of the two is cited is the annotator's choice.
    """
    right = exact = gold = found = either = 0
    on_names = [0, 0, 0]
    misses: list[Miss] = []
    for row in rows:
        answers, shortened = resolve(row), _shortened(row)
        for index, mention in enumerate(row["mentions"]):
            wanted, answer = mention.get("ref"), answers.get(index)
            gold += wanted is not None
            found += answer is not None
            same = False
            if wanted is not None and answer is not None:
                exact += fold(wanted) == fold(answer)
                same = alike(wanted, answer)
                either += same or any(alike(wanted, x) and alike(answer, y) for x, y in shortened)
            right += same
            if wanted is not None and set(fold(mention["text"]).split()) <= set(fold(wanted).split()):
                on_names = [on_names[0] + 1, on_names[1] + (answer is not None), on_names[2] + same]
            if (wanted or answer) and not same:
                misses.append(Miss(f"{row['id']}: {mention['text']}", str(wanted), str(answer), 1.0 + (answer is not None)))
    total = Score(gold, found, right)
    figures = {"f1": total.f1, "precision": total.precision, "recall": total.recall, "exact_f1": Score(gold, found, exact).f1}
    figures["either_f1"] = Score(gold, found, either).f1
    figures["words_f1"] = Score(gold - on_names[0], found - on_names[1], right - on_names[2]).f1
    return LinkReport(gold, figures, _worst(misses))


def alike(one: str, two: str) -> bool:
    """Whether two names count as one: the words of one are among the other's."""
    a, b = set(fold(one).split()), set(fold(two).split())
    return a <= b or b <= a


def _shortened(row: Doc) -> set[tuple[str, str]]:
    """Names and their initials, or the abbreviations that follow them in brackets, both ways round."""
    said = {m["text"] for m in row["mentions"]}
    pairs = {(name, short) for name in said for short in ["".join(w[0] for w in name.split() if w[0].isupper())] if short in said - {name}}
    for name, short in pairwise(row["mentions"]):
        if is_acronym(short["text"]) and row["text"][name["end"] : short["start"]].strip() in ("(", "["):
            pairs.add((name["text"], short["text"]))
    return pairs | {(short, name) for name, short in pairs}


def _part(some: float, all: int) -> float:
    return some / all if all else 0.0


def _worst(misses: list[Miss]) -> tuple[Miss, ...]:
    return tuple(sorted(misses, key=lambda miss: -miss.size)[:WORST])
