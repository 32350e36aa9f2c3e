"""The lecture view: named values, their formulas, and the partials between them."""

import pytest
from drawn_graphs import one_neuron, repeated_product, two_two_two

from autograd_mini import Value, draw, draw_dot, explain, label
from autograd_mini.drawing.folding import FormulaPrinter
from autograd_mini.engine.tree import parse
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.names import Names


def edges_of(drawing):
    """The partial of each edge, by the names of its result and its operand."""
    picture = drawing.picture
    return {
        (box.name, picture.by_id[operand.source].name): operand.partial
        for box in picture.values
        for operand in box.operands
    }


def test_the_lectures_network_has_a_box_for_each_name():
    root = two_two_two()
    boxes = {box.name: box for box in draw(root).picture.values}
    assert set(boxes) == {value.label for value in Names(root).values if value.label}
    assert {name: box.formula for name, box in boxes.items() if box.formula} == {
        "net_h1": "w1·i1 + w2·i2 + b1",
        "net_h2": "w3·i1 + w4·i2 + b1",
        "out_h1": "sigmoid(net_h1)",
        "out_h2": "sigmoid(net_h2)",
        "net_o1": "w5·out_h1 + w6·out_h2 + b2",
        "net_o2": "w7·out_h1 + w8·out_h2 + b2",
        "out_o1": "sigmoid(net_o1)",
        "out_o2": "sigmoid(net_o2)",
        "E_o1": "0.5·(t1 \N{MINUS SIGN} out_o1)²",
        "E_o2": "0.5·(t2 \N{MINUS SIGN} out_o2)²",
        "E": "E_o1 + E_o2",
    }


def test_edges_are_the_factors_that_explain_prints():
    root = two_two_two()
    edges = edges_of(draw(root))
    by_name = {value.label: value for value in Names(root).values}
    for result, operand in edges:
        value = explain(by_name[result], by_name[operand]).value
        assert edges[result, operand] == pytest.approx(value, rel=1e-15)
    chain = Chain(by_name["E_o1"])
    factors = [each for step in chain.steps for each in chain.below(step)]
    names = [(chain.names(each.result), chain.names(each.operand)) for each in factors]
    assert [edges[pair] for pair in names] == [each.value for each in factors]


def test_paths_through_unnamed_values_are_summed_and_counted():
    x = Value(3.0, label="x")
    square = x * x
    y = square + x.tanh() * 0.0 + x
    z = y * 2
    label(y=y, z=z)
    drawing = draw(z)
    box = next(box for box in drawing.picture.values if box.name == "y")
    (edge,) = box.operands
    assert (edge.partial, edge.count) == (7.0, 4)
    assert "<title>d y / d x = 7, over 4 paths</title>" in drawing.svg()


def test_every_operation_is_drawn_on_request():
    root = two_two_two()
    picture = draw(root, fold=None).picture
    assert len(picture.values) == 41
    assert sum(1 for _ in picture.operations()) == 27


def test_a_graph_without_named_intermediate_results_shows_its_operations():
    picture = draw(one_neuron()).picture
    assert sum(1 for _ in picture.operations()) == 5
    picture = draw(one_neuron(), fold="names").picture
    assert [box.name for box in picture.values] == ["x1", "w1", "x2", "w2", "b", "o"]
    assert picture.values[-1].formula == "tanh(x1·w1 + x2·w2 + b)"


def test_a_graph_without_names_has_a_box_for_each_value():
    picture = draw(repeated_product(3), fold="names").picture
    assert [box.formula for box in picture.values] == ["", "", "v1·v2", "v3·v2", "v4·v2"]


def test_elements_of_lists_and_models_are_named_without_quotes():
    w, x, c = Value(1.0, "w[0][1]"), Value(2.0, "layers.0.x"), Value(3.0, "my loss")
    y = (w * x + c).tanh()
    y.label = "y"
    (box,) = (box for box in draw(y, fold="names").picture.values if box.name == "y")
    assert box.formula == "tanh(w[0][1]·layers.0.x + [my loss])"


def test_a_long_part_that_would_be_repeated_keeps_its_box():
    x = Value(0.5, label="x")
    y = x
    for _ in range(12):
        y = y * y + x
    z = y * x
    label(z=z)
    formulas = [box.formula for box in draw(z, fold="names").picture.values]
    assert max(map(len, formulas)) < 200


def test_draw_dot_draws_named_values():
    source = draw_dot(two_two_two()).source
    assert r"net_h1|w1·i1 + w2·i2\n+ b1|data 0.3775|grad 0.008771" in source
    assert "sigmoid" in draw_dot(two_two_two(), fold=None).source
    assert "o7" in draw_dot(one_neuron()).source


def test_the_lectures_picture_is_readable_at_the_width_of_a_page():
    """At 830 pixels, the width of a README, the smallest text has 9; from top to bottom, 12."""
    for direction, least in (("LR", 9), ("TB", 12)):
        layout = draw(two_two_two(clusters=False), direction=direction).layout
        assert 12 * 830 / layout.width >= least


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("x ** 2 + y ** 13", "x² + y¹³"),
        ("x ** -1", "x^(\N{MINUS SIGN}1)"),
        ("x ** 0.5", "x^0.5"),
        ("-x * (y - 2)", "\N{MINUS SIGN}x·(y \N{MINUS SIGN} 2)"),
        ("exp(x) / (1 + exp(x))", "exp(x)/(1 + exp(x))"),
        ("2 * x * 3", "2·x·3"),
    ],
)
def test_formulas_are_written_as_on_a_slide(formula, written):
    assert FormulaPrinter().text(parse(formula)) == written
