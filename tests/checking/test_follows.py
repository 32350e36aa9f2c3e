"""Error carried forward: a wrong number is the root, and lines that go on from it follow."""

import json
from pathlib import Path

import pytest

from autograd_mini import Value
from autograd_mini.checking import Report, check_sheet
from autograd_mini.checking.sheets.report import Result

SHARED = [Path(__file__).parents[above].parent / "shared" for above in (2, 3)]
STUDENTS = next((path for path in SHARED if path.is_dir()), Path("shared")) / "students"

KINDS = {
    **dict.fromkeys(("rounds", "truncates", "carried", "holds"), "right"),
    **dict.fromkeys(("wrong", "fails"), "slip"),
    "follows": "follows",
}

# A unit with a squared error, as a student would begin.
UNIT = """
x = 2
w = 0.4
b = 0.1
t = 1
eta = 0.5
"""


def check(*lines: str) -> Report:
    return check_sheet("\n".join(["```derivation", *lines, "```"]))


def after_unit(*lines: str) -> list[tuple[str, tuple[int, ...]]]:
    """The verdict of each line, and the lines that it follows from, counted from 1."""
    return [
        (result.verdict, tuple(line - 7 for line in result.follows))
        for result in check(UNIT.strip(), "# begin", *lines)
    ]


def homeworks() -> list[dict[str, object]]:
    if not STUDENTS.is_dir():
        return []
    ideal: list[dict[str, object]] = json.loads((STUDENTS / "ideal.json").read_text("utf-8"))
    return ideal


@pytest.mark.skipif(not STUDENTS.is_dir(), reason="the homeworks beside the checkout are missing")
@pytest.mark.parametrize("homework", homeworks(), ids=lambda homework: homework["sheet"])
def test_every_line_of_a_homework_is_right_a_slip_or_follows(homework: dict[str, object]) -> None:
    report = check_sheet(STUDENTS / str(homework["sheet"]))
    results: dict[tuple[int, bool], Result] = {
        (result.claim.line.number, result.claim.printed is None): result for result in report
    }
    lines = homework["lines"]
    assert isinstance(lines, list)
    for line in lines:
        result = results[line["line"], line["printed"] is None]
        found = (line["line"], KINDS[result.verdict], list(result.follows))
        assert found == (line["line"], line["ideal"], line["follows_from"])


def test_what_is_computed_from_a_wrong_number_follows_from_its_line() -> None:
    assert after_unit(
        "n = w*x + b         -> 1.3",  # 0.9
        "o = n**2            -> 1.69",
        "E = (o - t)**2/2    -> 0.238",
        "dE/do               -> 0.69",
        "do/dn               -> 2.6",
        "dE/dw               -> 3.588",
        "w - eta*dE/dw       -> -1.394",
    ) == [("wrong", ()), *[("follows", (1,))] * 6]


def test_a_number_follows_from_the_wrong_numbers_that_it_needs_and_no_others() -> None:
    assert after_unit(
        "n = w*x + b         -> 1.3",
        "o = n**2            -> 1.69",
        "E = (o - t)**2/2    -> 0.238",
        "dE/do               -> -0.69",  # the sign, after the slip in n
        "dE/dn               -> -1.794",
        "do/dn               -> 2.6",
    ) == [
        ("wrong", ()),
        ("follows", (1,)),
        ("follows", (1,)),
        ("wrong", ()),
        ("follows", (1, 4)),
        ("follows", (1,)),
    ]


def test_a_right_number_after_a_wrong_one_is_right_and_said_to_be_copied() -> None:
    *_, copied = check(UNIT, "n = w*x + b -> 1.3", "o = n**2 -> 0.81")
    assert (copied.verdict, copied.slip) == ("rounds", "copied")
    assert copied.suggestion == "right, but it does not follow from the numbers before it"
    *_, right = check(UNIT, "n = w*x + b -> 0.9", "o = n**2 -> 0.81")
    assert (right.verdict, right.suggestion) == ("rounds", "")


def test_what_follows_is_no_failure_and_is_counted_apart() -> None:
    report = check(UNIT, "n = w*x + b -> 1.3", "o = n**2 -> 1.69", "E = (o - t)**2 -> 0.4761")
    assert report.summary == "3 claims: 1 wrong, 2 follow; not as expected: line 9"
    assert [result.unexpected for result in report] == [True, False, False]
    assert report[1].as_data()["follows"] == [9]
    assert report[1].remark == "from line 9"


def test_a_formula_that_fails_is_the_root_of_its_number_and_of_those_behind_it() -> None:
    assert after_unit(
        "o = w*x + b         -> 0.9",
        "E = (o - t)**2/2    -> 0.005",
        "dE/dw = o - t",  # the inner derivative x is missing
        "dE/dw               -> -0.1",
        "w - eta*dE/dw       -> 0.45",
    ) == [
        ("rounds", ()),
        ("rounds", ()),
        ("fails", ()),
        ("follows", (3,)),
        ("follows", (3,)),
    ]
    assert after_unit(
        "o = w*x + b         -> 0.9",
        "E = (o - t)**2/2    -> 0.005",
        "dE/dw = o - t       -> -0.1",
        "w - eta*dE/dw       -> 0.45",
    ) == [("rounds", ()), ("rounds", ()), ("fails", ()), ("follows", (3,)), ("follows", (3,))]


def test_a_formula_that_fails_after_a_wrong_number_is_the_only_root_of_its_number() -> None:
    assert after_unit(
        "o = w*x + b         -> 1.3",
        "E = (o - t)**2/2    -> 0.045",
        "dE/dw = o - t",  # the inner derivative x is missing
        "dE/dw               -> 0.3",
        "w - eta*dE/dw       -> 0.25",
    ) == [
        ("wrong", ()),
        ("follows", (1,)),
        ("fails", ()),
        ("follows", (3,)),
        ("follows", (3,)),
    ]


def test_a_number_may_be_computed_by_a_formula_of_the_sheet() -> None:
    lines = ["z1 = 1", "z2 = 0", "e1 = exp(z1)", "Z = e1 + exp(z2) -> 3.72"]
    lines += ["p1 = e1/Z -> 0.75", "p2 = exp(z2)/Z", "p2 -> 0.25"]  # it is 0.731 and 0.269
    assert [result.verdict for result in check(*lines)] == ["rounds", "wrong", "wrong"]
    lines.insert(-1, "p2 == 1 - p1")
    assert [result.verdict for result in check(*lines)][1:] == ["wrong", "holds", "follows"]


def test_the_derivative_of_a_sum_stands_for_the_same_derivative_of_its_term() -> None:
    """dJ/dy is dE/dy, since J = E + R and R does not depend on y."""
    lines = [
        "v = 0.5",
        "h = 2",
        "y = v*h",
        "E = (y - 3)**2",
        "R = 0.1*v**2",
        "J = E + R",
        "dJ/dy -> 4.00",  # -4.00
        "dE/dv -> 8.00",  # -8.00
        "dJ/dv -> 8.10",
    ]
    found = [(result.verdict, result.follows) for result in check(*lines)]
    assert found == [("wrong", ()), ("follows", (8,)), ("follows", (8,))]


def test_truncating_a_number_that_was_carried_is_right_work() -> None:
    lines = ["a = 0.7777", "b = 1*a -> 0.77", "c = b**2"]
    # 0.77**2 is 0.5929.
    assert [check(*lines, f"c -> {number}")[1].verdict for number in ("0.592", "0.593")] == [
        "carried",
        "carried",
    ]


def test_an_erratum_is_a_root_like_every_wrong_number() -> None:
    assert after_unit("n = w*x + b -> 1.3  # erratum: it is 0.9", "n**2 -> 1.69") == [
        ("wrong", ()),
        ("follows", (1,)),
    ]
    report = check(UNIT, "n = w*x + b -> 1.3  # erratum", "n**2 -> 1.69  # erratum: follows")
    assert report.passed


def test_an_erratum_in_an_expression_before_a_descent_is_no_trouble() -> None:
    lines = [
        "E = (w*x + b - t)**2",
        "w - eta -> 0.3  # erratum",
        "descend(E, [w], rate=0.1, times=1)",
    ]
    assert check(UNIT, *lines, "w -> 0.44").passed


def test_a_wrong_number_that_is_printed_once_more_follows_from_its_first_line() -> None:
    lines = ["n = w*x + b -> 1.312", "n -> 1.312", "n -> 1.31", "n -> 1.32"]
    assert after_unit(*lines) == [
        ("wrong", ()),
        ("follows", (1,)),
        ("follows", (1,)),
        ("wrong", ()),
    ]


def test_a_kink_is_decided_at_the_numbers_of_the_author() -> None:
    assert after_unit(
        "n = w*x - 1         -> 0.2",  # -0.2, where relu is off
        "h = relu(n)         -> 0.2",
        "dh/dn               -> 1",
        "dh/dw               -> 2",
    ) == [("wrong", ()), *[("follows", (1,))] * 3]


def test_a_step_of_a_descent_may_use_the_printed_gradient() -> None:
    lines = ["w = 1.00", "t = 0.37", "L = (w - t)**2", "dL/dw = 2*(w - t) -> 1.3"]
    step = "descend(L, [w], rate=0.5, times=1)"
    after = [result.verdict for result in check(*lines, step, "w -> 0.35", "L -> 0.0004")]
    assert after == ["holds", "rounds", "carried", "carried"]
    wrong = [*lines[:3], "dL/dw -> 1.6", step, "w -> 0.20", "L -> 0.0289"]
    assert [(each.verdict, each.follows) for each in check(*wrong)] == [
        ("wrong", ()),
        ("follows", (5,)),
        ("follows", (5,)),
    ]


@pytest.mark.parametrize("number", ["0", "0.0", "0.00"])
def test_zeros_that_were_filled_in_are_wrong_and_nothing_follows_from_them(number: str) -> None:
    lines = ["w = 0.04", "x = 0.1", "out = w*x", "E = out**2"]
    results = check(*lines, f"out -> {number}", f"E -> {number}", f"dE/dw -> {number}")
    assert [(each.verdict, each.slip) for each in results] == [("wrong", "coarse")] * 3


def test_a_printed_zero_is_right_where_only_rounding_errors_are_left() -> None:
    report = check("x = 0.1", "y = x + 0.2 - 0.3", "d = 3*y -> 0", "e = 10*d -> 0.000")
    assert Value(0.1) + 0.2 - 0.3 != 0.0
    assert [result.verdict for result in report] == ["rounds", "rounds"]


def test_an_author_may_know_the_derivative_of_a_softmax_by_heart() -> None:
    # p1 is 0.7311; the chain rule would never use it for dL/dz1.
    lines = ["z1 = 1", "z2 = 0", "e1 = exp(z1)", "e2 = exp(z2)", "Z = e1 + e2"]
    lines += ["p1 = e1/Z -> 0.8311", "p2 = e2/Z", "L = -log(p2)", "dL/dz1 -> 0.8311"]
    wrong, follows = check(*lines)
    assert (wrong.verdict, follows.verdict, follows.follows) == ("wrong", "follows", (7,))


def test_the_backward_pass_of_a_softmax_uses_its_printed_outputs() -> None:
    lines = ["s1 = 0.36", "s2 = -0.63", "v1 = 1.5", "v2 = -0.5"]
    lines += ["a1 = exp(s1)/(exp(s1) + exp(s2))  -> 0.7219"]  # 0.7291
    lines += ["a2 = exp(s2)/(exp(s1) + exp(s2))  -> 0.2709", "o = a1*v1 + a2*v2"]
    # a1*(v1 - a1*v1 - a2*v2), and -a1*a2 for the factor by itself
    found = check(*lines, "do/ds1  -> 0.3988", "da1/ds2  -> -0.1956", "da2/ds2  -> 0.1975")
    assert [(each.verdict, each.follows) for each in found] == [
        ("wrong", ()),
        ("rounds", ()),
        ("follows", (6,)),
        ("follows", (6,)),
        ("rounds", ()),
    ]


def test_the_gradient_of_a_weight_follows_from_that_of_the_bias_beside_it() -> None:
    assert after_unit(
        "o = sigmoid(w*x + b)  -> 0.7109",
        "E = (o - t)**2/2      -> 0.0418",
        "dE/db                 -> -0.5940",  # -0.0594
        "dE/dw                 -> -1.1880",
        "dE/dx                 -> -0.2376",
    ) == [("rounds", ()), ("rounds", ()), ("wrong", ()), ("follows", (3,)), ("follows", (3,))]


def test_a_misprint_of_a_number_that_follows_leaves_later_numbers_alone() -> None:
    # The author has o = 1.5625 from his n, writes 1.6525, and goes on with 1.5625.
    assert after_unit(
        "n = w*x + b         -> 1.25",  # 0.9
        "o = n**2            -> 1.6525",
        "E = (o - t)**2/2    -> 0.1582",
        "dE/do               -> 0.5625",
    ) == [("wrong", ()), ("wrong", ()), ("follows", (1,)), ("follows", (1,))]


def test_after_a_misprint_a_number_is_carried_from_the_rounded_one_before_it() -> None:
    # h is 1.09116, rounds to 1.0912, and has two digits swapped; n is 109.116.
    lines = ["u = 0.9093", "h = 1.2*u  -> 1.0921", "n = 100*h  -> 109.120"]
    assert [result.verdict for result in check(*lines)] == ["wrong", "carried"]


def test_an_author_who_truncates_goes_on_from_the_digits_behind_a_wrong_number() -> None:
    # y is -0.428688, printed -0.42868; -0.428688*(1 + 0.428688) is -0.612462.
    begin = ["n = -0.2872052", "k = 2*n  -> -0.57441"]
    lines = ["y = sigmoid(n)  -> -0.42868", "dy/dn  -> -0.61246"]
    assert [result.verdict for result in check(*begin, *lines)][1:] == ["wrong", "follows"]


def test_a_right_number_after_a_wrong_one_may_keep_other_digits() -> None:
    # o has the wrong sign and a wrong digit; o**2 is 0.20521 for 0.20458, and both are 0.205.
    lines = ["o = 0.4523 * 1 -> -0.4530", "s = o**2 -> 0.205", "v = 100*s -> 20.521"]
    assert [result.verdict for result in check(*lines)] == ["wrong", "rounds", "follows"]


@pytest.mark.parametrize(
    ("claim", "slip"),
    [
        ("dE/dw -> 0.20", "sign"),
        ("dE/dx -> -0.1000", "factor-missing"),  # without w
        ("w - eta*dE/dw -> 0.3000", "sign"),
        ("w - eta*dE/dw -> 0.6000", "factor-missing"),  # without eta
        ("dE/dw -> 0.5000", "updated"),  # the updated parameter for its gradient
        ("dE/db -> -0.2000", "twice"),
        ("E -> 0.0100", "twice"),
        ("E -> 0.0500", "power-of-ten"),
        ("n -> 0.7000", "sign"),  # w*x - b
        ("n -> 0.8000", "term-missing"),
        ("n -> 0.7351", ""),
    ],
)
def test_the_slip_behind_a_number_has_a_code(claim: str, slip: str) -> None:
    unit = ["n = w*x + b", "E = (n - t)**2/2"]
    *_, found = check(UNIT, *unit, claim)
    assert (found.verdict, found.slip) == ("wrong", slip)


def test_a_slip_is_sought_with_the_numbers_of_the_author() -> None:
    # With n = 1.3 as printed, dE/dx is (n - t)*w = 0.12, without the factor w 0.3.
    *_, found = check(UNIT, "n = w*x + b -> 1.3", "E = (n - t)**2/2", "dE/dx -> 0.3000")
    assert (found.verdict, found.suggestion) == ("wrong", "a factor is missing: w")


def test_a_slip_that_was_named_before_is_said_to_come_again() -> None:
    lines = ["x1 = 3", "x2 = 5", "w1 = 0.2", "w2 = 0.7", "n = w1*x1 + w2*x2", "E = (n - 1)**2"]
    first, second = check(*lines, "dE/dx1 -> -1.2400", "dE/dx2 -> -4.3400")
    assert first.suggestion == "a minus sign too many"
    assert second.suggestion == "again, as in line 8: a minus sign too many"


def test_parameters_that_were_updated_before_are_named() -> None:
    lines = ["x = 2", "v = 0.5", "w = 0.3", "eta = 0.1", "h = v*x", "o = w*h", "E = (o - 1)**2/2"]
    lines += ["dE/dw -> -0.700", "w - eta*dE/dw -> 0.370", "dE/dh -> -0.259"]
    *_, found = check(*lines)
    assert (found.verdict, found.slip) == ("wrong", "updated")
    assert found.suggestion == "computed with w, as already updated"


def test_a_slip_is_carried_forward_to_all_weights_of_a_wide_unit() -> None:
    inputs = {f"x{i}": i / 100 for i in range(1, 91)}
    lines = [f"{name} = {number}" for name, number in inputs.items()]
    lines += [f"w{i} = 0.5" for i in range(1, 91)]
    total = " + ".join(f"w{i}*x{i}" for i in range(1, 91))
    lines += [f"n = {total}  -> 40.95", "E = n**2"]  # 20.475, twice
    lines += [f"dE/dw{i}  -> {2 * 40.95 * inputs[f'x{i}']:.3f}" for i in range(1, 91)]
    wrong, *others = report = check(*lines)
    assert (wrong.verdict, {result.verdict for result in others}) == ("wrong", {"follows"})
    assert report.notes == ()
