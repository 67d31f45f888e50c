"""The codebook: complete, checked on load, and its rules give the field's codes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from orbat.codebook import FILE, Codebook
from orbat.errors import DataError
from orbat.types import Certainty, Codes, EventType, MentionType, Role

ROOT = Path(__file__).parent.parent
A, T, BY = Role.ACTOR, Role.TARGET, Role.INSTRUMENT
M = MentionType

# ACLED's 25 sub-events under its six event types.
ACLED = {
    "Battles": 3,
    "Explosions/Remote violence": 6,
    "Violence against civilians": 3,
    "Protests": 3,
    "Riots": 2,
    "Strategic developments": 8,
}
PLOVER = {
    *("AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "REQUEST"),
    *("ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
}


@pytest.fixture(scope="module")
def book() -> Codebook:
    return Codebook.load()


def test_every_value_has_a_meaning_and_every_event_a_heading(book: Codebook) -> None:
    assert set(book.mentions) == set(MentionType)
    assert set(book.roles) == set(Role)
    assert set(book.certainties) == set(Certainty)
    assert set(book.events) == set(EventType)
    assert {book.heading(kind) for kind in EventType} == set(book.headings)
    assert len(book.headings) == len(set(book.headings))


def test_code_lists_are_the_fields(book: Codebook) -> None:
    assert {kind: list(book.acled.values()).count(kind) for kind in ACLED} == ACLED
    assert len(book.acled) == 25
    assert set(book.plover.values()) <= PLOVER
    for code in _cameo_codes(book):
        assert code[:2] == "01" or code in book.plover or code[:2] in book.plover, code


def _cameo_codes(book: Codebook) -> set[str]:
    of_rules = {rule.sets.get("cameo") for rules in book.rules.values() for rule in rules}
    return {code for code in of_rules | {entry.cameo for entry in book.events.values()} if code}


# type, trigger, fillers, then ACLED's sub-event, PLOVER, CAMEO
CASES = [
    ("BOMBING", "blew himself up", {T: [("checkpoint", M.PLACE)]}, "Suicide bomb", "ASSAULT", "183"),
    ("BOMBING", "blast", {BY: [("suicide vest", M.WEAPON)]}, "Suicide bomb", "ASSAULT", "183"),
    ("BOMBING", "blast", {BY: [("hand grenade", M.WEAPON)]}, "Grenade", "ASSAULT", "183"),
    ("BOMBING", "hurled", {BY: [("crude bomb", M.WEAPON)]}, "Grenade", "ASSAULT", "183"),
    ("BOMBING", "exploded", {BY: [("car bomb", M.WEAPON)]}, "Remote explosive/landmine/IED", "ASSAULT", "183"),
    ("BOMBING", "defused", {BY: [("IED", M.WEAPON)]}, "Disrupted weapons use", None, None),
    ("STRIKE", "air-strikes", {T: [("town", M.PLACE)]}, "Air/drone strike", "ASSAULT", "195"),
    ("STRIKE", "hit", {BY: [("armed drones", M.WEAPON)]}, "Air/drone strike", "ASSAULT", "195"),
    ("STRIKE", "hit", {A: [("Syrian air force", M.FORCE)]}, "Air/drone strike", "ASSAULT", "195"),
    ("STRIKE", "strikes", {A: [("coalition", M.FORCE)]}, "Air/drone strike", "ASSAULT", "195"),
    ("STRIKE", "struck", {BY: [("mortar shells", M.WEAPON)]}, "Shelling/artillery/missile attack", "ASSAULT", "194"),
    ("STRIKE", "bombardment", {}, "Shelling/artillery/missile attack", "ASSAULT", "194"),
    ("STRIKE", "dropped", {BY: [("chlorine", M.WEAPON)]}, "Chemical weapon", "ASSAULT", "204"),
    ("SEIZE", "retook", {A: [("Iraqi army", M.FORCE)], T: [("Ramadi", M.PLACE)]}, "Government regains territory", "COERCE", "192"),
    ("SEIZE", "overran", {A: [("insurgents", M.GROUP)], T: [("Goma", M.PLACE)]}, "Non-state actor overtakes territory", "COERCE", "192"),
    ("SEIZE", "besieged", {A: [("insurgents", M.GROUP)], T: [("Goma", M.PLACE)]}, "Other", "COERCE", "191"),
    ("SEIZE", "seized", {A: [("police", M.FORCE)], T: [("20 rifles", M.RESOURCE)]}, "Disrupted weapons use", "COERCE", "171"),
    ("SEIZE", "took", {A: [("gunmen", M.GROUP)], T: [("cattle", M.RESOURCE)]}, "Looting/property destruction", "COERCE", "171"),
    ("SEIZE", "fell", {T: [("Goma", M.PLACE)]}, None, "COERCE", "192"),
    ("ATTACK", "attacked", {T: [("villagers", M.PEOPLE)]}, "Attack", "ASSAULT", "180"),
    ("ATTACK", "attacked", {T: [("Red Cross", M.ORG)]}, "Attack", "ASSAULT", "180"),
    ("ATTACK", "ambushed", {T: [("army patrol", M.FORCE)]}, "Armed clash", "ASSAULT", "190"),
    ("ATTACK", "shot", {T: [("off-duty policeman", M.PERSON)]}, "Armed clash", "ASSAULT", "190"),
    ("ATTACK", "raided", {T: [("village", M.PLACE)]}, "Attack", "ASSAULT", "180"),
    ("ATTACK", "stormed", {T: [("army base", M.PLACE)]}, "Armed clash", "ASSAULT", "190"),
    ("ATTACK", "attack", {}, None, "ASSAULT", "190"),
    ("KILL", "killed", {T: [("12", M.PEOPLE)], BY: [("roadside bomb", M.WEAPON)]}, "Remote explosive/landmine/IED", "ASSAULT", "183"),
    ("KILL", "killed", {BY: [("rocket-propelled grenade", M.WEAPON)]}, "Shelling/artillery/missile attack", "ASSAULT", "194"),
    ("KILL", "killed", {T: [("12", M.PEOPLE)]}, "Attack", "ASSAULT", "180"),
    ("KILL", "killed", {A: [("police", M.FORCE)], T: [("protesters", M.PEOPLE)]}, "Excessive force against protesters", "ASSAULT", "175"),
    ("KILL", "assassinated", {T: [("mayor", M.PERSON)]}, "Attack", "ASSAULT", "186"),
    ("KILL", "dead", {}, None, "ASSAULT", "180"),
    ("INJURE", "wounded", {T: [("five soldiers", M.FORCE)]}, "Armed clash", "ASSAULT", "190"),
    ("CLASH", "clashes", {}, "Armed clash", "ASSAULT", "190"),
    ("CLASH", "gun battle", {}, "Armed clash", "ASSAULT", "193"),
    ("CLASH", "civil war", {}, None, "ASSAULT", "190"),
    ("CLASH", "clashed", {A: [("youths", M.PEOPLE)], T: [("police", M.FORCE)]}, "Violent demonstration", "PROTEST", "145"),
    ("ABDUCT", "kidnapped", {}, "Abduction/forced disappearance", "ASSAULT", "181"),
    ("ABUSE", "raped", {}, "Sexual violence", "ASSAULT", "182"),
    ("ABUSE", "looted", {}, "Looting/property destruction", "COERCE", "171"),
    ("ABUSE", "tortured", {}, "Attack", "ASSAULT", "182"),
    ("ABUSE", "displaced", {}, "Other", None, None),
    ("ABUSE", "extortion", {}, None, "COERCE", "170"),
    ("WITHDRAW", "withdrew", {}, "Change to group/activity", "RETREAT", "087"),
    ("WITHDRAW", "handed over", {}, "Non-violent transfer of territory", "RETREAT", "087"),
    ("HOLD", "controls", {}, None, None, None),
    ("HOLD", "set up", {}, "Headquarters or base established", None, None),
    ("DEPLOY", "deployed", {T: [("police reinforcements", M.FORCE)]}, "Change to group/activity", "MOBILIZE", "153"),
    ("RECRUIT", "recruiting", {}, "Change to group/activity", "MOBILIZE", "154"),
    ("RECRUIT", "forcibly recruited", {A: [("rebels", M.GROUP)]}, "Abduction/forced disappearance", "ASSAULT", "181"),
    ("LEAVE", "surrendered", {}, "Change to group/activity", "RETREAT", "087"),
    ("LEAD", "leader", {}, None, None, None),
    ("LEAD", "named", {}, "Change to group/activity", None, None),
    ("BELONG", "affiliate", {}, None, None, None),
    ("ALLY", "pledged allegiance", {}, "Change to group/activity", "SUPPORT", "050"),
    ("SPLIT", "broke away", {}, "Change to group/activity", "SANCTION", "160"),
    ("SPLIT", "rival", {}, None, None, None),
    ("SUPPORT", "supplied", {BY: [("weapons", M.RESOURCE)]}, None, "AID", "072"),
    ("SUPPORT", "funding", {}, None, "AID", "071"),
    ("ARREST", "arrested", {}, "Arrests", "COERCE", "173"),
    ("ARREST", "trial", {}, None, "COERCE", "173"),
    ("RELEASE", "freed", {}, None, "RETREAT", "084"),
    ("RELEASE", "escaped", {}, None, None, None),
    ("SANCTION", "designated", {}, None, "SANCTION", "163"),
    ("SANCTION", "charged", {}, None, "COERCE", "173"),
    ("CLAIM", "claimed responsibility", {}, None, None, "015"),
    ("CLAIM", "denied", {}, None, None, "016"),
    ("THREATEN", "threatened", {A: [("rebels", M.GROUP)]}, None, "THREATEN", "138"),
    ("THREATEN", "warned", {A: [("analysts", M.PEOPLE)]}, None, None, None),
    ("APPEAL", "urged", {}, None, "REQUEST", "020"),
    ("ACCUSE", "condemned", {}, None, "ACCUSE", "111"),
    ("NEGOTIATE", "talks", {}, None, "CONSULT", "046"),
    ("AGREE", "signed", {}, "Agreement", "SUPPORT", "057"),
    ("AGREE", "cease-fire", {}, "Agreement", "RETREAT", "087"),
    ("ATTACK", "attacked", {A: [("crowd", M.PEOPLE)], T: [("mosque", M.PLACE)]}, "Mob violence", "PROTEST", "145"),
    ("ATTACK", "assassination attempt", {T: [("mayor", M.PERSON)]}, "Attack", "ASSAULT", "185"),
    ("CLASH", "clashed", {A: [("police", M.FORCE)], T: [("youths", M.PEOPLE)]}, "Violent demonstration", "PROTEST", "145"),
    ("SEIZE", "coup", {A: [("army", M.FORCE)]}, "Other", "ASSAULT", "190"),
    ("SEIZE", "dismantled", {A: [("army", M.FORCE)], T: [("training camp", M.PLACE)]}, None, "COERCE", "171"),
    ("HOLD", "occupied", {}, None, "COERCE", "192"),
    ("DEPLOY", "deployed", {A: [("paramilitary police", M.FORCE)]}, "Change to group/activity", "MOBILIZE", "153"),
    ("JOIN", "joined", {A: [("faction", M.GROUP)], T: [("coalition", M.GROUP)]}, "Change to group/activity", "COOPERATE", "062"),
    ("JOIN", "joined", {A: [("youths", M.PEOPLE)], T: [("coalition", M.GROUP)]}, "Change to group/activity", None, None),
    ("ALLY", "merged", {}, "Change to group/activity", "COOPERATE", "060"),
    ("ALLY", "ties", {}, None, "COOPERATE", "060"),
    ("SUPPORT", "delivered", {BY: [("food", M.RESOURCE)]}, None, "AID", "073"),
    ("SUPPORT", "backed", {}, None, "AID", "070"),
    ("SANCTION", "convicted", {}, None, "SANCTION", "116"),
    ("SANCTION", "banned", {}, None, "COERCE", "172"),
    ("APPEAL", "demanded", {}, None, "REQUEST", "100"),
    ("NEGOTIATE", "broke off", {}, None, "SANCTION", "164"),
    ("NEGOTIATE", "mediated", {}, None, "CONSULT", "045"),
    ("NEGOTIATE", "offered", {}, None, "AGREE", "030"),
    ("NEGOTIATE", "met", {}, None, "CONSULT", "040"),
    ("AGREE", "agreed", {}, "Agreement", "AGREE", "030"),
    ("GAIN", "raised", {}, None, None, None),
    ("LOSE", "lost", {}, None, None, None),
]


@pytest.mark.parametrize(("kind", "trigger", "fillers", "sub_event", "plover", "cameo"), CASES)
def test_codes(book: Codebook, kind: str, trigger: str, fillers: dict, sub_event: str, plover: str, cameo: str) -> None:
    event_type = book.acled[sub_event] if sub_event else None
    assert book.codes(EventType(kind), trigger, fillers) == Codes(event_type, sub_event, plover, cameo)


def test_codes_are_the_same_however_many_triggers_are_remembered(book: Codebook, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        (kind, trigger, "rifle" * (n % 2))
        for n, trigger in enumerate(("bombing", "car bomb", "shelling", "suicide blast"))
        for kind in EventType
    ]

    def codes(of: Codebook) -> list[Codes]:
        return [of.codes(kind, trigger, {Role.INSTRUMENT: [(tool, MentionType.WEAPON)]}) for kind, trigger, tool in asked]

    fresh = codes(Codebook.load())
    assert len(set(fresh)) > 10
    monkeypatch.setattr("orbat.codebook._REMEMBERED", 3)
    small = Codebook.load()
    assert codes(small) == codes(small) == codes(book) == fresh
    assert len(small._fitting) <= 3


def test_words_match_whole_words_only(book: Codebook) -> None:
    rapid = book.codes(EventType.ABUSE, "rapid looting", {})
    assert rapid.acled_sub_event_type == "Looting/property destruction"
    airport = book.codes(EventType.STRIKE, "fired", {BY: [("airport rockets", M.WEAPON)]})
    assert airport.acled_sub_event_type == "Shelling/artillery/missile attack"


def test_every_rule_decides_something(book: Codebook) -> None:
    """No dead line: without any one rule, at least one of the cases above would get other codes."""
    rules = list({id(rule): rule for rules in book.rules.values() for rule in rules}.values())
    assert len(rules) == len(yaml.safe_load(FILE.read_text(encoding="utf-8"))["rules"])
    coded = [book.codes(EventType(kind), trigger, fillers) for kind, trigger, fillers, *_ in CASES]
    dead = []
    for rule in rules:
        without = {kind: tuple(other for other in table if other is not rule) for kind, table in book.rules.items()}
        rest = replace(book, rules=without)
        if coded == [rest.codes(EventType(kind), trigger, fillers) for kind, trigger, fillers, *_ in CASES]:
            dead.append((sorted(rule.types), rule.says, rule.fillers, rule.fillers_say, dict(rule.sets)))
    assert not dead


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d.pop("rules"), "rules missing"),
        (lambda d: d.update(more=1), "more not known"),
        (lambda d: d.update(version=2), "version"),
        (lambda d: d["events"].pop("KILL"), "KILL missing"),
        (lambda d: d["events"].update(SABOTAGE=d["events"]["KILL"]), "SABOTAGE not known"),
        (lambda d: d["events"]["KILL"].update(heading="Deaths"), "event KILL: the heading 'Deaths'"),
        (lambda d: d["events"]["KILL"].update(means=" "), "event KILL: it has no meaning"),
        (lambda d: d["events"]["KILL"].update(acled="Killing"), "'Killing' is no sub-event of ACLED"),
        (lambda d: d["events"]["AGREE"].update(cameo=57), "57 is no CAMEO code"),
        (lambda d: d["events"]["AGREE"].update(cameo="21"), "'21' is no CAMEO code"),
        (lambda d: d["mentions"].update(GROUP=None), "GROUP has no meaning"),
        (lambda d: d["roles"].pop("actor"), "actor missing"),
        (lambda d: d["plover"].update({"99": "X"}), "plover"),
        (lambda d: d["words"].update(suicide=[]), "words suicide"),
        (lambda d: d["rules"].append({"types": ["KILL"], "acled": None, "say": ["air"]}), "say not known"),
        (lambda d: d["rules"].append({"types": ["KILL"], "acled": None, "says": ["airs"]}), "no word list is called airs"),
        (lambda d: d["rules"].append({"types": ["KILLS"], "acled": None}), "KILLS is no EventType"),
        (lambda d: d["rules"].append({"types": ["KILL"], "acled": None, "target": ["CROWD"]}), "CROWD is no MentionType"),
        (lambda d: d["rules"].append({"types": ["KILL"]}), "sets neither"),
        (lambda d: d.update(rules={}), "rules: a list"),
    ],
)
def test_a_bad_file_is_refused_with_the_entry_named(tmp_path: Path, change, complaint: str) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / "codebook.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(complaint)) as caught:
        Codebook.load(path)
    assert str(path) in caught.value.fact
    assert caught.value.step


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"a: [", b"\xff\xfe\x00", b"\x00\x01"])
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_bytes(content)
    with pytest.raises(DataError):
        Codebook.load(path)
    with pytest.raises(DataError):
        Codebook.load(tmp_path / "absent.yaml")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text(FILE.read_text(encoding="utf-8").replace("\nwords:\n", "\nwords:\n  siege: [wall]\n"), encoding="utf-8")
    with pytest.raises(DataError, match="siege stands twice"):
        Codebook.load(path)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml; the pure loader is slower")
def test_loading_takes_less_than_30_ms() -> None:
    """Of processor time, so that a busy machine does not fail it."""
    spent = []
    for _ in range(10):
        start = time.process_time()
        Codebook.load()
        spent.append(time.process_time() - start)
    assert min(spent) < 0.030


def _blocks(page: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_recipe_for_an_event_type_works(tmp_path: Path) -> None:
    """Follows docs/add-an-event-type.md on a copy of the three files it names, then runs its check."""
    page = (ROOT / "docs" / "add-an-event-type.md").read_text(encoding="utf-8")
    blocks = _blocks(page)
    member = next(body for kind, body in blocks if kind == "python" and body.strip().startswith("SABOTAGE ="))
    entry, words, rule = (body for kind, body in blocks if kind == "yaml")
    check = next(body for kind, body in blocks if kind == "python" and "Codebook.load" in body)

    package = tmp_path / "orbat"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    for name in ("errors.py", "codebook.py"):
        (package / name).write_text((ROOT / "orbat" / name).read_text(encoding="utf-8"), encoding="utf-8")
    types = _added((ROOT / "orbat" / "types.py").read_text(encoding="utf-8"), '    AGREE = "AGREE"\n', member, indent=4)
    book = FILE.read_text(encoding="utf-8")
    for anchor, block in (("\nevents:\n", entry), ("\nwords:\n", words), ("\nrules:\n", rule)):
        book = _added(book, anchor, block, indent=2)
    (package / "types.py").write_text(types, encoding="utf-8")
    (package / "data" / "codebook.yaml").write_text(book, encoding="utf-8")

    command = [sys.executable, "-c", check]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    expected = re.search(r"prints `([^`]+)`", page)
    assert expected
    assert done.stdout.strip() == expected[1]


def _added(text: str, anchor: str, block: str, *, indent: int) -> str:
    assert text.count(anchor) == 1, anchor
    return text.replace(anchor, anchor + "".join(" " * indent + line.strip() + "\n" for line in block.strip().splitlines()))


def test_the_page_lists_the_codes_as_they_are(book: Codebook) -> None:
    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z]+)` \| (.*) \|$", page, re.MULTILINE))
    for kind in EventType:
        codes = book.codes(kind, "", {})
        cells = [book.events[kind].means, book.heading(kind), codes.acled_sub_event_type or "–", codes.plover or "–", codes.cameo or "–"]
        assert rows[kind.value] == " | ".join(cells), kind
