"""What `forward_pass` prints."""

import re
from textwrap import dedent

import pytest

import nn
from autograd_mini import Value, explain, forward_pass, label, logsumexp, softmax


def lines(text: str) -> str:
    return dedent(text).strip("\n")


def test_each_named_value_has_formula_numbers_and_result() -> None:
    network = nn.two_two_two()
    written = str(forward_pass(network.forward()))
    assert written.splitlines()[:3] == [
        "net_h1 = w1 i1 + w2 i2 + b1 = 0.15 * 0.05 + 0.2 * 0.1 + 0.35 = 0.3775",
        "out_h1 = sigmoid(net_h1) = sigmoid(0.3775) = 0.593269992",
        "net_h2 = w3 i1 + w4 i2 + b1 = 0.25 * 0.05 + 0.3 * 0.1 + 0.35 = 0.392500000",
    ]


def test_a_long_equation_has_its_sides_on_lines() -> None:
    network = nn.two_two_two()
    assert str(forward_pass(network.forward())).endswith(
        lines("""
        E = (t1 - out_o1)^2 / 2 + (t2 - out_o2)^2 / 2
          = (0.01 - 0.75136507)^2 / 2 + (0.99 - 0.772928465)^2 / 2
          = 0.298371109
    """)
    )


def test_negative_numbers_stand_in_parentheses() -> None:
    w, x = Value(-0.5, label="w"), Value(-2.0, label="x")
    y = x * w - x
    y.label = "y"
    assert str(forward_pass(y)) == "y = x w - x = -2 * (-0.5) + 2 = 3"


def test_a_softmax_is_shown_without_the_constant_that_is_subtracted() -> None:
    s1, s2 = Value(0.3, label="s1"), Value(1.0, label="s2")
    p1, _ = softmax([s1, s2])
    total = logsumexp([s1, s2])
    label(p1=p1, l=total)
    assert str(forward_pass(p1)).startswith("p1 = exp(s1) / (exp(s1) + exp(s2)) = exp(0.3) / ")
    assert str(forward_pass(total)).startswith("l = log(exp(s1) + exp(s2)) = log(exp(0.3) + ")


def test_the_units_of_a_network_are_named_as_in_explain() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    out = model([1.0, -2.0])
    assert isinstance(out, Value)
    names = re.findall(r"^(\w+) ", str(forward_pass(out)), re.MULTILINE)
    assert names == ["net1_1", "out1_1", "net1_2", "out1_2", "out2_1"]
    assert "dout2_1/dnet1_1 = " in str(explain(out))


def test_a_network_on_several_samples_has_a_line_for_each_layer() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
    loss = sum((model(x) - t) ** 2 for x, t in [([1.0, 2.0], 1.0), ([0.5, -1.0], 0.0)]) / 2  # type: ignore[operator]
    assert isinstance(loss, Value)
    loss.label = "loss"
    assert str(forward_pass(loss, digits=3)).split("\n\n")[0] == lines("""
        net1_j_s = b1_j + sum_k w1_j_k x_k_s
        out1_j_s = tanh(net1_j_s)
        out2_1_s = b2_1 + sum_j w2_1_j out1_j_s
        loss = (1 / 2) . (sum_s (out2_1_s - t_s)^2) = 0.465
    """)


def test_a_sum_of_a_thousand_terms_is_shown() -> None:
    x = Value(0.5, label="x")
    y = x * x
    for _ in range(1000):
        y = y + x * x
    y.label = "y"
    assert str(forward_pass(y)).endswith(" + 0.5 * 0.5\n  = 250.25")


def test_latex_and_html() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    net = w * x
    net.label = "net"
    shown = forward_pass(net)
    assert shown.latex == lines(r"""
        \begin{aligned}
        \mathrm{net} &= w \, x = 0.5 \cdot 2 = 1
        \end{aligned}
    """)
    assert shown.html.count("<mtr>") == 1
    assert r"\begin{align*}" in shown.article


def test_a_leaf_is_its_number() -> None:
    assert str(forward_pass(Value(0.5, label="x"))) == "x = 0.5"


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match=r"^forward_pass\(root\) takes a Value, got 2.0$"):
        forward_pass(2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^digits must be a whole number from 1 to 17, got 0$"):
        forward_pass(Value(2.0), digits=0)


def test_the_0_that_a_sum_of_python_starts_with_is_left_out() -> None:
    w, x = [Value(2.0), Value(3.0)], [0.5, 4.0]
    y = sum(a * b for a, b in zip(w, x))
    label()
    assert str(forward_pass(y)) == "y = w0 * 0.5 + w1 * 4 = 2 * 0.5 + 3 * 4 = 13"
