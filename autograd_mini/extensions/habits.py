"""Names that users of other libraries try, each with the substitute to write."""

from __future__ import annotations

from typing import NoReturn

from autograd_mini.engine.value import Value

# Attributes of a Value.
VALUE = {
    "item": "write float(x) or x.data",
    "numpy": "write x.data",
    "tolist": "write x.data",
    "detach": "write Value(x.data), or x.data for a number",
    "clone": "write x + 0.0, or copy.copy(x) for a leaf",
    "requires_grad": "every leaf gets a gradient; use a number for a constant",
    "retain_grad": "every Value keeps its grad",
    "zero_grad": "write x.grad = 0.0",
    "zero_": "write x.grad = 0.0",
    "to": "a Value is one float; there is no device or dtype",
    "cpu": "a Value is one float; there is no device or dtype",
    "cuda": "a Value is one float; there is no device or dtype",
    "shape": "a Value is one number; use lists of Values",
    "diff": "write gradients(y, [x]) for numbers, or explain(y, x) for formulas",
    "subs": "assign x.data and compute again, or write a function and call it",
    "evalf": "write x.data",
}
# Names of autograd_mini.
PACKAGE = {
    "tensor": "use Value(3.0)",
    "Tensor": "use Value(3.0)",
    "no_grad": "compute with floats, which record nothing",
    "manual_seed": "give seed=... to the modules and data of nn",
    "jit": "use compile_function(f)",
    "vjp": "use gradients(y, xs)",
    "jacobian": "use gradients(y, xs) for each y; hessian(f) for second derivatives",
    "jacfwd": "use gradients(y, xs) for each y",
    "jacrev": "use gradients(y, xs) for each y",
    "vmap": "use a list comprehension, or compile_function(f).batch(rows)",
    "elementwise_grad": "use [grad(f)(x) for x in xs]",
    "diff": "use gradients(y, [x]) or explain(y, x)",
    "Neuron": "use nn.Neuron, from the package nn",
    "Layer": "use nn.Layer, from the package nn",
    "MLP": "use nn.MLP, from the package nn",
}


def hint(table: dict[str, str], name: str) -> str:
    """The end of a message about the unknown `name`; "" without a hint.

    >>> hint(VALUE, "item")
    '; write float(x) or x.data'
    """
    return f"; {table[name]}" if name in table else ""


def refuse(value: Value, name: str) -> NoReturn:
    """Raise AttributeError for an unknown attribute of a Value."""
    raise AttributeError(
        f"a Value has no attribute {name!r}{hint(VALUE, name)}", name=name, obj=value
    )


setattr(Value, "__getattr__", refuse)  # noqa: B010  not in view of type checkers, which find misspelt names
