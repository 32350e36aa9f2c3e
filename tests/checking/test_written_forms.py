"""Forms in which people write derivations: numbers after =, fractions, softmax, given values."""

import json

import pytest

from autograd_mini import Value
from autograd_mini.checking import Report, SheetError, check_formula, check_sheet
from autograd_mini.checking.sheets.check import check_text


def check(*lines: str) -> Report:
    return check_sheet("\n".join(["```derivation", *lines, "```"]))


def verdicts(*lines: str) -> list[str]:
    return [result.verdict for result in check(*lines)]


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["w = 3", "E = w**2 = 9"], ["rounds"]),
        (["w = 3", "E = w**2 = 8"], ["wrong"]),
        (["w = 3", "E = w**2", "dE/dw = 6"], ["rounds"]),
        (["w = 3", "E = w**2", "dE/dw = 6.5"], ["wrong"]),
        (["w = 3", "E = w**2", "E == 9", "2*E = 18"], ["rounds", "rounds"]),
        (["w = 3", "E = w**2", "dE/dw = 2*w = 6"], ["holds", "rounds"]),
        (["w = 3", "E = w**2", "dE/dw = 2*w = 2*3 = 6"], ["holds", "rounds", "rounds"]),
        (["w = 3", "E = w**2", "dE/dw = 2*w = 2*4 = 6"], ["holds", "rounds", "wrong"]),
        (["w = 3", "E = w**2", "dE/dw = 2*w = w + w"], ["holds", "holds"]),
        (["w = 3", "E = w**2 = 9 -> 9.0"], ["rounds", "rounds"]),
        (["w = 3", "E = 5*w", "dE/dw = 5"], ["holds"]),  # everywhere, and not only here
    ],
)
def test_a_number_after_an_equals_sign_is_printed(lines: list[str], expected: list[str]) -> None:
    assert verdicts(*lines) == expected


@pytest.mark.parametrize(
    ("printed", "verdict", "slip"),
    [
        ("1/3", "rounds", ""),
        ("2/6", "rounds", ""),
        ("-1/3", "wrong", "sign"),
        ("1/30", "wrong", "power-of-ten"),
        ("33/100", "wrong", ""),
        ("3/1", "wrong", ""),
    ],
)
def test_a_fraction_is_exact(printed: str, verdict: str, slip: str) -> None:
    (result,) = check("w = 3", f"E = 1/w -> {printed}")
    assert (result.verdict, result.slip) == (verdict, slip)


def test_a_fraction_by_zero_is_unread() -> None:
    (result,) = check("1 + 1 -> 1/0")
    assert result.suggestion == "'1/0' divides by 0: expected a fraction such as 1/3"


def test_what_is_computed_from_a_fraction_is_carried_from_its_exact_value() -> None:
    assert verdicts("w = 3", "E = 1/w -> 1/3", "6*E -> 2.0", "6*E -> 1.9")[1:] == [
        "rounds",
        "wrong",
    ]


# -- functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "sum(a, b, c) -> 6",
        "mean(a, b, c) -> 2",
        "max(a, b, c) -> 3",
        "min(c, b, a) -> 1",
        "square(c) -> 9",
        "hypot(c, 4) -> 5",
        "atan2(a, -a) -> 2.356",
        "1/(1 + e**(-a)) -> 0.7311",
        "e**0 -> 1",
    ],
)
def test_functions_beside_the_table(line: str) -> None:
    assert verdicts("a = 1", "b = 2", "c = 3", line) == ["rounds"]


def test_e_is_a_name_where_it_is_defined() -> None:
    assert verdicts("e = 3", "e**2 -> 9") == ["rounds"]


def test_softmax_gives_an_output_for_each_operand() -> None:
    logits = "z1, z2, z3 = 1, 2, 0.1"
    assert verdicts(logits, "p1, p2, p3 = softmax(z1, z2, z3) -> 0.242, 0.659, ?") == [
        "rounds",
        "rounds",
        "missing",
    ]
    assert verdicts(logits, "p1, p2, p3 = softmax(z1, z2, z3)", "dp1/dz2 = -p1*p2") == ["holds"]
    (result,) = check(logits, "q2 = softmax(z1, z2, z3) -> 0.659")
    assert (result.verdict, result.remark) == ("rounds", "read as the output for z2")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("p, q, r = softmax(z1, z2)", "3 names for 2 output(s) of softmax; write one each, as in "
         "p1, p2 = softmax(z1, z2)"),
        ("p = softmax(z1, z2)", "softmax gives one output for each operand; name them all, as in "
         "p1, p2 = softmax(z1, z2)"),
        ("L = -log(softmax(z1, z2))", "softmax gives one output for each operand; name them all "
         "on a line, as in p1, p2 = softmax(z1, z2)"),
        ("p, p = softmax(z1, z2)", "each name is defined once; use different names"),
        ("p1, p2 = softmax(z1, z2) -> 0.3", "2 names for 1 number(s)"),
    ],
)  # fmt: skip
def test_softmax_written_otherwise_is_unread(line: str, message: str) -> None:
    (result,) = check("z1, z2 = 1, 2", line)
    assert (result.verdict, result.suggestion) == ("unread", message)


# -- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "d2f/dx2 -> 18",
        "d2f/dx2 = 6*x*y",
        "d2f/dxdy = 3*x**2",
        "d3f/dx3 = 6*y",
        "d(df/dx)/dy = 27",
        "d(f**2)/dx = 2*f*df/dx",
        "d2f/dx2 / (df/dx) -> 0.667",
        "-d2f/dx2 -> -18",
        "x - 0.1*d2f/dx2 -> 1.2",
    ],
)
def test_derivatives_of_derivatives(line: str) -> None:
    assert check("x = 3", "y = 1", "f = y*x**3", line)


@pytest.mark.parametrize(
    "line",
    [
        "y = w^2*x + w^-1 -> 18.33",
        "y = -w\N{SUPERSCRIPT TWO}\N{MIDDLE DOT}x^3 \N{RIGHTWARDS ARROW} \N{MINUS SIGN}72",
        "w\N{MULTIPLICATION SIGN}x \N{DIVISION SIGN} 4 \N{ALMOST EQUAL TO} 1.5",
        "\N{PARTIAL DIFFERENTIAL}f/dx = 3\N{DOT OPERATOR}x^2\N{RIGHTWARDS ARROW}12",
    ],
)
def test_signs_of_paper_are_read(line: str) -> None:
    assert check("w = 3", "x = 2", "f = x^3", line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("d^2f/dx^2 -> 18", "write a second derivative as d2f/dX2"),
        ("d2f/dx -> 18", "d2f/dx cannot be read: a derivative of order 2 is written d2f/dX2, or "
         "d2f/dX1dX2, with names of values for X"),
        ("d/dx(f) -> 27", "write a derivative as dY/dX, or as d(...)/dX"),
        ("d/dx f -> 27", "write a derivative as dY/dx, or as d(...)/dx"),
        ("x.grad -> 27", "write x.grad as a derivative, dY/dx"),
    ],
)  # fmt: skip
def test_derivatives_written_otherwise_are_unread(line: str, message: str) -> None:
    (result,) = check("x = 3", "f = x**3", line)
    assert (result.verdict, result.suggestion) == ("unread", message)


# -- descent --------------------------------------------------------------------------------------


def test_a_negative_rate_ascends() -> None:
    block = ["a = 2", "b = 3", "s = a*b", "descend(s, [a, b], rate=-0.01, times=1)"]
    assert verdicts(*block, "a -> 2.03", "b -> 3.02") == ["rounds", "rounds"]


def test_the_name_of_a_number_is_a_rate() -> None:
    block = ["eta = 0.1", "a = 2", "s = a**2", "descend(s, [a], rate=eta, times=1)"]
    assert verdicts(*block, "a -> 1.6") == ["rounds"]


# -- given values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated", [["yp = sigmoid(W*x)", "given yp = 0.6"], ["given yp = 0.6", "yp = sigmoid(W*x)"]]
)
def test_a_given_value_stands_on_top_of_its_formula(stated: list[str]) -> None:
    block = ["W = 0.4", "x = 1", *stated, "L = 1/2*(0.8 - yp)**2"]
    claims = ["yp -> 0.6", "dL/dW = (yp - 0.8)*yp*(1 - yp)*x", "dL/dW -> -0.048"]
    assert verdicts(*block, *claims) == ["rounds", "holds", "rounds"]


@pytest.mark.parametrize(
    ("formula", "number", "slope"),
    [
        ("tanh(w)", "0.5", "0.75"),
        ("exp(2*w)", "3", "6"),
        ("log(w)", "0", "1"),
        ("relu(w - 1)", "0.3", "1"),
        ("w*w", "7", "1.0"),
        ("1/(1 + exp(-w))", "0.6", "0.24"),
        ("-sigmoid(w)", "-0.6", "-0.24"),
    ],
)
def test_slopes_are_those_at_the_given_value(formula: str, number: str, slope: str) -> None:
    block = ["w = 0.5", f"v = {formula}", f"given v = {number}"]
    assert verdicts(*block, f"v -> {number}", f"dv/dw -> {slope}") == ["rounds", "rounds"]


def test_a_claim_before_the_given_value_is_about_the_formula() -> None:
    assert verdicts("w = 0.4", "v = sigmoid(w) -> 0.5987", "given v = 0.6", "v -> 0.6") == [
        "rounds",
        "rounds",
    ]


def test_a_value_that_a_function_never_has_is_refused() -> None:
    results = check("w = 0.4", "v = sigmoid(w)", "u = 2*w", "given v = 1.2", "v -> 1.2", "u -> 0.8")
    assert [(result.verdict, result.suggestion) for result in results] == [
        ("unread", "sigmoid is never 1.2"),
        ("unread", "v has no value, because of line 5"),
        ("rounds", ""),
    ]


def test_a_given_value_at_which_another_has_none_changes_nothing_else() -> None:
    results = check("w = 2", "u = 3*w", "v = 1/u", "given u = 0", "v -> 0.17", "w -> 2.0")
    assert [(result.verdict, result.suggestion) for result in results] == [
        ("unread", "1.0 / u does not exist at u = 0.0"),
        ("unread", "v has no value, because of line 5"),
        ("rounds", ""),
    ]


# -- blanks and lines that cannot be read ---------------------------------------------------------


@pytest.mark.parametrize("blank", ["->", "-> ?", "-> ___", "-> ...", "= ?", "="])
def test_a_blank_is_missing_and_no_error(blank: str) -> None:
    report = check("w = 3", "E = w**2", f"dE/dw {blank}", "E -> 9")
    assert [result.verdict for result in report] == ["missing", "rounds"]
    assert report
    assert report.summary.endswith("all as expected")


def test_what_depends_on_a_blank_is_missing_too() -> None:
    assert verdicts("w = 3", "E = ?", "dE/dw -> 6", "F = 2*E -> 18", "w -> 3") == [
        *["missing"] * 3,
        "rounds",
    ]


def test_a_line_that_cannot_be_read_does_not_stop_the_others() -> None:
    report = check("w = 3", "E = w 2 -> 9", "F = 2*w -> 6", "G = E + F -> 15", "dF/dw -> 2")
    assert [(result.verdict, result.suggestion) for result in report] == [
        ("unread", "a product is written with *, as in w*x"),
        ("rounds", ""),
        ("unread", "E has no value, since line 3 is unread"),
        ("rounds", ""),
    ]
    assert not report
    assert [result.claim.line.number for result in report.unexpected] == [3, 5]


def test_a_descent_that_cannot_be_read_leaves_what_it_would_move_without_a_value() -> None:
    results = check(
        "a = 1", "b = 2", "E = a**2", "descend(E, [a], rate=0.1)", "E -> 0.64", "b -> 2.0"
    )
    assert [result.verdict for result in results] == ["unread", "unread", "rounds"]


def test_a_definition_that_is_mended_further_down_counts() -> None:
    assert verdicts("w = 3", "E = w 2", "E = w**2 -> 9", "dE/dw -> 6") == [
        "unread",
        "rounds",
        "rounds",
    ]


# -- notebooks ------------------------------------------------------------------------------------

CELLS = [
    {"cell_type": "markdown", "source": ["# Title\n", "```derivation\n", "x = 2\n", "```"]},
    {"cell_type": "code", "source": "```derivation\nx = 3\n```"},
    {"cell_type": "markdown", "source": "Then\n~~~derivation\nx**2 -> 5\nx 2\n~~~"},
]


def test_the_markdown_cells_of_a_notebook_are_one_sheet() -> None:
    report = check_text(json.dumps({"cells": CELLS}), "homework.ipynb")
    assert str(report) == (
        "line  claim  printed  exact  verdict  likely slip\n"
        " 3.3  x**2   5        4.00   wrong\n"
        " 3.4  x 2                    unread   a product is written with *, as in w*x\n"
        "homework.ipynb: 2 claims: 1 wrong, 1 unread; not as expected: line 3.3, 3.4"
    )
    assert (report[0].as_data()["cell"], report[0].as_data()["line"]) == (3, 3)
    assert str(report[1].error).splitlines()[0] == (
        "homework.ipynb:cell 3:4:2: a product is written with *, as in w*x"
    )


def test_lines_of_different_cells_are_told_apart() -> None:
    sources = ["~~~derivation\nw = 3\nu = 2*w -> 7\n~~~", "~~~derivation\nv = 10*u -> 70\n~~~"]
    cells = [{"cell_type": "markdown", "source": source} for source in sources]
    root, follower = check_text(json.dumps({"cells": cells}), "homework.ipynb")
    assert (root.verdict, follower.verdict) == ("wrong", "follows")
    assert follower.remark == "from line 1.3"
    assert follower.as_data()["follows"] == ["1.3"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}', "[" * 10**5])
def test_a_notebook_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SheetError, match="this is not a Jupyter notebook of format 4"):
        check_text(text, "homework.ipynb")


# -- formulas in Python ---------------------------------------------------------------------------


def test_check_formula_reads_the_forms_of_sheets() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    out = (w * x).sigmoid()
    out.label = "out"
    E = out * out
    E.label = "E"
    for text in ("dE/dout * dout/dw", "2*out * (1 - out)*out * x", "2*square(out)*(1 - out)*x"):
        assert check_formula((E, w), text)
    assert check_formula(out, "1/(1 + e**(-w*x))")
    assert check_formula((E, w), "d2E/dwdx").verdict == "fails"
