"""How formulas are read: formulas.csv has a row for each notation, and one for each pitfall."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.decks.chains import chains
from autograd_mini.decks.cursor import CannotRead
from autograd_mini.decks.formulas import FormulaReader
from autograd_mini.decks.names import DeckNames
from autograd_mini.decks.reading import read_deck
from autograd_mini.decks.sources import Source
from autograd_mini.decks.tokens import tokenize
from autograd_mini.decks.trees import written

HERE = Path(__file__).parent
RAW_DECKS = next(
    (folder / "shared" / "decks" for folder in HERE.parents if (folder / "shared/decks").is_dir()),
    HERE / "shared" / "decks",
)

with (HERE / "formulas.csv").open(encoding="utf-8", newline="") as table:
    FORMULAS = [(row["formula"], row["reading"]) for row in csv.DictReader(table)]


def reading_of(formula: str) -> str:
    try:
        return written(FormulaReader(DeckNames()).read(tokenize(formula)))
    except CannotRead as unread:
        return f"left alone: {unread.reason}"


@pytest.mark.parametrize(("formula", "reading"), FORMULAS, ids=[row[0] for row in FORMULAS])
def test_a_formula_is_read_as_the_table_says(formula: str, reading: str) -> None:
    assert reading_of(formula) == reading


def equations(text: str, file: str = "") -> list[str]:
    """The equations of a deck, a line for each."""
    return [
        " = ".join(
            side.printed or (f"<{side.reason}>" if side.tree is None else written(side.tree))
            for side in equation.sides
        )
        for equation in read_deck(text, file).equations
    ]


def test_equations_stand_between_every_kind_of_delimiter() -> None:
    text = r"""$a = 1$ and $$b = 2$$ and \(c = 3\) and \[d = 4\]
\begin{align} e_1 &= 5 \\ f &= 6 \end{align}
"""
    assert equations(text) == ["a = 1", "b = 2", "c = 3", "d = 4", "e1 = 5", "f = 6"]


def test_money_is_not_math() -> None:
    assert equations("It costs $5, the other $10 = a lot.\nHere $x = 3$.") == ["x = 3"]


def test_a_row_break_with_a_length_opens_no_formula() -> None:
    text = "$$\\begin{aligned} a &= 1 \\\\[0.8em] b &= 2 \\end{aligned}$$\n\n$c = 3$"
    assert equations(text) == ["a = 1", "b = 2", "c = 3"]


def test_an_equation_goes_on_over_rows_and_displays() -> None:
    text = """$$E = a + b$$

and so

$$= 3 + 4$$ $$= 7$$"""
    assert equations(text) == ["E = a + b = 3 + 4 = 7"]


def test_a_sum_that_is_not_finished_goes_on_in_the_next_display() -> None:
    assert equations("$$E = (a - 1)^2 +$$ $$(b - 2)^2$$") == ["E = (a - 1) ** 2 + (b - 2) ** 2"]


def test_a_row_that_begins_with_a_plus_goes_on_with_the_row_before() -> None:
    text = r"$$\begin{aligned} E &= (a - 1)^2 \\ &\quad + (b - 2)^2 \end{aligned}$$"
    assert equations(text) == ["E = (a - 1) ** 2 + (b - 2) ** 2"]


def test_inline_formulas_with_an_operator_between_them_are_one() -> None:
    assert equations("The error is $E = A$ + $B$.") == ["E = A + B"]


def test_several_equations_may_stand_in_one_row() -> None:
    assert equations(r"$$w_5 = 0.4,\, w_6 = 0.45 \qquad b = 1$$") == [
        "w5 = 0.4",
        "w6 = 0.45",
        "b = 1",
    ]


def test_a_list_of_names_and_a_list_of_numbers_are_left_alone() -> None:
    assert equations("$w_1, w_2 = 0.1, 0.2$")[1] == "<a list of names> = <a list of names>"


def test_code_comments_and_quotation_marks_are_not_read() -> None:
    text = """<!-- $a = 1$ -->
```python
b = 2  # $b = 2$
```
Type `$c = 3$`.
> $$d =
> 4$$
"""
    assert equations(text) == ["d = 4"]


def test_the_preamble_and_the_comments_of_latex_are_not_read() -> None:
    text = r"""\newcommand{\mse}{$E = 1$}
\begin{document}
$a = 1$ % and $b = 2$
\end{document}"""
    assert equations(text, "deck.tex") == ["a = 1"]


def test_macros_of_the_deck_are_written_out() -> None:
    text = r"""\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\DeclareMathOperator{\relu}{ReLU}
\def\half{\frac12}
\begin{document}
$\pd{E}{w} = \half \relu(z)$
\end{document}"""
    assert equations(text, "deck.tex") == ["dE/dw = 1 / 2 * relu(z)"]


def test_equations_of_plain_text_need_no_delimiters() -> None:
    text = """The net input
  net_h1 = w1 * x1 + b = 0.2*0.5 + 0.7 = 0.8
where the error = small.
"""
    assert equations(text, "deck.txt") == ["net_h1 = w1 * x1 + b = 0.2 * 0.5 + 0.7 = 0.8"]


def test_lines_of_code_in_markdown_are_no_equations() -> None:
    assert equations("Compute\n\n    loss = (y - t) ** 2 = 4\n", "deck.md") == []


def test_letters_that_stand_alone_elsewhere_are_multiplied() -> None:
    assert equations("$m = 2$, $x_1 = 3$, $f = mx_1$") == ["m = 2", "x1 = 3", "f = m * x1"]


def test_a_function_of_the_deck_is_called_and_a_name_is_multiplied() -> None:
    text = "$f(x) = x^2$, $y = f(3)$, $z = y(1 - y)$"
    assert equations(text) == ["f(x) = x ** 2", "y = f(3)", "z = y * (1 - y)"]


def test_e_is_a_name_where_the_deck_defines_it() -> None:
    assert equations(r"$e = t - y$, $E = e^2$, $s = e^{-z}$") == [
        "e = t - y",
        "E = e ** 2",
        "s = exp(-z)",
    ]


def test_a_line_of_a_notebook_is_that_of_its_cell() -> None:
    file = HERE / "examples" / "chain.ipynb"
    deck = read_deck(file.read_text(encoding="utf-8"), str(file))
    places = [equation.sides[0].line.place for equation in deck.equations]
    assert places == ["1.3", "1.3", "1.3", "1.3", "3.1", "3.2", "3.3"]


def test_every_side_knows_its_line() -> None:
    deck = read_deck("one\n\n$$\na = 1\n$$\n")
    assert [(side.line.number, side.line.text) for side in deck.equations[0].sides] == [
        (4, "a = 1"),
        (4, "a = 1"),
    ]


@pytest.mark.skipif(not RAW_DECKS.is_dir(), reason="the raw decks are not beside the checkout")
@pytest.mark.parametrize("name", [path.stem for path in sorted(RAW_DECKS.glob("*.txt"))])
def test_every_formula_of_a_raw_deck_is_read_as_the_list_says(name: str) -> None:
    with (HERE / "raw_decks.csv").open(encoding="utf-8", newline="") as rows:
        expected = [(int(row[1]), row[2]) for row in csv.reader(rows) if row[0] == name]
    text = (RAW_DECKS / f"{name}.txt").read_text(encoding="utf-8")
    assert readings(text, name) == expected


def readings(text: str, name: str) -> list[tuple[int, str]]:
    """Every side of the equations of a deck: its line, and how it is read."""
    return [
        (
            side.line.number,
            side.printed or (written(side.tree) if side.tree else f"left alone: {side.reason}"),
        )
        for equation in read_deck(text, f"{name}.txt").equations
        if len(equation.sides) > 1
        for side in equation.sides
    ]


HOSTILE = {
    "dollars": "$" * 200_000,
    "braces": "$" + "{" * 50_000 + "x" + "}" * 50_000 + " = 1$",
    "open braces": "$$" + "\\frac{" * 20_000 + "$$",
    "parentheses": "$$" + "(" * 50_000 + "x = 1$$",
    "brackets": "\\[" * 200_000,
    "environments": "\\begin{align}" * 50_000,
    "exponents": "$$x" + "^x" * 20_000 + " = 1$$",
    "minuses": "$$x = " + "-" * 50_000 + "1$$",
    "primes": "$$f" + "'" * 50_000 + " = 1$$",
    "fences": "```\n" * 50_000,
    "comments": "<!--" * 100_000,
    "backslashes": "$$" + "\\" * 90_000 + "$$",
    "nulls": "$x = 1$\0" * 5_000,
    "macros": "\\newcommand{\\a}{\\a\\a} $\\a = 1$",
    "mutual macros": "\\def\\a{\\b\\b}\\def\\b{\\a\\a} $\\a = 1$",
    "numbers": "$" + "1" * 90_000 + " = 2$",
    "matrices": "$x = " + "\\begin{pmatrix} 1 & " * 2_000 + "\\end{pmatrix}" * 2_000 + "$",
    "transposes": "$$x" + "^T" * 20_000 + " = 1$$",
    "empty": "",
}


# Those with a line or a number of formulas beyond the limits.
REFUSED = ("dollars", "braces", "open braces", "brackets", "environments", "comments", "nulls")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_or_refused(name: str) -> None:
    try:
        deck = read_deck(HOSTILE[name], "deck.md")
    except SheetError as error:
        refused = error.line
    else:
        refused = 0
        for equation in deck.equations:
            assert all((side.tree is None) == bool(side.reason) for side in equation.sides)
    assert refused == (1 if name in REFUSED else 0)


def test_a_deck_with_too_many_formulas_is_refused_at_the_line_of_the_first_too_many() -> None:
    with pytest.raises(SheetError, match=r"at most 4,000 formulas, of which 1,000 are") as caught:
        read_deck("$x = 1$\n" * 10_000)
    assert caught.value.line == 1_002


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(SheetError, match=r"a line of a deck has 100,000 characters at most"):
        read_deck("text\n" + "x" * 10_000_000)


def test_files_that_a_deck_names_are_not_read() -> None:
    source = Source.read("\\begin{document}\\input{/etc/passwd} $x = 1$\\end{document}", "deck.tex")
    assert len(list(chains(source))) == 1


@pytest.mark.parametrize(
    "text", ["$ + $$\\approx\\approx w$", "$w = $ $$= = 2$$", "$a$ $$= = = b$$"]
)
def test_relations_with_nothing_between_them_are_one(text: str) -> None:
    assert all(side.end > side.start for each in read_deck(text).equations for side in each.sides)
