"""The explorable page: a drawing that recomputes itself in the browser.

`data` says in JSON what the page knows of the graph, `bundle` puts the ES module together from the
files of JavaScript beside it: numbers (how they are written), graph (the tape and its replay),
steps (told in words), chains (a derivative as its factors), training (gradient descent), leaves
(how they are changed), scene (a picture that makes room), groups (boxes that open to what is in
them), picture (the SVG, by ids), address (the state in it), and explorer, which
ties them together.
"""

from autograd_mini.drawing.explorer.bundle import module_text, style_text
from autograd_mini.drawing.explorer.data import explorer_data

__all__ = ["explorer_data", "module_text", "style_text"]
