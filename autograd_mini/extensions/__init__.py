"""Extensions of the engine: each builds on its public parts, and none is needed to read it.

- `composites`       logsumexp, softmax and pick
- `grad`             grad, value_and_grad, vjp, jacobian: of numbers, lists, dicts and arrays
- `own_operations`   operation: a row that a user adds to the table
- `scopes`           where values were made, for drawings
- `by_hand`          results with a `_backward` written by hand, as in micrograd
- `pickling`         copy and pickle of deep graphs
- `other_libraries`  NumPy's functions on Values, and hints for names of other libraries
"""
