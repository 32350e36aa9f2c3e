"""The playground: a text in, and everything to show about it out."""

from __future__ import annotations

import json
import random

import pytest

from autograd_mini.checking import check_sheet
from autograd_mini.lectures import lectures
from autograd_mini.playground import answer, starters, worksheet
from autograd_mini.playground.starters import PROGRAM_NEURON, TWO_TWO_TWO


def marked(shown: dict, text: str) -> list[tuple[str, str]]:
    """The texts that are underlined, with the state of each."""
    lines = text.split("\n")
    return [
        (lines[mark["line"] - 1][mark["from"] : mark["to"]], mark["state"])
        for mark in shown["marks"]
    ]


def test_a_wrong_number_and_a_wrong_formula_are_underlined_with_the_likely_slip() -> None:
    text = TWO_TWO_TWO.strip()
    shown = answer("sheet", text)
    formula = "(dE_o1/dout_h1 + dE_o2/dout_h1) * out_h1*(1 - out_h1) * i2"
    assert marked(shown, text) == [("0.081267", "problem"), (formula, "problem")]
    number, identity = (mark["message"] for mark in shown["marks"])
    assert number == "wrong; it is 0.08216704; two digits are swapped"
    assert identity.endswith("i2 is the neighbour's: try i1 instead of i2")
    assert (shown["status"], shown["name"]) == ("2 problems: lines 27, 28", "E")
    assert "dE/dw5" in [each["name"] for each in shown["why"]]


def test_the_verdicts_on_every_lecture_are_those_of_check_sheet() -> None:
    for lecture in lectures():
        shown = answer("sheet", lecture.text)
        expected = [result.verdict for result in check_sheet(lecture.text)]
        assert [row["verdict"] for row in shown["rows"]] == expected
        assert (shown["problems"], shown["broken"]) == ([], False)
        assert shown["page"].startswith("<!DOCTYPE html>")


def test_every_starter_has_a_graph_and_can_be_sent_as_json() -> None:
    for starter in starters():
        shown = answer(starter["kind"], starter["text"])
        assert json.loads(json.dumps(shown))["page"], starter["title"]


def test_a_line_that_cannot_be_read_is_underlined_and_leaves_no_graph() -> None:
    shown = answer("sheet", "w = 0.5\ny = w *** 2 -> 0.25")
    assert shown["status"] == "1 problem: line 2"
    assert (shown["page"], shown["broken"]) == (None, True)
    shown = answer("sheet", "```derivation\nw = 0.5\n")
    assert shown["marks"][0]["message"].startswith("this block is never closed")


def test_a_program_shows_its_loss_its_output_and_the_line_of_an_error() -> None:
    program = "from autograd_mini import Value\nw = Value(3.0)\nloss = w*w\nz = loss + 1\nprint(7)"
    shown = answer("python", program)
    assert (shown["name"], shown["output"]) == ("loss", "7\n")
    assert [each["name"] for each in shown["why"]] == ["dloss/dw"]
    shown = answer("python", "x = 1\n\n  y = 2")
    assert shown["marks"][0]["message"] == "SyntaxError: unexpected indent"
    shown = answer("python", "def f():\n    return 1/0\nprint('before')\nf()")
    assert shown["output"] == "before\n"
    assert (shown["problems"], shown["marks"][0]["message"]) == (
        [2],
        "ZeroDivisionError: division by zero",
    )


def test_printed_output_is_cut_and_a_program_may_end_itself() -> None:
    shown = answer("python", "for i in range(100_000): print(i)\nraise SystemExit(3)")
    assert shown["output"].endswith("... (20,000 characters are shown)\n")
    assert len(shown["output"]) < 20_100
    assert shown["broken"] is False


def test_a_worksheet_asks_for_the_gradients_of_a_text_and_may_have_a_key() -> None:
    sheet = worksheet("sheet", "w = 0.5\nx = 3\ny = w*x\ndy/dw -> 3")
    assert "<ol>" in sheet
    assert "<h1>Key</h1>" not in sheet
    assert "<h1>Key</h1>" in worksheet("python", PROGRAM_NEURON, key=True)
    for broken in ("w = ", "x = 3"):
        assert worksheet("sheet", broken) == ""


def test_a_program_that_ends_in_a_drawing_shows_it() -> None:
    program = "from autograd_mini import Value, draw\ny = Value(2.0, label='x') ** 2\n"
    assert (
        "Quiz: find the gradients"
        in answer("python", f"{program}draw(y, quiz=['gradients'])")["page"]
    )


def test_a_program_for_micrograd_is_told_the_import_to_write() -> None:
    (row,) = answer("python", "from micrograd.engine import Value")["rows"]
    assert row["remark"].endswith("; write autograd_mini.micrograd, which has the same names")


def test_an_error_whose_message_fails_is_named_by_its_type() -> None:
    program = "class E(Exception):\n    def __str__(self): return 1/0\nraise E()"
    assert answer("python", program)["marks"][0]["message"] == "E"


def test_a_deck_is_judged_in_its_own_lines() -> None:
    text = next(each["text"] for each in starters() if each["kind"] == "deck")
    shown = answer("deck", text)
    assert marked(shown, text) == [("3", "problem")]
    assert shown["page"]
    assert answer("deck", "no math")["broken"] is True


@pytest.mark.parametrize(
    "text", ["", "\n", "\0", "a" * 100_000, "(" * 5000 + "x", "y = x", "é = 1\nf = é -> 1", "```"]
)
def test_hostile_texts_are_answered(text: str) -> None:
    for kind in ("sheet", "deck", "python"):
        json.dumps(answer(kind, text))


def edited(text: str, chance: random.Random) -> str:
    """A text after one to three edits, as a person types, deletes and copies."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 2, 10, 60]))
        other = chance.randrange(len(text) + 1)
        typed = [chance.choice("0123456789.+-*/()=># wEd_\n`'^,"), text[other : other + 20], ""]
        text = text[:start] + chance.choice(typed) + text[end:]
    return text


def edit_at_random(number: int, seed: int) -> None:
    chance = random.Random(seed)
    short = [each["text"] for each in starters() if each["kind"] == "sheet"][:3]
    for _ in range(number):
        text = edited(chance.choice(short), chance)
        json.dumps(answer("sheet", text))
        for mark in answer("sheet", text)["marks"] if chance.random() < 0.05 else ():
            assert 0 <= mark["from"] < mark["to"], (text, mark)


def test_random_edits_of_a_sheet_are_answered() -> None:
    edit_at_random(100, seed=0)


@pytest.mark.long
def test_ten_thousand_random_edits_of_a_sheet_are_answered() -> None:
    edit_at_random(10_000, seed=1)
