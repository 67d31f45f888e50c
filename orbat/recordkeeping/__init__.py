"""Keeps the records up to date with what is read and judged: reads statements, has ``corroborate`` make records of them, writes those.

Only what a new reading or judgement touches is made again; the result is the same as making all of it from the start.
"""

from orbat.recordkeeping.apart import Recorder, update_apart
from orbat.recordkeeping.judging import Decision, judge, withdraw
from orbat.recordkeeping.known import known_by, record_known_by
from orbat.recordkeeping.related import related_in
from orbat.recordkeeping.updating import rebuild, update

__all__ = ["Decision", "Recorder", "judge", "known_by", "rebuild", "record_known_by", "related_in", "update", "update_apart", "withdraw"]
