"""Ring 1, the engine: record operations in a graph, and differentiate it. Imports nothing of ours.

Coming from micrograd, read in this order; an evening is enough.

1. `operation`   a row: a value and its partial derivatives as text
2. `ops`         the table of all rows, which is everything that the engine knows about calculus
3. `value`       Value: the number, the node of the graph, and `backward`
4. `recording`   the methods of Value, generated from the rows
5. `graph`       topological order and sweeps, forward and backward
6. `transforms`  gradients, jvp, hessian: derivatives of derivatives

The others serve these six.

- `tree`         the expressions of a row as trees: parse, interpret, print
- `evaluation`   the expressions as Python functions of floats and of Values
- `comparisons`  comparisons of Values, for the compiler
"""
