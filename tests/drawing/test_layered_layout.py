"""Our own layout: nothing overlaps, nothing is cut through, everything goes forward."""

from itertools import combinations, pairwise

import pytest
from drawn_graphs import (
    graphs,
    layers_of,
    one_neuron,
    repeated_product,
    same_leaves_twice,
    two_two_two,
    used_five_times,
)
from hypothesis import given
from hypothesis import strategies as st
from layout_checks import (
    SLACK,
    assert_nothing_overlaps,
    assert_well_laid_out,
    assert_wires_go_forward,
    samples,
)

from autograd_mini import Value, draw, scope
from autograd_mini.drawing.font_metrics import text_width
from autograd_mini.drawing.layout import layered_layout
from autograd_mini.drawing.lettering import NOTE_SIZE, NUMBER_SIZE, letter
from autograd_mini.drawing.picture import take_picture
from autograd_mini.symbols.names import Names


def laid_out(*roots, direction="LR", partials=True, clusters=True):
    """A picture and its layout."""
    picture = take_picture(Names(roots))
    if not clusters:
        picture = picture.without_frames()
    lettering = letter(picture, digits=4, partials=partials)
    return picture, layered_layout(picture, lettering, direction)


GRAPHS = {
    "one value": lambda: Value(1.0),
    "one neuron": one_neuron,
    "used five times": used_five_times,
    "two-two-two": two_two_two,
    "without clusters": lambda: two_two_two(clusters=False),
    "layers": lambda: layers_of((2, 3, 3, 1)),
    "layers on two points": lambda: layers_of((2, 2, 1), points=2),
    "repeated product": lambda: repeated_product(12),
}


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_well_laid_out(name, direction):
    picture, layout = laid_out(GRAPHS[name](), direction=direction)
    assert_well_laid_out(picture, layout, direction)


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_named_values_are_well_laid_out(name, direction):
    drawing = draw(GRAPHS[name](), direction=direction, collapse=None, fold="names")
    assert_well_laid_out(drawing.picture, drawing.layout, direction)


@given(graphs(), st.sampled_from(["LR", "TB"]), st.integers(1, 3))
def test_named_values_of_any_graph_are_well_laid_out(roots, direction, every):
    for place, value in enumerate(Names(roots).values):
        if place % every == 0:
            value.label = f"n{place}"
    drawing = draw(roots, direction=direction, fold="names")
    assert_well_laid_out(drawing.picture, drawing.layout, direction)


@given(graphs(), st.sampled_from(["LR", "TB"]), st.booleans())
def test_any_graph_is_well_laid_out(roots, direction, partials):
    picture, layout = laid_out(*roots, direction=direction, partials=partials)
    assert_well_laid_out(picture, layout, direction)


@given(st.text(st.characters(codec="utf-8"), max_size=40), st.floats())
def test_text_fits_its_box(name, number):
    picture, layout = laid_out(Value(number, label=name) * 1.0)
    lettering = letter(picture, digits=4, partials=True)
    for value in picture.values:
        label, data, _ = lettering[value.id].rows
        assert text_width(label, 14) + 16 <= layout.places[value.id].width + SLACK
        assert text_width(f"data {data}", NUMBER_SIZE) + 16 <= layout.places[value.id].width
    for _, operation in picture.operations():
        for operand in operation.operands:
            if operand.edge in lettering:
                note = lettering[operand.edge].rows[0]
                assert text_width(note, NOTE_SIZE) <= layout.places[operand.edge].width


@pytest.mark.browser
def test_text_fits_its_box_in_a_browser(open_page, tmp_path):
    """Whatever font it has, also where a label is longer than the numbers, or a title than all."""
    labels = ["a label of many letters", "loss of the last epoch", "W" * 30, "Größe", "погрешность"]
    with scope("the frame of all these"):
        values = [Value(1.0, label=label) for label in labels]
    page = open_page(draw(values).save(tmp_path / "labels.svg"))
    rooms = page.evaluate("""[...document.querySelectorAll("g.value, g.frame")].map((group) => [
        group.querySelector("rect").getBBox().width,
        ...[...group.querySelectorAll("text")].map((text) => text.getBBox().width),
    ])""")
    assert len(rooms) == len(labels) + 1
    for room, *widths in rooms:
        assert max(widths) < room


def test_widths_are_those_of_helvetica():
    assert text_width("data 0.5933", 1000) == 556 + 556 + 278 + 556 + 278 + 5 * 556 + 278
    assert text_width("e\u0301", 1000) == text_width("e", 1000)


def test_a_chain_is_a_straight_line():
    x = Value(1.0)
    for _ in range(40):
        x = x.tanh()
    _, layout = laid_out(x)
    assert len({round(place.y, 3) for name, place in layout.places.items() if name[0] != "e"}) == 1


def test_layers_stand_side_by_side():
    _, layout = laid_out(layers_of((2, 3, 3, 1)))
    layers = [frame.place for frame in layout.frames if len(frame.scope) == 1]
    layers.sort(key=lambda place: place.left)
    assert len(layers) == 3
    assert all(one.right < other.left for one, other in pairwise(layers))


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_inside_of_frames_a_chain_is_no_longer_than_outside(direction):
    x = Value(1.0)
    with scope("network"), scope("layer"), scope("neuron"):
        y = x.tanh()
        z = y.tanh()
    framed, bare = (
        laid_out(z.tanh(), direction=direction, clusters=clusters)[1].places
        for clusters in (True, False)
    )

    def distance(places, one, other):
        return places[other].x - places[one].x + places[other].y - places[one].y

    assert distance(framed, "v2", "v3") == pytest.approx(distance(bare, "v2", "v3"))
    assert distance(framed, "v1", "v2") > distance(bare, "v1", "v2")
    assert distance(framed, "v3", "v4") > distance(bare, "v3", "v4")


def test_a_value_used_far_away_has_one_wire_that_its_edges_share():
    _, layout = laid_out(repeated_product(12))
    assert [wire.id for wire in layout.wires if not wire.arrow] == ["w2"]


def test_too_many_long_wires_run_beside_the_graph():
    _picture, layout = laid_out(same_leaves_twice(30, 1_000), partials=False)
    assert_nothing_overlaps(layout)
    assert_wires_go_forward(layout, "LR")
    highest = min(place.top for place in layout.places.values())
    beside = [wire for wire in layout.wires if min(y for _, y in wire.points) < highest]
    assert {wire.id[0] for wire in beside} == {"w", "e"}
    assert sum(len(wire.points) for wire in layout.wires) < 60_000


def test_the_same_graph_has_the_same_layout():
    assert laid_out(two_two_two()) == laid_out(two_two_two())


def crossings(layout):
    """How often two wires with different ends cross."""
    lines = [(wire, list(samples(wire, each=8))) for wire in layout.wires]

    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def meet(a, b, c, d):
        return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0

    return sum(
        meet(a, b, c, d)
        for (one, line), (other, course) in combinations(lines, 2)
        if one.source != other.source and one.target != other.target
        for a, b in pairwise(line)
        for c, d in pairwise(course)
    )


@pytest.mark.parametrize(
    ("name", "most"),
    [("one neuron", 0), ("used five times", 0), ("repeated product", 0), ("two-two-two", 8)],
)
def test_crossings(name, most):
    assert crossings(laid_out(GRAPHS[name]())[1]) <= most


def test_seven_thousand_values():
    picture, layout = laid_out(layers_of((2, 16, 16, 1), points=5), partials=False)
    assert picture.size > 6_500
    assert_nothing_overlaps(layout)
    assert_wires_go_forward(layout, "LR")


def test_a_chain_of_ten_thousand_columns():
    picture, layout = laid_out(repeated_product(10_000), partials=False)
    assert len(layout.places) == picture.size == 20_002


def test_the_layers_of_a_network_stand_level_side_by_side():
    frames = {frame.scope: frame.place for frame in draw(two_two_two(), fold=None).layout.frames}
    hidden, output = frames["hidden",], frames["output",]
    assert abs(hidden.y - output.y) < 0.1 * hidden.height


def test_each_of_several_partials_stands_on_its_arrow():
    drawing = draw(two_two_two(), fold="names")
    arrows = {wire.id: wire.points[-1][1] for wire in drawing.layout.wires}
    (box,) = [box for box in drawing.picture.boxes if box.label == "net_o1"]
    texts = [drawing.layout.places[operand.edge] for operand in box.operands]
    assert [
        round(arrows[operand.edge] - text.bottom) for operand, text in zip(box.operands, texts)
    ] == [1] * 5
