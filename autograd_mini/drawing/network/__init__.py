"""The network diagram of slides: units as circles in columns, weights as lines between them.

`units` finds the units of a graph, their weights and their biases; `layout` gives them columns and
rows; `writers` writes the layout as SVG, DOT and TikZ; `diagram` has `draw_network`. `samples`
finds the samples of a batch, for the page.
"""
