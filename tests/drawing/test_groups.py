"""Large graphs in fewer boxes: which, what they say, and that they never need each other."""

import math
from contextlib import ExitStack
from random import Random

import pytest
from drawn_graphs import graphs, layers_of, repeated_product, two_two_two
from hypothesis import given
from hypothesis import strategies as st
from layout_checks import assert_well_laid_out

import nn
from autograd_mini import Value, draw, label, scope
from autograd_mini.drawing.picture import Group


def gathered(root, how):
    """What the boxes of a drawing are called, and how many values each stands for."""
    return {
        box.name: len(box.members) if isinstance(box, Group) else 1
        for box in draw(root, collapse=how).picture.boxes
    }


def recurrent(steps):
    """A layer of two neurons, fed with what it gave before."""
    cell = nn.Layer(2, 2, activation="tanh", seed=1, name="cell")
    state = [Value(0.1, label="h1"), Value(0.2, label="h2")]
    for _ in range(steps):
        state = cell(state)
    loss = state[0] * state[1]
    loss.label = "loss"
    loss.backward()
    return loss


def test_one_box_for_each_innermost_scope():
    assert gathered(two_two_two(), "neuron") == {
        **dict.fromkeys(["t1", "w5", "w1", "i1", "w2", "i2", "b1", "w6", "w3", "w4", "b2"], 1),
        **dict.fromkeys(["h1", "h2", "o1", "o2"], 5),
        **dict.fromkeys(["v10", "v11", "E_o1", "t2", "w7", "w8", "v15", "v16", "E_o2", "E"], 1),
    }


def test_one_box_for_each_outermost_scope():
    boxes = gathered(two_two_two(), "layer")
    assert {name: count for name, count in boxes.items() if count > 1} == {
        "hidden": 10,
        "output": 10,
    }


def test_a_box_of_a_group_says_how_many_in_which_range_and_how_steep():
    with scope("layer 1"), scope("neuron 2"):
        w, x = Value(3.0, label="w"), Value(-4.0, label="x")
        y = w * x
    z = y + 1.0
    z.label = "z"
    drawing = draw(z, collapse="neuron")
    assert drawing.lettering["g1"].rows == ("neuron 2", "3", "-12 to 3", "-")
    z.backward()
    drawing = draw(z, collapse="neuron")
    assert drawing.lettering["g1"].rows == ("neuron 2", "3", "-12 to 3", "5.099")  # sqrt(26)
    assert str(drawing) == (
        "Graph of z = -11: 4 values, 3 of them in 1 group; draw(..., collapse=None) draws each\n"
        "name                operation                       data     grad\n"
        "layer 1 / neuron 2  3 values                    -12 to 3  |5.099|\n"
        "z                   + of layer 1 / neuron 2, 1       -11        1"
    )
    assert "<title>Graph of z = -11: 4 values, 3 of them in 1 group; " in drawing.svg()
    assert [frame.scope for frame in drawing.layout.frames] == [("layer 1",)]


@pytest.mark.parametrize(
    ("factors", "kind"),
    [
        ((1.0, 2.0), "positive"),
        ((-1.0, -2.0), "negative"),
        ((1.0, -2.0), "mixed"),
        ((0.0, 0.0), "zero"),
        ((1.0, math.nan), "broken"),
    ],
)
def test_a_group_has_the_colour_of_its_gradients(factors, kind):
    with scope("leaves"):
        leaves = [Value(1.0) for _ in factors]
    root = sum(leaf * factor for leaf, factor in zip(leaves, factors))
    root.backward()
    assert f'<g id="g1" class="group {kind}">' in draw(root, collapse="layer").svg()


def test_the_table_calls_groups_by_their_scopes():
    rows = str(draw(nn.MLP(2, [2, 1], seed=0)([1.0, 2.0]), collapse="neuron")).splitlines()
    assert [row.split("  ")[0] for row in rows[2:5]] == [
        "layer 1 / neuron 1",
        "layer 1 / neuron 2",
        "layer 2 / neuron 1",
    ]


def test_before_backward_a_group_has_no_gradient():
    with scope("n"):
        x = Value(1.0)
        y = x * x
    assert '<g id="g1" class="group unknown">' in draw(y * 2.0, collapse="neuron").svg()


def test_edges_between_two_boxes_are_one_wire_that_says_how_many():
    drawing = draw(layers_of((2, 3, 1), points=2), collapse="layer")
    arrows = [wire.id for wire in drawing.layout.wires if wire.arrow and wire.target == "g2"]
    assert arrows == ["eg2_0"]
    assert "<title>6 edges from layer 0 to layer 1</title>" in drawing.svg()


def test_an_edge_from_a_group_says_which_derivative_it_carries():
    drawing = draw(two_two_two(), collapse="layer")
    assert "<title>d v10 / d out_o1 = -1</title>" in drawing.svg()


def test_a_root_always_has_a_box_of_its_own():
    model = nn.MLP(2, [2, 1], seed=0)
    out = model([1.0, 2.0])
    assert gathered(out, "layer") == {"layer 1": 16, "layer 2": 6, "v14": 1}
    assert [box.scope for box in draw(out, collapse="neuron").picture.boxes] == [
        ("layer 1",),
        ("layer 1",),
        ("layer 2",),
        ("layer 2",),
    ]


def test_a_scope_with_one_value_is_that_value():
    with scope("bias"):
        b = Value(1.0, label="b")
    assert gathered(b * 2.0, "layer") == {"b": 1, "v1": 1}


@pytest.mark.parametrize(("count", "boxes"), [(10, 10 + 9), (11, 1 + 10), (12, 1 + 1)])
def test_what_is_alike_outside_of_scopes_is_gathered_where_it_is_many(count, boxes):
    leaves = [Value(1.0) for _ in range(count)]
    root = sum(leaves[1:], start=leaves[0]) * 2.0
    assert len(draw(root, collapse="layer").picture.boxes) == boxes + 1


def test_values_of_one_label_or_one_list_are_gathered_where_they_are_many():
    xs = [Value(float(place), label="x") for place in range(12)]
    ys = [Value(float(place), label=f"y{place}") for place in range(12)]
    with scope("net"):
        products = [x * y for x, y in zip(xs, ys)]
        total = sum(products[1:], start=products[0])
    assert gathered(total * 2.0, "layer") == {
        "x": 12,
        "y": 12,
        "net": 23,
        "v24": 1,
    }


def test_what_feeds_scopes_and_what_they_feed_is_not_gathered_in_one():
    inputs = [Value(float(place)) for place in range(12)]
    scaled = [x * 0.5 for x in inputs]
    with scope("net"):
        outs = [x.tanh() for x in scaled]
    loss = sum((out * out for out in outs), start=Value(0.0, label="start"))
    loss.label = "loss"
    assert gathered(loss, "layer") == {
        "start": 1,
        "leaves": 12,
        "results (1/2)": 12,
        "net": 12,
        "results (2/2)": 23,
        "loss": 1,
    }


def test_neurons_that_feed_each_other_again_and_again_are_split_by_step():
    boxes = gathered(recurrent(3), "neuron")
    assert list(boxes) == [
        "h1",
        "h2",
        *(f"neuron {neuron} ({step}/3)" for step in (1, 2, 3) for neuron in (1, 2)),
        "loss",
    ]
    assert gathered(recurrent(3), "layer") == {"h1": 1, "h2": 1, "cell": 36, "loss": 1}


def test_weights_wait_for_the_step_that_first_uses_them():
    picture = draw(recurrent(3), collapse="neuron").picture
    groups = {group.name: group for group in picture.groups}
    first = {picture.whole.by_id[member].label for member in groups["neuron 1 (1/3)"].members}
    assert {"w1", "w2", "b"} <= first


def test_auto_draws_each_of_three_hundred_values():
    def chain(steps):
        with scope("chain"):
            return repeated_product(steps)

    assert draw(chain(298)).picture == draw(chain(298), collapse=None).picture
    assert len(draw(chain(298)).picture.boxes) == 300
    assert len(draw(chain(299)).picture.boxes) == 2


def layer(inputs, rows):
    return [sum(w * x for w, x in zip(row, inputs)).tanh() for row in rows]


def test_auto_gathers_by_pattern_where_there_are_no_scopes():
    inputs = [Value(0.1 * place, label=f"x{place}") for place in range(8)]
    unnamed = [[Value(0.01) for _ in range(8)] for _ in range(8)]
    named = [[Value(0.01, label=f"w{row}_{place}") for place in range(8)] for row in range(8)]
    outs = layer(layer(inputs, unnamed), named)
    root = sum((out - 1.0) ** 2 for out in outs) / 8
    assert gathered(root, "auto") == {
        "x": 8,
        "leaves": 64,
        "tanh(sum(x·y))": 8 * (8 + 8 + 1),
        "w": 64,
        "sum((tanh(sum(w·x)) - c)^c)": 8 * (8 + 8 + 1 + 2) + 8,
        "v361": 1,
    }


def test_patterns_say_which_lists_were_used():
    x = [Value(0.1, label=f"x{place}") for place in range(9)]
    wq = [[Value(0.2, label=f"wq{row}_{place}") for place in range(9)] for row in range(9)]
    wk = [[Value(0.2, label=f"wk{row}_{place}") for place in range(9)] for row in range(9)]
    q, k = ([sum(a * b for a, b in zip(row, x)) for row in rows] for rows in (wq, wk))
    score = sum(a * b for a, b in zip(q, k)) + sum(q) * sum(k)
    score.label = "score"
    assert gathered(score, "auto") == {
        "x": 9,
        "wk": 81,
        "wq": 81,
        "sum(wk·x)": 9 * (9 + 9),
        "sum(wq·x)": 9 * (9 + 9),
        "sum(sum(x)·sum(x), x·y)": 9 + 9 + 9 + 9 + 1,
        "score": 1,
    }


def test_a_chain_without_scopes_is_gathered_by_ranges_of_steps():
    state = Value(0.5, label="start")
    for _ in range(2_000):
        state = state.tanh() * state
    boxes = gathered(state, "auto")
    assert list(boxes)[:2] == ["steps 1 to 84", "steps 85 to 168"]
    assert len(boxes) == 24 + 1
    assert sum(boxes.values()) == 4_001


def test_auto_draws_each_value_of_a_small_graph_without_scopes():
    chain = repeated_product(298)
    assert draw(chain).picture == draw(chain, collapse=None).picture
    assert gathered(repeated_product(299), "auto") != gathered(repeated_product(299), None)


@pytest.mark.parametrize("seed", range(6))
def test_any_large_graph_is_gathered_by_pattern_without_cycles(seed):
    random = Random(seed)
    values = [Value(0.5, label=random.choice(["", "x", f"w{place}"])) for place in range(9)]
    for place in range(600):
        one, other = random.choice(values), random.choice(values[-random.randrange(1, 40) :])
        values.append(random.choice([one.tanh(), one + other, one * 0.5, one * other]))
        values[-1].label = random.choice(["", "", "", "h", f"h{place}"])
    root = sum(values)
    drawing = draw(root, fold=None)
    assert_acyclic(drawing.picture)
    assert_well_laid_out(drawing.picture, drawing.layout, "LR")
    members = sum(len(group.members) for group in drawing.picture.groups)
    assert members + len(drawing.picture.values) == len(drawing.picture.whole.values)
    assert len(drawing.picture.boxes) < 300


def test_a_group_of_gradients_of_zero_is_not_filled():
    with scope("dead"):
        nets = [Value(-1.0) * 1.0 for _ in range(3)]
    root = sum(net.relu() for net in nets) * 1.0
    root.backward()
    svg = draw(root, collapse="layer").svg()
    assert 'class="group zero"' in svg
    assert ":where(.group) rect { stroke: #7d8590; fill: none; }" in svg


def test_auto_takes_neurons_where_they_can_be_read_and_else_layers():
    small, large = layers_of((2, 16, 16, 1)), layers_of((1, 301, 1))
    assert draw(small).picture == draw(small, collapse="neuron").picture
    assert draw(large).picture == draw(large, collapse="layer").picture


def test_without_clusters_groups_have_no_frames():
    drawing = draw(two_two_two(), collapse="neuron", clusters=False)
    assert drawing.layout.frames == ()
    assert [group.name for group in drawing.picture.groups] == ["h1", "h2", "o1", "o2"]


def test_an_unknown_word_for_collapse_is_refused(raises):
    with raises(ValueError, 'collapse is \'all\'; give "auto", "neuron", "layer" or None'):
        draw(Value(1.0), collapse="all")


def test_dot_and_mermaid_name_the_groups():
    drawing = draw(two_two_two(), collapse="layer")
    assert 'g1 [id=g1 label="hidden|values 10|data 0.0075 to 0.5969|\\|grad\\| ' in drawing.dot
    assert "  g1 -> g2 [id=eg2_1]" in drawing.dot
    assert '  g1[["hidden<br/>values 10<br/>data 0.0075 to 0.5969<br/>|grad| ' in drawing.mermaid


def test_fifty_thousand_values_fit_a_screen():
    drawing = draw(layers_of((2, 16, 16, 1), points=70))
    assert len(drawing.picture.whole.values) > 45_000
    assert len(drawing.picture.boxes) < 50
    assert len(drawing.dot) < 100_000
    assert drawing.layout.height < 2_000


@st.composite
def many_alike(draw_from):
    """Graphs in which much is alike outside of scopes, and scopes feed each other."""
    values = [Value(1.0) for _ in range(draw_from(st.integers(1, 14)))]
    for _ in range(draw_from(st.integers(0, 60))):
        value = draw_from(st.sampled_from(values))
        other = draw_from(st.sampled_from(values))
        with ExitStack() as stack:
            for name in draw_from(st.sampled_from([(), (), ("p",), ("q",), ("p", "r")])):
                stack.enter_context(scope(name))
            values.append(value + other)
    root = values[-1]
    root.backward()
    return [root]


def assert_acyclic(picture):
    """Boxes stand after all that they need."""
    seen = set()
    for box in picture.boxes:
        assert all(each.source in seen for each in box.operands if each.constant is None), box.name
        seen.add(box.id)


@given(graphs() | many_alike(), st.sampled_from(["neuron", "layer"]), st.sampled_from(["LR", "TB"]))
def test_any_graph_is_gathered_without_cycles_and_well_laid_out(roots, how, direction):
    drawing = draw(roots, collapse=how, direction=direction)
    picture = drawing.picture
    whole = draw(roots, collapse=None).picture
    found = [name for group in picture.groups for name in group.members]
    found += [value.id for value in picture.values]
    assert sorted(found) == sorted(value.id for value in whole.values)
    assert set(picture.roots) <= {value.id for value in picture.values}
    assert_acyclic(picture)
    if picture.groups:
        assert_well_laid_out(picture, drawing.layout, direction)


@given(graphs() | many_alike(), st.sampled_from(["neuron", "layer"]))
def test_every_edge_between_two_boxes_is_counted(roots, how):
    picture = draw(roots, collapse=how).picture
    whole = draw(roots, collapse=None).picture
    box_of = {value.id: value.id for value in picture.values}
    box_of.update((name, group.id) for group in picture.groups for name in group.members)
    crossing = [
        (box_of[operand.source], box_of[value.id])
        for value, operation in whole.operations()
        for operand in operation.operands
        if operand.constant is None and box_of[operand.source] != box_of[value.id]
    ]
    drawn = [
        (operand.source, box.id)
        for box in picture.boxes
        for operand in box.operands
        if operand.constant is None
        for _ in range(operand.count)
    ]
    assert sorted(drawn) == sorted(crossing)


def test_hostile_names_of_scopes_are_text():
    with scope('</title><script>"]'):
        x = Value(1.0)
        y = x * x
    z = y * 2.0
    label(z=z)
    svg = draw(z, collapse="layer").svg()
    assert "<script>" not in svg
    assert "&lt;/title&gt;&lt;script&gt;&quot;]: 2 values, data 1, |grad| -" in svg
