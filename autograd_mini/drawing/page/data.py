"""The data of a page as JSON: a tape of leaves and operations.

The page computes values, partials and gradients from the leaves.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from autograd_mini.drawing.page.formula_templates import folded, kind_name, plan
from autograd_mini.drawing.page.group_interiors import Interiors
from autograd_mini.drawing.page.network_data import network_data
from autograd_mini.drawing.page.questions import Question, Quiz, named_parameters
from autograd_mini.drawing.palette import STRONGEST
from autograd_mini.drawing.picture import Direction, Picture
from autograd_mini.engine.comparisons import noted
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import place_of_dividend, softmax_totals
from autograd_mini.symbols.mathml import MathMLPrinter
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.tape import Tape
from autograd_mini.symbols.text import printable


def page_data(
    picture: Picture,
    names: Names,
    tape: Tape,
    direction: Direction,
    digits: int,
    quiz: Quiz,
    learns: Sequence[Value] | None,
) -> dict[str, Any]:
    """The graph of a picture for the page, value by value in the order of the tape.

    tape: for a leaf its number; for a result its kind and its operands, of which a string is a
    constant. strongest: the tint of the largest gradient. symbols: the labels in MathML, by place.
    plans: for each root the steps of its chains. guards: comparisons that chose what was recorded.
    learns: the leaves that training in the page moves, and that new numbers of a quiz are for.
    runs: where there are scopes, the first place and the number of the scope of all results that
    follow one another in one unit, and in one layer.
    quiz: the kinds of numbers that the page asks for when it opens. questions: those that were
    chosen, each a kind, a place and for a partial that of its operand. folded: the named values.
    samples, network: see `network_data`. attention: see `_attention`. groups: name, template of the
    interior or -1, places of the values that it shows or, without a template, has, numbers of the
    groups inside, and of the stubs, as in `stubs`. calls: see `Interiors`. direction: of the
    interiors. table: whether the picture is a table, which runs down.
    """
    roots = list(dict.fromkeys(names.roots))
    plans = [plan(root, tape) for root in roots]
    factors = {pair for each in plans for pair in each["factors"]}
    symbol = MathMLPrinter().name
    whole = picture.whole or picture

    def side(compared: Value | float) -> int | str:
        place = tape.place(compared) if isinstance(compared, Value) else float(compared)
        return _operand(place)

    def is_there(compared: Value | float) -> bool:
        return not isinstance(compared, Value) or id(compared) in tape.places

    return {
        "digits": digits,
        "quiz": list(quiz.kinds),
        **({"questions": [_question(each) for each in quiz.chosen]} if quiz.chosen else {}),
        "learns": [
            tape.place(leaf) for leaf in (named_parameters(names) if learns is None else learns)
        ],
        "strongest": STRONGEST,
        "roots": [tape.place(root) for root in roots],
        "plans": plans,
        "names": [printable(box.name) for box in whole.values],
        "symbols": {
            place: symbol(names(value))[0]
            for place, value in enumerate(names.values)
            if value.label
        },
        "tape": [
            _number(box.data)
            if entry.operation is None
            else [kind_name(entry.operation, entry.operands), *map(_operand, entry.operands)]
            for entry, box in zip(tape.entries, whole.values)
        ],
        "guards": [
            [side(left), side(right), symbol, outcome]
            for left, symbol, right, outcome in noted(names.values)
            if is_there(left) and is_there(right)
        ],
        **({"folded": folded(picture, names, tape, factors)} if picture.folded else {}),
        **_runs(whole),
        **network_data(names, tape, digits),
        **_attention(names, tape),
        **_groups(picture, direction, digits),
    }


def _question(question: Question) -> list[str | int]:
    boxes = [question.box.id, *([question.edge.source] if question.edge else [])]
    return [question.kind, *(int(box[1:]) - 1 for box in boxes)]


def _runs(whole: Picture) -> dict[str, Any]:
    """The units and layers of the results, their innermost and outermost scopes, in runs."""
    results = [(place, box.scope) for place, box in enumerate(whole.values) if box.operation]
    if not any(scope for _, scope in results):
        return {}
    runs: dict[str, list[list[int]]] = {}
    for size, depth in (("unit", None), ("layer", 1)):
        numbers: dict[tuple[str, ...], int] = {}
        found: list[list[int]] = []
        for place, scope in results:
            number = numbers.setdefault(scope[:depth], len(numbers))
            if not found or found[-1][1] != number:
                found.append([place, number])
        runs[size] = found
    return {"runs": runs}


def _attention(names: Names, tape: Tape) -> dict[str, Any]:
    """The weights of attention: softmaxes in scopes that repeat inside others, such as positions.

    positions: the names of the outer scopes. heads: by the name of the inner scope the weights of
    each position, of itself and those before it or of all, as places or None for the number 1.
    """
    totals = softmax_totals(names.values)
    rows: dict[tuple[str, ...], dict[tuple[int, ...], list[int | None]]] = defaultdict(dict)
    for value in names.values:
        total = value.operands[-1] if value.op and value.op.name == "div" else None
        if isinstance(total, Value) and total in totals and len(value.scope) > 1:
            powers = totals[total].powers
            row = rows[value.scope].setdefault(tuple(map(id, powers)), [None] * len(powers))
            place = place_of_dividend(value, powers)
            if place is not None:
                row[place] = tape.place(value)
    scopes = dict.fromkeys(each.scope for each in names.values if len(each.scope) > 1)
    positions = list(dict.fromkeys(scope[0] for scope in scopes))
    wanted = ([*range(1, len(positions) + 1)], [len(positions)] * len(positions))
    heads: dict[str, list[list[int | None]]] = {}
    for inner in dict.fromkeys(scope[1:] for scope in rows):
        at = [
            # Of a single score there is no softmax: the weight is 1.
            [row for row in rows[scope].values() if None not in row] or [[None]] * (scope in scopes)
            for scope in ((position, *inner) for position in positions)
        ]
        several = max(map(len, at)) > 1
        for k in range(max(map(len, at))):
            weights = [(each[k:] or [[None]])[0] if each else [] for each in at]
            if [*map(len, weights)] in wanted and len(positions) > 1:
                heads[" / ".join(map(printable, inner)) + f" {k + 1}" * several] = weights
    if not heads:
        return {}
    return {"attention": {"positions": [*map(printable, positions)], "heads": heads}}


def _groups(picture: Picture, direction: Direction, digits: int) -> dict[str, Any]:
    """The groups of a picture and the templates that they open to."""
    if not picture.groups:
        return {}
    interiors = Interiors(picture, digits, direction)
    return {
        "direction": direction,
        **({"table": True} if picture.cells else {}),
        "groups": interiors.groups,
        "calls": interiors.calls,
        "templates": interiors.templates,
        "stubs": list(interiors.texts),
    }


def _operand(operand: int | float) -> int | str:
    """A place as a number, or a constant as text."""
    return operand if isinstance(operand, int) else _text(operand)


def _number(data: float) -> float | str:
    """A number for JSON, which has no infinities."""
    return data if math.isfinite(data) else _text(data)


def _text(data: float) -> str:
    """A number as JavaScript's Number() reads it."""
    if math.isnan(data):
        return "NaN"
    return repr(data) if math.isfinite(data) else f"{'-' if data < 0 else ''}Infinity"
