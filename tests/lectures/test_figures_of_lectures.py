"""The verdict on every figure of the five published lectures, against 50 digits.

figures.csv lists the figures in the order of each lecture: the quantity and the printed digits. The
sources: the decks of BT2101 (tutorial 6), of DSECL ZG565, and of CIVE 497 (neural networks 2), a
deck on neural networks after Rumelhart, Hinton and Williams (1986), and the notes of chengmingbo.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lecture_networks import (
    DSECL,
    MAZUR,
    Quantities,
    at_start,
    cive,
    hidden_layer_second,
    iv,
    judge,
    known,
    mpf,
    trained,
    unit,
)

from autograd_mini.checking.sheets.check import check_sheet

LECTURES = files("autograd_mini") / "lectures"


class Figure(NamedTuple):
    """One figure: its sheet, its quantity, the claim in the sheet, and its digits."""

    sheet: str
    quantity: str
    claim: str
    printed: str


with (Path(__file__).parent / "figures.csv").open() as table:
    FIGURES = [Figure(*row) for row in csv.reader(table)][1:]

# Figures that a lecture prints but does not compute.
GIVEN = {("cive497-neural-network-2", "0.5546"), ("cive497-neural-network-2", "0.7188")}

# DSECL ZG565 names the quantities differently.
RENAMED = (("output_", "out_"), ("sum_", "net_"), ("E_1", "E_o1"), ("E_2", "E_o2"))


def exact(figure: Figure) -> Any:
    """The quantity of a figure with 50 digits."""
    name = figure.claim
    if figure.sheet.startswith("dsecl"):
        for theirs, ours in RENAMED:
            name = name.replace(theirs, ours)
    return _network(figure)[name]


def _network(figure: Figure) -> Quantities:
    if figure.sheet.startswith("dsecl"):
        return at_start(DSECL)
    if figure.sheet.startswith("cive"):
        return cive()
    if found := re.search(r"round (\d+)", figure.quantity):
        return trained(int(found[1]) - 1)
    if found := re.search(r"after ([\d,]+)", figure.quantity):
        return trained(int(found[1].replace(",", "")))
    return at_start(MAZUR)


# -- figures that are neither rounded nor truncated -----------------------------------------------


def factors_of_dw5() -> Any:
    return known("0.74136") * known("0.1868") * known("0.59327")


def second_share() -> Any:
    """dE_o2/dout_h1 from the printed out_o2, the only figure above it."""
    out = known("0.772928465")
    return (out - iv.mpf("0.99")) * out * (1 - out) * iv.mpf("0.5")


def dw1_of_cive(dnet_o2_dw1: Any) -> Any:
    out = known("0.6723")
    first = known("1.2504") * known("0.2317") * known("0.0048")
    return first - 2 * (iv.mpf("0.99") - out) * out * (1 - out) * dnet_o2_dw1


# The intervals of each figure if the figures before it are off by one unit in their last places.
# There are several where one of these is a slip itself, or can be left out.
BEFORE: dict[tuple[str, str], list[Any]] = {
    ("mazur-bt2101-tutorial-6", "-0.019049119"): [second_share()],
    ("ann-rumelhart-1986", "-0.019049119"): [second_share()],
    ("chengmingbo-backpropagation", "0.023562"): [(iv.mpf("0.99") - known("0.77292")) ** 2 / 2],
    ("chengmingbo-backpropagation", "0.081267"): [factors_of_dw5()],
    ("chengmingbo-backpropagation", "0.35937"): [
        iv.mpf("0.4") - factors_of_dw5() / 2,
        iv.mpf("0.4") - known("0.082167") / 2,
    ],
    ("cive497-neural-network-2", "0.0006"): [
        iv.mpf("0.5") * known("0.5933") * (1 - known("0.5933")) * iv.mpf("0.05")
    ],
    ("cive497-neural-network-2", "5.5090e-04"): [
        dw1_of_cive(known("0.0060")),
        dw1_of_cive(iv.mpf("0.5") * known("0.5933") * (1 - known("0.5933")) * iv.mpf("0.05")),
    ],
}

CARRIED = {
    ("chengmingbo-backpropagation", "0.023562"): "computed from 0.77292, which is truncated",
    ("cive497-neural-network-2", "5.5090e-04"): "computed from 0.0048 and 0.0060",
}


# The exact results of right work on wrong figures.
FOLLOWS = {
    ("chengmingbo-backpropagation", "0.35937"): mpf("0.4") - mpf("0.081267") / 2,
}


def verdict(figure: Figure) -> str:
    """The verdict on a figure by the 50 digits, without the package."""
    found = judge(figure.printed, exact(figure))
    if found != "off":
        return found
    key = (figure.sheet, figure.printed)
    if key in FOLLOWS and judge(figure.printed, FOLLOWS[key]) != "off":
        return "follows"
    intervals = BEFORE[key]
    inside = [mpf(figure.printed) in interval for interval in intervals]
    assert all(inside) or not any(inside)
    return "carried" if all(inside) else "wrong"


# -- the sheets -----------------------------------------------------------------------------------


@cache
def own_results(sheet: str) -> list[Any]:
    """The verdicts on the figures of the lecture, without the lines that we added."""
    results = check_sheet(str(LECTURES / f"{sheet}.md"))
    return [
        result
        for result in results
        if result.claim.printed is not None
        and not re.search(r"#\s*(ours|mended)", result.claim.line.text)
        and (sheet, str(result.claim.printed)) not in GIVEN
    ]


def of_sheet(sheet: str) -> list[Figure]:
    return [figure for figure in FIGURES if figure.sheet == sheet]


SHEETS = list(dict.fromkeys(figure.sheet for figure in FIGURES))


def test_the_table_lists_all_figures_of_the_lectures() -> None:
    assert len(FIGURES) == 147
    assert Counter(figure.sheet for figure in FIGURES) == {
        "mazur-bt2101-tutorial-6": 35,
        "ann-rumelhart-1986": 28,
        "dsecl-zg565-propagation": 31,
        "chengmingbo-backpropagation": 43,
        "cive497-neural-network-2": 10,
    }


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_claims_every_figure_of_its_lecture_in_order(sheet: str) -> None:
    claimed = [
        (result.claim.text.partition("=")[0].strip(), str(result.claim.printed))
        for result in own_results(sheet)
    ]
    assert claimed == [(figure.claim, figure.printed) for figure in of_sheet(sheet)]


def cases() -> Iterator[Any]:
    for sheet in SHEETS:
        for number, figure in enumerate(of_sheet(sheet)):
            name = f"{sheet.partition('-')[0]} {figure.quantity} {figure.printed}"
            yield pytest.param(figure, number, id=name)


@pytest.mark.parametrize(("figure", "number"), list(cases()))
def test_the_verdict_on_a_figure(figure: Figure, number: int) -> None:
    result = own_results(figure.sheet)[number]
    assert result.verdict == verdict(figure)
    assert abs(result.value - exact(figure)) < unit(figure.printed) * 1e-6
    assert result.claim.erratum == (result.verdict in ("wrong", "follows"))


def test_every_figure_that_neither_rounds_nor_truncates_has_an_explanation() -> None:
    off = {
        (figure.sheet, figure.printed)
        for figure in FIGURES
        if judge(figure.printed, exact(figure)) == "off"
    }
    assert off == set(BEFORE)
    carried = {(figure.sheet, figure.printed) for figure in FIGURES if verdict(figure) == "carried"}
    assert carried == set(CARRIED)


@pytest.mark.parametrize(
    ("sheet", "counts"),
    [
        ("mazur-bt2101-tutorial-6", {"rounds": 34, "wrong": 1}),
        ("ann-rumelhart-1986", {"rounds": 27, "wrong": 1}),
        ("dsecl-zg565-propagation", {"rounds": 12, "truncates": 19}),
        (
            "chengmingbo-backpropagation",
            {"rounds": 37, "truncates": 3, "carried": 1, "follows": 1, "wrong": 1},
        ),
        ("cive497-neural-network-2", {"rounds": 8, "carried": 1, "wrong": 1}),
    ],
)
def test_the_counts_in_the_verdict_of_a_sheet(sheet: str, counts: dict[str, int]) -> None:
    assert Counter(map(verdict, of_sheet(sheet))) == counts


# -- the statements of the prose -----------------------------------------------------------------


def test_dsecl_truncates_every_figure() -> None:
    for figure in of_sheet("dsecl-zg565-propagation"):
        value = exact(figure)
        assert 0 <= abs(value) - abs(mpf(figure.printed)) < unit(figure.printed), figure


def test_the_wiring_of_mazur_does_not_give_the_new_weights_of_dsecl() -> None:
    as_mazur = at_start(DSECL._replace(h1=MAZUR.h1, h2=MAZUR.h2))
    assert judge("0.19666", as_mazur["w2 - eta*dE/dw2"]) == "rounds"
    assert judge("0.29920", as_mazur["w3 - eta*dE/dw3"]) == "rounds"


TABLE = [figure for figure in FIGURES if "at round" in figure.quantity]


def rows_that_fit(error_at_round: Any) -> list[int]:
    rounds = {int(figure.quantity.split()[-1]): figure.printed for figure in TABLE}
    return [n for n, printed in rounds.items() if judge(printed, error_at_round(n)) == "rounds"]


def test_the_table_of_rounds_of_chengmingbo_shows_errors_before_the_update() -> None:
    every = [1, *range(300, 3301, 300)]
    assert rows_that_fit(lambda n: trained(n - 1)["E"]) == every
    # Counted one round later, only the rows fit in which the error changes slowly.
    assert rows_that_fit(lambda n: trained(n)["E"]) == [n for n in every if n >= 1500]


def test_other_readings_of_the_table_of_rounds_fail_at_round_300() -> None:
    assert judge("0.005036", trained(300)["E"]) == "rounds"
    assert judge("0.001946", trained(299, biases_move=True)["E"]) == "rounds"
    assert judge("0.005055", hidden_layer_second(299)) == "rounds"


def test_the_rounds_of_bt2101_exclude_neither_moving_biases_nor_10_000_updates() -> None:
    assert judge("0.286", trained(1, biases_move=True)["E"]) == "rounds"
    assert judge("0.291", hidden_layer_second(1)) == "rounds"
    assert judge("3.5109e-05", trained(9_999)["E"]) == "rounds"
    assert judge("3.5102e-05", trained(10_000)["E"]) == "rounds"


def test_the_last_figure_of_cive497_has_more_digits_than_are_known() -> None:
    nets = [("0.37745", "0.37755"), ("0.55455", "0.55465"), ("0.71875", "0.71885")]
    corners = [cive(h1, o1, o2)["dE/dw1"] for h1 in nets[0] for o1 in nets[1] for o2 in nets[2]]
    assert judge("5.5395e-04", min(corners)) == judge("5.5406e-04", max(corners)) == "rounds"
    first, second = 2 * mpf("0.6252"), 2 * mpf("0.3177")
    slope_o1, slope_o2 = cive()["dout_o1/dnet_o1"], cive()["out_o2"] * (1 - cive()["out_o2"])
    o1 = first * slope_o1 * mpf("0.0048")
    assert judge("5.5090e-04", o1 - second * slope_o2 * mpf("0.0060")) == "rounds"
    assert judge("1.307e-03", o1 - second * slope_o2 * mpf("0.0006")) == "rounds"
