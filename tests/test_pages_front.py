"""The pages' foundation and the front page: twins, static files, signing in, problems, hostile names, an empty store."""

import datetime as dt
import gzip
import re
import sys
import textwrap
import tomllib
import types
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, StrictUndefined, UndefinedError

from orbat import queries
from orbat.queries import WantedRecords
from orbat.service.accounts import Accounts, Role
from orbat.service.activeactors import Active
from orbat.service.pages import front, rendering, static
from orbat.service.pages.drawing import by_month, in_steps, mirrored
from orbat.service.pages.signing import own_path
from orbat.service.pages.words import days, period_days, when_words
from orbat.store import Store
from orbat.types import Failure
from tests.pagesaid import HTML, checked, client_on, hostile_store, news_store, serving

PASSWORD = "a long enough password"
RECIPE = Path(__file__).parent.parent / "docs" / "add-a-page.md"


client = client_on(news_store)
hostile = client_on(hostile_store)


def test_the_recipe_for_a_page_works(tmp_path, monkeypatch):
    page = RECIPE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (template,) = re.findall(r"```html\n(.*?)```", page, re.DOTALL)
    made = types.ModuleType("recipe")
    monkeypatch.setitem(sys.modules, "recipe", made)
    exec(textwrap.dedent(code).replace('"/failures"', '"/recipe"').replace("failures.html", "recipe.html"), made.__dict__)
    loader = rendering.environment().loader
    theirs = DictLoader({"recipe.html": textwrap.dedent(template)})
    monkeypatch.setattr(rendering.environment(), "loader", ChoiceLoader([theirs, loader]))
    with Store.open(tmp_path / "news.db") as store:
        for number in range(3):
            store.fail(Failure(f"<i>scan</i> {number}.pdf", "ingest", "It holds no text."))
    with serving(tmp_path / "news.db") as client:
        client.app.include_router(made.router)
        text, _ = checked(client, "/recipe?limit=2")
        assert text.count("&lt;i&gt;scan&lt;/i&gt;") == 2
        twin, told = (client.get(f"{address}?limit=2").json() for address in ("/recipe.json", "/api/v1/failures"))
        assert {**twin, "next": told["next"]} == told  # a cursor is of its own address
        assert f"cursor={twin['next']}" in text


def test_the_page_on_pages_names_what_is_there():
    page = RECIPE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    macros = {name for row in rows for name in re.findall(r"`(\w+)\(", row)}
    shown = (Path(str(files("orbat"))) / "web" / "templates" / "macros.html").read_text(encoding="utf-8")
    assert macros == set(re.findall(r"\{% macro (\w+)\(", shown)) - {"place_rest"}  # a part of place_link
    addresses, words = (re.search(rf"^- {name},.*?(?=^- )", page, re.DOTALL | re.MULTILINE)[0] for name in ("Addresses", "Words"))
    named = set(re.findall(r"`(\w+)[(`]", addresses + words))
    assert len(named) > 20
    assert named - rendering.environment().globals.keys() == {"page"} & named


def test_the_front_page_and_its_twin(client):
    text, page = checked(client, "/")
    value = client.get("/.json").json()
    assert value["articles"] == client.get("/api/v1/documents").json()["total"]
    assert value["statements"] == client.get("/api/v1/statements").json()["total"]
    assert value["records"] == client.get("/api/v1/records").json()["total"]
    learned = {each["id"]: each for each in client.get("/api/v1/records", params={"sort": "learned", "limit": 60}).json()["items"]}
    assert [learned[each["id"]] for each in value["learned"]] == value["learned"]
    assert all(each["status"] in ("disputed", "denied") for each in value["disputed"])
    active = client.get("/api/v1/actors/active", params={"limit": 24}).json()["items"]
    assert value["groups"] == active
    assert [each["document"] for each in value["read"]] == [each["document"] for each in client.get("/api/v1/documents").json()["items"]][
        :6
    ]
    assert all(f"/groups/{each['id']}" in page.links for each in active)
    assert text.count('class="spark"') == len(active)
    for record in value["learned"]:
        assert f"/records/{record['id']}" in page.links
        assert record["id"] in value["said"]


def test_no_article_fills_the_front_page(client):
    value = client.get("/.json").json()
    documents = [each["documents"][-1] for each in value["learned"]]
    assert len(documents) == 8
    assert max(map(documents.count, documents)) <= 2


def test_the_list_of_actors_and_its_twin(client):
    checked(client, "/groups")
    asked = {"kind": "group", "limit": 3}
    one, two = (client.get(address, params=asked).json() for address in ("/groups.json", "/api/v1/actors/active"))
    assert (one["items"], one["total"]) == (two["items"], two["total"])  # a cursor belongs to its own address
    assert client.get("/groups.json", params={**asked, "cursor": one["next"]}).status_code == 200
    _, page = checked(client, "/groups?limit=2")
    (onward,) = [each for each in page.links if "cursor=" in each]
    _, then = checked(client, f"/groups{onward}")
    groups = [[each for each in one.links if each.startswith("/groups/") and not each.endswith(".json")] for one in (page, then)]
    assert not set(groups[0]) & set(groups[1])
    checked(client, "/groups?kind=media")


def test_an_empty_store_says_what_to_do(tmp_path):
    with serving(tmp_path / "new.db") as client:
        text, page = checked(client, "/")
        assert "orbat read" in text
        assert "/read" in page.links
        checked(client, "/groups")


def test_hostile_names_stay_text(hostile):
    text, _ = checked(hostile, "/")
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; Front" in text
    assert "{{7*7}}" in text
    checked(hostile, "/groups")


def test_every_page_has_its_own_etag_and_policy(client):
    first = client.get("/", headers=HTML)
    assert "script-src 'self'" in first.headers["content-security-policy"]
    assert client.get("/", headers={**HTML, "If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get("/.json", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_links_of_the_front_page_lead_somewhere(client):
    _, page = checked(client, "/")
    ours = sorted({each.partition("#")[0] for each in page.links})
    sample = [each for each in ours if not re.match(r"/(records|articles|groups|statements)/", each)]
    sample += [next(each for each in ours if each.startswith(f"/{kind}/")) for kind in ("records", "articles", "groups")]
    assert len(sample) > 15
    broken = [each for each in sample if client.get(each, headers=HTML).status_code != 200]
    assert broken == []


def test_static_files_are_kept_for_a_year_and_packed(client):
    for name in ("orbat.css", "orbat.js", "theme.js", "orbat.svg"):
        answer = client.get(static.static(name))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(static.TYPES[Path(name).suffix].split(";")[0])
        assert "immutable" in answer.headers["cache-control"]
    with client.stream("GET", static.static("orbat.css"), headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed) == (static.ROOT / "orbat.css").read_bytes()
    assert client.get("/static/0/orbat.css").headers["cache-control"] == "no-cache"
    for path in ("../base.html", "%2e%2e/templates/base.html", "..%2f..%2ferrors.py", "/etc/passwd", "vendor", "nothing.css", ""):
        assert client.get(f"/static/0/{path}").status_code in (404, 307), path
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert "Disallow: /" in client.get("/robots.txt").text


def test_the_package_holds_the_libraries_that_the_build_brings():
    vendor = files("orbat") / "web" / "static" / "vendor"
    if not vendor.is_dir():
        pytest.skip("orbat runs from a folder that was never installed: `pip install -e .` brings the libraries")
    project = Path(__file__).parent.parent
    hook = (project / "hatch_build.py").read_text("utf-8")
    names = re.findall(r'": "([\w.-]+)",\n', hook)
    assert {"d3.min.js", "countries-110m.json"} <= set(names)
    for name in names:
        assert (vendor / name).is_file(), name
    assert "ISC" in (vendor / "licences" / "d3.txt").read_text("utf-8") or (vendor / "licences" / "d3.txt").stat().st_size > 300
    assert "resolved" not in (project / "orbat/web/package-lock.json").read_text("utf-8")
    build = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["artifacts"] == ["orbat/web/static/vendor/"]


def test_a_problem_is_a_page_where_a_page_was_asked_for(client):
    for address, status in (("/nowhere", 404), ("/groups/nobody of that name", 404), ("/groups?limit=x", 422)):
        text, _ = checked(client, address, status)
        assert "Traceback" not in text
        told = client.get(address, headers={"Accept": "application/json"})
        assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/groups/nobody of that name.json", headers=HTML).headers["content-type"] == "application/problem+json"


def test_signing_in_and_out_with_forms(tmp_path):
    Accounts(tmp_path / "accounts.db").add("ann", PASSWORD, Role.JUDGE)
    with serving(tmp_path / "news.db", login=True, accounts=tmp_path / "accounts.db") as client:
        client.follow_redirects = False
        asked = client.get("/changes?sort=oldest", headers=HTML)
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fchanges%3Fsort%3Doldest")
        text, page = checked(client, asked.headers["location"])
        assert 'value="/changes?sort=oldest"' in text
        assert client.get(next(each for each in page.links if each.endswith(".css"))).status_code == 200
        wrong = client.post("/sign-in", data={"name": "ann", "password": "guess", "next": "/"}, headers=HTML)
        assert wrong.status_code == 401
        assert "wrong" in wrong.text
        assert "guess" not in wrong.text
        elsewhere = {"Origin": "http://evil.test"}
        right = {"name": "ann", "password": PASSWORD, "next": "/changes?sort=oldest"}
        assert client.post("/sign-in", data=right, headers=elsewhere).status_code == 403
        done = client.post("/sign-in", data=right)
        assert (done.status_code, done.headers["location"]) == (303, "/changes?sort=oldest")
        assert "httponly" in done.headers["set-cookie"].lower()
        text, _ = checked(client, "/")
        (token,) = re.findall(r'action="/sign-out">\s*<input type="hidden" name="csrf_token" value="([^"]+)"', text)
        assert client.post("/sign-out").status_code == 403
        assert client.post("/sign-out", data={"csrf_token": token}).headers["location"] == "/sign-in"
        assert client.get("/", headers=HTML).status_code == 303


@pytest.mark.parametrize("given", ["//evil.test", "https://evil.test", "/\\evil.test", "\\evil", "/a\nb", "javascript:alert(1)", ""])
def test_signing_in_leads_to_no_other_site(given):
    assert own_path(given) == "/"
    assert own_path("/groups/a?b=c") == "/groups/a?b=c"


def test_where_no_login_is_needed_there_is_no_form(client):
    answer = client.get("/sign-in?next=/groups", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/groups")


def test_who_rises():
    def actor(name, **months):
        return Active(
            name, name, "group", sum(months.values()), None, None, {month.strip("m").replace("_", "-"): n for month, n in months.items()}
        )

    steady = actor("steady", **{f"m2020_{month:02}": 4 for month in range(1, 13)})
    new = actor("new", m2020_11=3, m2020_12=4)
    grown = actor("grown", m2020_01=2, m2020_10=4, m2020_12=5)
    small = actor("small", m2020_12=2)
    to_come = actor("to come", m2031_01=9)
    found = front.rising([steady, small, to_come, new, grown], dt.date(2020, 12, 5))
    assert [(each["actor"]["id"], each["recent"], each["usual"]) for each in found] == [("grown", 9, 0.5), ("new", 7, 0.0)]


def test_days_as_people_write_them():
    assert days("2014-08-06") == days("2014-08-06", "2014-08-06") == "6 August 2014"
    assert days("2014-08-01", "2014-08-31") == "August 2014"
    assert days("2014-01-01", "2014-12-31") == "2014"
    assert days("2014-08-03", "2014-08-09") == "3–9 August 2014"
    assert days("2014-08-03", "2015-01-02") == "3 Aug 2014 – 2 Jan 2015"
    assert days(None, None) == ""
    when = {"start": "2014-03-01", "end": None, "date_prec": 4, "begins": True}
    assert when_words(when) == "since March 2014"
    assert when_words({**when, "begins": False, "date_prec": 1}) == "seen from 1 March 2014"
    assert when_words({**when, "end": "2016-03-01"}) == "1 Mar 2014 – 1 Mar 2016"
    assert period_days("2016-02") == {"since": dt.date(2016, 2, 1), "until": dt.date(2016, 2, 29)}
    assert period_days("undated") == {}


def test_small_charts_show_every_number():
    row = by_month({"2019-12": 2, "2020-02": 1, "2031-01": 5}, "2019-11", "2020-02")
    assert row == [0, 2, 0, 1]
    assert in_steps(list(range(100)), 10) == [sum(range(start, start + 10)) for start in range(0, 100, 10)]
    drawn = mirrored(["2019-12", "2020-01"], [3, 0], [0, 1], words=("<by>", "to"), at="2020-01")
    assert drawn.count("<rect") == 2
    assert "December 2019: 3 &lt;by&gt;" in drawn
    assert 'class="at"' in drawn
    assert mirrored([], [], [], words=("", "")) == ""


def test_the_front_page_shows_what_tells_most_the_newest_first(client):
    found = queries.records(client.app.state.service.store, WantedRecords(), limit=None).records
    shown = front.mixed(found, limit=6)
    articles = [each.documents[-1] for each in shown]
    assert max(map(articles.count, articles)) <= 2
    days = [each.start or dt.date.min for each in shown]
    assert days == sorted(days, reverse=True)
    for each in shown:
        others = [other for other in found if other.documents[-1] == each.documents[-1] and other not in shown]
        assert all((other.independent, front.telling(other)) <= (each.independent, front.telling(each)) for other in others)


def test_templates_mean_what_they_mean_to_jinja():
    ours = rendering.environment()
    plain = Environment(autoescape=True, undefined=StrictUndefined)
    text = "{% macro twice(of) %}{{ of }}{{ of }}{% endmacro %}{% macro around(of) %}{{ of }}{{ caller() }}{% endmacro %}" + (
        "{% for name, each in it.items() %}{{ loop.index }}{{ twice(name) }}{{ each }}{% endfor %}{{ it.name }}{{ it['get'] }}"
        "{{ it.get('name') }}{{ it.values()|list|length }}{% call around(it.name) %}<{{ it.keys()|list }}>{% endcall %}"
    )
    it = {"name": "<b>", "get": 1, "items": 2}
    assert ours.from_string(text).render(it=it) == plain.from_string(text).render(it=it)
    with pytest.raises(UndefinedError, match="missing"):
        ours.from_string("{{ it.missing }}").render(it=it)
    assert not [name for name, each in ours.globals.items() if hasattr(each, "jinja_pass_arg")]
