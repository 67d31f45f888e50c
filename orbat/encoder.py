"""Text to scores: the tokenizer, the windows and the one neural step.

The door of ``onnxruntime`` and ``tokenizers``. The model's folder holds ``reader.onnx`` (int8), ``heads.onnx`` (int8: what is
asked of a few pieces alone), ``tokenizer.json``, ``tables.npz`` (small tables that decoding adds) and ``model.json`` (its name, how
many word pieces it reads at once, and the SHA-256 of the other files).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from orbat.errors import DataError
from orbat.layout import END_HEADS, HEADS, Floats, Scores, Tables, merge
from orbat.models import folder_of
from orbat.types import Span
from orbat.windows import Cutter, Pieces, Window, inputs, plan

Flags = Sequence[bool] | NDArray[np.bool_]
"""For each sentence of a text whether it is worth reading."""

MODEL_FILES = ("reader.onnx", "heads.onnx", "tables.npz", "tokenizer.json")
"""The files of a model beside ``model.json``."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check(folder: Path, digests: Mapping[str, str]) -> None:
    """A changed byte of a weight would else go unseen.

    Raises:
        ValueError: a file is not the one that ``model.json`` names.
    """
    for name in MODEL_FILES:
        if file_digest(folder / name) != digests[name]:
            raise ValueError(f"{name} is not the file that model.json names")


def _session(graph: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits would take the core that the rest of the pipeline runs on.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # onnxruntime's fused addition and normalisation is slower on a CPU than the two operators it replaces.
    return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"])


class Encoder:
    """A loaded model. Safe to call from several threads: a call changes nothing."""

    def __init__(self, model: Path | None = None, *, threads: int = 1, limit: int | None = None) -> None:
        """Load a model (see ``models.folder_of``); ``threads`` cores work on one window, of the model's word pieces or of ``limit``.

        Raises:
            DataError: a file of the model is missing, cut or of another layout.
        """
        folder = folder_of(model)
        try:
            self.card: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            _check(folder, dict(self.card["files"]))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tokenizer.no_truncation()
            tokenizer.no_padding()
            self._cutter = Cutter(tokenizer)
            with np.load(folder / "tables.npz") as arrays:
                self.tables = Tables(**{name: arrays[name] for name in Tables.__dataclass_fields__})
            self._limit = limit or int(self.card["window"])
            self._session, self._ends = (_session(folder / name, threads) for name in ("reader.onnx", "heads.onnx"))
        except Exception as error:  # each library has its own errors for a file that is missing or cut
            cause, step = f"{type(error).__name__}: {error}.", "Reinstall orbat, or name another model's folder."
            raise DataError(f"The model in {folder} cannot be loaded.", cause, step) from error
        self.name = str(self.card["name"])

    def encode(self, text: str, sentences: Sequence[Span], worth: Flags | None = None) -> Scores:
        """Scores of a text whose sentences are known. However long the text, all that is ``worth`` it (see ``run``) is read."""
        return self.run(self.prepare(text, sentences), worth)

    def prepare(self, text: str, sentences: Sequence[Span]) -> tuple[Pieces, list[Window]]:
        """The word pieces of a text and the windows to read them in."""
        pieces = self._cutter.pieces_of(text, sentences)
        return pieces, plan(pieces.sentence, pieces.boundary, self._limit)

    def run(self, prepared: tuple[Pieces, list[Window]], worth: Flags | None = None) -> Scores:
        """The forward pass: one a window.

        Args:
            worth: for each sentence whether it is worth reading. A window none of whose own sentences is, is left out.
        """
        pieces, windows = prepared
        flags = np.ones(len(pieces), dtype=np.bool_) if worth is None else np.asarray(worth, dtype=np.bool_)[pieces.sentence]
        outputs = [
            [out[0] for out in self._session.run(HEADS, inputs(pieces, w))] if flags[w.own_a : w.own_b].any() else None for w in windows
        ]
        return merge(pieces, windows, outputs, tables=self.tables, heads=self.heads)

    def heads(self, rows: Floats, columns: Floats) -> Sequence[Floats]:
        """What ``END_HEADS`` name, of the states of rows and columns."""
        found: Sequence[Floats] = self._ends.run(END_HEADS, {"rows": rows, "columns": columns})
        return found
