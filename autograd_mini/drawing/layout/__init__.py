"""The layout of a picture: values in layers, operands before results; or the cells of a table.

The passes of the layered layout are those of Sugiyama, Tagawa and Toda (1981), one module each:
`blocks` measures the boxes with their circles and texts, `layering` assigns columns, `grid` adds
dummy items where long wires pass, `crossings` orders each column, `coordinates` spreads it, and
`edge_routing` draws the arrows. `table` places and joins the cells of a table. `layout` is the
result as data.

Inside this package a position is (along, across): along the direction of the computation and
across it. Only `blocks` and `edge_routing` convert that to (x, y) or (y, x).
"""

from __future__ import annotations

from autograd_mini.drawing.layout.blocks import build_blocks
from autograd_mini.drawing.layout.coordinates import assign_coordinates
from autograd_mini.drawing.layout.crossings import reduce_crossings, seat_operands
from autograd_mini.drawing.layout.edge_routing import Router
from autograd_mini.drawing.layout.grid import build_grid
from autograd_mini.drawing.layout.layout import Layout
from autograd_mini.drawing.layout.table import table_layout
from autograd_mini.drawing.lettering import Lettering
from autograd_mini.drawing.picture import Direction, Picture


def lay_out(picture: Picture, lettering: dict[str, Lettering], direction: Direction) -> Layout:
    """Lay a picture out, in layers or as a table. 50,000 values take seconds."""
    if picture.cells:
        return table_layout(picture, lettering)
    return layered_layout(picture, lettering, direction)


def layered_layout(
    picture: Picture, lettering: dict[str, Lettering], direction: Direction
) -> Layout:
    """Lay a picture out in layers."""
    blocks = build_blocks(picture, lettering, direction)
    grid = build_grid(picture, blocks)
    reduce_crossings(grid)
    seats = seat_operands(grid, blocks)
    across = assign_coordinates(grid)
    return Router(picture, lettering, direction, blocks, grid, seats, across).route()


__all__ = ["lay_out", "layered_layout"]
