"""The sheets of the lectures pass, state every formula, and mark exactly the slips as errata.

formulas.csv lists the formulas of the lectures in the notation of their slides, each with the line
of the sheet that states it, or with words of the note that says why no line can.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from lecture_networks import context, mpf, sigmoid

from autograd_mini.checking.sheets.check import check_sheet
from autograd_mini.checking.sheets.report import Report

FOLDER = files("autograd_mini") / "lectures"
SHEETS = {
    path.name.removesuffix(".md"): path.read_text(encoding="utf-8")
    for path in FOLDER.iterdir()
    if path.name.endswith(".md")
}
with (Path(__file__).parent / "formulas.csv").open(encoding="utf-8") as table:
    FORMULAS = [tuple(row) for row in csv.reader(table)][1:]

# All slips of the lectures, each with its reason.
ERRATA: dict[str, dict[tuple[str, str | None], str]] = {
    "mazur-bt2101-tutorial-6": {
        ("net_h1 == w1*i1 + w3*i2 + b1*1", None): "w2 leads from i2 to h1, in the numbers below it",
        ("dE_o2/dout_h1", "-0.019049119"): "-0.0190491182583; no figure before it leads to the 9",
    },
    "ann-rumelhart-1986": {
        ("net_h1 == w1*i1 + w3*i2 + b1*1", None): "the same formula, copied",
        ("dE_o2/dout_h1", "-0.019049119"): "the same figure, copied",
        ("-dE_sq/da1 = -dE_sq/da * w5*y*(1 - y)", None): "the slope is of layer l, not of unit j",
        ("dE_log/dy = dL/dy", None): "the minus of the log-loss is missing",
    },
    "dsecl-zg565-propagation": {},
    "chengmingbo-backpropagation": {
        ("sigma == -1 * 1/(1 + exp(-z))**2 * exp(-z) * -1", None): "the prime is missing",
        ("dE/dw5", "0.081267"): "0.082167 with two digits swapped",
        ("w5 - eta*dE/dw5", "0.35937"): "computed from 0.081267",
    },
    "cive497-neural-network-2": {
        ("dnet_o2/dw1", "0.0006"): "0.0060, ten times as large",
    },
    "attention-one-head": {},
    "rmsnorm": {},
}


@cache
def report_of(name: str) -> Report:
    return check_sheet(SHEETS[name])


def test_every_sheet_that_comes_with_the_package_has_a_list_of_its_slips() -> None:
    assert sorted(SHEETS) == sorted(ERRATA)


@pytest.mark.parametrize(
    "part", ["mazur", "bt2101", "rumelhart", "dsecl", "chengmingbo", "cive", "attention", "rms"]
)
def test_a_short_name_of_a_lecture_is_part_of_one_name_only(part: str) -> None:
    assert sum(part in name for name in SHEETS) == 1


@pytest.mark.parametrize("name", SHEETS)
def test_the_sheet_of_a_lecture_passes(name: str) -> None:
    assert report_of(name).passed, str(report_of(name))


@pytest.mark.parametrize("name", SHEETS)
def test_the_errata_of_a_lecture_are_exactly_its_slips(name: str) -> None:
    results = [result for result in report_of(name) if result.claim.erratum]
    data = [result.as_data() for result in results]
    assert [(each["claim"], each["printed"]) for each in data] == list(ERRATA[name])
    assert all(result.verdict in ("wrong", "fails", "follows") for result in results)


@pytest.mark.parametrize(
    ("name", "claim", "suggestion"),
    [
        ("mazur-bt2101-tutorial-6", "net_h1 == w1*i1 + w3*i2 + b1*1", "w2 instead of w3"),
        ("mazur-bt2101-tutorial-6", "dE_o2/dout_h1", "last digit"),
        ("ann-rumelhart-1986", "dE_log/dy = dL/dy", "a minus is missing"),
        ("chengmingbo-backpropagation", "dE/dw5", "two digits are swapped"),
        ("cive497-neural-network-2", "dnet_o2/dw1", "10 times too small"),
    ],
)
def test_the_kind_of_an_erratum_is_named(name: str, claim: str, suggestion: str) -> None:
    [result] = [
        result for result in report_of(name) if result.claim.erratum and result.claim.text == claim
    ]
    assert suggestion in result.suggestion


@pytest.mark.parametrize(
    ("name", "slip", "mended"),
    [
        ("mazur-bt2101-tutorial-6", "w3*i2 + b1*1  #", "w2*i2 + b1*1  #"),
        ("mazur-bt2101-tutorial-6", "-0.019049119  ", "-0.019049118  "),
        ("ann-rumelhart-1986", "dL/dy   #", "-dL/dy  #"),
        ("chengmingbo-backpropagation", "0.081267  # err", "0.082167  # err"),
        ("cive497-neural-network-2", "0.0006  #", "0.0060  #"),
    ],
)
def test_an_erratum_whose_line_is_right_is_unexpected(name: str, slip: str, mended: str) -> None:
    assert SHEETS[name].count(slip) == 1
    [unexpected] = check_sheet(SHEETS[name].replace(slip, mended)).unexpected
    assert unexpected.claim.erratum


@pytest.mark.parametrize(
    ("name", "line", "slip", "suggestion"),
    [
        ("attention-one-head", "da2/ds1 = -a1*a2", "da2/ds1 = a1*a2", "a minus is missing"),
        ("attention-one-head", "a1*(1 - a1)", "a1*(1 - a2)", "a1 is the neighbour's"),
        (
            "attention-one-head",
            "dE/ds1 = dE/da1 * da1/ds1 + dE/da2 * da2/ds1",
            "dE/ds1 = dE/da1 * da1/ds1",
            "s1 reaches E through a2 too",
        ),
        (
            "attention-one-head",
            "(dE/ds1*k1_1 + dE/ds2*k2_1)/sqrt(2)",
            "dE/ds1*k1_1 + dE/ds2*k2_1",
            "a factor is missing",
        ),
        ("attention-one-head", "0.3302, 0.6698", "0.3302, 0.6689", "two digits are swapped"),
        ("rmsnorm", "-1/2*ms**(-3/2)", "-1/2*ms**(-1/2)", "try ms ** -1.5"),
        ("rmsnorm", "dms/dx1 = x1", "dms/dx1 = 2*x1", "a factor 1/2 is missing"),
        (
            "rmsnorm",
            "dE/dx1 = dE/dy1*r + dE/dms*x1",
            "dE/dx1 = dE/dy1*r",
            "x1 reaches E through ms too",
        ),
        ("rmsnorm", "0.28284", "0.28248", "two digits are swapped"),
    ],
)
def test_a_slip_planted_in_a_sheet_of_our_own_is_named(
    name: str, line: str, slip: str, suggestion: str
) -> None:
    assert SHEETS[name].count(line) == 1
    [unexpected] = check_sheet(SHEETS[name].replace(line, slip)).unexpected
    assert suggestion in unexpected.suggestion


@pytest.mark.parametrize("name", SHEETS)
def test_every_formula_of_a_lecture_is_stated_or_has_a_note(name: str) -> None:
    verdicts = {
        result.claim.text: result.verdict
        for result in report_of(name)
        if result.claim.printed is None
    }
    prose = " ".join(re.sub(r"(?ms)^```derivation.*?^```", "", SHEETS[name]).split())
    errata = {claim for claim, printed in ERRATA[name] if printed is None}
    for sheet, formula, statement in FORMULAS:
        if sheet != name:
            continue
        if statement.startswith("note: "):
            assert statement.removeprefix("note: ") in prose, formula
        else:
            expected = "fails" if statement in errata else "holds"
            assert verdicts.get(statement) == expected, (formula, statement)


def test_the_table_lists_all_formulas_of_the_lectures() -> None:
    listed = {(sheet, formula) for sheet, formula, _ in FORMULAS}
    # There are 62; two blocks are listed with two lines each.
    assert len(listed) == 62 + 2


def with_leaves(text: str, **numbers: str) -> str:
    """A sheet in which some leaves have other numbers."""
    for leaf, number in numbers.items():
        text, count = re.subn(rf"(?m)^{leaf} = [-\d.]+", f"{leaf} = {number}", text)
        assert count == 1
    return text


def test_the_numbers_that_we_added_to_cive497_change_no_verdict() -> None:
    """All leaves that we added get other numbers; the three net inputs stay the same."""
    h1 = sigmoid(mpf("0.3775"))
    h2 = sigmoid(mpf("0.7") * mpf("0.05") + mpf("1.1") * mpf("-2") + mpf("0.9"))
    b3 = mpf("0.5546") - mpf("0.4") * h1 - mpf("1.3") * h2
    b4 = mpf("0.7188") - mpf("0.5") * h1 + mpf("0.6") * h2
    name = "cive497-neural-network-2"
    other = with_leaves(
        SHEETS[name],
        i2="-2",
        w1="0.8",
        w2="0.4",
        w3="0.7",
        w4="1.1",
        w6="1.3",
        w8="-0.6",
        b1="1.1375",
        b2="0.9",
        b3=context.nstr(b3, 17),
        b4=context.nstr(b4, 17),
    )
    different = [
        before.claim.text
        for before, after in zip(report_of(name), check_sheet(other), strict=True)
        if before.verdict != after.verdict
        or (before.claim.printed is not None and before.exact != after.exact)
    ]
    assert different == []


def test_the_numbers_that_we_added_to_rumelhart_change_no_verdict() -> None:
    sheet = SHEETS["ann-rumelhart-1986"]
    other = with_leaves(
        sheet, x1="-1.4", x2="2.5", b1_1="0.7", b2_1="1.2", b1_2="-0.9", t="0.35", alpha="0.02"
    )
    assert check_sheet(other).passed
