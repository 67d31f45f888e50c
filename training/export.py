"""Write the trained reader as the package's model: two int8 onnxruntime graphs, its tables and tokenizer.

    python -m training.export --reader build/reader-1.pt --out orbat/data/model --name orbat-reader-1

The word vectors are stored as 8-bit rows with a scale each; the weight matrices are quantised per channel and their
inputs at run time, which is onnxruntime's dynamic quantisation. ``--float`` writes the unquantised graph, for parity.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from orbat.encoder import MODEL_FILES, file_digest
from orbat.layout import END_HEADS, HEADS, Tables
from orbat.windows import LIMIT
from training.network import Reader
from training.start import tokenizer

FITTED = {"calibration": (1.0, 0.0), "bias": (0.0,) * 2, "least": (0.0,) * 2}
"""Tables that ``training.calibrate`` fits, as they are before."""

TABLES = tuple(name for name in Tables.__dataclass_fields__ if name not in FITTED)


class SmallVectors(nn.Module):
    """Word vectors as 8-bit rows with a scale each: a quarter of the size, an error under half a percent of a row's peak."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        scale = table.weight.detach().abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("rows", (table.weight.detach() / scale).round().to(torch.int8))

    def forward(self, pieces: Tensor) -> Tensor:
        return self.rows[pieces].to(torch.float32) * self.scale[pieces]


class _Attention(torch.autograd.Function):
    """Attention as one operator of onnxruntime, which keeps no table of all pairs in memory; in torch, what it stands for."""

    @staticmethod
    def forward(context: Any, q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
        batch, length, width = q.shape
        q, k, v = (x.view(batch, length, heads, width // heads).transpose(1, 2) for x in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width)

    @staticmethod
    def symbolic(g: Any, q: Any, k: Any, v: Any, heads: int) -> Any:
        return g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=heads).setType(q.type())


def thirds(layer: nn.Linear) -> nn.ModuleList:
    """A layer whose outputs are used as three parts, as three layers: cutting one output copies it."""
    out = nn.ModuleList()
    for weight, bias in zip(layer.weight.detach().chunk(3), layer.bias.detach().chunk(3), strict=True):
        part = nn.Linear(weight.shape[1], len(weight))
        part.load_state_dict({"weight": weight, "bias": bias})
        out.append(part)
    return out


class OneWindow(nn.Module):
    """A trained reader as it is exported: one window a call, so nothing is padded and nothing masked."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.qkv = nn.ModuleList(thirds(layer.qkv) for layer in reader.encoder.layers)  # type: ignore[arg-type]

    def forward(self, pieces: Tensor, casing: Tensor, boundary: Tensor) -> tuple[Tensor, ...]:
        reader, encoder = self.reader, self.reader.encoder
        x = encoder.embed(pieces, casing, boundary)
        if encoder.distance is not None:  # a teacher's: the one operator would want all pairs' scores in memory as well
            bias = encoder.distances(pieces.shape[1])
            for layer in encoder.layers:
                x = layer(x, bias)
        else:
            for layer, qkv in zip(encoder.layers, self.qkv, strict=True):
                q, k, v = (part(x) for part in qkv)
                x = layer.norm_attention(x + layer.out(_Attention.apply(q, k, v, layer.heads)))
                x = layer.norm(x + layer.down(F.gelu(layer.up(x))))
        return (*reader.tags(x), x)


class EndHeads(nn.Module):
    """The heads of a trained reader that are asked of the ends of pairs alone, as they are exported."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.ends = thirds(reader.hidden)

    def forward(self, rows: Tensor, columns: Tensor) -> tuple[Tensor, ...]:
        reader, (from_row, from_last, from_first) = self.reader, self.ends
        return (
            *reader.stance(rows), reader.rows(rows), from_row(rows), reader.columns(columns), from_last(columns), from_first(columns)
        )  # fmt: skip


def graphs(reader: Reader, folder: Path) -> None:
    """Write the reader as two onnx graphs: one for a window of any length, and one for any rows and columns."""
    example, states = torch.ones(1, 16, dtype=torch.int64), torch.ones(4, reader.encoder.shape.width)
    names = ["pieces", "casing", "boundary"]
    rows = END_HEADS[: END_HEADS.index("column")]
    for name, module, given, ins, outs, free in (
        ("reader.onnx", OneWindow(reader), (example,) * 3, names, HEADS, {name: {1: "length"} for name in (*names, *HEADS)}),
        (
            "heads.onnx", EndHeads(reader), (states, states), ["rows", "columns"], END_HEADS,
            {name: {0: "rows" if name in ("rows", *rows) else "columns"} for name in ("rows", "columns", *END_HEADS)},
        ),
    ):  # fmt: skip
        torch.onnx.export(
            module, given, str(folder / name), input_names=ins, output_names=list(outs), dynamic_axes=free, opset_version=17,
            dynamo=False, custom_opsets={"com.microsoft": 1},
        )  # fmt: skip


def tables_of(reader: Reader) -> dict[str, Any]:
    """The reader's tables by name, those that are fitted later as they are before."""
    tables = {key: getattr(reader, key).detach().cpu().numpy().astype(np.float32) for key in TABLES}
    return tables | {key: np.array(value, dtype=np.float32) for key, value in FITTED.items()}


def export(reader: Reader, out: Path, *, name: str, window: int = LIMIT, quantise: bool = True) -> None:
    """Write the model's folder; see ``orbat.encoder`` for what it holds."""
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / "tables.npz", **tables_of(reader))
    tokenizer().save(str(out / "tokenizer.json"), pretty=False)
    if quantise:
        reader.encoder.word = SmallVectors(reader.encoder.word)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        graphs(reader, Path(folder) if quantise else out)
        for whole in Path(folder).glob("*.onnx"):
            quantize_dynamic(
                whole, out / whole.name, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
                extra_options={"MatMulConstBOnly": True},
            )  # fmt: skip
    seal(out, name, window)


def seal(folder: Path, name: str, window: int) -> None:
    """Write ``model.json``: the model's name, how many word pieces it reads at once, and the digests that its files are checked by."""
    digests = {file: file_digest(folder / file) for file in MODEL_FILES}
    card = {"name": name, "window": window, "files": digests}
    (folder / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="orbat-reader")
    parser.add_argument("--window", type=int, default=LIMIT, help="word pieces that are read at once")
    parser.add_argument("--float", action="store_true")
    args = parser.parse_args()
    export(Reader.load(args.reader).eval(), args.out, name=args.name, window=args.window, quantise=not args.float)


if __name__ == "__main__":
    main()
