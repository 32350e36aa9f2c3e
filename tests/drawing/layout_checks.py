"""What holds for every layout of ours."""

from collections import defaultdict
from itertools import combinations, pairwise

import pytest

SLACK = 0.01  # of a pixel


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


CELL = 100  # pixels


def cells(layout):
    """The names and the places that each square of a grid touches."""
    found = defaultdict(list)
    for name, place in layout.places.items():
        for column in range(int(place.left // CELL), int(place.right // CELL) + 1):
            for row in range(int(place.top // CELL), int(place.bottom // CELL) + 1):
                found[column, row].append((name, place))
    return found


def assert_wires_are_clear(layout):
    """A wire is in no box or circle but those that it joins, and crosses no partial."""
    near = cells(layout)
    for wire in layout.wires:
        for x, y in samples(wire):
            for name, place in near.get((x // CELL, y // CELL), ()):
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
    for value in picture.values:
        box = layout.places[value.id]
        for factor in value.factors:
            x, y = by_id[factor.edge].points[-1]
            assert x == pytest.approx(box.left) or y == pytest.approx(box.top)
            assert box.left - SLACK <= x <= box.right + SLACK
            assert box.top - SLACK <= y <= box.bottom + SLACK
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
        box.scope[:depth] for box in picture.boxes for depth in range(1, len(box.scope) + 1)
    }
    for scope_of_frame, frame in frames.items():
        for box in picture.boxes:
            inside = box.scope[: len(scope_of_frame)] == scope_of_frame
            for name in box.nodes():
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
