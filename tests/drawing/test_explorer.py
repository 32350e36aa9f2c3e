"""The explorable page: what its script computes and writes is what Python does."""

import base64
import hashlib
import json
import math
import re
import subprocess

import pytest
from drawn_graphs import one_neuron, two_two_two, used_five_times

import nn
from autograd_mini import Value, draw, label, log
from autograd_mini.compiler.targets.flat_javascript import rows_text
from autograd_mini.drawing.explorer import explorer_data, module_text
from autograd_mini.drawing.format import format_number
from autograd_mini.drawing.lettering import text_width
from autograd_mini.graph import Tape, topological_order
from autograd_mini.ops import TABLE, Operation

node = pytest.mark.node


def run(program):
    """What a module prints, as JSON."""
    ran = subprocess.run(
        ["node", "--input-type=module"], input=program, capture_output=True, text=True
    )
    assert ran.stderr == ""
    return json.loads(ran.stdout)


def in_node(root, numbers, expression):
    """An expression over `graph`, and `values` and `adjoints` at these numbers of labels."""
    tape = Tape(root)
    data = json.dumps(explorer_data([root], tape, draw(root).picture, 4))
    return run(f"""{module_text()}
{rows_text(tape.rows)}
const graph = new Graph({data}, ROWS);
const given = Float64Array.from(graph.start);
for (const [name, number] of Object.entries({json.dumps(numbers)})) {{
  given[graph.names.indexOf(name)] = number;
}}
const values = graph.replay(given);
const adjoints = graph.adjoints(values, graph.data.roots[0]);
console.log(JSON.stringify({expression}));""")


@node
@pytest.mark.parametrize("graph", [one_neuron, two_two_two, used_five_times])
def test_values_and_gradients_are_those_of_the_engine(graph):
    root = graph()
    values, adjoints = in_node(root, {}, "[[...values], [...adjoints]]")
    order = topological_order(root)
    assert values == pytest.approx([value.data for value in order], rel=1e-15)
    assert adjoints == pytest.approx([value.grad for value in order], rel=1e-14, abs=1e-17)


@node
def test_other_leaves_give_what_recording_with_them_gives():
    def record(x, y):
        x, y = Value(x), Value(y)
        z = (x * y).relu() + abs(x - 2) ** 2 / y
        label(x=x, y=y, z=z)
        return x, y, z

    x, y, z = record(-1.5, 0.25)
    z.backward()
    found = in_node(
        record(3.0, 4.0)[2],
        {"x": -1.5, "y": 0.25},
        "[values.at(-1), ...['x', 'y'].map((name) => adjoints[graph.names.indexOf(name)])]",
    )
    assert found == [z.data, x.grad, y.grad]


@node
def test_what_does_not_exist_is_named():
    p = Value(0.5, label="p")
    loss = log(p)
    loss.label = "loss"
    assert in_node(loss, {"p": -1.0}, "graph.names[graph.broken(values)]") == "loss"
    assert in_node(loss, {"p": 1.0}, "graph.broken(values)") == -1


@node
def test_a_branch_that_the_program_took_is_watched():
    x = Value(3.0, label="x")
    z = x * 2 if x > 0 else -x
    said = "The program asked whether x > 0.0, and would go another way here."
    assert in_node(z, {"x": -1.0}, "graph.stale(values)") == said
    assert in_node(z, {"x": 1.0}, "graph.stale(values)") == ""


@node
def test_numbers_are_written_as_in_pictures():
    numbers = [0.15, 0.59326999, 1e-9, 31415.9, 2.5e8, 1.0625, 12344.5, 12345.5, 0.03125, 99999.5]
    numbers += [5e-324, 1.7976931348623157e308, 0.1 + 0.2, 9.9995, 0.00099995, 1e-4, 1e-5, 123456.5]
    numbers += [math.ldexp(k * 2 + 1, -9) for k in range(200)]
    numbers += [-number for number in numbers] + [0.0]
    for digits in (1, 4, 9, 17):
        written = run(f"""{module_text()}
console.log(JSON.stringify({json.dumps(numbers)}.map((x) => format(x, {digits}))));""")
        assert written == [format_number(number, digits) for number in numbers]


def test_a_row_that_javascript_has_not_is_named(monkeypatch):
    erf = Operation("erf", "erf(x)", "2 * exp(-x * x) / sqrt(3.141592653589793)")
    monkeypatch.setitem(TABLE, "erf", erf)
    message = "JavaScript has no Math.erf; use the target python or c"
    with pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z"):
        rows_text([erf])


def test_the_policy_lets_the_one_script_run(tmp_path):
    page = draw(two_two_two()).save(tmp_path / "page.html").read_text(encoding="utf-8")
    (script,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert len(page.encode()) < 100_000
    assert "http" not in re.sub(r'http-equiv|"http://www\.w3\.org/2000/svg"', "", page)


def test_boxes_have_room_for_any_number(tmp_path):
    """Measured as the longest number that may come, in the font that boxes are measured by."""
    page = draw(Value(1.0, label="x") * 2).save(tmp_path / "page.html").read_text(encoding="utf-8")
    width = float(re.search(r'id="v1".*?<rect .*?width="([\d.]+)"', page, re.DOTALL)[1])
    assert width >= text_width("grad ", 12) + text_width("-8.888e-308", 12)


def test_a_label_cannot_leave_the_script(tmp_path):
    x = Value(1.0, label="</script><img src=x onerror=alert(1)>")
    page = draw(x * 2).save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 1
    assert "<img" not in page


CHAIN = """['a', 'b'].map((name) => {
  const place = graph.names.indexOf(name);
  return chain(graph, values, adjoints, graph.data.roots[0], place, (x) => format(x, 9));
})"""


@node
def test_a_derivative_is_told_path_by_path():
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    d = c + a
    label(a=a, b=b, c=c, d=d)
    by_a, by_b = in_node(d, {}, CHAIN)
    assert by_b == ["dd/db = dd/dc * dc/db", "= 1 * 2", "= 2"]
    assert by_a == ["dd/da = dd/dc * dc/da + dd/da", "= 1 * (-3) + 1", "= (-3) + 1", "= -2"]


@node
def test_too_many_paths_are_not_written():
    x = Value(1.0, label="x")
    y = x
    for _ in range(60):
        y = y + y
    y.label = "y"
    (said,) = in_node(
        y, {}, "chain(graph, values, adjoints, graph.data.roots[0], 0, (x) => format(x, 4))"
    )
    assert said == "dy/dx = 1.153e18, along too many paths to write them here."


@node
def test_rounds_of_training_are_those_of_fit():
    network = nn.two_two_two()
    found = in_node(
        network.forward(),
        {},
        """(() => {
          const root = graph.data.roots[0];
          const done = descend(graph, given, root, learners(graph), 0.5, 300);
          return [done, learners(graph).map((k) => graph.names[k]), graph.replay(given)[root]];
        })()""",
    )
    nn.fit(
        network,
        network.samples,
        nn.half_squared_error,
        nn.SGD(network.parameters(), learning_rate=0.5),
        epochs=300,
    )
    done, names, loss = found
    assert done == 300
    assert sorted(names) == ["b1", "b2", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"]
    assert loss == pytest.approx(network.forward().data, rel=1e-12)


@node
def test_training_stops_before_it_is_not_finite():
    w = Value(1e150, label="w")
    found = in_node(w * w, {}, "[descend(graph, given, 1, [0], 1e300, 5), given[0]]")
    assert found == [0, 1e150]


@node
def test_the_curve_of_losses():
    x = Value(1.0, label="x")
    falls = in_node(x * 2, {}, "curve([[0, 100], [5, 10], [10, 1]])")
    assert falls == "0.00,0.00 50.00,50.00 100.00,100.00"
    below_0 = in_node(x * 2, {}, "curve([[0, 1], [4, 0], [8, -1]])")
    assert below_0 == "0.00,0.00 50.00,50.00 100.00,100.00"
    assert in_node(x * 2, {}, "curve([[0, 3]])") == "0.00,100.00"
