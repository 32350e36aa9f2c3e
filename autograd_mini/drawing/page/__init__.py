"""The explorable page: a graph that recomputes itself in the browser.

`page` writes the page, `data` is its graph as JSON, `formula_templates` prints the formulas of the
table and of the graph for it, `group_interiors` lays out what groups open to, `widget` shows the
page in a notebook, and `bundle` joins the JavaScript modules beside it into one script:

elements (made with their attributes), numbers (how they are written), graph (the tape and its
replay), notation (MathML), views (named values, or every operation), chains (a derivative as its
factors), steps (the forward and the backward pass), why (the panel of a derivative), training
(gradient descent and its panel), plane (the two inputs of a network), leaves (fields, sliders,
dragging), panels (tabs, notes, theme), keys, judge (typed digits), quiz and quiz_panel, scene (a
picture whose boxes grow), groups (boxes that open), network (its diagram), picture (the SVG, by
ids), viewport (zoom, and where the panels stand), address (the state in the address), and explorer,
which ties them together.
"""
