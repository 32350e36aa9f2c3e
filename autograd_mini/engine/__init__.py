"""The engine: record operations in a graph, and differentiate it. Read this package first.

`operation` and `ops` are the table of operations, and `tree` is the expression tree of a row.
`value` has Value and `backward`, and `recording` makes a method for every row. `graph` has the
topological order, `transforms` has derivatives of functions and of derivatives.
"""
