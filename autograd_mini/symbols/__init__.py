"""Names and formulas of a graph, and the printers that write them.

`names` names the values of a graph, `formulas` makes trees over these names, and `simplify` makes
them short. `text`, `latex`, `mathml`, `code` and `javascript` print a tree. `tape` is
a graph as plain data.
"""
