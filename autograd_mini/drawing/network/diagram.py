"""draw_network: the units of a graph as circles in columns, its weights as lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from autograd_mini.drawing.image import Image, roots_of
from autograd_mini.drawing.network.layout import NetworkLayout, place_network
from autograd_mini.drawing.network.units import find_network
from autograd_mini.drawing.network.writers import dot_of, svg_of, tikz_of
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import check_digits


@dataclass(frozen=True, repr=False)
class NetworkDiagram(Image):
    """A network as it was when it was drawn.

    A notebook shows it, and `save` writes a .svg, .tex (TikZ), .dot, .png or .pdf file.
    """

    _kind: ClassVar[str] = "a network diagram"

    layout: NetworkLayout

    @cached_property
    def dot(self) -> str:
        """The source for Graphviz, which lays it out by itself."""
        return dot_of(self.layout)

    @cached_property
    def tikz(self) -> str:
        r"""A tikzpicture, for a LaTeX document with \usepackage{tikz}."""
        return tikz_of(self.layout)

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height, in pixels."""
        return self.layout.width, self.layout.height

    @property
    def _summary(self) -> str:
        return self.layout.summary

    def svg(self) -> str:
        """The diagram as a whole SVG document, for light and dark surroundings."""
        return svg_of(self.layout)

    def _texts(self) -> dict[str, Callable[[], str]]:
        return {".svg": self.svg, ".tex": lambda: self.tikz, ".dot": lambda: self.dot}


def draw_network(root: Value | Sequence[Value], *, digits: int = 4) -> NetworkDiagram:
    """Draw the network that computed a value, or each value of a list, as slides do.

    Units are circles in columns of layers, with their outputs and gradients; their biases stand
    below. Weights are lines, thicker for larger ones and orange for negative ones. Large layers
    have the numbers of their weights in tooltips. If units were used several times, as for the
    samples of a batch, their first use is drawn.

    digits: significant digits of every number, 1 to 17.

    Raises: ValueError if the graph is not made of weighted sums.

    >>> x, w, b = Value(2.0, label="x"), Value(0.5, label="w"), Value(-0.5, label="b")
    >>> draw_network((w * x + b).tanh())
    <NetworkDiagram: Network of 1-1 units>
    """
    names = Names(roots_of(root, "draw_network"), units=True)
    return NetworkDiagram(place_network(find_network(names), check_digits(digits)))
