"""Pictures of a graph: `draw` for notebooks and files, `draw_dot` for Graphviz.

Data flows one way: `picture` records the graph as plain data, `groups` gathers the boxes of a
large one, `lettering` says what is written where and measures it, `layout` gives everything a
place, and `svg`, `dot`, `mermaid`, `page` and `wording` write it down.
"""

from autograd_mini.drawing.drawing import Drawing, draw, draw_dot
from autograd_mini.drawing.graphviz_program import GraphvizError

__all__ = ["Drawing", "GraphvizError", "draw", "draw_dot"]
