"""The network diagram of slides: units as circles in columns, weights as lines between them.

`units` finds the units of a graph, their weights and their biases; `diagram` gives them columns and
rows; `writers` writes the diagram as SVG, DOT and TikZ.
"""
