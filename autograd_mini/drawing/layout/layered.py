"""Our own layout: values in columns by how long it takes to compute them, operands first.

The steps are those of Sugiyama, Tagawa and Toda (1981), each in a module of its own:
`blocks` (what is placed as one piece), `columns` (which value in which column),
`grid` (also where long wires pass), `ordering` (few crossings), `spreading` (positions within the
columns), `routing` (the result).

Inside this package a position is (along, across): along the direction of the computation and
across it. Only `blocks` and `routing` know whether that is (x, y) or (y, x).
"""

from __future__ import annotations

from autograd_mini.drawing.layout.blocks import build_blocks
from autograd_mini.drawing.layout.coordinates import spread
from autograd_mini.drawing.layout.crossings import reduce_crossings, seat_operands
from autograd_mini.drawing.layout.grid import build_grid
from autograd_mini.drawing.layout.layout import Direction, Layout
from autograd_mini.drawing.layout.routing import Router
from autograd_mini.drawing.lettering import Lettering
from autograd_mini.drawing.picture import Picture


def layered_layout(
    picture: Picture, lettering: dict[str, Lettering], direction: Direction
) -> Layout:
    """Lay a picture out without any program's help, also one of 50,000 values."""
    blocks = build_blocks(picture, lettering, direction)
    grid = build_grid(picture, blocks)
    reduce_crossings(grid)
    seats = seat_operands(grid, blocks)
    across = spread(grid)
    return Router(picture, lettering, direction, blocks, grid, seats, across).route()


__all__ = ["layered_layout"]
