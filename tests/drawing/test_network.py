"""The network diagram: which units, weights and biases are found, and what is written."""

import subprocess
from xml.etree import ElementTree

import pytest
from drawn_graphs import layers_of, softmax_cross_entropy, used_five_times

import nn
from autograd_mini import Value, draw_network
from autograd_mini.drawing.network.samples import find_samples
from autograd_mini.drawing.network.units import find_network
from autograd_mini.symbols.names import Names

SVG = "{http://www.w3.org/2000/svg}"
HINT = "draw_network draws weighted sums such as w1*x1 + w2*x2 + b; draw(root) draws every graph"


def lectures_network():
    network = nn.two_two_two()
    network.forward().backward()
    return network.E


def wiring(root):
    """For each circle its heading, number, biases and the weights into it with their sources."""
    diagram = draw_network(root).layout
    headings = dict(diagram.headings)
    return {
        circle.text.name: (
            headings.get(circle.x, ""),
            circle.text.data,
            [bias.rows()[0] for bias in circle.biases],
            [
                (line.text.rows()[0] if line.text else "", line.source.text.name)
                for line in diagram.lines
                if line.target is circle
            ],
        )
        for circle in diagram.circles
    }


def test_the_network_of_the_lectures():
    assert wiring(lectures_network()) == {
        "i1": ("inputs", "0.05", [], []),
        "i2": ("inputs", "0.1", [], []),
        "out_h1": (
            "hidden layer",
            "0.5933",
            ["b1 = 0.35"],
            [("w1 = 0.15", "i1"), ("w2 = 0.2", "i2")],
        ),
        "out_h2": (
            "hidden layer",
            "0.5969",
            ["b1 = 0.35"],
            [("w3 = 0.25", "i1"), ("w4 = 0.3", "i2")],
        ),
        "out_o1": (
            "output layer",
            "0.7514",
            ["b2 = 0.6"],
            [("w5 = 0.4", "out_h1"), ("w6 = 0.45", "out_h2")],
        ),
        "out_o2": (
            "output layer",
            "0.7729",
            ["b2 = 0.6"],
            [("w7 = 0.5", "out_h1"), ("w8 = 0.55", "out_h2")],
        ),
        "E": ("", "0.2984", [], [("", "out_o1"), ("", "out_o2")]),
    }


def test_a_model_on_a_batch_is_drawn_once_with_its_first_sample():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    loss = sum((model(inputs) - target) ** 2 for inputs, (target,) in nn.xor())
    loss.backward()
    diagram = draw_network(loss).layout
    assert diagram.summary == "Network of 2-3-1 units; the first of 4 uses"
    assert [line.title.split(" = ")[0] for line in diagram.lines if line.text] == [
        *("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "w1_3_1", "w1_3_2"),
        *("w2_1_1", "w2_1_2", "w2_1_3"),
    ]
    first = float(model(nn.xor()[0][0]))
    (output,) = (circle for circle in diagram.circles if circle.text.name == "out2_1_1")
    assert float(output.text.data) == pytest.approx(first, abs=5e-5)


def w(number, data=0.5):
    return Value(data, label=f"w{number}")


def x(number, data=2.0):
    return Value(data, label=f"x{number}")


@pytest.mark.parametrize(
    ("root", "into"),
    [
        (sum([w(1) * x(1), w(2) * x(2)]), [("w1 = 0.5", "x1"), ("w2 = 0.5", "x2")]),
        (x(1) * w(1) + x(2) * w(2), [("w1 = 0.5", "x1"), ("w2 = 0.5", "x2")]),
        (w(1) * 3.0 + w(2) * 4.0, [("w1 = 0.5", "x1"), ("w2 = 0.5", "x2")]),
        ((w(1) * x(1)).sigmoid(), [("w1 = 0.5", "x1")]),
        ((w(1) * x(1) + Value(1.0, "b") - 1.0) ** 2, [("w1 = 0.5", "x1")]),
    ],
    ids=["sum()", "input first", "plain inputs", "one weight", "a target that is a number"],
)
def test_ways_to_write_a_unit(root, into):
    circles = wiring(root)
    unit = next(circle for circle in circles.values() if circle[0] == "layer 1")
    assert unit[3] == into


def test_biases_of_every_form():
    b, theta = Value(0.1, "b"), Value(0.2, "theta")
    for root, biases in (
        (w(1) * x(1) + b, ["b = 0.1"]),
        (b * 1.0 + w(1) * x(1), ["b = 0.1"]),
        (w(1) * x(1) - theta, ["\N{MINUS SIGN}theta = 0.2"]),
        (w(1) * x(1) + 0.25, ["0.25"]),
    ):
        circles = draw_network(root).layout.circles
        assert [bias.rows()[0] for bias in circles[-1].biases] == biases


def test_units_of_a_layer_stand_in_the_order_of_their_names():
    loss = nn.softmax_cross_entropy(nn.MLP(2, [12], seed=1)([1.0, 2.0]), 7)
    names = [each.text.name for each in draw_network(loss).layout.circles if each.kind == "unit"]
    assert names == [f"out1_{number}" for number in range(1, 13)]


def test_an_unrolled_cell_has_a_column_for_each_step():
    hidden, weight, recurrent = Value(0.0, "h"), w(1), w(2)
    for step in range(3):
        hidden = (weight * x(step) + recurrent * hidden).tanh()
    assert draw_network(hidden).layout.summary == "Network of 2-2-2-1 units"


REFUSED = {
    "no units": (softmax_cross_entropy, f"the graph is not a network: it has no units; {HINT}"),
    "products of one leaf": (
        used_five_times,
        f"the graph is not a network: it has no units; {HINT}",
    ),
    "a residual connection": (
        lambda: w(3) * ((w(1) * x(1) + w(2) * x(2)).tanh() + x(3)),
        "the graph is not a network of units: w3 multiplies v5, which is neither an input nor the "
        f"output of one unit; {HINT}",
    ),
    "an input that is added": (
        lambda: (lambda a: (w(1) * a + a).tanh())(x(1)),
        "the graph is not a network of units: x1 is added to a weighted sum, and is an input or a "
        f"weight as well; {HINT}",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_graphs_are_refused(raises, name):
    make, message = REFUSED[name]
    with raises(ValueError, message):
        draw_network(make())


def test_a_wide_sum_and_many_steps_are_drawn():
    wide = sum(w(number) * x(number) for number in range(3000))
    assert draw_network(wide.tanh()).layout.summary == "Network of 3000-1 units"
    hidden, weight = Value(1.0, "h"), w(1)
    for _ in range(300):
        hidden = (weight * hidden + 0.1).tanh()
    assert len(draw_network(hidden).layout.circles) == 301


def test_large_layers_are_cut_and_have_their_numbers_in_titles():
    drawing = draw_network(layers_of((2, 30, 1)))
    diagram = drawing.layout
    assert [sum(circle.x == x for circle in diagram.circles) for x, _ in diagram.headings] == [
        *(2, 16, 1)
    ]
    assert len(diagram.dots) == 1
    assert not any(line.label for line in diagram.lines)
    titles = [title.text for title in ElementTree.fromstring(drawing.svg()).iter(SVG + "title")]
    assert titles[:2] == ["Network of 2-30-1 units", "w0_0_0 = 0.1, grad 0; x0 to out0_0"]


def test_labels_stand_apart_and_off_circles():
    for root in (lectures_network(), layers_of((2, 3, 2))):
        diagram = draw_network(root).layout
        labels = [line.label for line in diagram.lines if line.label]
        assert len(labels) == sum(line.text is not None for line in diagram.lines)
        for place, (x1, y1) in enumerate(labels):
            assert all(abs(y1 - y2) >= 14 or abs(x1 - x2) > 60 for x2, y2 in labels[:place])
            for circle in diagram.circles:
                assert (x1 - circle.x) ** 2 + (y1 - circle.y) ** 2 > circle.radius**2


def test_the_svg_has_a_group_for_each_circle_and_the_colour_of_each_sign():
    root = (w(1, -0.5) * x(1) + w(2) * x(2) + Value(0.5, "<b>")).tanh()
    root.label = "y"
    root.backward()
    svg = ElementTree.fromstring(draw_network(root).svg())
    texts = {
        group.get("id"): [text.text for text in group.iter(SVG + "text")]
        for group in svg.iter(SVG + "g")
        if group.get("id")
    }
    assert texts == {
        "n1": ["x1", "2", "-0.3932"],
        "n2": ["x2", "2", "0.3932"],
        "n3": ["y", "0.4621", "1", "<b> = 0.5", "grad 0.7864"],
    }
    lines = [group for group in svg.iter(SVG + "g") if group.find(SVG + "line") is not None]
    assert [line.get("class") for line in lines] == ["negative", "positive"]
    titles = [line.find(f"{SVG}line/{SVG}title").text for line in lines]
    assert titles[0] == "w1 = -0.5, grad 1.5728954659318548; x1 to y"


def test_saving_and_showing(tmp_path, raises):
    drawing = draw_network(lectures_network())
    for suffix in ("svg", "tex", "dot"):
        assert drawing.save(tmp_path / f"network.{suffix}").read_text()
    assert repr(drawing) == "<NetworkDiagram: Network of 2-2-2 units>"
    assert drawing._repr_mimebundle_()["text/html"].startswith("<div")
    with raises(
        ValueError,
        "cannot save 'network.gif': a network diagram is saved as one of .svg, .tex, .dot, .png, "
        ".pdf; end the name with one of them",
    ):
        drawing.save(tmp_path / "network.gif")


def test_a_png(cairo, no_programs):
    assert draw_network(lectures_network()).png().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.dot
def test_dot_draws_the_network(no_cairo, tmp_path):
    drawing = draw_network(lectures_network())
    assert drawing.save(tmp_path / "network.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    done = subprocess.run(
        ["dot", "-Tplain"], input=drawing.dot, capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert [row[0] for row in rows].count("node") == 7
    assert [row[0] for row in rows].count("edge") == 10


@pytest.mark.latex
def test_latex_sets_the_tikzpicture(tmp_path):
    root = lectures_network()
    hostile = (w(1) * Value(2.0, "50% & {x}_$\\") + Value(-1e-9, "b#")).sigmoid()
    big = layers_of((2, 30, 1))
    pictures = "\n\n".join(draw_network(each).tikz for each in (root, hostile, big))
    (tmp_path / "network.tex").write_text(
        "\\documentclass{article}\n\\usepackage{amsmath, tikz}\n\\begin{document}\n"
        f"{pictures}\n\\end{{document}}\n"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "network.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def batch(data, hidden=3, loss=nn.half_squared_error):
    """The loss of a network of two inputs on some samples, and the parameters."""
    model = nn.MLP(2, [hidden, 1], activation="tanh", seed=1)
    losses = [loss(model(inputs), targets) for inputs, targets in data]
    return sum(losses, Value(0.0)) / len(losses), model


def numbers_of(samples):
    """The inputs of samples, wherever they enter, and their outputs."""
    return [
        (
            [
                {float(result.operands[position]) for result, position in uses}
                for uses in sample.inputs
            ],
            [output.data for output in sample.outputs],
        )
        for sample in samples
    ]


@pytest.mark.parametrize("kind", [float, Value])
def test_samples_of_a_batch_are_found_in_its_graph(kind):
    data = [([kind(x) for x in inputs], targets) for inputs, targets in nn.moons(8, seed=1)]
    root, model = batch(data)
    samples = find_samples(find_network(Names(root)))
    assert numbers_of(samples) == [
        ([{float(x)} for x in inputs], [model(inputs).data]) for inputs, _ in data
    ]
    assert [sample.loss.data for sample in samples] == [
        nn.half_squared_error(model(inputs), targets).data for inputs, targets in data
    ]


def test_a_network_whose_inputs_skip_a_layer_has_no_samples():
    w = [Value(float(k), label=f"w{k}") for k in range(1, 6)]
    x, y = Value(0.5, label="x"), Value(-0.5, label="y")
    hidden = (w[0] * x + w[1] * y).tanh()
    assert find_samples(find_network(Names(w[2] * hidden + w[3] * x + w[4] * y))) == []


def test_the_scores_of_an_attention_head_are_not_samples():
    q, *keys = ([Value(1.0, label=f"{name}{k}") for k in (1, 2)] for name in "qab")
    powers = [(q[0] * key[0] + q[1] * key[1]).exp() for key in keys]
    network = find_network(Names(powers[0] / sum(powers, Value(0.0))))
    assert network.uses == 2
    assert find_samples(network) == []
