"""The report of a sheet: a table for people, and data for programs."""

import json
import textwrap

import pytest

from autograd_mini import Value
from autograd_mini.checking import Report, check_formula, check_printed, check_sheet

SHEET = """\
# A neuron

```derivation
w1 = 0.5
w2 = -0.3
x1 = 2
x2 = 1.5
net = w1*x1 + w2*x2                                -> 0.55
out = tanh(net)                                    -> 0.5005
dout/dw1                                           -> 1.4990
dout/dw1                                           -> 1.949   # erratum: digits swapped
dout/dw2 = dout/dnet * x1
dout/dw1 = (1 - out**2) * x1 + 0*(w1 + w2 + x1 + x2)
x1 * 2                                             -> 4       # erratum: none
```
"""


def report() -> Report:
    return check_sheet(SHEET)


def test_the_table_tells_all_of_every_claim() -> None:
    assert str(report()) == textwrap.dedent("""\
        line  claim                                         printed  exact                       \
verdict           likely slip
           8  net = w1*x1 + w2*x2                           0.55     0.5500                      \
rounds
           9  out = tanh(net)                               0.5005   0.500520                    \
rounds
          10  dout/dw1                                      1.4990   1.498959                    \
rounds
          11  dout/dw1                                      1.949    1.49896                     \
wrong (erratum)   two digits are swapped
          12  dout/dw2 = dout/dnet * x1                              1.12421928, not 1.49895904  \
fails             x1 is the neighbour's: try x2 instead of x1
          13  dout/dw1 = (1 - out**2) * x1 + 0*(w1 + w2...           1.49895904                  \
holds
          14  x1 * 2                                        4        4.00                        \
rounds (erratum)  marked as an erratum, but right: take the mark away
        7 claims: 4 rounds, 1 wrong, 1 fails, 1 holds, 2 marked as errata; \
not as expected: line 12, 14""")


def test_the_data_have_a_row_for_every_claim() -> None:
    data = [result.as_data() for result in report()]
    assert json.loads(json.dumps(data)) == data
    assert data[0] == {
        "file": "",
        "cell": None,
        "line": 8,
        "claim": "net = w1*x1 + w2*x2",
        "printed": "0.55",
        "value": 0.55,
        "verdict": "rounds",
        "erratum": False,
        "suggestion": "",
        "slip": "",
        "follows": [],
    }
    assert data[4] == {
        "file": "",
        "cell": None,
        "line": 12,
        "claim": "dout/dw2 = dout/dnet * x1",
        "printed": None,
        "value": data[4]["value"],
        "verdict": "fails",
        "erratum": False,
        "suggestion": "x1 is the neighbour's: try x2 instead of x1",
        "slip": "neighbour",
        "follows": [],
    }


def test_a_value_that_is_no_number_is_null() -> None:
    (result,) = check_sheet("```derivation\nx = 0\ny = sqrt(x)\ndy/dx -> 1\n```")
    assert result.as_data()["value"] is None
    assert (result.verdict, result.exact) == ("wrong", "inf")


def test_a_report_lists_its_unexpected_results() -> None:
    assert [result.claim.line.number for result in report().unexpected] == [12, 14]
    assert not report().passed
    assert len(report()) == 7
    assert report()[-1].claim.text == "x1 * 2"


def test_a_check_that_failed_is_false() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    y = w * x
    assert check_printed("1.0", 1.0)
    assert not check_printed("9.9", 1.0)
    assert check_formula((y, w), "x")
    assert not check_formula((y, w), "w")
    assert check_sheet("```derivation\n1 + 1 -> 2\n```")
    assert not check_sheet("```derivation\n1 + 1 -> 3\n```")


@pytest.mark.parametrize(
    ("printed", "value", "code"),
    [
        ("-0.5", 0.5, "sign"),
        ("0.05", 0.5, "power-of-ten"),
        ("0.081267", 0.08216704, "digits-swapped"),
        ("0.15", 0.105, "zero-lost"),
        ("0.20035", 0.2035, "zero-added"),
        ("0.50", 0.25, "twice"),
        ("0.125", 0.25, "half"),
        ("0.372", 0.371, "last-digit"),
        ("0.37143", 0.37183, "digit-wrong"),
        ("0.77", 0.2, ""),
        ("0.2", 0.2, ""),
    ],
)
def test_a_slip_of_the_pen_has_a_code(printed: str, value: float, code: str) -> None:
    assert check_printed(printed, value).slip == code


def test_a_report_names_a_few_of_many_lines() -> None:
    found = check_sheet("```derivation\n" + "1 -> 2\n" * 12 + "```")
    assert found.summary == (
        "12 claims: 12 wrong; not as expected: line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ..."
    )


def test_a_report_on_one_claim_uses_the_singular() -> None:
    found = check_sheet("```derivation\n1 + 1 -> 2\n```")
    assert found.summary == "1 claim: 1 rounds; all as expected"
