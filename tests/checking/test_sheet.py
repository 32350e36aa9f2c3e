"""Derivation sheets, checked: what each line is judged by, and what it is judged to be."""

from pathlib import Path

import pytest

from autograd_mini import Value, sigmoid
from autograd_mini.checking import Report, SheetError, check_sheet
from autograd_mini.engine.transforms import gradients

# The five digits of a hand-out; what is marked is wrong or computed from rounded numbers.
NETWORK = """
i1 = 0.05
i2 = 0.10
w1 = 0.15
w2 = 0.20
w3 = 0.25
w4 = 0.30
w5 = 0.40
w6 = 0.45
w7 = 0.50
w8 = 0.55
b1 = 0.35
b2 = 0.60
t1 = 0.01
t2 = 0.99
eta = 0.5
net_h1 = w1*i1 + w2*i2 + b1            -> 0.37750
out_h1 = sigmoid(net_h1)               -> 0.59327
net_h2 = w3*i1 + w4*i2 + b1            -> 0.39250
out_h2 = sigmoid(net_h2)               -> 0.59688
net_o1 = w5*out_h1 + w6*out_h2 + b2    -> 1.1059
out_o1 = sigmoid(net_o1)               -> 0.75136
net_o2 = w7*out_h1 + w8*out_h2 + b2    -> 1.2249
out_o2 = sigmoid(net_o2)               -> 0.77292
E_o1 = (t1 - out_o1)**2/2              -> 0.27481
E_o2 = (t2 - out_o2)**2/2              -> 0.023562
E = E_o1 + E_o2                        -> 0.29837
"""
WEIGHTS = "[w1, w2, w3, w4, w5, w6, w7, w8]"


def check(*lines: str) -> Report:
    return check_sheet("\n".join(["```derivation", *lines, "```"]))


def verdicts(*lines: str) -> list[str]:
    return [result.verdict for result in check(*lines)]


def after_network(*lines: str) -> list[str]:
    return verdicts(NETWORK, *lines)[11:]


# -- numbers --------------------------------------------------------------------------------------


def test_a_definition_with_its_number_is_a_value() -> None:
    assert verdicts(NETWORK) == [
        *["rounds"] * 5,
        "truncates",
        "rounds",
        "truncates",
        "rounds",
        "carried",  # from 0.77292, which is cut off
        "rounds",
    ]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("dE/dw5 -> 0.082167041", "rounds"),
        ("dE/dw5 -> 0.08216", "truncates"),
        ("dE/dw5 -> 0.081267", "wrong"),
        ("-dE/dw7 -> 0.022603", "rounds"),
        ("w5 - eta*dE/dw5 -> 0.35891648", "rounds"),
        ("dE/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5 -> 0.082167041", "rounds"),
        ("dE_o2/dw5 -> 0", "rounds"),
        ("dw5/dE -> 0", "rounds"),
        ("dE/dE -> 1.0", "rounds"),
        ("0.74136507 * 0.186815602 * 0.593269992 -> 0.082167041", "rounds"),
        ("0.74136507 * 0.186815602 * 0.593269992 -> 0.082167042", "wrong"),
        ("dnet_o1/dout_h1 -> 0.40", "rounds"),
        ("E -> 9e399", "wrong"),
        ("E -> -9e399", "wrong"),
    ],
)
def test_a_number_is_judged_by_its_digits(line: str, verdict: str) -> None:
    assert after_network(line) == [verdict]


def test_every_derivative_is_that_of_the_engine() -> None:
    report = check("w = 0.5", "x = -2", "out = sigmoid(w*x)", "E = log(out)*w", "dE/dw -> 1")
    w, x = Value(0.5), Value(-2.0)
    y = sigmoid(w * x).log() * w
    assert report[-1].value == gradients(y, [w])[0]


def test_a_definition_may_use_derivatives_and_be_differentiated() -> None:
    block = ["x = 3", "y = x**3", "slope = dy/dx -> 27", "moved = x - 0.1*slope -> 0.3"]
    assert verdicts(*block, "dslope/dx -> 18", "slope == 3*x**2") == ["rounds"] * 3 + ["holds"]


def test_a_derivative_that_is_constant_is_no_leaf() -> None:
    assert verdicts("x = 2", "y = 3*x", "k = dy/dx -> 3", "k == dy/dx", "k*x == y") == [
        "rounds",
        "holds",
        "holds",
    ]


# -- carried --------------------------------------------------------------------------------------


def test_a_product_of_printed_factors_is_carried_whichever_way() -> None:
    # y is 0.2401; from the top the derivative of the upper part is printed, then of the lower.
    chain = ["a = 0.7", "b = a**2 -> 0.4", "y = b**2"]
    assert verdicts(*chain, "y -> 0.16") == ["truncates", "carried"]
    slopes = ["x = 0.37", "u = x**2", "y = u**3"]
    product = "dy/dx -> 0.0395"  # 0.041606
    assert verdicts(*slopes, product) == ["wrong"]
    assert verdicts(*slopes, "dy/du -> 0.05", product) == ["truncates", "carried"]
    assert verdicts(*slopes, "du/dx -> 0.7", product) == ["rounds", "carried"]


def test_only_what_was_printed_before_is_carried() -> None:
    block = ["x = 0.37", "u = x**2", "y = 2*u"]
    assert verdicts(*block, "y -> 0.26", "u -> 0.13") == ["wrong", "truncates"]
    assert verdicts(*block, "u -> 0.13", "y -> 0.26") == ["truncates", "carried"]


def test_outside_the_interval_a_number_is_wrong() -> None:
    # u is 0.1369 and printed as 0.13: the author may have used any number between.
    block = ["x = 0.37", "u = x**2 -> 0.13", "y = 2*u"]
    assert verdicts(*block, "y -> 0.26")[1] == "carried"
    assert verdicts(*block, "y -> 0.2739")[1] == "wrong"
    assert verdicts(*block, "y -> 0.25")[1] == "wrong"
    assert verdicts(*block, "y -> 0.259")[1] == "wrong"


def test_a_number_computed_from_rounded_numbers_is_rounded_too() -> None:
    # sigmoid(2*0.6) is 0.76852, and sigmoid(2*0.5996) is 0.76838.
    block = ["v = 0.5996", "w = 1*v -> 0.600", "out = sigmoid(2*w)"]
    assert verdicts(*block, "out -> 0.7685")[1] == "carried"
    assert verdicts(*block, "out -> 0.769")[1] == "carried"
    assert verdicts(*block, "out -> 0.770")[1] == "wrong"


@pytest.mark.parametrize("line", ["f -> -11", "df/dz -> 4", "df/dx -> -5", "f + q -> -8"])
def test_a_number_printed_in_full_is_not_rounded(line: str) -> None:
    block = ["x = -2", "y = 5", "z = -4", "q = x + y -> 3", "f = q*z -> -12", "df/dq -> -4"]
    assert verdicts(*block, line)[3] == "wrong"


def test_a_round_number_may_come_from_rounded_ones() -> None:
    # y is 0.5 to the last digit; from u as it is printed it is 0.6.
    block = ["x = 0.0625", "u = sqrt(x)/1 -> 0.3", "y = 2*u", "y -> 0.6", "v = 10*y"]
    assert verdicts(*block, "v -> 5.6")[1:] == ["carried", "carried"]
    assert verdicts(*block, "v -> 6.1")[1:] == ["carried", "wrong"]


def test_an_erratum_that_should_be_a_whole_number_is_that_number() -> None:
    block = ["x = 3", "y = 4*x -> 21  # erratum: digits swapped", "z = y + 1"]
    assert verdicts(*block, "z -> 22") == ["wrong", "follows"]
    assert verdicts(*block, "z -> 14") == ["wrong", "wrong"]


def test_an_earlier_wrong_number_of_a_quantity_does_not_excuse_a_later_one() -> None:
    assert verdicts("x = 0.751", "y = 1*x -> 0.8", "y -> 0.75", "y -> 0.757")[2] == "wrong"


def test_a_line_of_plain_arithmetic_is_judged_on_its_own_decimals() -> None:
    assert verdicts("x = 0.37", "u = x**2 -> 0.13", "2*0.13 -> 0.26", "2*0.13 -> 0.27") == [
        "truncates",
        "rounds",
        "wrong",
    ]


def test_an_erratum_is_carried_as_it_is_and_as_it_should_be() -> None:
    block = ["x = 0.37", "u = x**2 -> 0.31 # erratum: digits swapped", "y = 2*u"]
    assert verdicts(*block, "y -> 0.62") == ["wrong", "follows"]
    assert verdicts(*block, "y -> 0.28") == ["wrong", "carried"]
    assert verdicts(*block, "y -> 0.45") == ["wrong", "wrong"]


# -- formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("dE/dw5 = dE/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5", "holds"),
        ("dE/dw5 = (out_o1 - t1) * out_o1*(1 - out_o1) * out_h1", "holds"),
        ("dE/dw5 = (t1 - out_o1) * out_o1*(1 - out_o1) * out_h1", "fails"),
        ("dE/dout_h1 = dE_o1/dout_h1 + dE_o2/dout_h1", "holds"),
        ("dE/dout_h1 = dE_o1/dout_h1", "fails"),
        ("out_h1 == 1/(1 + exp(-net_h1))", "holds"),
        ("net_h1 == w1*i1 + w3*i2 + b1", "fails"),
        ("E*2 = (t1 - out_o1)**2 + (t2 - out_o2)**2", "holds"),
    ],
)
def test_a_formula_is_an_identity(line: str, verdict: str) -> None:
    assert after_network(line) == [verdict]


@pytest.mark.parametrize(
    ("lines", "slip"),
    [
        (
            ["x = 0.7", "c = 0.9", "h = x**2", "E = h**3*tanh(c)", "dE/dx -> 1.27077"],
            "another function: as if tanh(c) were tan(c)",  # in the factor next to E
        ),
        (
            ["c = 0.9", "x = 0.7", "h = x**2*tanh(c)", "E = h**3", "dE/dx -> 0.65201"],
            "another function: as if tanh(c) were tan(c)",  # in the factor next to x
        ),
        (
            ["x = 0.7", "E = x - x**3/3", "dE/dx = (1 + x)*(1 - x)", "dE/dx -> 2.8900"],
            "a sign is wrong: as if 1 - x were 1 + x",  # in a formula that the sheet claims
        ),
    ],
)
def test_a_slip_is_sought_in_every_way_to_work_out_a_derivative(
    lines: list[str], slip: str
) -> None:
    assert check(*lines)[-1].suggestion == slip


def test_a_slip_is_found_in_the_first_argument_of_a_function_of_two() -> None:
    report = check("x = 0.7", "c = 2.0", "y = atan2(x*c, 3*x) + c", "y == atan2(x, 3*x) + c")
    assert report[0].suggestion == "a factor is missing: multiply x by c"


def test_the_search_for_slips_ends_for_a_sheet_as_a_whole() -> None:
    strange = "dy/dx = exp(x)*sin(x)*cos(x)*x + (x - 2)/(1 + x)*tanh(x)/(3 + x)"
    report = check("x = 0.3", "y = x**3", "dy/dx = -3*x**2", *[strange] * 60, "dy/dx = -3*x**2")
    assert [result.verdict for result in report] == ["fails"] * 62
    assert (report[0].slip, report[-1].slip) == ("sign", "")


def test_a_report_says_where_the_search_for_slips_ended_in_long_sums() -> None:
    leaves = [f"w{i} = 0.{10 + i}" for i in range(60)]
    terms = [f"sigmoid(w{i}*w{(i + 1) % 60})*w{(i + 7) % 60}" for i in range(60)]
    slips = ["dE/dw0 = -dE/dw0", *[f"dE/dw{i % 60} = w{i * 7 % 60}*{i}.5" for i in range(300)]]
    report = check(*leaves, f"E = {' + '.join(terms)}", *slips, "E -> 0.1", "E == E", slips[0])
    assert [result.verdict for result in report] == [*["fails"] * 301, "wrong", "holds", "fails"]
    assert (report[0].slip, report[-1].slip) == ("sign", "")
    (note,) = report.notes
    assert note.endswith(
        ": the search for likely slips ended here, after 300,000 steps; wrong lines from here on "
        "have a verdict, but no slip"
    )
    assert report.text().splitlines()[-2] == note
    assert check(*leaves[:1], "w0 -> 0.2").notes == ()


def test_a_report_says_where_the_search_for_errors_carried_forward_ended() -> None:
    chain = [f"x{i} = sin(x{i - 1}) + x{max(0, i - 2)}*0.1" for i in range(3, 300)]
    wrong = [f"dx299/dx{i} -> {i}.{1000 + 7 * i}" for i in range(280)]
    report = check(
        *["x0 = 0.5", "x1 = sin(x0) -> 0.9", "x2 = sin(x1) -> 0.7833"],
        *chain,
        *["x3 -> 0.7955", *wrong, *wrong, "x4 -> 0.7925", "x2 -> 0.783"],
    )
    found = {result.claim.text: result.verdict for result in report[:3]}
    assert found == {"x1 = sin(x0)": "wrong", "x2 = sin(x1)": "follows", "x3": "follows"}
    assert [result.verdict for result in report[-2:]] == ["wrong", "follows"]
    assert report.notes[0].endswith(
        ": the search for the numbers that a number follows from ended here, after 2,000,000 "
        "steps; from here on a number is judged by its own digits, and one that follows is wrong; "
        "check parts of the sheet alone"
    )


def test_given_values_end_where_a_sheet_takes_too_long() -> None:
    values = [f"x{i} = x{i - 1} + 1" for i in range(1, 400)]
    given = [f"given x1 = {i}" for i in range(90)]
    report = check("x0 = 1", *values, *given, "x399 -> 487", "x0 -> 1")
    assert [result.verdict for result in report] == ["unread"] * 7 + ["unread", "rounds"]
    assert "all descents and given values of a sheet together take 2,000,000" in report[0].remark


def test_a_formula_that_agrees_at_the_point_by_accident_fails() -> None:
    assert verdicts("x = 2", "y = x*x", "dy/dx = x + 2", "dy/dx = 2*x") == ["fails", "holds"]


# -- errata ---------------------------------------------------------------------------------------


def test_an_erratum_must_be_wrong() -> None:
    report = check(
        "x = 2", "y = x*x -> 5 # erratum", "y -> 4 # erratum: is it?", "dy/dx = x # erratum"
    )
    assert [result.verdict for result in report] == ["wrong", "rounds", "fails"]
    assert [result.claim.line.number for result in report.unexpected] == [4]
    assert not report.passed


# -- descent --------------------------------------------------------------------------------------


def test_later_lines_see_the_point_that_a_descent_has_reached() -> None:
    assert (
        after_network(
            f"descend(E, {WEIGHTS}, rate=0.5, times=299)",
            "E -> 0.005057",
            f"descend(E, {WEIGHTS}, rate=0.5, times=300)",
            "E -> 0.002135",
            "b1 -> 0.35",
            f"descend(E, {WEIGHTS}, rate=0.5, times=9401)",
            "E -> 0.0000351018778298",
            "out_o1 -> 0.016",
        )
        == ["rounds"] * 5
    )


def test_all_parameters_of_a_descent_move_at_once() -> None:
    block = ["a = 1", "b = 2", "J = a*b", "descend(J, [a, b], rate=0.5, times=1)"]
    assert verdicts(*block, "a -> 0.0", "b -> 1.5") == ["rounds", "rounds"]


def test_a_second_descent_begins_where_the_first_ended() -> None:
    block = ["a = 1", "b = 8", "J = a**2/2 + b**2/2"]
    first, second = "descend(J, [a], rate=0.5, times=1)", "descend(J, [b], rate=0.5, times=3)"
    assert verdicts(*block, first, second, "a -> 0.5", "b -> 1", "J -> 0.625") == ["rounds"] * 3


def test_a_number_printed_before_a_descent_does_not_count_after_it() -> None:
    block = ["x = 0.37", "z = 3", "u = x**2 -> 0.13", "v = z/7 -> 0.42", "y = 2*u", "s = 2*v"]
    assert verdicts(*block, "y -> 0.26", "s -> 0.84")[2:] == ["carried", "carried"]
    moved = [*block, "descend(u, [x], rate=0, times=1)"]
    assert verdicts(*moved, "y -> 0.26", "s -> 0.84")[2:] == ["wrong", "carried"]


def test_a_leaf_that_a_descent_has_moved_is_not_where_it_was() -> None:
    block = ["x = 0.5", "u = x**2", "descend(u, [x], rate=0.1, times=1)"]
    assert verdicts(*block, "x -> 0.4", "x -> 0.50") == ["rounds", "wrong"]
    assert verdicts(*block, "u -> 0.16", "u -> 0.25") == ["rounds", "wrong"]


# -- sheets that are broken -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["x = 0", "y = log(x)"], "line 3, column 1: log(x) does not exist at x = 0.0"),
        (["x = 0", "1/x -> 3"], "line 3, column 1: 1.0 / 0.0 does not exist"),
        (["x = 2", "y = log(x - 2)"], "line 3, column 1: log(0.0) does not exist"),
        (["x = 9**9**9"], "line 2, column 1: 9.0 ** 387420489.0 overflows"),
        (
            ["x = 1", "y = x*x", "descend(y, [y], rate=1, times=1)"],
            "line 4, column 1: y is computed from others; descend moves values that are defined "
            "by a number",
        ),
        (
            ["x = 1", "y = x*x", "descend(y, [x], rate=1, times=1000000000)"],
            "line 4, column 1: 1,000,000,000 steps of 1 operations each are too many; all descents "
            "of a sheet together take 2,000,000 operations at most",
        ),
        (
            ["x = 1", "y = x*x", "descend(y, [x], rate=100, times=1000)"],
            "line 4, column 1: x * x overflows at x = 2.0989843275724618e+156",
        ),
    ],
)
def test_a_statement_without_a_value_is_unread(lines: list[str], message: str) -> None:
    (result,) = check(*lines)
    assert result.verdict == "unread"
    assert str(result.error).splitlines()[0] == message


def nested(depth: int) -> list[str]:
    """A function, and its derivatives to a high order, each of which is a graph of its own."""
    derivatives = [f"g{i + 1} = dg{i}/dx" for i in range(depth)]
    return ["x = 0.3", "g0 = tanh(sin(x)*exp(x))", *derivatives]


def test_a_graph_that_outgrows_every_sheet_is_refused() -> None:
    first = check(*nested(30))[0]
    assert str(first.error).splitlines()[0] == (
        "line 11, column 1: g8 and what it was computed from are more than 10,000 operations; "
        "a derivative of a derivative has about three times as many as the one before"
    )


def test_a_factor_that_no_page_has_room_for_is_not_written_down() -> None:
    report = check(*nested(6), "g6 -> 7.123", "dg6/dx -> 8.123")
    assert [result.verdict for result in report] == ["wrong", "wrong"]


@pytest.mark.parametrize("text", ["# Title\n\n```python\nx = 1\n```\n", ""])
def test_a_text_without_a_block_says_what_a_sheet_is(text: str) -> None:
    with pytest.raises(SheetError) as caught:
        check_sheet(text)
    assert str(caught.value) == (
        "line 1, column 1: nothing to check: a sheet is a Markdown file, or a Jupyter notebook "
        "with Markdown cells, in which the derivation stands in a block that begins with a line "
        "```derivation and ends with a line ```, or a text of its lines alone; see "
        "docs/reference/sheets.md, or `autograd-mini check --help` for an example"
    )


def test_a_text_of_derivation_lines_alone_is_a_sheet() -> None:
    homework = """Homework 1, Ann

    w = 0.5, x = -2; b = 1/4

    out = sigmoid(w*x + b) = 0.321
The slope:
    dout/dw = out*(1 - out)*x -> -0.44
    """
    report = check_sheet(homework)
    assert [(result.claim.line.number, result.verdict) for result in report] == [
        (5, "rounds"),
        (7, "holds"),
        (7, "rounds"),
    ]
    assert report.notes == ("taken for prose, without = or ->: 1, 6",)
    with pytest.raises(SheetError, match="nothing to check: a sheet is"):
        check_sheet(f"{homework}\n```\nanother block\n```")


def test_a_block_without_a_claim_says_how_to_claim() -> None:
    with pytest.raises(SheetError) as caught:
        check_sheet("```derivation\nx = 1\ny = 2*x\n```\n")
    assert str(caught.value) == (
        "line 1, column 1: nothing to check: no line claims anything; add what is printed, as in "
        "`y = 2*x -> 4`, or a formula, as in `dy/dx = 2`"
    )


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("dy/dx = 2*0.393", "a number is not a formula: write a printed number after `->`"),
        ("dy/dx = w * sin(y)", "sin(y) is the wrong factor: try 1 - y ** 2 instead of sin(y)"),
        ("dy/dx = w * (1 + y**2)", "a minus is missing: try 1 - y ** 2 instead of 1 + y ** 2"),
        ("dy/dx = w * (1 - y**3)", "an exponent is wrong: try y ** 2 instead of y ** 3"),
    ],
)
def test_the_suggestion_for_a_wrong_formula(line: str, remark: str) -> None:
    report = check("w = 0.5", "x = 2", "y = tanh(w * x)", line)
    assert (report[0].verdict, report[0].remark) == ("fails", remark)


def test_a_formula_that_agrees_at_the_point_is_not_told_that_it_differs_there() -> None:
    line = "dL/db = 2*e1"  # as e2 is 0
    (*_, result) = check("b = 2", "e1 = b - 1", "e2 = b - 2", "L = e1**2 + e2**2", line)
    assert (result.exact, result.remark) == (
        "2, like the right, but not elsewhere",
        "a path is forgotten: b reaches L through e2 too; add dL/de2 * de2/db",
    )


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_however_its_lines_end(tmp_path: Path, start: bytes, end: bytes) -> None:
    path = tmp_path / "sheet.md"
    lines = [b"~~~derivation", b"x = 2", b"x*x -> 4", b"~~~"]
    path.write_bytes(start + end.join(lines))
    for given in (path, str(path)):
        report = check_sheet(given)
        assert (report.file, report[0].claim.line.number) == (str(path), 3)


def test_a_file_that_is_not_utf_8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "sheet.md"
    path.write_bytes(b"# Title\r\n\xc3\xa4 caf\xe9\n")
    with pytest.raises(SheetError) as caught:
        check_sheet(path)
    assert str(caught.value) == (f"{path}:2:6: byte 0xe9 is not UTF-8; save the file as UTF-8")


def test_a_file_that_does_not_end_is_not_read_for_ever() -> None:
    with pytest.raises(SheetError, match="a sheet has 20,000,000 bytes at most; split this one"):
        check_sheet(Path("/dev/zero"))


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        check_sheet("nowhere.md")


# -- other networks -------------------------------------------------------------------------------


def test_softmax_with_cross_entropy() -> None:
    report = check(
        "z1 = 1",
        "z2 = 2",
        "z3 = 0.1",
        "s = exp(z1) + exp(z2) + exp(z3)",
        "p1 = exp(z1)/s -> 0.2424",
        "p2 = exp(z2)/s -> 0.6590",
        "L = -log(p2) -> 0.4170",
        "L == logsumexp(z1, z2, z3) - z2",
        "dL/dz1 = p1",
        "dL/dz2 = p2 - 1",
        "dL/dz2 -> -0.3410",
        "dp1/dz2 = -p1*p2",
        "dL/dz1 = p1*(1 - p1)  # erratum",
    )
    assert report.passed


def test_gates_units_that_are_off_and_the_textbook_example() -> None:
    report = check(
        "x = 3",
        "y = -4",
        "z = 2",
        "w = -1",
        "f = (x*y + maximum(z, w))*2 -> -20",
        "df/dz -> 2",
        "df/dw -> 0",
        "off = relu(x + y) -> 0",
        "doff/dx = 0",
        "g = log(x) + x*z - sin(z)",
        "dg/dz = x - cos(z)",
        "dg/dx -> 2.333",
    )
    assert report.passed


@pytest.mark.parametrize("given", [b"x = 2", None, ["x = 2"]])
def test_a_sheet_is_a_path_or_a_text(given: object) -> None:
    with pytest.raises(TypeError, match="check_sheet takes a path, or the text of a sheet, got "):
        check_sheet(given)  # type: ignore[arg-type]
