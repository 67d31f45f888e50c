from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orbat.segment import sentences
from orbat.types import MentionType

torch = pytest.importorskip("torch", reason="the training extra is not installed: make training-setup")
pytest.importorskip("onnx", reason="the training extra is not installed: make training-setup")

TEXT = "Boko Haram killed 12 soldiers in Baga, an officer said. They fled."


def doc() -> dict:
    def at(words: str, n: int, **more: object) -> dict:
        start = TEXT.index(words)
        return {"id": n, "s": 0 if start < 55 else 1, "start": start, "end": start + len(words), "text": words, **more}

    mentions = [
        at("Boko Haram", 0, type="GROUP"), at("12 soldiers", 1, type="FORCE"), at("Baga", 2, type="PLACE"),
        at("officer", 3, type="PERSON"), at("They", 4, type="GROUP", ref="Boko Haram"),
    ]  # fmt: skip
    parts = [["actor", 0], ["target", 1], ["place", 2]]
    kill = {**at("killed", 0, type="KILL"), "certainty": "likely", "negated": False, "by": 3, "args": parts}
    flee = {**at("fled", 1, type="WITHDRAW"), "certainty": "fact", "negated": True, "by": None, "args": [["actor", 4]]}
    return {"id": "t", "text": TEXT, "sentences": [[s.start, s.end] for s in sentences(TEXT)], "mentions": mentions, "events": [kill, flee]}


@pytest.fixture(scope="module")
def made():  # type: ignore[no-untyped-def]
    from importlib.resources import files

    from tokenizers import Tokenizer

    from training.data import gold

    tokenizer = Tokenizer.from_file(str(files("orbat") / "data" / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return gold(doc(), tokenizer)


def test_marks_become_pieces_and_none_is_lost(made) -> None:  # type: ignore[no-untyped-def]
    found, lost = made
    assert lost == 0
    letters = [TEXT[found.pieces.start[a] : found.pieces.end[b]] for a, b, _ in found.mentions]
    assert letters == ["Boko Haram", "12 soldiers", "Baga", "officer", "They"]
    assert found.refers == (False, False, False, False, True)


def test_a_batch_asks_every_head_what_the_marks_say(made) -> None:  # type: ignore[no-untyped-def]
    from orbat.layout import CERTAINTIES, MENTION_TAGS, ROLES, TRIGGER_TYPES
    from training.data import Maker, Sample

    found, _ = made
    batch = Maker(np.random.default_rng(1), noise=False).batch([Sample(found, 0, len(found.pieces))])
    tags = [MENTION_TAGS[i] for i in batch.mention[0, 1:-1].argmax(-1).tolist()]
    assert tags[0] == "B-GROUP"
    assert [str(TRIGGER_TYPES[i]) for i in batch.trigger[0].argmax(-1).tolist() if i] == ["KILL", "WITHDRAW"]
    assert [(CERTAINTIES[c], n) for _, _, _, c, n in batch.event.tolist()] == [("likely", 0), ("fact", 1)]
    roles = [str(ROLES[i]) for i in batch.role_gold.argmax(-1).tolist()]
    assert roles == ["actor", "target", "place", "None", "actor"]
    right = batch.pointer[batch.pointer_gold == 1]
    assert batch.decisions == len({int(d) for d in batch.pointer[:, 0]})
    assert {int(d) for d in right[:, 0]} == set(range(batch.decisions))


def test_the_exported_graph_says_what_the_network_says(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import onnxruntime

    from orbat.layout import HEADS
    from orbat.windows import Window, inputs
    from training.export import graph
    from training.network import Encoder, Reader, Shape

    torch.manual_seed(1)
    reader = Reader(Encoder(Shape(vocabulary=30522, width=48, layers=2, heads=4, inner=96, positions=64), 0.0), 0.0).eval()
    torch.nn.init.normal_(reader.encoder.casing.weight)
    graph(reader, tmp_path / "small.onnx")
    found, _ = made
    given = inputs(found.pieces, Window(0, len(found.pieces), 0, len(found.pieces)))
    session = onnxruntime.InferenceSession(str(tmp_path / "small.onnx"), providers=["CPUExecutionProvider"])
    ours = session.run(HEADS, given)
    with torch.no_grad():
        tensors = [torch.from_numpy(x) for x in given.values()]
        theirs = reader(*tensors, mask=torch.ones_like(tensors[0]))
    for name, a, b in zip(HEADS, ours, theirs, strict=True):
        assert np.abs(a - b.numpy()).max() < 1e-4, name


def test_a_few_steps_of_training_lower_the_loss(made) -> None:  # type: ignore[no-untyped-def]
    from training.data import Maker, Sample
    from training.losses import losses
    from training.network import Encoder, Reader, Shape

    torch.manual_seed(1)
    found, _ = made
    batch = Maker(np.random.default_rng(1), noise=False).batch([Sample(found, 0, len(found.pieces))])
    reader = Reader(Encoder(Shape(width=48, layers=1, heads=4, inner=96, positions=64), 0.0), 0.0)
    optimizer = torch.optim.AdamW(reader.parameters(), 1e-2)
    seen = []
    for _ in range(30):
        loss = losses(reader, batch).total
        seen.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert seen[-1] < 0.2 * seen[0]


def test_persons_are_named_in_full_where_one_name_holds_the_other() -> None:
    from orbat.layout import MENTION_TYPES
    from training.data import whole_names

    person, group = (MENTION_TYPES.index(MentionType(kind)) for kind in ("PERSON", "GROUP"))
    names = ["joseph kony", "kony", "lra", "lord lra", "ali hassan", "ali saleh", "ali"]
    kinds = [person, person, group, group, person, person, person]
    assert whole_names(names, kinds) == ["joseph kony", "joseph kony", "lra", "lord lra", "ali hassan", "ali saleh", "ali"]


def test_two_processes_learn_the_mean_of_their_gradients(tmp_path: Path) -> None:
    from training.parallel import spread

    spread(_learn, tmp_path, 2)
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    assert torch.equal(first["grad"], second["grad"])
    assert first["grad"].tolist() == [1.5, 1.5]  # of 1 and 2
    assert (first["steps"], second["steps"]) == (1, 1)  # the one with more batches stops with the other


def _learn(rank: int, workers: int, folder: Path) -> None:
    from training.parallel import all_have, average

    weight = torch.nn.Parameter(torch.zeros(2))
    batches = iter([rank + 1.0] * (rank + 1))
    steps, grad = 0, torch.zeros(2)
    while all_have((batch := next(batches, None)) is not None):
        (weight * batch).sum().backward()
        average([weight])
        grad, steps = weight.grad.clone(), steps + 1
        weight.grad = None
    torch.save({"grad": grad, "steps": steps}, folder / f"{rank}.pt")
