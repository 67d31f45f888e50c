"""A model whose files are cut, missing or another's is told at once, by name, and read by nothing."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from orbat.encoder import MODEL_FILES, Encoder
from orbat.errors import DataError
from orbat.models import QUICK, folder_of
from orbat.types import EventType

SHIPPED = Path(str(files("orbat") / "data" / "model"))
NAMES = (*MODEL_FILES, "model.json")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may break."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(SHIPPED / name, folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999, 0.99999])
def test_a_cut_file_is_told(model: Path, name: str, share: float) -> None:
    whole = (model / name).read_bytes()
    (model / name).write_bytes(whole[: min(len(whole) - 3, int(len(whole) * share))])
    with pytest.raises(DataError, match="cannot be loaded"):
        Encoder(model)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_told(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(DataError, match="cannot be loaded"):
        Encoder(model)


def test_a_changed_byte_is_told(model: Path) -> None:
    whole = bytearray((model / "reader.onnx").read_bytes())
    whole[len(whole) // 2] ^= 255
    (model / "reader.onnx").write_bytes(whole)
    with pytest.raises(DataError, match=r"reader\.onnx is not the file"):
        Encoder(model)


def test_the_shipped_model_is_whole(model: Path) -> None:
    assert Encoder(model).name == json.loads((SHIPPED / "model.json").read_text())["name"]


def test_the_quick_model_is_named_and_says_that_it_read() -> None:
    from orbat.pipeline import Reader

    text = "Rebels of the March 23 Movement attacked an army post near Goma on Friday and killed three soldiers, officials said."
    found = {model: Reader(model=model).read(text).statements for model in (None, QUICK)}
    assert {statement.model for statement in found[None]}.isdisjoint({statement.model for statement in found[QUICK]})
    assert {statement.type for statement in found[QUICK]} >= {EventType.ATTACK, EventType.KILL}
    size = {model: sum((folder_of(model) / name).stat().st_size for name in MODEL_FILES) for model in found}
    assert size[QUICK] < size[None] < 40e6
