"""The graph as plain data."""

import math

from drawn_graphs import two_two_two, used_five_times

from autograd_mini import Value, draw, label, scope
from autograd_mini.drawing.picture import (
    DrawnOperation,
    Picture,
    PictureEdge,
    ValueBox,
    take_picture,
)
from autograd_mini.symbols.names import Names


def test_a_whole_picture():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    with scope("layer"), scope("neuron"):
        y = w * x + 1
    y.backward()
    assert take_picture(Names(y)) == Picture(
        boxes=(
            ValueBox("v1", "w", "w", 2.0, 3.0, (), None),
            ValueBox("v2", "x", "x", 3.0, 2.0, (), None),
            ValueBox(
                "v3",
                "v1",
                "",
                6.0,
                1.0,
                ("layer", "neuron"),
                DrawnOperation(
                    "o3",
                    "*",
                    (PictureEdge("e3_0", "v1", 3.0, None), PictureEdge("e3_1", "v2", 2.0, None)),
                ),
            ),
            ValueBox(
                "v4",
                "v2",
                "",
                7.0,
                1.0,
                ("layer", "neuron"),
                DrawnOperation(
                    "o4",
                    "+",
                    (PictureEdge("e4_0", "v3", 1.0, None), PictureEdge("e4_1", "c4_1", None, 1.0)),
                ),
            ),
        ),
        roots=("v4",),
    )


def test_a_value_used_twice_has_two_edges():
    x = Value(3.0)
    product = take_picture(Names(x * x)).values[-1].operation
    assert [(operand.edge, operand.source) for operand in product.operands] == [
        ("e2_0", "v1"),
        ("e2_1", "v1"),
    ]


def test_a_constant_used_twice_is_two_boxes():
    x = Value(3.0)
    assert list(take_picture(Names(x * 2 + 2)).constants()) == [("c2_1", 2.0), ("c3_1", 2.0)]


def test_before_backward_there_is_no_gradient():
    x = Value(3.0)
    y = x * x
    assert [value.grad for value in take_picture(Names(y)).values] == [None, None]
    y.backward()
    assert [value.grad for value in take_picture(Names(y)).values] == [6.0, 1.0]


def test_a_picture_stays_as_it_was_taken():
    x = Value(3.0, label="x")
    y = x * 2
    picture = take_picture(Names(y))
    x.data, x.label = 5.0, "changed"
    y.backward()
    assert picture.values[0] == ValueBox("v1", "x", "x", 3.0, None, (), None)


def test_several_roots_share_what_they_share():
    x = Value(3.0, label="x")
    y, z = x.exp(), x.tanh()
    label(y=y, z=z)
    picture = take_picture(Names([z, y, z]))
    assert [value.label for value in picture.values] == ["x", "z", "y"]
    assert picture.roots == ("v2", "v3")


def test_without_clusters_no_value_has_a_scope():
    assert {value.scope for value in draw(two_two_two(), clusters=False).picture.values} == {()}


def test_size_counts_boxes_and_circles():
    assert take_picture(Names(used_five_times())).size == 6 + 5 + 1


def test_the_largest_gradient_is_the_largest_finite_one():
    x, y = Value(0.0), Value(-5.0)
    z = x.sqrt() + y * 3
    z.backward()
    assert x.grad == math.inf
    assert take_picture(Names(z)).largest_gradient == 3.0


def test_broken_are_values_with_a_number_that_is_none():
    x = Value(0.0)
    y = x.sqrt()
    y.backward()
    assert [value.broken for value in take_picture(Names([y, Value(math.nan)])).values] == [
        True,
        False,
        True,
    ]


def test_a_chain_of_twenty_thousand():
    x = Value(1.0)
    for _ in range(20_000):
        x = x * 1.0
    assert take_picture(Names(x)).values[-1].id == "v20001"
