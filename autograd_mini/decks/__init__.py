"""Decks: a lecturer's own source with LaTeX math in it, read as it is and judged line by line.

`sources` finds the math in a file, `tokens` and `chains` take it apart into rows of equations, and
`formulas` reads each side as a tree. `understanding` finds out what defines what.
"""
