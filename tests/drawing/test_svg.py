"""The SVG: what is drawn, and how it is marked."""

import math
import re
from xml.etree import ElementTree

import pytest
from drawn_graphs import one_neuron, two_two_two

from autograd_mini import Value
from autograd_mini.drawing import draw

SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.usefixtures("no_programs")


def drawn(root, **options):
    """The elements of a drawing by their ids, and its root element."""
    svg = ElementTree.fromstring(draw(root, **options).svg())
    return {element.get("id"): element for element in svg.iter() if element.get("id")}, svg


def written(element):
    """The texts in an element."""
    return [text.text for text in element.iter(SVG + "text")]


def test_a_value_its_operation_and_its_edges():
    x = Value(3.0, label="x")
    y = x * 2
    y.backward()
    elements, _ = drawn(y)
    assert list(elements) == ["arrow", "r2", "e2_0", "e2_1", "v1", "v2", "o2", "c2_1", "p2_0"]
    assert written(elements["v1"]) == ["x", "data", "3", "grad", "2"]
    assert written(elements["v2"]) == ["data", "6", "grad", "1"]
    assert written(elements["o2"]) == ["*"]
    assert written(elements["c2_1"]) == ["2"]
    assert written(elements["p2_0"]) == ["2"]
    assert elements["e2_0"].find(SVG + "title").text == "d v1 / d x = 2"


def test_no_gradient_is_a_dash():
    elements, _ = drawn(Value(1e-9, label="x"))
    assert written(elements["v1"]) == ["x", "data", "1e-9", "grad", "-"]
    assert elements["v1"].get("class") == "value unknown root"


def test_signs_are_colours_and_sizes_are_strengths():
    a, b, c, d = (
        Value(x, label=name) for x, name in ((1.0, "a"), (2.0, "b"), (3.0, "c"), (4.0, "d"))
    )
    y = a * 4 - b + c * 0.0 + d * 0.25
    y.backward()
    elements, _ = drawn(y)
    shown = {
        written(element)[0]: (element.get("class"), element.find(SVG + "rect").get("fill-opacity"))
        for name, element in elements.items()
        if name[0] == "v"
    }
    assert shown["a"] == ("value positive", "0.55")
    assert shown["b"] == ("value negative", "0.28")
    assert shown["c"] == ("value zero", None)
    assert shown["d"] == ("value positive", "0.14")


def test_numbers_that_are_none_are_marked():
    x = Value(0.0, label="x")
    y = x.sqrt()
    y.backward()
    elements, _ = drawn([y, Value(math.nan, label="n")])
    assert elements["v1"].get("class") == "value broken"
    assert written(elements["v1"]) == ["x", "data", "0", "grad", "inf"]
    assert elements["v3"].get("class") == "value broken root"
    assert written(elements["v3"]) == ["n", "data", "nan", "grad", "-"]


def test_a_tooltip_has_all_digits():
    elements, _ = drawn(one_neuron())
    assert elements["v10"].find(SVG + "title").text == "o: data 0.7064193203972353, grad 1"


def test_a_screen_reader_is_told_what_it_is():
    _, svg = drawn(two_two_two())
    assert svg.get("role") == "img"
    assert svg[0].tag == SVG + "title"
    assert (
        svg[0].text
        == "Graph of E = 0.298371: 25 named values of 41; draw(..., fold=None) draws each"
    )


def test_frames_have_titles():
    _, svg = drawn(two_two_two())
    frames = [element for element in svg.iter(SVG + "g") if element.get("class") == "frame"]
    assert [written(frame) for frame in frames] == [
        ["hidden"],
        ["output"],
        ["h1"],
        ["h2"],
        ["o1"],
        ["o2"],
    ]
    assert frames[2].find(SVG + "title").text == "hidden / h1"


def test_without_clusters_no_frames():
    _, svg = drawn(two_two_two(), clusters=False)
    assert not [element for element in svg.iter() if element.get("class") == "frame"]


def test_a_picture_brings_its_background_for_light_and_dark():
    svg = draw(one_neuron()).svg()
    assert re.search(r'<rect class="paper" width="\d+" height="\d+"/>', svg)
    assert "@media (prefers-color-scheme: dark)" in svg


def test_digits():
    elements, _ = drawn(Value(1 / 3, label="x"), digits=2)
    assert written(elements["v1"])[2] == "0.33"


def test_top_to_bottom():
    drawing = draw(one_neuron(), direction="TB")
    places = drawing.layout.places
    assert drawing.layout.height > drawing.layout.width
    assert places["v1"].bottom < places["v10"].top


def test_ids_are_unique():
    svg = draw(two_two_two()).svg()
    ids = re.findall(r' id="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
