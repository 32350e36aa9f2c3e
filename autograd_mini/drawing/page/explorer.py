"""The explorable page: a drawing that recomputes itself in the browser.

`data` says in JSON what the page knows of the graph, `formulas` prints the formulas of the table
and of the graph for it, `bundle` puts the ES module together from the files of JavaScript beside
it: numbers (how they are written), graph (the tape and its replay), notation (MathML), chains (a
derivative as its factors), steps (told one by one), training (gradient descent), leaves (how they
are changed), judge (typed digits), quiz and quiz_panel, scene (a picture whose boxes grow), groups
(boxes that open to what is in them), picture (the SVG, by ids), viewport (zoom), address (the state
in it), and explorer, which ties them together. `interiors` lays out what is in groups.
"""

from autograd_mini.drawing.page.bundle import compact, controls_text, module_text, style_text
from autograd_mini.drawing.page.data import explorer_data
from autograd_mini.drawing.page.formulas import kinds, kinds_text

__all__ = [
    "compact",
    "controls_text",
    "explorer_data",
    "kinds",
    "kinds_text",
    "module_text",
    "style_text",
]
