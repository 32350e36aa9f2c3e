"""The lettering of a picture: the texts of its boxes, and how wide and high these are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from autograd_mini.drawing.escape import ELLIPSIS, shorten
from autograd_mini.drawing.font_metrics import WIDER, fit_text, room, text_width
from autograd_mini.drawing.picture import Box, Direction, Group, Picture, Stub, ValueBox
from autograd_mini.symbols.numbers import format_number
from autograd_mini.symbols.text import printable

# In boxes and circles: with more of them partials are too many to be read.
LARGEST_WITH_PARTIALS = 300

LONGEST_LABEL = 24
LONGEST_SYMBOL = 16
NUMBER_OF_SEVERAL = re.compile(r" \(\d+/\d+\)$")  # after the name of a group

# Font sizes and heights of rows, in pixels.
LABEL_SIZE, NUMBER_SIZE, NOTE_SIZE, TITLE_SIZE = 14, 12, 12, 12
LABEL_ROW, NUMBER_ROW, NOTE_ROW, FORMULA_ROW = 18, 15, 14, 14
PADDING = 6
MOST_FORMULA_ROWS = 3
BREAKS = (" + ", " \N{MINUS SIGN} ")  # where a formula may go on in the next row
NARROWEST_FORMULA = 96
CIRCLE = 26
KEY_COLUMN = 33  # "grad" and a space after it
GROUP_KEY_COLUMN = 46  # "values" and a space after it
KEYS: dict[type[Box], tuple[str, ...]] = {
    ValueBox: ("data", "grad"),
    Group: ("values", "data", "|grad|"),
    Stub: (),
}
STUB_WIDTH = 128
LONGEST_STUB_LABEL = 21  # in letters, as they fit into its width
NOTE_GAP = 12  # beside the note of an edge from above


@dataclass(frozen=True, slots=True)
class Lettering:
    """The rows of text in one place and the size, in pixels, of the place.

    formula: the rows between the label and the numbers of a box that folds operations.
    """

    rows: tuple[str, ...]
    width: float
    height: float
    formula: tuple[str, ...] = ()


def letter(
    picture: Picture, *, digits: int, partials: bool, direction: Direction = "LR"
) -> dict[str, Lettering]:
    """The lettering of every box, circle and constant and, with `partials`, every edge, by id.

    direction: of the layout, across which a box has room for the edges that arrive at it.
    """
    places = {box.id: _box(box, digits) for box in picture.boxes}
    for _, operation in picture.operations():
        places[operation.id] = _circle(operation.symbol)
        for operand in operation.operands:
            if operand.constant is not None:
                places[operand.source] = _constant(operand.constant, digits)
            elif partials and operand.partial is not None:
                places[operand.edge] = _note(operand.partial, digits)
    for value in picture.values:
        for factor in value.factors:
            if partials and factor.partial is not None:
                places[factor.edge] = _note(factor.partial, digits)
    return _with_slots(places, picture, direction)


def with_room(
    places: dict[str, Lettering],
    picture: Picture,
    digits: int,
    *,
    constants: bool = False,
    direction: Direction = "LR",
) -> dict[str, Lettering]:
    """Widen the places, so that boxes have room for any number: numbers change in a page.

    An edge has room for usual numbers; a longer one reaches back along its edge.

    constants: whether these are to be filled in too.
    """
    longest = "-8." + "8" * (digits - 1) + "e-308"
    box = KEY_COLUMN + room(longest, NUMBER_SIZE) + 2 * PADDING
    least = dict.fromkeys((value.id for value in picture.values), box)
    both = GROUP_KEY_COLUMN + room(f"{longest} to {longest}", NUMBER_SIZE) + 2 * PADDING
    least.update((group.id, both) for group in picture.groups)
    note = text_width("-0." + "8" * digits, NOTE_SIZE)
    for value in picture.values:
        least.update(dict.fromkeys((each.edge for each in value.operands), note))
    if constants:
        constant = room(longest, NUMBER_SIZE) + 10
        least.update((name, constant) for name, _ in picture.constants())
    wider = {
        name: replace(text, width=max(text.width, least.get(name, 0.0)))
        for name, text in places.items()
    }
    return _with_slots(wider, picture, direction)


def _with_slots(
    places: dict[str, Lettering], picture: Picture, direction: Direction
) -> dict[str, Lettering]:
    """Broaden the boxes that fold operations, so that the notes at their edges have room."""
    broad = dict(places)
    for value in picture.values:
        notes = [places[each.edge] for each in value.factors if each.edge in places]
        if not notes:
            continue
        text = places[value.id]
        if direction == "LR":
            rows = (len(notes) + 1) * (NOTE_ROW + 1)
            broad[value.id] = replace(text, height=max(text.height, rows))
        else:
            columns = len(notes) * (WIDER * max(note.width for note in notes) + NOTE_GAP)
            broad[value.id] = replace(text, width=max(text.width, columns))
    return broad


def _box(box: Box, digits: int) -> Lettering:
    if isinstance(box, Stub):
        name = fit_text(printable(box.name), NOTE_SIZE, STUB_WIDTH - PADDING)
        return Lettering((name,), STUB_WIDTH, LABEL_ROW + 6)
    return _group(box, digits) if isinstance(box, Group) else _value(box, digits)


def without_numbers(places: dict[str, Lettering], picture: Picture) -> dict[str, Lettering]:
    """Blank the values, the gradients and the partials."""
    blank = dict(places)
    for value in picture.values:
        text = places[value.id]
        blank[value.id] = replace(text, rows=(text.rows[0], "", ""))
    for group in picture.groups:
        text = places[group.id]
        blank[group.id] = replace(text, rows=(*text.rows[:2], "", ""))
    for value in picture.values:
        for edge in (each.edge for each in value.operands):
            if edge in places:
                blank[edge] = replace(places[edge], rows=("",))
    return blank


def _value(value: ValueBox, digits: int) -> Lettering:
    label = shorten(printable(value.label), LONGEST_LABEL)
    data = format_number(value.data, digits)
    grad = "-" if value.grad is None else format_number(value.grad, digits)
    numbers = KEY_COLUMN + max(room(data, NUMBER_SIZE), room(grad, NUMBER_SIZE))
    inside = max(numbers, room(label, LABEL_SIZE))
    lines = formula_lines(value.formula, max(inside, NARROWEST_FORMULA)) if value.formula else ()
    inside = max([inside, *(room(line, NUMBER_SIZE) for line in lines)])
    height = 2 * NUMBER_ROW + (LABEL_ROW if label else 0) + FORMULA_ROW * len(lines) + 6
    return Lettering((label, data, grad), inside + 2 * PADDING, height, lines)


def formula_lines(formula: str, width: float) -> tuple[str, ...]:
    """The formula in lines of about `width` pixels, broken before its terms.

    It is broken in brackets too if a term does not fit into a line.

    >>> formula_lines("w1·i1 + w2·i2 + b1", 100)
    ('w1·i1 + w2·i2', '+ b1')
    >>> formula_lines("log(exp(s1 + m1) + exp(s2 + m2))", 80)
    ('log(exp(s1 + m1)', '+ exp(s2 + m2))')
    """
    lines = [""]
    for part in _parts(formula, 2 * width):
        together = lines[-1] + part
        if lines[-1] and room(together.rstrip(), NUMBER_SIZE) > width:
            lines.append(part.lstrip())
        else:
            lines[-1] = together
    if len(lines) > MOST_FORMULA_ROWS:
        lines = [*lines[: MOST_FORMULA_ROWS - 1], lines[MOST_FORMULA_ROWS - 1] + " " + ELLIPSIS]
    return tuple(fit_text(line.strip(), NUMBER_SIZE, 2 * width) for line in lines)


def _parts(formula: str, width: float) -> list[str]:
    """The parts of a formula that may stand on separate lines, each at most `width` wide if it can.

    They are its terms, or terms in as few brackets as are needed.
    """
    depths, depth = [], 0
    for character in formula:
        depth += (character in "([") - (character in ")]")
        depths.append(depth)
    parts = [formula]
    for deepest in sorted(set(depths)):
        starts = [
            place
            for place, depth in enumerate(depths)
            if depth <= deepest and place and formula.startswith(BREAKS, place)
        ]
        parts = [formula[start:end] for start, end in pairwise([0, *starts, len(formula)])]
        if all(room(part.strip(), NUMBER_SIZE) <= width for part in parts):
            break
    return parts


def _group(group: Group, digits: int) -> Lettering:
    counted = NUMBER_OF_SEVERAL.search(group.name)
    last = counted[0] if counted else ""
    name = shorten(printable(group.name.removesuffix(last)), LONGEST_LABEL - len(last)) + last
    numbers = (
        f"{len(group.members):,}",
        range_text(format_number(group.low, digits), format_number(group.high, digits)),
        "-" if group.grad_norm is None else format_number(group.grad_norm, digits),
    )
    widest = GROUP_KEY_COLUMN + max(room(number, NUMBER_SIZE) for number in numbers)
    width = max(widest, room(name, LABEL_SIZE)) + 2 * PADDING
    return Lettering((name, *numbers), width, LABEL_ROW + 3 * NUMBER_ROW + 6)


def range_text(low: str, high: str) -> str:
    """Two numbers that others lie between; one, if they are the same.

    >>> range_text("-1", "2.5"), range_text("2", "2")
    ('-1 to 2.5', '2')
    """
    return low if low == high else f"{low} to {high}"


def _circle(symbol: str) -> Lettering:
    text = shorten(printable(symbol), LONGEST_SYMBOL)
    return Lettering((text,), max(CIRCLE, text_width(text, LABEL_SIZE) + 14), CIRCLE)


def _constant(number: float, digits: int) -> Lettering:
    text = format_number(number, digits)
    return Lettering((text,), room(text, NUMBER_SIZE) + 10, 18)


def _note(partial: float, digits: int) -> Lettering:
    text = format_number(partial, digits)
    return Lettering((text,), text_width(text, NOTE_SIZE), NOTE_ROW)
