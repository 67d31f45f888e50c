"""What can go wrong, as one tree. Every message is fact, cause, next step.

OrbatError
├── ReadError          a source that cannot be turned into documents
├── DataError          a shipped or given data file (model, codebook, catalogue, gazetteer, gold file) that cannot be used
├── StageError         a stage of the pipeline returned something that breaks its contract
├── StoreError         a store that cannot be opened, read or written
└── NotFoundError      nothing of that name or id
"""

from __future__ import annotations


class OrbatError(Exception):
    """Root of every error that orbat raises on purpose.

    Args:
        fact: what happened, in one sentence.
        cause: why, as far as known.
        step: what the reader can do next.
    """

    def __init__(self, fact: str, cause: str = "", step: str = "") -> None:
        self.fact, self.cause, self.step = fact, cause, step
        super().__init__(" ".join(part for part in (fact, cause, step) if part))


class ReadError(OrbatError):
    """A source that cannot be turned into documents."""


class DataError(OrbatError):
    """A data file that cannot be used."""


class StageError(OrbatError):
    """A stage returned something that breaks its contract; the message names the stage."""


class StoreError(OrbatError):
    """A store that cannot be opened, read or written."""


class NotFoundError(OrbatError):
    """Nothing of that name or id."""
