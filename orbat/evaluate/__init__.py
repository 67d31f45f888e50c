"""Scores on gold data: the stages of reading (``stages``) and the links (``links``)."""

from orbat.evaluate.links import LinkReport, Miss, score_actors, score_places, score_places_found, score_references, score_times
from orbat.evaluate.stages import STAGES, Calibration, Report, Score, calibration, digest, facts, read_jsonl, score

__all__ = [
    "STAGES",
    "Calibration",
    "LinkReport",
    "Miss",
    "Report",
    "Score",
    "calibration",
    "digest",
    "facts",
    "read_jsonl",
    "score",
    "score_actors",
    "score_places",
    "score_places_found",
    "score_references",
    "score_times",
]
