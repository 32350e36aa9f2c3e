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


class Absent:
    """An attribute that a Value does not have; reading it raises AttributeError with the hint.

    A `__getattr__` of Value would do the same, and make a backward pass take more than twice as
    long: Python then looks up every attribute without its caches.
    """

    def __init__(self, name: str) -> None:
        self.message: str = f"a Value has no attribute {name!r}{hint(VALUE, name)}"

    def __get__(self, value: Value | None, owner: type) -> NoReturn:
        raise AttributeError(self.message)


def attributes(owner: object) -> list[str]:
    """The names in help and completion of Value."""
    names = type.__dir__(owner) if isinstance(owner, type) else object.__dir__(owner)
    return [name for name in names if name not in VALUE]


for _name in VALUE:
    setattr(Value, _name, Absent(_name))
setattr(Value, "__dir__", attributes)  # noqa: B010
setattr(type(Value), "__dir__", attributes)  # noqa: B010
