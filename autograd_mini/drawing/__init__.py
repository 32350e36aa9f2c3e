"""Pictures of a graph: `draw` for notebooks and files, `draw_network` for the units of a network.

`draw_matrix` draws a matrix of Values, such as the weights of attention.

Data flows one way: `picture` records the graph as plain data, `named_values` folds the operations
between values that have names, `groups` gathers the boxes of a large graph, `lettering` measures
the texts, `layout` gives everything a place, and `svg` (boxes and arrows), `dot`, `mermaid`, `page`
and `wording` write the picture.
"""

from autograd_mini.drawing.drawing import Drawing, draw, draw_dot
from autograd_mini.drawing.image import Image
from autograd_mini.drawing.matrix import MatrixDrawing, draw_matrix
from autograd_mini.drawing.network.diagram import NetworkDiagram, draw_network
from autograd_mini.drawing.rendering import RenderingError

__all__ = [
    "Drawing",
    "Image",
    "MatrixDrawing",
    "NetworkDiagram",
    "RenderingError",
    "draw",
    "draw_dot",
    "draw_matrix",
    "draw_network",
]
