"""What each head is asked, as one loss a batch. Every term is a mean over its own decisions, so that long windows of
plain prose do not drown the few events."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from orbat.layout import HIDDEN, OF_REFERENCE, OF_ROLE, OF_SOURCE, REFERENCE, ROLES, SOURCE
from training.data import Batch
from training.network import Reader

WEIGHTS = {"mention": 1.0, "trigger": 1.0, "inside": 0.3, "certainty": 1.0, "negated": 0.5, "role": 1.0, "source": 4.0, "reference": 1.5}


@dataclass(frozen=True, slots=True)
class Losses:
    """The terms by name, and their weighted sum."""

    terms: dict[str, Tensor]

    @property
    def total(self) -> Tensor:
        """The weighted sum."""
        return torch.stack([WEIGHTS[name] * term for name, term in self.terms.items()]).sum()


def losses(reader: Reader, batch: Batch) -> Losses:
    """One forward pass and its losses."""
    states = reader.dropout(reader.encoder(batch.pieces, batch.casing, batch.boundary, batch.mask)).float()
    mention, trigger, inside = reader.tags(states)
    certainty, negated = reader.stance(states)
    row, column = reader.rows(states), reader.columns(states)
    ends = Ends(*(part.unflatten(-1, (3, HIDDEN)) for part in reader.ends(states)))
    terms: dict[str, Tensor] = {}
    # Per piece terms are summed and divided by the pieces that matter (a tenth of a window is a fair count of them).
    pieces = batch.mask.sum()
    terms["mention"] = -(batch.mention * mention.log_softmax(-1)).sum() / (0.3 * pieces)
    terms["trigger"] = -(batch.trigger * trigger.log_softmax(-1)).sum() / (0.05 * pieces)
    # A device is not asked how many there are: it would have to be waited for.
    goes_on = F.binary_cross_entropy_with_logits(inside, batch.inside.clamp(min=0).float(), reduction="none")
    terms["inside"] = (goes_on * (batch.inside != -100)).sum() / (0.05 * pieces)
    if len(batch.event):
        w, piece, _, truth, no = batch.event.T
        terms["certainty"] = F.cross_entropy(certainty[w, piece], truth)
        terms["negated"] = F.binary_cross_entropy_with_logits(negated[w, piece], no.float())
    if len(batch.role):
        event, w, last, first, kind, bucket, type_ = batch.role.T
        piece = batch.event[event, 1]
        scores = (row[w, piece, : len(ROLES)] * column[w, last, : len(ROLES)]).sum(-1)
        scores = scores + reader.role_types[type_, kind] + reader.role_distance[bucket]
        hidden = ends.of(OF_ROLE, w, piece, last, first) + reader.near_role[bucket] + reader.event_hidden[type_]
        hidden = F.gelu(hidden + reader.mention_hidden[OF_ROLE, kind])
        scores = scores + reader.dropout(hidden) @ reader.role_out
        terms["role"] = -(batch.role_gold * scores.log_softmax(-1)).sum() / len(batch.event)
    if len(batch.source):
        terms["source"] = _pointer(reader, (row, column, ends), SOURCE, batch.source, batch.source_gold)
    if len(batch.reference):
        terms["reference"] = _pointer(reader, (row, column, ends), REFERENCE, batch.reference, batch.reference_gold)
    return Losses(terms)


@dataclass(frozen=True, slots=True)
class Ends:
    """What pieces add to the hidden layers of pairs: ``[B, L, 3, HIDDEN]`` each."""

    row: Tensor
    last: Tensor
    first: Tensor

    def of(self, which: int, w: Tensor, row: Tensor, last: Tensor, first: Tensor) -> Tensor:
        """The sums for pairs of one of the three hidden layers."""
        return self.row[w, row, which] + self.last[w, last, which] + self.first[w, first, which]


def _pointer(reader: Reader, sides: tuple[Tensor, Tensor, Ends], head: int, table: Tensor, right: Tensor) -> Tensor:
    """Minus the log of the share that the right columns get, a mean over decisions; ``table`` as ``Batch.source``."""
    group, w, r, c, first, row_type, column_type, bucket = table.T
    row, column, ends = sides
    scores = (row[w, r, head] * column[w, c, head]).sum(-1)
    named = column_type >= 0
    kind = column_type.clamp(min=0)
    if head == SOURCE:
        extra = reader.source_types[kind] + reader.source_distance[bucket]
        hidden = ends.of(OF_SOURCE, w, r, c, first) + reader.near_source[bucket] + reader.mention_hidden[OF_SOURCE, kind]
        out = reader.source_out
    else:
        extra = reader.reference_types[row_type, kind] + reader.reference_distance[bucket]
        hidden = ends.of(OF_REFERENCE, w, r, c, first) + reader.near_reference[bucket] + reader.mention_hidden[OF_REFERENCE, kind]
        out = reader.reference_out
    extra = extra + reader.dropout(F.gelu(hidden)) @ out
    scores = scores + torch.where(named, extra, torch.zeros_like(extra))
    size = len(table)  # more than there are decisions: they are counted by a mask, since how many there are is the device's to know
    # A log-sum-exp by group; 30 is subtracted nowhere because scores stay small.
    top = scores.new_full((size,), -1e4).scatter_reduce(0, group, scores.detach(), "amax")
    weight = (scores - top[group]).exp()
    whole = scores.new_zeros(size).index_add(0, group, weight)
    decisions = group[-1] + 1
    if head == SOURCE:  # one speaker, or a teacher's shares of several
        return -(right * (scores - top[group] - whole.log()[group])).sum() / decisions
    good = scores.new_zeros(size).index_add(0, group, weight * right)
    held = torch.arange(size, device=group.device) < decisions
    return -torch.where(held, good.clamp(min=1e-9).log() - whole.clamp(min=1e-9).log(), 0.0).sum() / decisions
