"""Derivatives of networks with indices: one line for a layer, and tables of the numbers."""

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from textwrap import dedent

import pytest

import nn
from autograd_mini import Value, explain, forward_pass, gradients
from autograd_mini.derivation.explain import Explanation
from autograd_mini.symbols.names import Names

FOUR = [([2.0, 3.0, -1.0], 1.0), ([3.0, -1.0, 0.5], -1.0), ([0.5, 1.0, 1.0], 0.0), ([1, 1, -1], 1)]


def lines(text: str) -> str:
    return dedent(text).strip("\n")


def total(terms: Iterator[Value], name: str = "L") -> Value:
    found = sum(terms)
    assert isinstance(found, Value)
    found.label = name
    return found


def squares(model: nn.MLP) -> Value:
    return total((model(inputs) - target) ** 2 for inputs, target in FOUR)  # type: ignore[operator]


def mean_square(model: nn.MLP) -> Value:
    summed = squares(model)
    summed.label = ""
    return summed / 4


def classes(model: nn.MLP) -> Value:
    wanted = zip([0, 2, 1, 0], FOUR)
    return total(nn.softmax_cross_entropy(model(inputs), k) for k, (inputs, _) in wanted)  # type: ignore[arg-type]


def binary(model: nn.MLP) -> Value:
    return nn.binary_cross_entropy([model(inputs) for inputs, _ in FOUR], [0, 1, 1, 0])  # type: ignore[misc]


def binary_from_logits(model: nn.MLP) -> Value:
    outputs = [model(inputs) for inputs, _ in FOUR]
    return nn.binary_cross_entropy_from_logits(outputs, [0, 1, 1, 0])  # type: ignore[arg-type]


def labelled_inputs(model: nn.MLP) -> Value:
    samples = [
        ([Value(x, label=f"x{i}") for i, x in enumerate(inputs, 1)], Value(target, label="t"))
        for inputs, target in FOUR
    ]
    return total((model(inputs) - target) ** 2 for inputs, target in samples)  # type: ignore[operator]


def unlabelled_inputs(model: nn.MLP) -> Value:
    return total((model(list(map(Value, inputs))) - Value(t)) ** 2 for inputs, t in FOUR)  # type: ignore[operator]


class Reader:
    """Reads the lines and the tables of an explanation back, and compares them with gradients."""

    def __init__(self, root: Value, written: str) -> None:
        names = Names(root, units=True)
        joined = {value: self._at(names(value), {}) for value in names.values}
        self.known = {name: value.data for value, name in joined.items()}
        slopes = gradients(root, names.values)
        self.slopes = dict(zip(joined.values(), slopes))
        self.root = names(root)
        self.letters: dict[str, list[int]] = {}
        blocks = written.split("\n\n")
        self.lines = [each for each in blocks[0].splitlines() if "where" not in each]
        (where,) = re.findall(r"^where (\w(?:, \w)* = \d.*)$", written, re.MULTILINE)
        for part in re.sub(" counts? (the )?samples", "", where).split("; "):
            letters, _, values = part.partition(" = ")
            ends = [int(each) for each in values.split(", ") if each != "..."]
            numbers = list(range(ends[0], ends[-1] + 1)) if "..." in values else ends
            self.letters |= dict.fromkeys(letters.split(", "), numbers)
        self.printed: dict[str, float] = {}
        for block in blocks[1:]:
            head, *rows = block.splitlines()
            if re.match(r"\s+\w = \d", head):
                letter = head.split()[0]
                self._table(letter, [int(n) for n in re.findall(r"= (\d+)", head)], rows)

    def _table(self, letter: str, columns: list[int], rows: list[str]) -> None:
        for row in rows:
            name, *numbers = row.split()
            for column, number in zip(columns, numbers, strict=True):
                self.printed[self._at(name, {letter: column})] = float(number)

    def _at(self, text: str, indices: Mapping[str, int]) -> str:
        """`text` with numbers for letters: out1_j_s becomes out1_2_3, and w_j w2."""
        for letter, number in indices.items():
            text = re.sub(rf"(?<=_){letter}(?![a-zA-Z0-9])", str(number), text)
        return re.sub(r"([a-zA-Z])_(?=\d)", r"\1", text)

    def _number(self, formula: str, indices: Mapping[str, int]) -> float:
        summed = re.match(r"\(?sum_(\w) ", formula)
        if summed:
            letter = summed[1]
            rest = formula[summed.end() :]
            return math.fsum(
                self._number(rest, {**indices, letter: value}) for value in self.letters[letter]
            )
        head, plus, tail = formula.partition(" + sum_")
        if plus:
            return self._number(head, indices) + self._number(f"sum_{tail}", indices)
        formula = self._at(formula, indices)
        formula = re.sub(rf"d{self.root}/d(\w+)", r"D('\1')", formula)
        formula = re.sub(r"(?<=[\w)]) \. (?=[\w(-])| \. ", " * ", formula)
        formula = re.sub(r"(?<=[\w)]) (?=[\w(])", " * ", formula).replace("^", "**")
        formula = formula.replace("relu'", "slope")
        functions = {
            "D": lambda name: self.printed.get(f"d{self.root}/d{name}", self.slopes[name]),
            "slope": lambda x: 0.0 if x <= 0 else 1.0,
            "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
            "relu": lambda x: max(x, 0.0),
            "tanh": math.tanh,
            "exp": math.exp,
        }
        return float(eval(formula, {**self.known, **self.printed, **functions}))

    def check(self) -> int:
        """Compares each number with the gradient, and each line with it; the number of lines."""
        for name, number in self.printed.items():
            if name.startswith(f"d{self.root}/d"):
                exact = self.slopes[name.removeprefix(f"d{self.root}/d")]
                assert number == pytest.approx(exact, rel=1e-6, abs=1e-8), name
        for line in self.lines:
            left, right, *numbers = line.split(" = ")
            used = [letter for letter in self.letters if f"_{letter}" in left]
            for values in itertools.product(*(self.letters[letter] for letter in used)):
                indices = dict(zip(used, values))
                name = self._at(left, indices).removeprefix(f"d{self.root}/d")
                found = self._number(right, indices)
                assert found == pytest.approx(self.slopes[name], rel=1e-6, abs=1e-7), line
                for number in numbers:
                    assert float(number) == pytest.approx(self.slopes[name], rel=1e-6, abs=1e-8)
        return len(self.lines)

    def check_values(self) -> int:
        """Compares each line and each number of a forward pass with the values of the graph."""
        for line in self.lines:
            left, right, *numbers = line.split(" = ")
            used = [letter for letter in self.letters if f"_{letter}" in left]
            for values in itertools.product(*(self.letters[letter] for letter in used)):
                indices = dict(zip(used, values))
                exact = self.known[self._at(left, indices)]
                assert self._number(right, indices) == pytest.approx(exact, rel=1e-6, abs=1e-7)
                printed = [self.printed.get(self._at(left, indices), exact), *map(float, numbers)]
                assert printed == pytest.approx([exact] * len(printed), rel=1e-6, abs=1e-8)
        return len(self.lines)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize(
    ("sizes", "output", "loss_of", "most"),
    [
        ([4, 4, 1], "linear", squares, 11),
        ([4, 4, 1], "tanh", mean_square, 12),
        ([3, 2], "linear", lambda model: total(model(inputs)[0] * 2 for inputs, _ in FOUR), 9),
        ([4, 3], "linear", classes, 7),
        ([3, 1], "sigmoid", binary, 11),
        ([3, 1], "linear", binary_from_logits, 9),
        ([3, 2, 1], "linear", labelled_inputs, 11),
        ([3, 2, 1], "linear", unlabelled_inputs, 11),
    ],
)
def test_every_line_and_every_number_read_back_is_the_gradient(
    activation: str, sizes: list[int], output: str, loss_of: Callable[[nn.MLP], Value], most: int
) -> None:
    model = nn.MLP(3, sizes, activation=activation, output=output, seed=3)
    root = loss_of(model)
    root.label = "L"
    written = str(explain(root, model.parameters()))
    assert Reader(root, written).check() <= most
    assert max(map(len, written.splitlines())) <= 100
    assert not re.search(r"\bv\d", written)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("loss_of", [squares, labelled_inputs, unlabelled_inputs])
def test_every_line_of_a_forward_pass_read_back_is_the_value(
    activation: str, loss_of: Callable[[nn.MLP], Value]
) -> None:
    root = loss_of(nn.MLP(3, [4, 4, 1], activation=activation, seed=3))
    assert Reader(root, str(forward_pass(root))).check_values() == 6


ACTIVATIONS: list[Callable[[Value], Value]] = [
    Value.tanh,
    Value.sigmoid,
    Value.relu,
    Value.exp,
    lambda net: net * net,
]


def random_root(random: Random) -> Value:
    """A network of labelled values whose units are wired, used and judged at random."""
    inputs, hidden, outputs = random.randint(1, 4), random.randint(4, 6), random.randint(1, 4)
    w = [[Value(random.random(), f"w{j}_{i}") for i in range(inputs)] for j in range(hidden)]
    v = [[Value(random.random(), f"v{k}_{j}") for j in range(hidden)] for k in range(outputs)]
    activate, wire = random.choice(ACTIVATIONS), random.choice([sorted, reversed, shuffled(random)])
    terms = []
    for s in range(random.randint(2, 4)):
        x = [random.choice([0.0, 1.0, -1.0, 0.3]) for _ in range(inputs)]
        h = []
        for j, weights in enumerate(w):
            h.append(activate(total((a * x[i] for a, i in zip(weights, wire(range(inputs)))), "")))
            h[-1].label = f"h{j}_{s}"
        for k, weights in enumerate(v):
            o = total((a * h[j] for a, j in zip(weights, wire(range(hidden)))), f"o{k}_{s}")
            terms.append((o - random.choice([0.0, 1.0, 0.5])) ** 2 if random.random() < 0.9 else o)
    return total(iter(terms)) if random.random() < 0.5 else named(total(iter(terms), "") / 3)


def shuffled(random: Random) -> Callable[[range], list[int]]:
    return lambda places: random.sample(places, len(places))


def named(root: Value) -> Value:
    root.label = "L"
    return root


@pytest.mark.parametrize("seed", range(25))
def test_networks_at_random_read_back_are_the_gradients(seed: int) -> None:
    root = random_root(Random(seed))
    written = str(explain(root))
    if re.search("^where [a-z]( = |, [a-z])", written, re.MULTILINE):
        assert Reader(root, written).check() > 0


def test_a_network_and_its_samples_have_a_line_for_each_layer() -> None:
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=1)
    written = str(explain(squares(model), model.parameters(), digits=6))
    assert written.startswith(
        lines("""
        dL/dout3_1_s = 2 (out3_1_s - t_s)
        dL/dout2_j_s = dL/dout3_1_s . w3_1_j
        dL/dnet2_j_s = dL/dout2_j_s . (1 - out2_j_s^2)
        dL/dout1_j_s = sum_k dL/dnet2_k_s . w2_k_j
        dL/dnet1_j_s = dL/dout1_j_s . (1 - out1_j_s^2)
        dL/db1_j = sum_s dL/dnet1_j_s
        dL/db2_j = sum_s dL/dnet2_j_s
        dL/db3_1 = sum_s dL/dout3_1_s = -3.309660
        dL/dw1_j_i = sum_s dL/dnet1_j_s . x_i_s
        dL/dw2_k_j = sum_s dL/dnet2_k_s . out1_j_s
        dL/dw3_1_j = sum_s dL/dout3_1_s . out2_j_s

        where j, k = 1, ..., 4; i = 1, 2, 3; s = 1, ..., 4 counts the samples

                          s = 1         s = 2      s = 3      s = 4
        t_s                   1            -1          0          1
        x1_s                  2             3        0.5          1
        x2_s                  3            -1          1          1
        x3_s                 -1           0.5          1         -1
        dL/dout3_1_s  -1.949764      0.239245   0.861354  -2.460496
        """)
    )
    assert len(written.splitlines()) < 60


def test_one_derivative_has_the_derivatives_that_its_paths_share_above_it() -> None:
    model = nn.MLP(3, [4, 4, 1], activation="tanh", seed=1)
    written = str(explain(squares(model), model.layers[0].neurons[0].w[0], digits=6))
    assert written.splitlines()[:5] == [
        "dL/dout3_1_s = 2 (out3_1_s - t_s)",
        "dL/dout1_1_s = sum_j dL/dout3_1_s . w3_1_j . (1 - out2_j_s^2) . w2_j_1",
        "dL/dw1_1_1 = sum_s dL/dout1_1_s . (1 - out1_1_s^2) . x_s = -2.096750",
        "",
        "where j = 1, ..., 4; s = 1, ..., 4 counts the samples",
    ]


def test_softmax_of_samples_is_p_minus_t_and_p_is_defined_once() -> None:
    model = nn.MLP(3, [4, 3], activation="tanh", seed=1)
    written = str(explain(classes(model), model.parameters(), digits=4)).splitlines()
    assert written[0] == "dL/dout2_j_s = p_j_s - t_j_s"
    definition = "exp(out2_j_s) / (exp(out2_1_s) + exp(out2_2_s) + exp(out2_3_s))"
    assert f"where p_j_s = {definition}" in written
    assert [line.split() for line in written if re.match(r"t\d_s", line)] == [
        ["t1_s", "1", "0", "0", "1"],
        ["t2_s", "0", "0", "1", "0"],
        ["t3_s", "0", "1", "0", "0"],
    ]


def test_a_sigmoid_with_binary_cross_entropy_is_y_minus_t_for_all_samples() -> None:
    model = nn.MLP(3, [2, 1], activation="tanh", output="sigmoid", seed=1)
    root = binary(model)
    root.label = "L"
    written = str(explain(root, model.parameters())).splitlines()
    plain = "dL/dnet2_1_s = dL/dout2_1_s . out2_1_s (1 - out2_1_s)"
    assert written[written.index(plain) + 1].endswith(" = (out2_1_s - t_s) / 4")


def test_derivatives_of_different_forms_have_a_line_for_each_form() -> None:
    model = nn.MLP(3, [2, 1], activation="tanh", output="sigmoid", seed=1)
    root = binary(model)
    root.label = "L"
    written = str(explain(root, model.parameters())).splitlines()
    assert written[:3] == [
        "dL/dout2_1_r = 1 / (4 (1 - out2_1_r))",
        "dL/dout2_1_q = -1 / (4 out2_1_q)",
        "dL/dnet2_1_s = dL/dout2_1_s . out2_1_s (1 - out2_1_s)",
    ]
    assert "s = 1, ..., 4; r = 1, 4; q = 2, 3 count samples" in "".join(written)


def test_the_style_factored_has_a_line_for_every_derivative() -> None:
    model = nn.MLP(3, [2, 1], activation="tanh", seed=1)
    written = str(explain(squares(model), model.parameters(), style="factored"))
    assert "dL/db1_2 = dL/dnet1_2_1 + dL/dnet1_2_2 + dL/dnet1_2_3 + dL/dnet1_2_4 = " in written


def test_a_chain_of_the_same_unit_is_no_family() -> None:
    w = Value(0.5, label="w")
    state = Value(1.0, label="h0")
    for k in range(1, 40):
        state = (w * state).tanh()
        state.label = f"h{k}"
    written = str(explain(state)).splitlines()
    assert len(written) > 39
    assert written[0] == "dh39/dh38 = (1 - h39^2) w = 0.5"


def test_letters_are_not_those_of_labels() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    j, s = Value(2.0, label="j"), Value(1.0, label="s")
    root = total((model([j, x]) * s) ** 2 for x in (0.5, 1.0, 2.0))  # type: ignore[operator]
    written = str(explain(root, model.parameters()))
    assert "where k = 1, 2; r = 1, 2, 3 counts the samples" in written


def test_a_penalty_on_the_weights_stands_before_the_sum_over_samples() -> None:
    model = nn.MLP(3, [2, 1], activation="tanh", seed=1)
    penalty = sum(p * p for p in model.parameters())
    assert isinstance(penalty, Value)
    penalty.label = "R"
    error = squares(model)
    error.label = ""
    root = error + penalty * 0.1
    root.label = "L"
    written = str(explain(root, model.parameters()))
    assert "dL/dw2_1_j = dL/dR . 2 w2_1_j + sum_s dL/dout2_1_s . out1_j_s" in written
    assert Reader(root, written).check() == 8


def test_a_layer_and_a_neuron_have_short_names() -> None:
    layer = nn.Layer(1, 2, activation="tanh", seed=1)
    neuron = nn.Neuron(1, activation="tanh", seed=1)
    several = total(out * out for x in (0.5, 2.0) for out in layer([x]))  # type: ignore[union-attr]
    one = total(neuron([x]) * 2 for x in (0.5, 2.0))
    assert str(explain(several, layer.parameters())).splitlines()[:4] == [
        "dL/dout_j_s = 2 out_j_s",
        "dL/dnet_j_s = dL/dout_j_s . (1 - out_j_s^2)",
        "dL/db_j = sum_s dL/dnet_j_s",
        "dL/dw_j_1 = sum_s dL/dnet_j_s . x_s",
    ]
    assert str(explain(one, neuron.parameters())).splitlines()[:2] == [
        "dL/dout_s = 2",
        "dL/dnet_s = dL/dout_s . (1 - out_s^2)",
    ]


def test_an_activation_of_ones_own_whose_branches_are_numbers_stands_by_itself() -> None:
    model = nn.MLP(1, [2, 1], activation=lambda net: net.relu() * 0.5 + net * 0.1, seed=1)
    written = str(explain(squares_of_one(model), model.parameters()))
    assert re.search(r"^dL/db1_1 = dL/dout1_1_1 . 0.\d \+ dL/dout1_1_2 . 0.\d = ", written, re.M)


def squares_of_one(model: nn.MLP) -> Value:
    return total((model([x]) - 1) ** 2 for x in (0.5, 2.0))  # type: ignore[operator]


def test_both_ends_of_many_samples_are_in_the_table() -> None:
    model = nn.MLP(1, [1], seed=1)
    root = total((model([k / 4]) - k) ** 2 for k in range(20))  # type: ignore[operator]
    written = str(explain(root, model.parameters(), digits=3))
    assert re.search(r"^ +s = 1 +s = 2 +s = 3  \.\.\.  s = 18 +s = 19 +s = 20$", written, re.M)


def explained() -> Explanation:
    model = nn.MLP(1, [2, 1], activation="tanh", seed=1)
    return explain(squares_of_one(model), model.parameters(), digits=3)


def test_sums_and_tables_in_latex() -> None:
    written = explained().article
    assert (
        r"\frac{\partial L}{\partial b_{1,j}} &= "
        r"\sum_{s=1}^{2} \frac{\partial L}{\partial \mathrm{net}_{1,j,s}}"
    ) in written
    assert r"\begin{array}{l|rr}" in written
    assert r" & s=1 & s=2 \\ \hline" in written
    assert r"\partial L / \partial \mathrm{out}_{2,1,s} & " in written
    assert "$j = 1, 2$" not in written


def test_sums_and_tables_in_mathml() -> None:
    written = explained().html
    assert "<munderover><mo>\N{N-ARY SUMMATION}</mo>" in written
    assert "<tr><th></th><th><math><mi>s</mi><mo>=</mo><mn>1</mn></math></th>" in written


def test_labels_with_braces_are_written_as_they_are() -> None:
    units = [Value(0.5 + k, label=f"{{u}}{k}") for k in range(40)]
    root = total(unit * unit for unit in units)
    assert str(explain(root)).splitlines()[0] == "dL/d[{u}_j] = 2 [{u}_j]"
