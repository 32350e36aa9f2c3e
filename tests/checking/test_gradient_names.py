"""Gradients that are written as names, dw for dL/dw, and steps of difference quotients."""

import pytest

from autograd_mini.checking import Report, check_sheet

NEURON = ["w = 0.5", "b = 0.1", "x = 2", "y = 1", "z = w*x + b", "a = sigmoid(z)"]
LOSS = "L = -(y*log(a) + (1 - y)*log(1 - a))"


def check(*lines: str) -> Report:
    return check_sheet("\n".join(["```derivation", *lines, "```"]))


def told(*lines: str) -> list[tuple[str, str]]:
    """The verdict and the remark of each claim after the neuron."""
    return [(result.verdict, result.remark) for result in check(*NEURON, LOSS, *lines)]


@pytest.mark.parametrize("name", ["dw", "grad_w", "w_grad", "dLdw", "dL_dw"])
def test_a_gradient_may_be_called_in_several_ways(name: str) -> None:
    assert told(f"{name} = (a - y)*x") == [("holds", "read as dL/dw")]
    assert told(f"{name} -> -0.4995") == [("rounds", "")]
    assert told(f"w - 0.1*{name} -> 0.5499") == [("rounds", "")]


def test_exchanged_gradients_fail() -> None:
    lines = ["dz = a - y -> -0.2497", "dw = dz -> -0.2497", "db = x*dz -> -0.4995"]
    results = check(*NEURON, LOSS, *lines)
    assert [result.verdict for result in results[:2]] == ["holds", "rounds"]
    assert [result.is_wrong for result in results if result.claim.printed is None] == [
        False,
        True,
        True,
    ]
    assert {result.claim.line.number for result in results.unexpected} == {10, 11}


def test_a_plain_number_may_be_a_gradient() -> None:
    assert told("dw = -0.4995") == [("rounds", "read as dL/dw")]
    assert told("db = -0.31") == [("wrong", "read as dL/db")]


def test_a_gradient_may_go_through_another_value_than_the_loss() -> None:
    assert told("dadz = a*(1 - a)") == [("holds", "read as da/dz")]


def test_the_gradient_of_the_root_itself_is_the_1_of_backpropagation() -> None:
    assert told("dL = 1", "da = dL*(a - y)/(a*(1 - a))") == [
        ("holds", "read as dL/dL"),
        ("holds", "read as dL/da"),
    ]


def test_of_several_roots_one_must_be_named() -> None:
    (first, second) = check(*NEURON, "L1 = (a - y)**2", "S = a + b", "dz = 1", "dL1/dz -> -0.0936")
    assert (first.verdict, second.verdict) == ("unread", "rounds")
    assert first.suggestion == "dz may be the derivative of several values; write dL1/dz or dS/dz"


def test_a_value_computed_after_the_gradients_is_not_another_root() -> None:
    lines = ["dw = (a - y)*x", "w_new = w - 0.1*dw", "error = a - y", "db = a - y"]
    assert told(*lines) == [("holds", "read as dL/dw"), ("holds", "read as dL/db")]


def test_gradients_after_an_update_are_those_of_the_loss_computed_again() -> None:
    again = ["w2 = w - 0.1*dw", "z2 = w2*x + b", "a2 = sigmoid(z2)"]
    lines = ["dw = (a - y)*x", *again, "L2 = -log(a2)", "dw2 = (a2 - 1)*x", "dz2 = a2"]
    results = check(*NEURON, LOSS, *lines)
    assert [(result.verdict, result.claim.reading) for result in results[1:]] == [
        ("holds", "read as dL2/dw2"),
        ("fails", "read as dL2/dz2"),
    ]


def test_an_output_beside_that_of_the_loss_is_not_a_root() -> None:
    softmax = ["s1 = 2", "s2 = 1", "p1, p2 = softmax(s1, s2)", "L = -log(p1)"]
    verdicts = [result.verdict for result in check(*softmax, "ds1 = p1 - 1", "ds2 = p2")]
    assert verdicts == ["holds", "holds"]


def test_where_the_loss_is_unread_its_gradients_are_too() -> None:
    loss, gradient = check(*NEURON, "L = (a - y) 2", "dz = 2*(a - y)*a*(1 - a)")
    assert (loss.verdict, gradient.verdict) == ("unread", "unread")
    assert gradient.suggestion == (
        "dz is a derivative of the value that everything flows into, and L has no value; write "
        "dY/dX"
    )


def test_a_derivative_of_two_names_is_no_quotient_of_gradients() -> None:
    chain = ["x = -2", "y = 5", "z = -4", "q = x + y", "f = q*z", "df = 1", "dq = -4"]
    results = check(*chain, "df/dq -> -4", "df/dq -> -0.25")
    assert [result.verdict for result in results] == ["holds", "rounds", "rounds", "wrong"]


def test_a_name_that_is_no_gradient_stays_a_name() -> None:
    results = check("delta = 2", "d = 3", "dist = d*delta -> 6", "done = dist + d -> 9")
    assert [result.verdict for result in results] == ["rounds", "rounds"]


# -- steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["f1 = 3.001**2", "(f1 - f)/dx -> 6.001"], "line 6 divides a difference by it"),
        (["f1 = (x + dx)**2", "f1 - f -> 0.006"], "line 5 adds it to x"),
        (
            ["f1 = 3.001**2", "f0 = 2.999**2", "(f1 - f0)/(2*dx) -> 6"],
            "line 7 divides a difference by it",
        ),
        (["f1 = 3.001**2", "df = f1 - f", "df/dx -> 6.001"], "line 7 divides a difference by it"),
    ],
)
def test_a_number_that_divides_a_difference_is_a_step(lines: list[str], reason: str) -> None:
    report = check("x = 3", "f = x**2", "dx = 0.001", *lines)
    assert [result.verdict for result in report] == ["rounds"]
    assert report.notes == (f"line 4: dx is read as a step, since {reason}",)
    assert report.notes[0] in str(report)


def test_a_comment_may_say_that_a_number_is_a_step() -> None:
    report = check("x = 3", "f = x**2", "dx = 0.001  # the step", "1000*dx -> 1")
    assert report.notes == ("line 4: dx is read as a step, since its comment says so",)


def test_beside_a_step_the_derivative_is_still_one() -> None:
    results = check("x = 3", "f = x**2", "dx = 0.5", "f1 = (x + dx)**2", "df/dx -> 6")
    assert [result.verdict for result in results] == ["rounds"]
