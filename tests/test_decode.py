from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from orbat.decode import decode
from orbat.layout import CERTAINTIES, HIDDEN, MENTION_TAGS, PAIRS, REFERENCE, TRIGGER_TYPES, may_refer, merge
from orbat.types import Certainty, EventType, MentionType, Role, Span
from orbat.windows import CASINGS, Pieces, plan
from tests.scores import SURE, Sheet, tables

TEXT = "Police said Boko Haram may have killed three men in Kano. It did not claim the raid."
SENTENCES = (Span(0, 57), Span(58, 84))


def sheet() -> Sheet:
    s = Sheet(TEXT, SENTENCES)
    for words, kind in (("Police", "FORCE"), ("Boko Haram", "GROUP"), ("three men", "PEOPLE"), ("Kano", "PLACE"), ("It", "GROUP")):
        s.name(words, kind)
    s.state("killed", "KILL", "possible")
    s.state("claim", "CLAIM", negated=True)
    for row, column, head in (
        ("killed", "Boko Haram", "actor"), ("killed", "three men", "target"), ("killed", "Kano", "place"),
        ("killed", "Police", "source"), ("claim", "It", "actor"), ("It", "Boko Haram", "reference"),
    ):  # fmt: skip
        s.link(row, column, head)
    return s


def test_mentions_are_cut_from_the_text_by_their_letters() -> None:
    found = decode(sheet().scores(), SENTENCES)
    assert [(m.span.of(TEXT), m.type) for m in found.mentions] == [
        ("Police", MentionType.FORCE), ("Boko Haram", MentionType.GROUP), ("three men", MentionType.PEOPLE),
        ("Kano", MentionType.PLACE), ("It", MentionType.GROUP),
    ]  # fmt: skip
    assert [m.sentence for m in found.mentions] == [0, 0, 0, 0, 1]


def test_an_event_carries_its_roles_hedge_and_speaker() -> None:
    kill, claim = decode(sheet().scores(), SENTENCES).events
    assert (kill.type, kill.certainty, kill.negated, kill.source) == (EventType.KILL, Certainty.POSSIBLE, False, 0)
    assert {(a.role, a.mention) for a in kill.arguments} == {(Role.ACTOR, 1), (Role.TARGET, 2), (Role.PLACE, 3)}
    assert (claim.type, claim.certainty, claim.negated, claim.source) == (EventType.CLAIM, Certainty.FACT, True, None)
    assert all(0 < a.score <= 1 for e in (kill, claim) for a in e.arguments)


def test_roles_are_given_within_the_sentence_only() -> None:
    s = sheet()
    s.link("claim", "Kano", "place")
    claim = decode(s.scores(), SENTENCES).events[1]
    assert [a.role for a in claim.arguments] == [Role.ACTOR]


def test_a_speaker_may_stand_in_another_sentence() -> None:
    s = sheet()
    s.link("claim", "Police", "source")
    assert decode(s.scores(), SENTENCES).events[1].source == 0


def test_a_pronoun_in_lower_case_points_at_the_name_and_a_name_at_nothing() -> None:
    text = "Boko Haram struck. Later it fled to Borno."
    sentences = (Span(0, 18), Span(19, 42))
    s = Sheet(text, sentences)
    for words, kind in (("Boko Haram", "GROUP"), ("it", "GROUP"), ("Borno", "PLACE")):
        s.name(words, kind)
    s.link("it", "Boko Haram", "reference")
    s.link("Borno", "Boko Haram", "reference")
    assert dict(decode(s.scores(), sentences).references) == {1: 0}


def test_a_name_said_twice_has_the_shares_of_both() -> None:
    text = "Kony fled. Kony hid. Odhiambo left and he surrendered."
    s = Sheet(text, (Span(0, 10), Span(11, 20), Span(21, 54)))
    kony, again, odhiambo, he = 1, 4, 7, 10
    for piece in (kony, again, odhiambo, he):
        s.tag(piece, "U-PERSON")
    s.pair[REFERENCE, he, [kony, again, odhiambo]] = SURE, SURE, SURE + 0.5
    assert decode(s.scores(), ()).references == {3: 0}
    s.pair[REFERENCE, he, [kony, again]] = SURE - 4
    assert decode(s.scores(), ()).references == {3: 2}


def test_what_stands_for_a_person_stands_for_the_name_in_full() -> None:
    text = "Joseph Kony fled. Kony hid and he left."
    s = Sheet(text, (Span(0, 17), Span(18, 39)))
    s.name("Joseph Kony", "PERSON")
    s.tag(5, "U-PERSON")
    s.tag(8, "U-PERSON")
    s.pair[REFERENCE, 8, 5] = SURE
    assert decode(s.scores(), ()).references == {2: 0}


def test_pronouns_refer_however_they_are_written_and_names_do_not() -> None:
    it, group = 2009, 2177
    lower, title = CASINGS.index("lower"), CASINGS.index("title")
    assert may_refer(np.array([it, it, group, group]), np.array([lower, title, lower, title])).tolist() == [True, True, True, False]


def test_a_broken_sequence_of_tags_is_mended_by_the_best_valid_one() -> None:
    s = Sheet("Boko Haram struck.", (Span(0, 18),))
    s.tag(1, "B-GROUP")
    s.tag(2, "I-GROUP")  # never closed: L-GROUP or U- must come instead
    s.mention[2, MENTION_TAGS.index("L-GROUP")] = 7
    (mention,) = decode(s.scores(), (Span(0, 18),)).mentions
    assert (mention.span, mention.type) == (Span(0, 10), MentionType.GROUP)


def test_several_words_of_one_trigger() -> None:
    text = "They laid down arms."
    s = Sheet(text, (Span(0, 20),))
    s.state("laid down arms", "LEAVE")
    (event,) = decode(s.scores(), (Span(0, 20),)).events
    assert event.trigger.of(text) == "laid down arms"


def test_nothing_said_gives_nothing() -> None:
    text = "The weather was mild."
    found = decode(Sheet(text, (Span(0, 21),)).scores(), (Span(0, 21),))
    assert (found.mentions, found.events, dict(found.references)) == ((), (), {})


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_scores_decode_into_sound_annotations(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30))
    lengths = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=8).filter(lambda x: sum(x) >= count))
    sentence = np.repeat(np.arange(len(lengths)), lengths)[:count]
    places = np.arange(count) * 3
    first = np.array([True, *data.draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))])
    pieces = Pieces(places, np.full(count, 1), np.zeros(count, dtype=np.int64), places, places + 2, sentence, first)
    floats = st.floats(-9, 9, width=32)
    n = count + 2
    shapes = [(n, len(MENTION_TAGS)), (n, len(TRIGGER_TYPES)), (n,), (n, 7)]
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    out = [rng.normal(0, data.draw(st.floats(0.1, 9)), shape).astype(np.float32) for shape in shapes]
    out[0] = data.draw(hnp.arrays(np.float32, shapes[0], elements=floats)) if count < 6 else out[0]
    wide = data.draw(st.floats(0.1, 9))

    def heads(rows: np.ndarray, columns: np.ndarray) -> list[np.ndarray]:
        of_rows = [(len(rows), *shape) for shape in ((len(CERTAINTIES),), (), (len(PAIRS), 5), (3 * HIDDEN,))]
        of_columns = [(len(columns), *shape) for shape in ((len(PAIRS), 5), (3 * HIDDEN,), (3 * HIDDEN,))]
        return [rng.normal(0, wide, shape).astype(np.float32) for shape in (*of_rows, *of_columns)]

    spans = tuple(Span(int(places[sentence == k][0]), int(places[sentence == k][-1]) + 2) for k in np.unique(sentence))
    windows = plan(sentence, np.zeros(count, dtype=np.int64))
    found = decode(merge(pieces, windows, [out], tables=tables(), heads=heads), spans)
    last = -1
    for m in found.mentions:
        assert m.span.start > last
        assert spans[m.sentence].start <= m.span.start < m.span.end <= spans[m.sentence].end
        last = m.span.end - 1
    for e in found.events:
        assert spans[e.sentence].start <= e.trigger.start < e.trigger.end <= spans[e.sentence].end
        assert all(found.mentions[a.mention].sentence == e.sentence for a in e.arguments)
        assert e.source is None or 0 <= e.source < len(found.mentions)
    for mention, target in found.references.items():
        assert mention != target
        assert target not in found.references


def best_by_hand(log: np.ndarray) -> float:
    """The score of the best valid sequence, by trying every continuation of every prefix."""
    best = {tag: float(log[0, tag]) for tag in range(len(MENTION_TAGS)) if MENTION_TAGS[tag][0] not in "IL"}
    for row in log[1:]:
        following: dict[int, float] = {}
        for before, score in best.items():
            for tag, name in enumerate(MENTION_TAGS):
                goes_on = MENTION_TAGS[before][0] in "BI"
                if goes_on == (name[0] in "IL") and (not goes_on or name[2:] == MENTION_TAGS[before][2:]):
                    following[tag] = max(following.get(tag, -1e9), score + float(row[tag]))
        best = following
    return max(score for tag, score in best.items() if MENTION_TAGS[tag][0] not in "BI")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_mended_tags_are_the_best_valid_ones(seed: int, lengths: list[int]) -> None:
    from orbat.decode import _mend

    rng = np.random.default_rng(seed)
    stops = np.cumsum(lengths)
    starts = stops - lengths
    log = rng.normal(0, 2, (int(stops[-1]), len(MENTION_TAGS))).astype(np.float32)
    tags = np.zeros(len(log), dtype=np.int64)
    _mend(tags, log, starts, stops)
    for a, b in zip(starts, stops, strict=True):
        assert abs(log[np.arange(a, b), tags[a:b]].sum() - best_by_hand(log[a:b])) < 1e-3


@given(st.lists(st.integers(0, 6)), st.lists(st.integers(0, 6)))
def test_pairs_of_equal_numbers(left: list[int], right: list[int]) -> None:
    from orbat.pairs import _together

    a, b = np.array(sorted(left), dtype=np.int64), np.array(sorted(right), dtype=np.int64)
    wanted = np.nonzero(a[:, None] == b[None])
    found = _together(a, b)
    assert (found[0].tolist(), found[1].tolist()) == (wanted[0].tolist(), wanted[1].tolist())


def test_an_unlikely_best_sequence_leaves_no_mention_open() -> None:
    # the network is sure of what cannot be (tags that go on mentions of two types in turn): what can be is less likely than exp(-10,000)
    text = "a " * 150
    s = Sheet(text, (Span(0, len(text)),))
    s.mention[1::2, MENTION_TAGS.index("I-GROUP")] = 300
    s.mention[2::2, MENTION_TAGS.index("I-FORCE")] = 300
    found = decode(s.scores(), (Span(0, len(text)),))
    assert all(0 <= m.span.start < m.span.end <= len(text) for m in found.mentions)


def test_what_no_event_uses_must_be_sure_enough_and_a_common_noun_surer() -> None:
    text = "Rebels of Boko Haram killed soldiers in Baga while villagers slept."
    sheet = Sheet(text, (Span(0, len(text)),))
    for words, kind in (("Boko Haram", "GROUP"), ("soldiers", "FORCE"), ("Baga", "PLACE"), ("villagers", "PEOPLE")):
        sheet.name(words, kind)
    sheet.state("killed", "KILL")
    sheet.link("killed", "soldiers", "target")
    scores = sheet.scores()

    def found(*least: float) -> tuple[list[str], list[str]]:
        fitted = replace(scores.tables, least=np.array(least, dtype=np.float32))
        read = decode(replace(scores, tables=fitted), (Span(0, len(text)),))
        return [m.span.of(text) for m in read.mentions], [read.mentions[x.mention].span.of(text) for x in read.events[0].arguments]

    assert found(0.0, 0.0) == (["Boko Haram", "soldiers", "Baga", "villagers"], ["soldiers"])
    assert found(1.01, 0.0) == (["Boko Haram", "soldiers", "Baga"], ["soldiers"])  # names and what an event uses stay
    assert found(0.0, 1.01) == (["soldiers", "villagers"], ["soldiers"])


def shared(*shares: dict[str, float]) -> Sheet:
    """Four words of one sentence, each with these shares of types, the rest none."""
    text = "Gunmen carried out raids."
    sheet = Sheet(text, (Span(0, len(text)),))
    names = [str(kind) for kind in TRIGGER_TYPES]
    for piece, each in enumerate(shares, start=1):
        sheet.trigger[piece] = -SURE
        sheet.trigger[piece, 0] = np.log(1 - sum(each.values()))
        for kind, share in each.items():
            sheet.trigger[piece, names.index(kind)] = np.log(share)
    return sheet


def events(sheet: Sheet) -> list[tuple[str, str]]:
    found = decode(sheet.scores(), (Span(0, len(sheet.text)),))
    return [(str(e.type), e.trigger.of(sheet.text)) for e in found.events]


def test_an_event_that_several_words_might_open_is_at_the_likeliest() -> None:
    attack = "ATTACK"
    assert events(shared({}, {attack: 0.3}, {}, {attack: 0.4})) == [(attack, "raids")]  # 1 - .7 * .6 = .58
    assert events(shared({}, {attack: 0.2}, {}, {attack: 0.3})) == []  # .44
    assert events(shared({}, {attack: 0.6}, {}, {attack: 0.4})) == [(attack, "carried")]  # it has its trigger
    assert events(shared({}, {attack: 0.6}, {}, {attack: 0.7})) == [(attack, "carried"), (attack, "raids")]


def test_an_event_whose_words_another_takes_is_at_no_word_that_does_not_tell_it() -> None:
    taken = {"ATTACK": 0.4, "KILL": 0.55}
    assert events(shared({}, taken, {}, taken)) == [("KILL", "carried"), ("KILL", "raids")]
    assert events(shared({}, taken, {"ATTACK": 0.1}, taken)) == [("KILL", "carried"), ("ATTACK", "out"), ("KILL", "raids")]


def test_a_type_that_the_sentence_likely_does_not_hold_has_no_trigger() -> None:
    assert events(shared({}, {"ATTACK": 0.4, "KILL": 0.3}, {}, {})) == []  # the best of the word, but not likely
    assert events(shared({}, {"ATTACK": 0.4, "KILL": 0.3}, {"KILL": 0.4}, {})) == [("KILL", "out")]
