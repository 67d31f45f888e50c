"""The network: a six-layer encoder with casing and boundary features, and every head beside it.

Shapes use ``B`` windows, ``L`` word pieces a window, ``D`` the hidden width. The encoder is BERT's
(Devlin et al. 2018) in the size of MiniLM-L6-H384 (Wang et al. 2020), whose weights it starts from.
Two small tables are added to the input embeddings, because the word pieces are lower-cased and
"IS" is not "is": the casing of the word a piece belongs to, and whether it opens a sentence or a paragraph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from orbat.layout import CERTAINTIES, DISTANCES, HIDDEN, MENTION_TAGS, MENTION_TYPES, PAIRS, ROLES, SENTENCES, TRIGGER_TYPES
from orbat.windows import BOUNDARIES, CASINGS, CLS, MASK, SEP

HEAD = 256  # width of the heads' hidden layers
RANK = 48  # width of one pair score's two sides
PAD, UNK = 0, 100  # in BERT's vocabulary


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder; the defaults are MiniLM-L6-H384's."""

    vocabulary: int = 30522
    width: int = 384
    heads: tuple[int, ...] = (12,) * 6  # of each layer
    head: int = 32  # width of a head
    inner: tuple[int, ...] = (1536,) * 6  # of each layer
    positions: int = 512
    buckets: int = 0  # distances between two pieces that have a score of their own in every head; 0: none
    epsilon: float = 1e-12

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.heads)

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> Shape:
        """The sizes of a reader's weights, pruned or not."""
        layers = range(sum(name.endswith(".qkv.weight") for name in weights))
        large = "encoder.distance.weight" in weights
        head = (MPNET_BASE if large else cls()).head
        return cls(
            *weights["encoder.word.weight"].shape,
            heads=tuple(weights[f"encoder.layers.{n}.out.weight"].shape[1] // head for n in layers),
            head=head,
            inner=tuple(len(weights[f"encoder.layers.{n}.up.weight"]) for n in layers),
            positions=len(weights["encoder.position.weight"]),
            buckets=len(weights["encoder.distance.weight"]) if large else 0,
            epsilon=(MPNET_BASE if large else cls()).epsilon,
        )


MPNET_BASE = Shape(width=768, heads=(12,) * 12, head=64, inner=(3072,) * 12, buckets=32, epsilon=1e-5)
FARTHEST = 128  # pieces: from here on all distances are one bucket (Song et al. 2020)


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, shape: Shape, number: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.head = shape.heads[number], shape.head
        self.qkv = nn.Linear(shape.width, 3 * self.heads * self.head)
        self.out = nn.Linear(self.heads * self.head, shape.width)
        self.norm_attention = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.up = nn.Linear(shape.width, shape.inner[number])
        self.down = nn.Linear(shape.inner[number], shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, self.head).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU in bfloat16 the fused kernel's backward pass takes longer than these three lines'.
        scores = (q * self.head**-0.5) @ k.transpose(-1, -2) + bias.to(q.dtype)
        mixed = scores.softmax(-1).to(v.dtype) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, length, self.heads * self.head)
        x = self.norm_attention(x + self.dropout(self.out(mixed)))
        return self.norm(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces with their casing and boundaries -> hidden states ``[B, L, D]``."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.word = nn.Embedding(shape.vocabulary, shape.width)
        self.position = nn.Embedding(shape.positions, shape.width)
        self.casing = nn.Embedding(len(CASINGS), shape.width)
        self.boundary = nn.Embedding(len(BOUNDARIES), shape.width)
        nn.init.zeros_(self.casing.weight)
        nn.init.zeros_(self.boundary.weight)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)
        self.distance = nn.Embedding(shape.buckets, shape.heads[0]) if shape.buckets else None
        self.layers = nn.ModuleList(Layer(shape, number, dropout) for number in range(shape.layers))

    def forward(self, pieces: Tensor, casing: Tensor, boundary: Tensor, mask: Tensor) -> Tensor:
        """``pieces``, ``casing``, ``boundary``: ``[B, L]`` integers; ``mask``: ``[B, L]``, 1 where a piece stands."""
        x = self.dropout(self.embed(pieces, casing, boundary))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        if self.distance is not None:
            bias = bias + self.distances(pieces.shape[1])
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def embed(self, pieces: Tensor, casing: Tensor, boundary: Tensor) -> Tensor:
        """The input vectors of the pieces."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        return self.norm(self.word(pieces) + self.position(places) + self.casing(casing) + self.boundary(boundary))

    def distances(self, length: int) -> Tensor:
        """What the distance of two pieces adds to each head's score of the pair, ``[heads, L, L]``."""
        return self.distance(buckets(length, self.shape.buckets).to(self.distance.weight.device)).permute(2, 0, 1)

    @classmethod
    def from_minilm(cls, folder: Path, dropout: float = 0.1) -> Encoder:
        """Load the published weights from ``folder/model.safetensors`` (BERT's names)."""
        from safetensors.torch import load_file

        old = load_file(str(folder / "model.safetensors"))
        encoder = cls(Shape(), dropout)
        # The segment is always the first one, so its vector is folded into the positions.
        place = old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0]
        new = {"word.weight": old["embeddings.word_embeddings.weight"], "position.weight": place}
        qkv = [f"attention.self.{x}" for x in ("query", "key", "value")]
        encoder._take(old, new, qkv=qkv, out="attention.output.dense", norm="attention.output.LayerNorm")
        return encoder

    @classmethod
    def from_mpnet(cls, weights: Path, dropout: float = 0.1) -> Encoder:
        """Load the published weights of MPNet-base from a safetensors file; the pieces keep BERT's numbers."""
        from safetensors.torch import load_file

        old = load_file(str(weights))
        encoder = cls(MPNET_BASE, dropout)
        # MPNet's vocabulary is BERT's behind four special pieces, and a fifth, the hidden one, at its end.
        words = old["embeddings.word_embeddings.weight"]
        word = words[4 : 4 + MPNET_BASE.vocabulary].clone()
        for piece, special in ((PAD, 1), (UNK, 3), (CLS, 0), (SEP, 2), (MASK, len(words) - 1)):
            word[piece] = words[special]
        place, distance = old["embeddings.position_embeddings.weight"][2:], old["encoder.relative_attention_bias.weight"]
        new = {"word.weight": word, "position.weight": place, "distance.weight": distance}
        encoder._take(old, new, qkv=[f"attention.attn.{x}" for x in "qkv"], out="attention.attn.o", norm="attention.LayerNorm")
        return encoder

    def _take(self, old: dict[str, Tensor], new: dict[str, Tensor], *, qkv: list[str], out: str, norm: str) -> None:
        """Load vectors by our names, and from ``old`` what BERT and its kin share: the layers, of which three names differ, and a norm."""
        new = {**self.state_dict(), **new}
        for part in ("weight", "bias"):
            new[f"norm.{part}"] = old[f"embeddings.LayerNorm.{part}"]
            for n in range(self.shape.layers):
                a, b = f"encoder.layer.{n}.", f"layers.{n}."
                new[f"{b}qkv.{part}"] = torch.cat([old[f"{a}{name}.{part}"] for name in qkv])
                new[f"{b}out.{part}"] = old[f"{a}{out}.{part}"]
                new[f"{b}norm_attention.{part}"] = old[f"{a}{norm}.{part}"]
                new[f"{b}up.{part}"] = old[f"{a}intermediate.dense.{part}"]
                new[f"{b}down.{part}"] = old[f"{a}output.dense.{part}"]
                new[f"{b}norm.{part}"] = old[f"{a}output.LayerNorm.{part}"]
        self.load_state_dict(new)


def save(model: nn.Module, out: Path) -> None:
    """Write a model's weights, from whatever device."""
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({name: value.cpu() for name, value in model.state_dict().items()}, out)


def buckets(length: int, count: int) -> Tensor:
    """The bucket of the distance from each piece to each other, ``[L, L]``: near ones have their own, farther ones share by logarithm,
    half of them before and half behind (Raffel et al. 2020, section 2.1)."""
    place = torch.arange(length)
    steps = place[:, None] - place[None, :]
    half, near = count // 2, count // 4
    far = near + (torch.log(steps.abs().clamp(min=1) / near) / math.log(FARTHEST / near) * (half - near)).long()
    return torch.where(steps < 0, half, 0) + torch.where(steps.abs() < near, steps.abs(), far.clamp(max=half - 1))


class Reader(nn.Module):
    """The encoder and all heads: one forward pass gives everything a window holds.

    ``mention`` BILOU tags · ``trigger`` the type that a piece opens a trigger of, or none · ``inside`` whether a piece
    goes on a trigger · ``certainty`` and ``negated`` read at a trigger's first piece · ``pair`` scores of (row, column)
    pieces: roles of a mention (column: its last piece) for a trigger (row: its first piece), its source, and the
    antecedent (column) of a mention (row). Source and antecedent have column 0, the opening piece, for "none".
    """

    def __init__(self, encoder: Encoder, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.shape.width
        self.dropout = nn.Dropout(dropout)
        self.mention = nn.Linear(width, len(MENTION_TAGS))
        self.trigger_hidden = nn.Linear(width, HEAD)
        self.trigger = nn.Linear(HEAD, len(TRIGGER_TYPES))
        self.inside = nn.Linear(width, 1)
        self.stance_hidden = nn.Linear(width, HEAD)
        self.certainty = nn.Linear(HEAD, len(CERTAINTIES))
        self.negated = nn.Linear(HEAD, 1)
        self.row_hidden = nn.Linear(width, HEAD)
        self.column_hidden = nn.Linear(width, HEAD)
        self.row = nn.Linear(HEAD, len(PAIRS) * RANK)
        self.column = nn.Linear(HEAD, len(PAIRS) * RANK)
        # Small tables added outside the graph, at decoding, where types are known.
        self.role_types = nn.Parameter(torch.zeros(len(TRIGGER_TYPES), len(MENTION_TYPES), len(ROLES)))
        self.role_distance = nn.Parameter(torch.zeros(DISTANCES, len(ROLES)))
        self.source_types = nn.Parameter(torch.zeros(len(MENTION_TYPES)))
        self.source_distance = nn.Parameter(torch.zeros(SENTENCES))
        self.reference_types = nn.Parameter(torch.zeros(len(MENTION_TYPES), len(MENTION_TYPES)))
        self.reference_distance = nn.Parameter(torch.zeros(SENTENCES))
        # A hidden layer for each pair beside the product: what its ends add up to, their types and distance among it.
        self.hidden = nn.Linear(width, 3 * 3 * HIDDEN)
        self.near_role = nn.Parameter(torch.zeros(DISTANCES, HIDDEN))
        self.near_source = nn.Parameter(torch.zeros(SENTENCES, HIDDEN))
        self.near_reference = nn.Parameter(torch.zeros(SENTENCES, HIDDEN))
        self.event_hidden = nn.Parameter(torch.zeros(len(TRIGGER_TYPES), HIDDEN))
        self.mention_hidden = nn.Parameter(torch.zeros(3, len(MENTION_TYPES), HIDDEN))
        self.role_out = nn.Parameter(torch.zeros(HIDDEN, len(ROLES)))
        self.source_out = nn.Parameter(torch.zeros(HIDDEN))
        self.reference_out = nn.Parameter(torch.zeros(HIDDEN))

    @classmethod
    def load(cls, path: Path) -> Reader:
        """A trained reader from its weights, of whatever sizes they are."""
        weights = torch.load(path, map_location="cpu")
        reader = cls(Encoder(Shape.of(weights)))
        reader.load_state_dict(weights)
        return reader

    def rows(self, states: Tensor) -> Tensor:
        """Hidden states -> row vectors ``[.., pairs, RANK]``; their products with those of columns are the scores of pairs."""
        row: Tensor = self.row(self.dropout(F.gelu(self.row_hidden(states))))
        return row.unflatten(-1, (len(PAIRS), RANK)) * RANK**-0.5

    def columns(self, states: Tensor) -> Tensor:
        """Hidden states -> column vectors ``[.., pairs, RANK]``."""
        column: Tensor = self.column(self.dropout(F.gelu(self.column_hidden(states))))
        return column.unflatten(-1, (len(PAIRS), RANK))

    def ends(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states -> what a piece adds to a pair's hidden layers as row, last and first piece, ``[.., 3 * HIDDEN]`` each."""
        row, last, first = self.hidden(states).chunk(3, dim=-1)
        return row, last, first

    def tags(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states -> mention, trigger and inside scores of each piece."""
        opens = self.dropout(F.gelu(self.trigger_hidden(states)))
        return self.mention(states), self.trigger(opens), self.inside(states).squeeze(-1)

    def stance(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states -> certainty and negated scores of each piece."""
        stance = self.dropout(F.gelu(self.stance_hidden(states)))
        return self.certainty(stance), self.negated(stance).squeeze(-1)

    def heads(self, rows: Tensor, columns: Tensor) -> tuple[Tensor, ...]:
        """The hidden states of rows and columns -> what ``END_HEADS`` name, in order."""
        from_row, _, _ = self.ends(rows)
        _, from_last, from_first = self.ends(columns)
        return (*self.stance(rows), self.rows(rows), from_row, self.columns(columns), from_last, from_first)

    def forward(self, pieces: Tensor, casing: Tensor, boundary: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """The answers of windows padded to one length, in the order of ``HEADS``."""
        states = self.encoder(pieces, casing, boundary, mask)
        return (*self.tags(states), states)
