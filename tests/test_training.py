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
    for table, shares in ((batch.source, batch.source_gold), (batch.reference, batch.reference_gold)):
        decisions = sorted({int(d) for d in table[:, 0]})
        assert decisions == list(range(len(decisions)))
        assert sorted(int(d) for d in table[shares == 1, 0]) == decisions


def test_the_exported_graph_says_what_the_network_says(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import onnxruntime

    from orbat.layout import END_HEADS, HEADS
    from orbat.windows import Window, inputs
    from training.export import graphs
    from training.network import Encoder, Reader, Shape

    torch.manual_seed(1)
    reader = Reader(Encoder(Shape(width=48, heads=(4, 3), head=12, inner=(96, 64), positions=64), 0.0), 0.0).eval()
    torch.nn.init.normal_(reader.encoder.casing.weight)
    graphs(reader, tmp_path)
    found, _ = made
    given = inputs(found.pieces, Window(0, len(found.pieces), 0, len(found.pieces)))
    window, ends = (
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]) for name in ("reader.onnx", "heads.onnx")
    )
    ours = window.run(HEADS, given)
    rows, columns = ours[-1][0, :3], ours[-1][0, 2:7]
    ours += ends.run(END_HEADS, {"rows": rows, "columns": columns})
    with torch.no_grad():
        tensors = [torch.from_numpy(x) for x in given.values()]
        theirs = (*reader(*tensors, mask=torch.ones_like(tensors[0])), *reader.heads(torch.from_numpy(rows), torch.from_numpy(columns)))
    for name, a, b in zip((*HEADS, *END_HEADS), ours, theirs, strict=True):
        assert np.abs(a - b.numpy()).max() < 1e-4, name


def test_a_few_steps_of_training_lower_the_loss(made) -> None:  # type: ignore[no-untyped-def]
    from training.data import Maker, Sample
    from training.losses import losses
    from training.network import Encoder, Reader, Shape

    torch.manual_seed(1)
    found, _ = made
    batch = Maker(np.random.default_rng(1), noise=False).batch([Sample(found, 0, len(found.pieces))])
    reader = Reader(Encoder(Shape(width=48, heads=(4,), head=12, inner=(96,), positions=64), 0.0), 0.0)
    optimizer = torch.optim.AdamW(reader.parameters(), 1e-2)
    seen = []
    for _ in range(30):
        loss = losses(reader, batch).total
        seen.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert seen[-1] < 0.2 * seen[0]


def test_readers_together_say_the_mean_of_their_scores() -> None:
    from dataclasses import fields, replace

    from orbat.decode import decode
    from orbat.pairs import role_shares, source_shares
    from tests.scores import Sheet
    from training.teach import mean

    rng = np.random.default_rng(3)
    spans = sentences(TEXT)

    def reader() -> object:  # sure of the marks, and random in everything that pairs are scored by
        sheet = Sheet(TEXT, spans)
        for words, kind in (("Boko Haram", "GROUP"), ("12 soldiers", "FORCE"), ("officer", "PERSON")):
            sheet.name(words, kind)
        sheet.state("killed", "KILL", "likely")
        sheet.ends, sheet.pair = rng.normal(size=sheet.ends.shape), rng.normal(size=sheet.pair.shape)
        scores = sheet.scores()
        told = {f.name: rng.normal(size=getattr(scores.tables, f.name).shape) / 8 for f in fields(scores.tables) if f.name not in KEPT}
        return replace(scores, tables=replace(scores.tables, **told))

    readers = [reader(), reader()]
    found = decode(readers[0], spans)
    together = role_shares(mean(readers), found)
    for pair, shares in together.items():
        odds = [np.log(role_shares(one, found)[pair][1:] / role_shares(one, found)[pair][0]) for one in readers]
        assert np.allclose(np.log(shares[1:] / shares[0]), (odds[0] + odds[1]) / 2, atol=1e-3)
    said = [source_shares(one, found)[0] for one in (*readers, mean(readers))]
    for mention in set.intersection(*map(set, said)) - {-1}:
        a, b, c = (np.log(one[mention] / one[-1]) for one in said)
        assert abs(c - (a + b) / 2) < 1e-3
    assert all(abs(sum(one.values()) - 1) < 1e-6 for one in said)


KEPT = ("calibration", "bias", "least")


def test_a_student_learns_the_shares_of_a_teachers_speakers(made) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from training.data import Maker, Sample, Soft
    from training.losses import losses
    from training.network import Encoder, Reader, Shape

    found, _ = made
    pieces = len(found.pieces)
    batch = Maker(np.random.default_rng(1), noise=False).batch([Sample(found, 0, pieces)])
    soft = Soft(batch.mention[0, 1:-1].numpy(), batch.trigger[0, 1:-1].numpy(), {}, [{3: 0.75, -1: 0.25}, {-1: 1.0}])
    taught = Maker(np.random.default_rng(1), noise=False).batch([Sample(replace(found, soft=soft), 0, pieces)])
    assert sorted(taught.source_gold.tolist())[-3:] == [0.25, 0.75, 1.0]
    # No answer costs less than the shares themselves: their entropy.
    torch.manual_seed(1)
    reader = Reader(Encoder(Shape(width=48, heads=(4,), head=12, inner=(96,), positions=64), 0.0), 0.0)
    optimizer = torch.optim.AdamW(reader.parameters(), 1e-2)
    for _ in range(60):
        loss = losses(reader, taught).terms["source"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) / 2
    assert entropy - 1e-3 < loss.item() < entropy + 0.05


def test_distances_of_pieces_fall_into_buckets() -> None:
    from training.network import buckets

    found = buckets(300, 32)
    assert found[5, 5] == 0
    assert (found[9, 5], found[5, 9]) == (4, 20)  # behind and before are told apart
    assert found.unique().tolist() == list(range(16)) + list(range(17, 32))
    assert found[299, 0] == found[200, 0] == 15  # from the farthest on all are one


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


def test_a_name_told_again_is_put_out_of_sight(made) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from orbat.layout import MENTION_TAGS
    from training.data import Maker, Sample, Soft, gold
    from training.standins import stand_in
    from training.start import tokenizer

    text = "In May the Boko Haram raided Baga. An officer said the Boko Haram fled. Boko Haram's camp burned; soldiers blamed Boko Haram."
    places = [i for i in range(len(text)) if text.startswith("Boko Haram", i)]
    mentions = [{"id": n, "s": 0, "start": a, "end": a + 10, "text": "Boko Haram", "type": "GROUP"} for n, a in enumerate(places)]
    events = [
        {"id": n, "start": text.index(word), "end": text.index(word) + len(word), "text": word, "type": type_, "certainty": "fact",
         "negated": False, "by": None, "args": [["target" if word == "blamed" else "actor", n]]}
        for n, (word, type_) in enumerate((("raided", "ATTACK"), ("fled", "WITHDRAW"), ("burned", "ATTACK"), ("blamed", "ACCUSE")))
    ]  # fmt: skip
    spans = [[s.start, s.end] for s in sentences(text)]
    doc, lost = gold({"id": "t", "text": text, "sentences": spans, "mentions": mentions, "events": events}, tokenizer())
    assert lost == 0
    plain = Maker(np.random.default_rng(1), noise=False).batch([Sample(doc, 0, len(doc.pieces))])
    soft = Soft(plain.mention[0, 1:-1].numpy(), plain.trigger[0, 1:-1].numpy(), {}, [{-1: 1.0}] * 4)
    seen = set()
    for seed in range(40):
        told = stand_in(replace(doc, soft=soft), np.random.default_rng(seed), 1.0)
        assert told.refers == (False, True, True, True)  # the first name stays: it is what the others stand for
        words = [tokenizer().decode([int(told.pieces.ids[a])]) for a, _, _ in told.mentions[1:]]
        seen |= {(n, word) for n, word in enumerate(words)}
        batch = Maker(np.random.default_rng(1), noise=False).batch([Sample(told, 0, len(told.pieces))])
        assert torch.allclose(batch.mention[0, 1:-1].sum(-1), torch.ones(len(told.pieces)))
        tags = [MENTION_TAGS[i] for i in batch.mention[0, 1:-1].argmax(-1).tolist()]
        assert tags.count("U-GROUP") == 3
        triggers = batch.trigger[0, 1:-1].argmax(-1)
        assert [tokenizer().decode([int(told.pieces.ids[i])]) for i in torch.nonzero(triggers).flatten()] == [
            "raided",
            "fled",
            "burned",
            "blamed",
        ]
        right = batch.reference[batch.reference_gold == 1]
        assert set(right[:, 2].tolist()) == {int(a) + 1 for a, _, _ in told.mentions[1:]}
        assert told.pieces.boundary.tolist().count(2) + told.pieces.boundary.tolist().count(1) == 3
    assert {(0, "it"), (0, "they"), (0, "group"), (1, "its"), (1, "their"), (2, "it"), (2, "them")} <= seen
    assert not {word for n, word in seen if n == 1} - {"its", "their"}


def test_parts_that_nothing_reads_are_pruned_first_and_missed_by_nothing(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from orbat.windows import Window, inputs
    from training.network import Encoder, Reader, Shape
    from training.prune import chosen, missed, without

    torch.manual_seed(1)
    reader = Reader(Encoder(Shape(width=48, heads=(4, 4), head=32, inner=(256, 192), positions=64), 0.0), 0.0).eval()
    with torch.no_grad():
        for layer, heads, units in zip(reader.encoder.layers, ((1,), (0, 2)), (range(10, 74), range(64, 128)), strict=True):
            for head in heads:
                layer.out.weight[:, head * 32 : head * 32 + 32] = 0
            layer.down.weight[:, list(units)] = 0
    found, _ = made
    of_parts = missed(reader, [found] * 3, np.random.default_rng(1))
    assert (of_parts[0][0] == 0).tolist() == [False, True, False, False]
    keep = chosen(of_parts, 0.66)
    assert [heads for heads, _ in keep] == [[0, 2, 3], [1, 3]]
    assert [len(units) for _, units in keep] == [192, 128]
    torch.save(without(reader, keep), tmp_path / "small.pt")
    small = Reader.load(tmp_path / "small.pt").eval()
    assert small.encoder.shape.heads == (3, 2)
    assert small.encoder.shape.inner == (192, 128)
    given = [torch.from_numpy(x) for x in inputs(found.pieces, Window(0, len(found.pieces), 0, len(found.pieces))).values()]
    with torch.no_grad():
        for ours, theirs in zip(reader(*given, mask=torch.ones_like(given[0])), small(*given, mask=torch.ones_like(given[0])), strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5)


def test_weights_are_averaged_by_their_shares_and_only_those_of_one_size() -> None:
    from training.mix import mixed

    one, two = {"a": torch.tensor([1.0, 2.0])}, {"a": torch.tensor([3.0, 6.0])}
    assert mixed([one, two], [0.75, 0.25])["a"].tolist() == [1.5, 3.0]
    with pytest.raises(ValueError, match="sum to 1"):
        mixed([one, two], [0.5, 0.4])
    with pytest.raises(ValueError, match="differ in size"):
        mixed([one, {"a": torch.zeros(3)}], [0.5, 0.5])


def test_lessons_are_the_same_from_however_many_processes(made) -> None:  # type: ignore[no-untyped-def]
    from training.train import Lessons

    found, _ = made

    def batches(makers: int) -> list[tuple[float, list[object]]]:
        with Lessons([found] * 5, 60, makers, together=2) as lessons:
            return [
                (before, [getattr(batch, name) for name in ("pieces", "mention", "role", "source", "reference_gold")])
                for before, batch in lessons.batches([3, 0, 4, 1], (1, 0), "cpu")
            ]

    here, elsewhere = batches(0), batches(2)
    assert [before for before, _ in here] == [before for before, _ in elsewhere]
    assert here[0][0] == 0
    assert 0.5 in [before for before, _ in here]  # the second two of four documents
    for (_, ours), (_, theirs) in zip(here, elsewhere, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))  # type: ignore[arg-type]


def test_weights_say_what_the_model_exported_from_them_says(tmp_path: Path) -> None:
    from orbat.encoder import Encoder as Model
    from training.export import export
    from training.network import Encoder, Reader, Shape
    from training.teach import Weights

    torch.manual_seed(1)
    reader = Reader(Encoder(Shape(width=48, heads=(4, 4), head=32, inner=(96, 96)), 0.0), 0.0).eval()
    for table in (reader.encoder.casing.weight, reader.role_types, reader.event_hidden):
        torch.nn.init.normal_(table)
    torch.save(reader.state_dict(), tmp_path / "reader.pt")
    export(reader, tmp_path / "model", name="small", quantise=False)
    text = " ".join([TEXT] * 30)  # more than one window
    spans = sentences(text)
    ours = Weights(tmp_path / "reader.pt", "cpu").encode(text, spans)
    theirs = Model(tmp_path / "model").encode(text, spans)
    assert len(ours.windows) > 1
    for name in ("mention", "trigger", "inside", "states", "openings"):
        a, b = getattr(ours, name), getattr(theirs, name)
        assert np.abs(a - b).max() < 0.05 * np.abs(b).max(), name  # bfloat16
    for a, b in zip(ours.heads(theirs.states[:3], theirs.states[2:7]), theirs.heads(theirs.states[:3], theirs.states[2:7]), strict=True):
        assert np.abs(a - b).max() < 1e-4
