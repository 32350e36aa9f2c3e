"""The explorable page: what its script computes and writes is what Python does."""

import base64
import hashlib
import json
import math
import re
import subprocess
from html import unescape
from importlib.resources import files
from itertools import product

import pytest
from drawn_graphs import (
    one_neuron,
    softmax_cross_entropy,
    two_two_two,
    used_five_times,
    with_branches,
)
from pages import scripts_of

import nn
from autograd_mini import Value, check_printed, draw, explain, label, log, scope
from autograd_mini.drawing.font_metrics import text_width
from autograd_mini.drawing.page.bundle import LIMITS, module_text
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import TABLE, Operation
from autograd_mini.symbols import limits
from autograd_mini.symbols.code import rows_text
from autograd_mini.symbols.numbers import format_number

node = pytest.mark.node

MINUS = "\N{MINUS SIGN}"


def run(program):
    """What a module prints, as JSON."""
    ran = subprocess.run(
        ["node", "--input-type=module"], input=program, capture_output=True, text=True
    )
    assert ran.stderr == ""
    return json.loads(ran.stdout)


def in_node(root, numbers, expression):
    """An expression over `graph`, and `values` and `adjoints` at these numbers of labels."""
    return run(f"""{draw(root).page.script()}
const graph = new Graph(DATA, ROWS, KINDS);
const notation = new Notation(graph);
const chains = new Chains(graph, notation, DATA.plans[0]);
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
    values, adjoints = in_node(root, {}, "[[...values.slice(0, graph.size)], [...adjoints.of]]")
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
        "[values[DATA.roots[0]], ...['x', 'y'].map((x) => adjoints.of[DATA.names.indexOf(x)])]",
    )
    assert found == [z.data, x.grad, y.grad]


@node
def test_an_undefined_operation_is_named_in_the_page():
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
    numbers += [9999.5, 9999.96, 9.6, 999950.0, 999999.6]
    numbers += [math.ldexp(k * 2 + 1, -9) for k in range(200)]
    numbers += [-number for number in numbers] + [0.0]
    for digits in (1, 4, 9, 17):
        written = run(f"""{module_text()}
console.log(JSON.stringify({json.dumps(numbers)}.map((x) => format(x, {digits}))));""")
        assert written == [format_number(number, digits) for number in numbers]


@node
def test_a_module_of_the_page_can_be_loaded_by_itself():
    """The quiz in Node, which imports its limits from a file: they are those of the page."""
    folder = files("autograd_mini.drawing.page")
    assert run(f'''const {{ LIMITS }} = await import("{folder}/limits.js");
const {{ Quiz }} = await import("{folder}/quiz.js");
console.log(JSON.stringify([LIMITS, typeof Quiz]));''') == [LIMITS, "function"]


@node
def test_the_page_has_the_limits_of_explain_and_of_check_printed():
    found = run(f"{module_text()}\nconsole.log(JSON.stringify(LIMITS));")
    for name in ("MOST_PATHS", "MOST_TERMS", "MOST_FACTORS", "LONGEST_NUMERAL", "DOUBT"):
        assert found[name] == getattr(limits, name)


def test_a_row_that_javascript_has_not_is_named(monkeypatch):
    erf = Operation("erf", "erf(x)", "2 * exp(-x * x) / sqrt(3.141592653589793)")
    monkeypatch.setitem(TABLE, "erf", erf)
    message = "JavaScript has no Math.erf; use the target python or c"
    with pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z"):
        rows_text([erf])


def test_the_policy_lets_the_two_scripts_run(tmp_path):
    page = draw(two_two_two()).save(tmp_path / "page.html").read_text(encoding="utf-8")
    scripts = scripts_of(page)
    digests = (hashlib.sha256(each.encode()).digest() for each in scripts)
    named = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)
    assert f"script-src {named};" in page
    assert len(page.encode()) < 120_000
    written = page + "".join(scripts)
    assert "http" not in re.sub(r'http-equiv|"http://www\.w3\.org/2000/svg"', "", written)


def test_boxes_have_room_for_any_number(tmp_path):
    """Measured as the longest number that may come, in the font that boxes are measured by."""
    page = draw(Value(1.0, label="x") * 2).save(tmp_path / "page.html").read_text(encoding="utf-8")
    width = float(re.search(r'id="v1".*?<rect .*?width="([\d.]+)"', page, re.DOTALL)[1])
    assert width >= text_width("grad ", 12) + text_width("-8.888e-308", 12)


def test_a_label_cannot_leave_the_script(tmp_path):
    x = Value(1.0, label="</script><!--<script>")
    page = draw(x * 2).save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("</script>") == page.count("<script") == 1
    assert "<!--" not in page
    assert "const DATA = " in scripts_of(page)[1]


def shown(html):
    """What a table of equations shows, a line of text for each of its rows."""
    (table,) = re.findall(r"<mtable.*?</mtable>", html, re.DOTALL)
    rows = re.findall(r"<mtr>(.*?)</mtr>", table, re.DOTALL)
    texts = [unescape(re.sub(r"<[^>]*>|\s", "", row)) for row in rows]
    # A negative term is subtracted by explain, and added in parentheses by the page.
    return [re.sub(rf"^\+\({MINUS}([^()]*)\)", rf"{MINUS}\1", text) for text in texts]


DERIVATION = "graph.leaves.map((place) => chains.derivation(values, graph.data.roots[0], place))"


@node
@pytest.mark.parametrize("graph", [one_neuron, two_two_two, used_five_times, with_branches])
def test_a_derivative_is_told_as_explain_tells_it(graph):
    root = graph()
    told = in_node(root, {}, DERIVATION)
    leaves = [value for value in topological_order(root) if value.op is None]
    assert len(told) == len(leaves)
    for leaf, html in zip(leaves, told):
        if explain(root, leaf).paths.number <= 6:
            assert shown(html) == shown(explain(root, leaf).html)


@node
def test_the_slope_of_a_softmax_is_told_without_the_constant_that_is_subtracted():
    told = in_node(softmax_cross_entropy(), {}, DERIVATION)
    formulas = "".join(line for html in told for line in shown(html))
    assert f"p2(1{MINUS}p2)" in formulas
    assert "ez1ez1+ez2+ez3" in formulas
    assert f"z1{MINUS}1" not in formulas


@node
def test_paths_are_counted_in_the_sentence_of_explain():
    root = two_two_two()
    w1 = next(value for value in topological_order(root) if value.label == "w1")
    place = topological_order(root).index(w1)
    (html,) = in_node(root, {}, f"[chains.derivation(values, graph.data.roots[0], {place})]")
    sentence = re.sub(r"<[^>]*>", "", html[html.index("<p>") :])
    assert sentence == "w1 reaches E along two paths, so its two contributions add."
    assert "E along two paths, so its two contributions add." in str(explain(root, w1))


@node
def test_where_the_other_branch_is_taken_its_formula_is_shown():
    """At x > 0 the slope of relu is 1; the formula of the recording, 0, is not shown there."""
    x, w = Value(-1.0, label="x"), Value(2.0, label="w")
    y = (w * x).relu()
    y.label = "y"
    (before,) = in_node(y, {}, f"{DERIVATION}.slice(0, 1)")
    (after,) = in_node(y, {"x": 3.0}, f"{DERIVATION}.slice(0, 1)")
    assert shown(before) == ["∂y∂w=0"]
    assert shown(after) == ["∂y∂w=3"]


@node
def test_around_a_value_without_a_name_the_chain_goes_by_single_operations():
    a, b, c = (Value(number, label=name) for number, name in ((2.0, "a"), (-3.0, "b"), (0.5, "c")))
    ab = a * b
    d = (ab + c).tanh()
    d.label = "d"
    place = topological_order(d).index(ab)
    (told,) = in_node(d, {}, f"[chains.derivation(values, graph.data.roots[0], {place})]")
    assert shown(told) == [
        "∂d∂v1=∂d∂v2⋅∂v2∂v1",
        f"=(1{MINUS}d2)⋅1",
        "=0.000066805⋅1",
        "=0.000066805",
    ]
    assert f"{explain(d, ab).value:.9f}" == "0.000066805"


@node
def test_too_many_paths_are_gathered_at_the_last_fork():
    y = Value(1.0, label="x")
    for step in range(60):
        half, sine = y / 2, y.sin()
        y = half + sine
        label(**{f"a{step}": half, f"b{step}": sine, f"y{step}": y})
    (told,) = in_node(y, {}, "[chains.derivation(values, graph.data.roots[0], 0)]")
    assert shown(told)[:2] == ["∂y59∂x=∂y59∂a0⋅∂a0∂x", "+∂y59∂b0⋅∂b0∂x"]
    assert told.endswith(
        "<p>Very many paths lead there: what they share comes first. Ask about it too.</p>"
    )


@node
def test_of_a_long_chain_the_ends_are_written():
    x = y = Value(1.0, label="x")
    for step in range(60):
        y = y + y
        y.label = f"y{step}"
    (told,) = in_node(y, {}, "[chains.derivation(values, graph.data.roots[0], 0)]")
    assert shown(told) == shown(explain(y, x).html)
    assert "⋯48morefactors⋯" in shown(told)[0]


@node
def test_the_page_says_that_a_value_does_not_depend_on_another():
    x, y = Value(1.0, label="x<y"), Value(2.0, label="y")
    z = x * y
    (told,) = in_node(z, {}, "[chains.derivation(values, 0, 1)]")
    assert told.endswith("<p>x&lt;y does not depend on y.</p>")


@node
def test_typed_digits_are_judged_as_check_printed_judges_them():
    values = [0.08216704056423078, -0.0226025, 0.2745, 0.1 + 0.2, 1.0, 0.0, 1e-9, 31415.9265, 9.996]
    values += [5.509e-4, -1.04e-4, 123456.5, 0.9999999999999993]
    texts = ["0", "0.0", "0.08", "0.0822", "0.0821", "0.081267", "-0.0226", "-0.02260"]
    texts += [f"{MINUS}.023"]
    texts += [
        "0.274",
        "0.275",
        "0.3",
        "0.2",
        "1",
        "1.0",
        "0.99",
        "1e-9",
        "9.9e-5",
        "-1.0e-4",
        "31415",
    ]
    texts += ["31416", "3.1e4", "10.0", "9.99", "5.51e-04", "5.5e-4", "123456", "123457", "+0.3"]
    cases = list(product(values, texts))
    found = run(f"""{module_text()}
console.log(JSON.stringify({json.dumps(cases)}.map(([x, text]) => judge(read(text), x))));""")
    verdicts = [check_printed(text, value) for value, text in cases]
    assert found == [each.slip if each.slip == "coarse" else each.verdict for each in verdicts]


@node
def test_carried_digits_and_what_is_no_number():
    def judged(expression):
        return run(f"{module_text()}\nconsole.log(JSON.stringify({expression}));")

    cases = []
    assert judged("judge(read('0.35'), 0.3, [0.29, 0.36])") == "carried"
    assert judged("judge(read('0.37'), 0.3, [0.29, 0.36])") == "wrong"
    assert judged("judge(read('0.37'), 0.3, [0.29, 0.366])") == "carried"  # which rounds to it
    numbers, bounds = (0.3, 0.0236, -1.2, 9.6e-5, 0.0), (0.2, 0.29, 0.024, -1.3, 1e-4, 0.0)
    texts = ("0.3", "0.02", "0.0", "-1.2", "1e-4", "0.35", "-0", "1.0e-4")
    for value, low, high, text in product(numbers, bounds, bounds, texts):
        if low <= high:
            expected = check_printed(text, value, (low, high))
            verdict = expected.slip if expected.slip == "coarse" else expected.verdict
            cases.append((text, value, low, high, verdict))
    found = judged(
        f"{json.dumps(cases)}.map(([text, x, low, high]) => judge(read(text), x, [low, high]))"
    )
    assert found == [verdict for *_, verdict in cases]
    assert judged("judge(read('1'), NaN)") == "wrong"
    assert (
        judged("['', 'x', '1,5', '1e', '--1', '.', '1'.repeat(500), '1e999'].map(read)")
        == [None] * 8
    )


@node
def test_rounds_of_training_are_those_of_fit():
    network = nn.two_two_two()
    found = in_node(
        network.forward(),
        {},
        """(() => {
          const root = graph.data.roots[0];
          const done = descend(graph, given, root, DATA.learns, 0.5, 300);
          return [done, DATA.learns.map((k) => graph.names[k]), graph.replay(given)[root]];
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
    points = "0.00,0.00 50.00,50.00 100.00,100.00"
    assert falls == {"points": points, "low": 1, "high": 100, "logarithmic": True}
    below_0 = in_node(x * 2, {}, "curve([[0, 1], [4, 0], [8, -1]])")
    assert below_0 == {"points": points, "low": -1, "high": 1, "logarithmic": False}
    assert in_node(x * 2, {}, "curve([[0, 3]]).points") == "0.00,100.00"


@node
def test_any_address_leaves_a_state_that_the_page_can_show():
    """Thousands of addresses, of the page's own keys and of others, with numbers out of bounds."""
    program = """{
const graph = new Graph(DATA, ROWS, KINDS);
const views = { named: {}, operations: {} };
const keys = ["view", "root", "step", "theme", "ask", "rounds", "quiz", "open", "v1", "v9", "v99"];
const texts = ["Infinity", "-1", "1e309", "NaN", "0.5", "1e6", "1000001", "-0", "0x10", "v1", "v0",
  "v2,v3", "v1.5", "v99999999999", ",", "g1", "values", "gradients", "constructor", "__proto__",
  "dark", "operations", "%", "\\u202e", "9".repeat(400), ""];
let seed = 1;
const draw = (list) => list[(seed = (seed * 48271) % 2147483647) % list.length];
const wrong = [];
for (let k = 0; k < 5000; k += 1) {
  const pairs = [1, 2, 3, 4].map(() => `${draw([...keys, draw(texts)])}=${draw(texts)}`);
  const hash = `#${pairs.join("&")}`;
  const numbers = Float64Array.from(graph.start);
  const state = { view: "named", numbers, learns: new Set(), quiz: [], open: [] };
  recall(graph, state, views, () => ({ last: 7 }), hash);
  const isPlace = (place) => Number.isInteger(place) && 0 <= place && place < graph.size;
  const { view, theme, root, step, asked, history, quiz } = state;
  const isRight =
    ["named", "operations"].includes(view) &&
    ["", "light", "dark"].includes(theme) &&
    graph.data.roots.includes(root) &&
    numbers.every(Number.isFinite) &&
    Number.isInteger(step) && 0 <= step && step <= 7 &&
    (asked === null || (isPlace(asked.bottom) && isPlace(asked.top))) &&
    history.every(([round]) => Number.isInteger(round) && 0 < round && round <= 1e6) &&
    quiz.every((kind) => ["values", "partials", "gradients"].includes(kind));
  if (!isRight) wrong.push([hash, state]);
}
console.log(JSON.stringify(wrong.slice(0, 3)));
}"""
    assert run(f"{draw(two_two_two()).page.script()}\n{program}") == []


def weights_of_attention(causal, heads, seen):
    """The places of the weights of three positions in the data of a page, by the name of the head.

    seen: how many weights of each softmax are computed.
    """
    xs, mixed = [Value(0.3), Value(0.5), Value(-0.2)], []
    for position, x in enumerate(xs):
        for head in range(heads):
            with scope(f"position {position}"), scope("attention"):
                looked_at = xs[: position + 1] if causal else xs
                powers = [(x * each * (head + 1)).exp() for each in looked_at]
                weights = [power / sum(powers) for power in powers[:seen]]
                mixed.append(sum(weight * each for weight, each in zip(weights, looked_at)))
    data = draw(sum(mixed)).page.script().rpartition("const DATA = ")[2].removesuffix(";")
    found = json.loads(data).get("attention", {"heads": {}})["heads"]
    return {name: [len(row) for row in rows] for name, rows in found.items()}


def test_attention_is_found_by_softmaxes_in_scopes_that_repeat():
    rows = [1, 2, 3]
    assert weights_of_attention(causal=True, heads=1, seen=3) == {"attention": rows}
    assert weights_of_attention(True, 2, 3) == {"attention 1": rows, "attention 2": rows}
    assert weights_of_attention(causal=False, heads=1, seen=3) == {"attention": [3, 3, 3]}
    assert weights_of_attention(causal=True, heads=1, seen=2) == {}
