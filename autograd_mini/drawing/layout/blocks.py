"""Blocks: a value's box, its operation's circle and what stands before it, placed as one piece.

0.15 ───►╭───╮    ┌──────┐
         │ * ├───►│ box  │        partials and constants stand in the block's own space, so
0.05 ───►╰───╯    └──────┘        nothing that is placed beside a block can cover them
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograd_mini.drawing.font_metrics import WIDER
from autograd_mini.drawing.lettering import CIRCLE, NOTE_GAP, Lettering
from autograd_mini.drawing.picture import Direction, DrawnOperation, Picture

ARROW = 13  # an arrow that has no text beside it
SLOT_PITCH = 16  # between two edges into one circle
TEXT_GAP = 3
CLEARANCE = 5  # half of the free space between two blocks of a column


@dataclass(frozen=True, slots=True)
class Block:
    """Sizes of a block from the centre of its box, which is (0, 0).

    before, after: how far it reaches along. half_breadth: how far across, to both sides.
    circle: where the circle's centre is, along. slots: where edges arrive, across.
    """

    before: float
    after: float
    half_breadth: float
    circle: float = 0.0
    slots: tuple[float, ...] = ()


def build_blocks(
    picture: Picture, lettering: dict[str, Lettering], direction: Direction
) -> list[Block]:
    """One block a box, in the order of the picture."""
    blocks = []
    for box in picture.boxes:
        along, across = sides(lettering[box.id], direction)
        if box.operation is None and box.operands:
            notes = [lettering[each.edge] for each in box.operands if each.edge in lettering]
            blocks.append(_folded_block(len(box.operands), notes, direction, along, across))
        elif box.operation is None:
            blocks.append(Block(along / 2, along / 2, across / 2 + CLEARANCE))
        else:
            blocks.append(_block(box.operation, lettering, direction, along, across))
    return blocks


def sides(text: Lettering, direction: Direction) -> tuple[float, float]:
    """The size of a place along and across."""
    return (text.width, text.height) if direction == "LR" else (text.height, text.width)


def beside(slot: float, breadth: float, count: int, direction: Direction) -> float:
    """The position of a text beside the edge that arrives in one of `count` slots.

    From the left, a text stands on its edge; the text of the lower of two edges hangs from it.
    """
    if direction == "TB":
        return slot + math.copysign(TEXT_GAP + breadth / 2, slot if count > 1 else 1)
    return slot + math.copysign(breadth / 2 + 1, slot if count == 2 else -1)


def constant_across(slot: float, breadth: float) -> float:
    """The position of a constant that feeds a slot: before the slot, on its side of the axis."""
    return math.copysign(max(abs(slot), breadth / 2 + 1), slot) if slot else 0.0


def entry(circle: Lettering, slot: float, direction: Direction) -> float:
    """The distance along from the centre to the edge's end on the circle."""
    along, across = sides(circle, direction)
    radius = CIRCLE / 2
    beyond = max(0.0, abs(slot) - (across / 2 - radius))
    return along / 2 - radius + math.sqrt(radius**2 - beyond**2)


def _folded_block(
    count: int, notes: list[Lettering], direction: Direction, along: float, across: float
) -> Block:
    """The block of a box that edges arrive at side by side, each with its note beside it."""
    texts = [sides(note, direction) for note in notes]
    widest = max((text_across for _, text_across in texts), default=0.0)
    if direction == "TB":
        widest = WIDER * widest + NOTE_GAP
    pitch = min(max(SLOT_PITCH, widest), across / (count + (direction == "LR" or not notes)))
    slots = tuple((place - (count - 1) / 2) * pitch for place in range(count))
    reach = max([across / 2, *(abs(slot) + widest for slot in slots if notes)])
    approach = max([ARROW, *(text_along + ARROW - 4 for text_along, _ in texts)])
    return Block(along / 2 + approach, along / 2, reach + CLEARANCE, 0.0, slots)


def _block(
    operation: DrawnOperation,
    lettering: dict[str, Lettering],
    direction: Direction,
    along: float,
    across: float,
) -> Block:
    count = len(operation.operands)
    slots = tuple((place - (count - 1) / 2) * SLOT_PITCH for place in range(count))
    circle_along, circle_across = sides(lettering[operation.id], direction)
    circle = -(along / 2 + ARROW + circle_along / 2)
    approach = float(ARROW)
    reach = max(across, circle_across) / 2
    for operand, slot in zip(operation.operands, slots, strict=True):
        is_constant = operand.constant is not None
        text = lettering.get(operand.source if is_constant else operand.edge)
        if text is None:
            continue
        text_along, text_across = sides(text, direction)
        approach = max(approach, text_along + (ARROW if is_constant else ARROW - 4))
        middle = (
            constant_across(slot, text_across)
            if is_constant
            else beside(slot, text_across, count, direction)
        )
        reach = max(reach, abs(middle) + text_across / 2)
    before = -circle + circle_along / 2 + approach
    return Block(before, along / 2, reach + CLEARANCE, circle, slots)
