"""Scopes that repeat those inside them are drawn as a table."""

import pytest
from drawn_graphs import layers_of
from layout_checks import (
    assert_frames_hold_their_members,
    assert_nothing_overlaps,
    assert_wires_are_clear,
)

from autograd_mini import Value, draw, label, scope, topological_order
from autograd_mini.drawing.picture import Cell

SIZE = 6


def unrolled(steps=4):
    """A recurrent network: each step reads the state of the step before, and every earlier sum."""
    w = [[Value(0.01 * (i - j)) for j in range(SIZE)] for i in range(SIZE)]
    u = [[Value(0.02 * (i + j)) for j in range(SIZE)] for i in range(SIZE)]
    state = [Value(0.1 * i, label=f"start{i}") for i in range(SIZE)]
    sums, terms = [], []
    label()
    for step in range(steps):
        with scope(f"step {step}"):
            with scope("state"):
                state = [sum(a * b for a, b in zip(row, state)).tanh() for row in w]
            with scope("sum"):
                sums.append(sum(state))
                total = sum(sums)
            with scope("output"):
                outputs = [sum(a * b for a, b in zip(row, state)) * total for row in u]
            with scope("error"):
                terms.append(sum(output * output for output in outputs))
    loss = sum(terms) / len(terms)
    loss.label = "loss"
    loss.backward()
    return loss


def test_a_column_for_each_step_and_a_row_for_each_scope_inside():
    picture = draw(unrolled()).picture
    cells = {(*box.scope, box.name): picture.cells[box.id] for box in picture.boxes}
    assert cells == {
        ("w",): Cell(0, 0),
        ("start",): Cell(0, 0),
        ("u",): Cell(2, 0),
        **{
            (f"step {step}", name): Cell(row, step + 1)
            for step in range(4)
            for row, name in enumerate(["state", "sum", "output", "error"])
        },
        ("results",): Cell(4, 4),
        ("loss",): Cell(5, 4),
    }


def test_the_boxes_of_a_row_are_level_and_those_of_a_column_one_below_the_other():
    drawing = draw(unrolled())
    places = {cell: drawing.layout.places[name] for name, cell in drawing.picture.cells.items()}
    for row in range(4):
        assert len({places[row, column].y for column in range(1, 5)}) == 1
    for column in range(1, 5):
        assert len({places[row, column].x for row in range(4)}) == 1


def test_wires_of_a_table_keep_clear_of_boxes_and_arrive_from_above():
    drawing = draw(unrolled())
    layout = drawing.layout
    assert_nothing_overlaps(layout)
    assert_wires_are_clear(layout)
    assert_frames_hold_their_members(drawing.picture, layout)
    wires = {wire.id: wire for wire in layout.wires}
    for group in drawing.picture.groups:
        for operand in group.operands:
            x, y = wires[operand.edge].points[-1]
            place = layout.places[group.id]
            assert place.left < x < place.right
            assert y == place.top


def test_the_columns_stand_in_the_order_of_the_computation_whatever_the_root():
    loss = unrolled()
    last = [value for value in topological_order(loss) if value.scope == ("step 3", "error")][-1]
    picture = draw(last).picture
    columns = {box.scope[0]: picture.cells[box.id].column for box in picture.boxes if box.scope}
    assert columns == {f"step {step}": step + 1 for step in range(4)}


def test_the_text_of_a_table_tells_the_columns_apart():
    text = str(draw(unrolled()))
    assert "step 0 / sum" in text
    assert "step 3 / sum" in text


def test_neurons_in_layers_are_no_table():
    assert not draw(layers_of((4, 4, 4), points=8)).picture.cells


def test_a_small_graph_is_drawn_value_by_value_in_spite_of_its_scopes():
    a = Value(2.0)
    for step in range(3):
        with scope(f"step {step}"):
            with scope("square"):
                b = a * a
            with scope("root"):
                a = b.sqrt()
    assert not draw(a).picture.cells


@pytest.mark.browser
def test_wires_stay_at_the_sides_of_the_boxes_when_another_of_the_column_opens(open_page):
    drawing = draw(unrolled())
    page = open_page(drawing)
    names = {(*box.scope, box.name): box.id for box in drawing.picture.boxes}
    opened, beside = names["step 1", "output"], names["step 1", "sum"]
    right = page.locator(f"#{beside} > rect").bounding_box()
    page.locator(f"#{opened}").click()
    # The rows of a matrix are no samples of a batch.
    assert page.get_by_label("Sample", exact=True).is_hidden()
    assert page.locator(f"#opened-{opened} .value").count() > SIZE
    (edge,) = (
        operand.edge
        for operand in drawing.picture.by_id[names["step 3", "sum"]].operands
        if operand.source == beside
    )
    start = page.evaluate(
        """id => {
          const wire = document.getElementById(id);
          const { x } = wire.getPointAtLength(0).matrixTransform(wire.getScreenCTM());
          return x;
        }""",
        edge,
    )
    rect = page.locator(f"#{beside} > rect").bounding_box()
    assert rect["width"] == pytest.approx(right["width"], abs=1)
    assert start >= rect["x"] + rect["width"] - 1
