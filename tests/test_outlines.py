"""Outlines decoded from TopoJSON: on a made-up topology, and on the files of the build where they are there."""

import json
from importlib.resources import files

import pytest

from orbat.battle.render.ground import Labels, View, country_names, land, net
from orbat.errors import DataError
from orbat.outlines import Box, clip_line, clip_ring, decode, outlines

# Two squares side by side, 2 degrees each, sharing an arc; the right one reaches over the date line where it is moved there.
ARCS = [[[2, 0], [0, 2]], [[2, 0], [-2, 0], [0, 2], [2, 0]], [[2, 2], [2, 0], [0, -2], [-2, 0]]]
EAST = {"type": "Polygon", "properties": {"name": "East"}, "arcs": [[0, 2]]}
WEST = {"type": "MultiPolygon", "properties": {"name": "West"}, "arcs": [[[1, -1]]]}


def topology(at=(10.0, 20.0), arcs=ARCS):
    both = {"type": "Polygon", "arcs": [[1, 2]]}
    return {
        "type": "Topology",
        "transform": {"scale": [1.0, 1.0], "translate": list(at)},
        "arcs": arcs,
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": [WEST, EAST, {"type": None, "properties": {"name": "Nowhere"}}]},
            "land": {"type": "GeometryCollection", "geometries": [both]},
        },
    }


def test_land_is_closed_and_what_two_countries_share_is_a_border():
    found = decode(topology())
    (whole,) = found.land
    assert whole.line[0] == whole.line[-1]
    assert whole.box == Box(10, 20, 14, 22)
    assert [shape.line for shape in found.borders] == [((12, 20), (12, 22))]
    assert {c.name: c.middle for c in found.countries} == {"West": (11, 21), "East": (13, 21)}


def test_what_crosses_the_date_line_is_drawn_on_both_sides_of_it():
    rolled = [[[2, 0], [0, 2]], ARCS[1], [[2, 2], [-358, 0], [0, -2], [358, 0]]]
    found = decode(topology(at=(177.0, 0.0), arcs=rolled))
    boxes = sorted((shape.box.west, shape.box.east) for shape in found.land)
    assert boxes == [(-183.0, -179.0), (177.0, 181.0)]


def test_a_ring_is_cut_at_the_edges_of_a_box():
    square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
    assert {*clip_ring(square, Box(1, 1, 9, 2))} == {(1.0, 1.0), (4.0, 1.0), (4.0, 2.0), (1.0, 2.0)}
    assert clip_ring(square, Box(5, 5, 6, 6)) == []


def test_a_line_keeps_the_pieces_that_meet_a_box():
    line = [(0.0, 0.0), (1.0, 1.0), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0), (1.0, 0.5)]
    assert list(clip_line(line, Box(0.5, 0.5, 2, 2))) == [[(0.0, 0.0), (1.0, 1.0), (9.0, 1.0)], [(1.0, 9.0), (1.0, 0.5)]]


@pytest.mark.parametrize("broken", [{}, {"transform": {}}, {**topology(), "arcs": []}, {**topology(), "objects": []}])
def test_what_is_no_topology_is_a_named_failure(broken, monkeypatch, tmp_path):
    (tmp_path / "web/static/vendor").mkdir(parents=True)
    (tmp_path / "web/static/vendor/countries-110m.json").write_text(json.dumps(broken))
    monkeypatch.setattr("orbat.outlines.files", lambda _: tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        outlines.__wrapped__("coarse")


def test_a_checkout_that_was_not_built_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("orbat.outlines.files", lambda _: tmp_path)
    with pytest.raises(DataError, match="make"):
        outlines.__wrapped__("fine")


def test_a_picture_has_land_borders_and_names_that_do_not_overlap():
    found = decode(topology())
    view = View(Box(9, 19, 15, 23), width=800, least=300, most=600)
    assert view.detail == "fine"
    assert view.shows(12, 21)
    assert not view.shows(40, 21)
    whole, border = land(view, found)
    assert 'class="land"' in whole
    assert "z" in whole
    assert 'class="border"' in border
    labels = Labels(0, 800)
    assert [name for name in ("West", "East") if any(name in each for each in country_names(view, found, labels))] == ["West", "East"]
    assert labels.put("West", [(view.x(11) - 10, view.y(21))]) is None, "the room of a name is taken"
    assert any("20°N" in each for each in net(view))


def test_a_length_on_the_ground_is_longer_towards_the_poles():
    view = View(Box(0, -60, 10, 60), width=800, least=300, most=900)
    assert view.km(100, 60) == pytest.approx(2 * view.km(100, 0))
    assert view.km(111.2, 0) == pytest.approx(view.x(1) - view.x(0))
    assert view.km(11.12, 60) == pytest.approx(view.y(60) - view.y(60.1), rel=0.01)


@pytest.mark.parametrize("detail", ["coarse", "fine"])
def test_the_outlines_of_the_build(detail):
    if not files("orbat").joinpath("web/static/vendor/countries-110m.json").is_file():
        pytest.skip("the package's build has not brought the outlines: run make")
    found = outlines(detail)
    assert len(found.countries) > 170
    names = {c.name: c for c in found.countries}
    lon, lat = names["Nigeria"].middle
    assert (round(lon), round(lat)) == (8, 10)
    assert all(shape.line[0] == shape.line[-1] for shape in found.land)
    assert all(-540 <= shape.box.west <= shape.box.east <= 540 for shape in (*found.land, *found.borders))
