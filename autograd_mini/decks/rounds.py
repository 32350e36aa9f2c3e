r"""Rounds: figures of a training, in a table or in a sentence, and the descent they come from.

A table does not say whether a row is told before or after its update, nor whether the biases
move: all readings are tried, and the one that explains most is taken, if that is most of them.

>>> source = Source.read("After 10,000 rounds the error is only about $4e-5$.")
>>> [(fact.kind, fact.steps, fact.printed) for fact in facts(source)]
[('after', 10000, '4e-5')]
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    DescendStatement,
    Evaluation,
    Statement,
)
from autograd_mini.decks.given import GivenNumber
from autograd_mini.decks.names import parts_of
from autograd_mini.decks.parts import Figure, Part
from autograd_mini.decks.reading import Side
from autograd_mini.decks.scenes import constant, ordered
from autograd_mini.decks.sources import Source
from autograd_mini.decks.trees import ends, plain_names

NUMBER = r"(\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)"
ABOUT = r"(?:\s+(?:only|about|approximately|roughly|now|still))*"
LOSS = r"(?:total\s+)?(?:error|loss|cost)"
ROUND = r"(?:rounds?|iterations?|steps?|epochs?|updates?)"

RATE = re.compile(rf"learning\s+rate\s*(?:\w+\s*)?(?:is|of|:|=|was|to)\s*{NUMBER}", re.I)
OUTPUT = re.compile(
    rf"(?P<which>predicted|actual|target|desired|expected)\s+outputs?\s+(?:for|of)\s+"
    rf"(?P<unit>[a-z]_?\d)\s+is{ABOUT}\s+{NUMBER}",
    re.I,
)
START = re.compile(rf"(?:original|initial)\s+{LOSS}\s+is{ABOUT}\s+{NUMBER}", re.I)
AFTER = re.compile(
    rf"after\s+(\d[\d,]*)(?:st|nd|rd|th)?\s+{ROUND}(?:\s+updates?)?,?(?:\s+the)?\s+{LOSS}\s+is"
    rf"{ABOUT}\s+{NUMBER}",
    re.I,
)
HEADER = re.compile(rf"{ROUND}\W[^\n]{{0,20}}[&|][^\n]{{0,20}}{LOSS}\W", re.I)
CELLS = re.compile(rf"^\W*(\d[\d,]*)\s*[&|]\s*\$?\s*{NUMBER}\s*(?:\$|\||\\|&|$)", re.M)
LONGEST_TABLE = 20_000

# The share of the figures that a reading must explain.
ENOUGH = 0.75

# Rounds that are run at most.
MOST_ROUNDS = 20_000

# Readings are told apart by the figures of so many steps.
TRIED = 700


class Fact(NamedTuple):
    """A figure that prose or a table states.

    kind: rate, target, output, after (so many steps) or row (of a table, of round `steps`).
    """

    kind: str
    printed: str
    start: int
    end: int
    unit: str = ""
    steps: int = 0


@dataclass(frozen=True)
class Training:
    """The result for the figures of a training.

    statements: descents and evaluations; figures: as they stand in the deck.
    """

    statements: list[Statement]
    figures: list[Figure]
    read_as: str
    reason: str


def facts(source: Source) -> Iterator[Fact]:
    """The figures in prose and tables, in order."""
    text = re.sub(r"[$*_]", lambda found: " " if found[0] != "_" else "_", source.text)
    found = [
        *(Fact("rate", _digits(m[1]), *m.span(1)) for m in RATE.finditer(text)),
        *(Fact("after", _digits(m[1]), *m.span(1)) for m in START.finditer(text)),
        *(
            Fact("after", _digits(m[2]), *m.span(2), steps=int(m[1].replace(",", "")))
            for m in AFTER.finditer(text)
        ),
        *_table(text),
    ]
    for m in OUTPUT.finditer(text):
        kind = "output" if m["which"].lower() == "predicted" else "target"
        steps = max(
            (f.steps for f in found if f.kind == "after" and f.start < m.start()), default=0
        )
        found.append(Fact(kind, _digits(m[3]), *m.span(3), unit=m["unit"].lower(), steps=steps))
    yield from sorted(found, key=lambda fact: fact.start)


def _digits(text: str) -> str:
    return text.replace(",", "").rstrip(".")


def _table(text: str) -> Iterator[Fact]:
    """The rows of tables of rounds and errors."""
    for header in HEADER.finditer(text):
        last = header.end()
        for row in CELLS.finditer(text, header.end(), header.end() + LONGEST_TABLE):
            if text.count("\n", last, row.start(1)) > 3:
                break
            last = row.end()
            steps = int(row[1].replace(",", ""))
            yield Fact("row", _digits(row[2]), *row.span(2), steps=steps)


def side_of(source: Source, fact: Fact) -> Side:
    """The place of a fact, as a side."""
    line = source.line(fact.start)
    return Side(None, "", fact.printed, "=", False, line, fact.start, fact.end)


def named(fact: Fact, part: Part) -> str:
    """The name of the quantity that a fact is about, or ""."""
    if fact.kind in ("after", "row"):
        return loss_of(part)[0]
    for name in [*part.definitions.formulas, *part.leaves]:
        base, *rest = parts_of(name)
        unit = rest[-1] if rest else ""
        if unit == fact.unit.replace("_", "") and (
            base.startswith("out") or base in ("y", "a") if fact.kind == "output"
            else base.startswith("target") or base == "t"
        ):  # fmt: skip
            return name
    return ""


def loss_of(part: Part) -> tuple[str, str, str]:
    """The loss that the updates descend on, its rate, and a weight; "" for what is not known."""
    for weight, rule in part.definitions.updates.items():
        derived = [name for name in names_in(rule) if name.endswith(f"/d{weight}")]
        rates = [name for name in names_in(rule) if "/" not in name and name != weight]
        if len(derived) == 1 and len(rates) == 1:
            return ends(derived[0])[0], rates[0], weight
    return "", "", ""


def add_facts(part: Part, stated: list[Fact], source: Source) -> None:
    """Numbers that prose states: the learning rate, targets and outputs."""
    rates = {
        name
        for weight, rule in part.definitions.updates.items()
        for name in plain_names(rule)
        if name in part.leaves and name != weight and name not in part.given
    }
    rate = loss_of(part)[1]
    rate = rate if rate in rates else ""
    for fact in stated:
        side = side_of(source, fact)
        name = rate if fact.kind == "rate" else ""
        if fact.kind in ("target", "output", "after") and not fact.steps:
            name = named(fact, part)
        if not name:
            continue
        if name in part.definitions.formulas:
            part.claims.append(Figure(ast.Name(name), fact.printed, side))
        elif name not in part.given:
            part.given[name] = GivenNumber(fact.printed, side, 1)
        elif fact.kind == "output":  # it may be the rounded number of a unit in a picture
            part.claims.append(Figure(ast.Name(name), fact.printed, side))


def train(
    source: Source, found: list[Fact], part: Part, values: dict[str, float], known: set[str]
) -> Training | None:
    """Run the descent that explains the figures of rounds; None if there are none.

    known: the leaves of which the number is printed or inferred.
    """
    figures = [
        fact
        for fact in found
        if fact.kind == "row" or (fact.kind in ("after", "output") and fact.steps)
    ]
    loss, rate, weight = loss_of(part)
    if not figures:
        return None
    sides = [side_of(source, fact) for fact in figures]
    stated = [
        Figure(ast.Name(named(fact, part)), fact.printed, side)
        for fact, side in zip(figures, sides)
    ]
    if any(fact.steps > MOST_ROUNDS for fact in figures):
        return Training([], stated, "", f"more than {MOST_ROUNDS:,} rounds")
    if not loss:
        return Training([], stated, "", "the rule of the updates is not stated")
    below = part.definitions.below([loss])
    leaves = [name for name in below if name not in part.definitions.formulas]
    missing = sorted(leaf for leaf in [*leaves, rate] if leaf not in known)
    if missing:
        return Training([], stated, "", f"the descent needs {', '.join(missing)}")
    computed = {parts_of(name)[0] for name in part.definitions.formulas if "_" in name}
    hidden = sorted(leaf for leaf in leaves if "_" in leaf and parts_of(leaf)[0] in computed)
    if hidden:
        return Training([], stated, "", f"it may run through {hidden[0]}, of which only the number "
                        "is printed")  # fmt: skip
    base = parts_of(weight)[0]
    weights = sorted(leaf for leaf in leaves if parts_of(leaf)[0] == base)
    biases = sorted(leaf for leaf in leaves if parts_of(leaf)[0] in ("b", "bias"))
    tables = any(fact.kind == "row" for fact in figures)
    best: tuple[float, list[Statement]] | None = None
    told = ""
    for with_biases in (False, True) if biases else (False,):
        for before in (True, False) if tables else (False,):
            parameters = (*weights, *(biases if with_biases else ()))
            counted = [
                (max(fact.steps - (before and fact.kind == "row"), 0), fact, side)
                for fact, side in zip(figures, sides)
            ]
            statements = list(_statements(part, counted, parameters, values[rate]))
            explained = _explained(part, values, statements)
            if best is None or explained > best[0]:
                best = explained, statements
                told = "weights and biases move" if with_biases else "the weights move"
                if tables:
                    told += f", a row is told {'before' if before else 'after'} its update"
    assert best is not None
    if best[0] < ENOUGH:
        return Training([], stated, "", "no way of counting rounds explains the figures")
    return Training(best[1], stated, f"rounds: {told}", "")


def _statements(
    part: Part,
    counted: list[tuple[int, Fact, Side]],
    parameters: tuple[str, ...],
    rate: float,
) -> Iterator[Statement]:
    """Descents to the figures, and the figures, in the order of their steps."""
    loss = loss_of(part)[0]
    done = 0
    for steps, fact, side in sorted(counted, key=lambda entry: entry[0]):
        if steps > done:
            yield DescendStatement(side.line, (), loss, parameters, rate, steps - done)
            done = steps
        if name := named(fact, part):
            claim = Claim(side.line, name, read(fact.printed), False)
            yield Evaluation(side.line, (claim,), ast.Name(name))


def _explained(part: Part, values: dict[str, float], statements: list[Statement]) -> float:
    """The share of the figures within the first steps that come out."""
    sheet = Sheet()
    loss = loss_of(part)[0]
    line = statements[0].line
    needed = part.definitions.below([loss])
    judged = right = steps = 0
    try:
        for name in ordered(part.definitions):
            if name in needed:
                formula = part.definitions.formulas.get(name) or constant(values[name])
                list(sheet.execute(Definition(line, (), name, formula)))
        for statement in statements:
            if isinstance(statement, DescendStatement):
                steps += statement.times
                if steps > TRIED and judged > 1:
                    break
            for result in sheet.execute(statement):
                judged += 1
                right += result.verdict in ("rounds", "truncates")
    except (SheetError, ValueError, ArithmeticError, KeyError):
        return 0.0
    return right / judged if judged else 0.0
