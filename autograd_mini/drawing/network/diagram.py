"""draw_network: the units of a graph as circles in columns, its weights as lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograd_mini.drawing.drawing import (
    Writers,
    check_digits,
    notebook_image,
    roots_of,
    save_by_suffix,
)
from autograd_mini.drawing.network.places import Diagram, place_network
from autograd_mini.drawing.network.units import find_network
from autograd_mini.drawing.network.writers import dot_of, svg_of, tikz_of
from autograd_mini.drawing.rendering import ImageFormat, render
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names


@dataclass(frozen=True)
class NetworkDiagram:
    """A network as it was when it was drawn. A notebook shows it, `save` writes it to a file."""

    diagram: Diagram

    @cached_property
    def dot(self) -> str:
        """The source for Graphviz, which lays it out by itself."""
        return dot_of(self.diagram)

    @cached_property
    def tikz(self) -> str:
        r"""A tikzpicture, for a LaTeX document with \usepackage{tikz}."""
        return tikz_of(self.diagram)

    def svg(self) -> str:
        """The diagram as a whole SVG document, for light and dark surroundings."""
        return svg_of(self.diagram)

    def png(self) -> bytes:
        """The diagram as a PNG image; see `Drawing.png`."""
        return self._rendered("png")

    def pdf(self) -> bytes:
        """The diagram as a PDF document of one page; see `Drawing.pdf`."""
        return self._rendered("pdf")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a .svg, .tex (TikZ), .dot, .png or .pdf file and return its path.

        Raises: ValueError for another suffix, RenderingError, OSError.
        """
        writers: Writers = {
            ".svg": self.svg,
            ".tex": lambda: self.tikz,
            ".dot": lambda: self.dot,
            ".png": self.png,
            ".pdf": self.pdf,
        }
        return save_by_suffix(path, "a network diagram", writers)

    def __repr__(self) -> str:
        return f"<NetworkDiagram: {self.diagram.summary}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        image = notebook_image(self.svg(), self.diagram.summary)
        return {"text/html": image, "text/plain": repr(self)}

    def _rendered(self, image_format: ImageFormat) -> bytes:
        size = (self.diagram.width, self.diagram.height)
        return render(image_format, self.svg(), size, lambda placed: self.dot)


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
