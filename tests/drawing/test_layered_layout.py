"""Our own layout: nothing overlaps, nothing is cut through, everything goes forward."""

from contextlib import ExitStack
from itertools import combinations, pairwise

import pytest
from drawn_graphs import (
    layers_of,
    one_neuron,
    repeated_product,
    same_leaves_twice,
    two_two_two,
    used_five_times,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_mini import Value, scope
from autograd_mini.drawing.layered import layered_layout
from autograd_mini.drawing.lettering import NOTE_SIZE, NUMBER_SIZE, letter, text_width
from autograd_mini.drawing.picture import take_picture

SLACK = 0.01  # of a pixel


def laid_out(*roots, direction="LR", partials=True, clusters=True):
    """A picture and its layout."""
    picture = take_picture(roots, clusters=clusters)
    lettering = letter(picture, digits=4, partials=partials)
    return picture, layered_layout(picture, lettering, direction)


def overlap(one, other):
    """Whether two places share more than an edge."""
    return (
        one.left < other.right - SLACK
        and other.left < one.right - SLACK
        and one.top < other.bottom - SLACK
        and other.top < one.bottom - SLACK
    )


def contains(outer, inner):
    """Whether a place is inside another."""
    return (
        outer.left <= inner.left + SLACK
        and outer.right >= inner.right - SLACK
        and outer.top <= inner.top + SLACK
        and outer.bottom >= inner.bottom - SLACK
    )


def samples(wire, each=6):
    """Points along a wire."""
    points = wire.points
    for start in range(0, len(points) - 1, 3):
        a, b, c, d = points[start : start + 4]
        for step in range(each + 1):
            t = step / each
            yield tuple(
                (1 - t) ** 3 * a[k]
                + 3 * (1 - t) ** 2 * t * b[k]
                + 3 * (1 - t) * t**2 * c[k]
                + t**3 * d[k]
                for k in (0, 1)
            )


def assert_nothing_overlaps(layout):
    """Boxes, circles, constants and partials, by a sweep from left to right."""
    open_places = []
    for name, place in sorted(layout.places.items(), key=lambda item: item[1].left):
        open_places = [other for other in open_places if other[1].right > place.left]
        for other_name, other in open_places:
            assert not overlap(place, other), f"{name} and {other_name}"
        open_places.append((name, place))


def assert_wires_are_clear(layout):
    """A wire is in no box or circle but those that it joins, and crosses no partial."""
    for wire in layout.wires:
        for x, y in samples(wire):
            for name, place in layout.places.items():
                if name in (wire.source, wire.target):
                    continue
                inside = (
                    place.left + 1 < x < place.right - 1 and place.top + 1 < y < place.bottom - 1
                )
                assert not inside, f"{wire.id} goes through {name}"


def assert_wires_go_forward(layout, direction):
    """Every wire and every curve of it leads from operand to result."""
    axis = 0 if direction == "LR" else 1
    for wire in layout.wires:
        ways = [point[axis] for point in wire.points]
        assert all(a <= b + SLACK for a, b in pairwise(ways)), wire.id


def assert_wires_arrive(picture, layout):
    """An edge ends at its circle; a wire of its own begins where the value's box ends."""
    by_id = {wire.id: wire for wire in layout.wires}
    for value, operation in picture.operations():
        circle = layout.places[operation.id]
        for operand in operation.operands:
            x, y = by_id[operand.edge].points[-1]
            distance = max(
                abs(x - circle.x) - circle.width / 2, abs(y - circle.y) - circle.height / 2
            )
            assert -6 < distance < SLACK
        start, end = by_id[f"r{value.id[1:]}"].points[0], by_id[f"r{value.id[1:]}"].points[-1]
        assert start[0] == pytest.approx(circle.right) or start[1] == pytest.approx(circle.bottom)
        box = layout.places[value.id]
        assert end[0] == pytest.approx(box.left) or end[1] == pytest.approx(box.top)


def assert_frames_hold_their_members(picture, layout):
    """A frame holds all of its scope's values, no other value, and lies in the frame around it."""
    frames = {frame.scope: frame.place for frame in layout.frames}
    assert frames.keys() == {
        value.scope[:depth] for value in picture.values for depth in range(1, len(value.scope) + 1)
    }
    for scope_of_frame, frame in frames.items():
        for value in picture.values:
            inside = value.scope[: len(scope_of_frame)] == scope_of_frame
            for name in value.nodes():
                place = layout.places[name]
                assert contains(frame, place) if inside else not overlap(frame, place)
        if len(scope_of_frame) > 1:
            assert contains(frames[scope_of_frame[:-1]], frame)
    for (scope_a, a), (scope_b, b) in combinations(frames.items(), 2):
        shorter = min(len(scope_a), len(scope_b))
        assert scope_a[:shorter] == scope_b[:shorter] or not overlap(a, b)


def assert_well_laid_out(picture, layout, direction="LR"):
    """All of the above, and everything on the paper."""
    assert_nothing_overlaps(layout)
    assert_wires_are_clear(layout)
    assert_wires_go_forward(layout, direction)
    assert_wires_arrive(picture, layout)
    assert_frames_hold_their_members(picture, layout)
    for place in [*layout.places.values(), *(frame.place for frame in layout.frames)]:
        assert place.left > 0
        assert place.top > 0
        assert place.right < layout.width
        assert place.bottom < layout.height


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


@st.composite
def graphs(draw):
    """A value that others were made for, in scopes that come and go, or several such values."""
    values = [Value(1.0, label=name) for name in draw(st.lists(st.sampled_from("abc"), min_size=1))]
    for _ in range(draw(st.integers(0, 25))):
        one, other = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        names = draw(st.lists(st.sampled_from(["p", "q"]), max_size=2))
        make = draw(
            st.sampled_from([one.tanh, lambda a=one, b=other: a - b, lambda a=one: a * 0.5])
        )
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(scope(name))
            values.append(make())
    return draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))


@given(graphs(), st.sampled_from(["LR", "TB"]), st.booleans())
@settings(deadline=None)
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
