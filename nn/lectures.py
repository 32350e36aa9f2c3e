"""The network that lectures on backpropagation work by hand, under the names they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from autograd_mini import Value, label, scope, sigmoid

from .losses import half_squared_error
from .module import Module

Loss = Callable[[Value, Value], Value]

INPUTS = ("i1", "i2")
WEIGHTS = ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8")
TARGETS = ("t1", "t2")
ERRORS = ("E_o1", "E_o2", "E")

# For each unit the two weights that lead to it, and from where.
OUTPUT_WIRING = {
    "o1": (("w5", "out_h1"), ("w6", "out_h2")),
    "o2": (("w7", "out_h1"), ("w8", "out_h2")),
}
# By the weight that leads from i2 to h1.
WIRINGS = {
    "w2": {"h1": (("w1", "i1"), ("w2", "i2")), "h2": (("w3", "i1"), ("w4", "i2"))} | OUTPUT_WIRING,
    "w3": {"h1": (("w1", "i1"), ("w3", "i2")), "h2": (("w2", "i1"), ("w4", "i2"))} | OUTPUT_WIRING,
}
# By the number of biases.
BIASES_OF_UNITS = {
    2: {"h1": "b1", "h2": "b1", "o1": "b2", "o2": "b2"},
    4: {"h1": "b1", "h2": "b2", "o1": "b3", "o2": "b4"},
}
# By the first letter of their units.
LAYERS = {"h": "hidden layer", "o": "output layer"}

Wiring = Mapping[str, tuple[tuple[str, str], tuple[str, str]]]


def two_two_two(
    *,
    inputs: Sequence[float] = (0.05, 0.10),
    weights: Sequence[float] = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55),
    biases: Sequence[float] = (0.35, 0.60),
    targets: Sequence[float] = (0.01, 0.99),
    i2_to_h1: str = "w2",
    train_biases: bool = True,
    loss: Loss = half_squared_error,
) -> TwoTwoTwo:
    """The lectures' network of two inputs, two hidden and two output units, all sigmoid.

    biases: two, b1 for both hidden and b2 for both output units; or four, one a unit.
    i2_to_h1: the weight on the way from i2 to h1: "w2", or "w3" in lectures that number the
        weights by the input they leave; the other of the two then leads from i1 to h2.
    train_biases: False keeps the biases as they are.
    loss: of one output and its target; `nn.sum_of_squares` leaves out the 1/2.

    The defaults are from Mazur, A step by step backpropagation example, 2015.

    >>> network = two_two_two()
    >>> E = network.forward()
    >>> E.backward()
    >>> print(f"{E:.9f} {network.out_o1:.9f} {network.w5.grad:.9f}")
    0.298371109 0.751365070 0.082167041
    """
    if i2_to_h1 not in WIRINGS:
        raise ValueError(f'i2_to_h1 must be "w2" or "w3", not {i2_to_h1!r}')
    if len(biases) not in BIASES_OF_UNITS:
        raise ValueError(
            "biases must be 2 numbers, one a layer, or 4 numbers, one a unit, "
            f"not {len(biases)}: {biases!r:.50}"
        )
    numbers = (
        _named("inputs", INPUTS, inputs)
        | _named("weights", WEIGHTS, weights)
        | {f"b{i + 1}": bias for i, bias in enumerate(biases)}
        | _named("targets", TARGETS, targets)
    )
    return TwoTwoTwo(numbers, WIRINGS[i2_to_h1], BIASES_OF_UNITS[len(biases)], train_biases, loss)


class TwoTwoTwo(Module):
    """The network that `two_two_two` makes; every value is an attribute under its name.

    Always there are i1 i2, w1 ... w8, b1 b2 (or b1 ... b4) and t1 t2; a forward pass adds net_h1
    out_h1 net_h2 out_h2, net_o1 out_o1 net_o2 out_o2, and `forward()` also E_o1 E_o2 E.
    """

    i1: Value
    i2: Value
    w1: Value
    w2: Value
    w3: Value
    w4: Value
    w5: Value
    w6: Value
    w7: Value
    w8: Value
    b1: Value
    b2: Value
    b3: Value
    b4: Value
    t1: Value
    t2: Value
    net_h1: Value
    out_h1: Value
    net_h2: Value
    out_h2: Value
    net_o1: Value
    out_o1: Value
    net_o2: Value
    out_o2: Value
    E_o1: Value
    E_o2: Value
    E: Value

    def __init__(
        self,
        numbers: Mapping[str, float],
        wiring: Wiring,
        biases: Mapping[str, str],
        train_biases: bool,
        loss: Loss,
    ) -> None:
        """numbers: all inputs, weights, biases and targets by name; biases: names by unit."""
        self.loss = loss
        self.fixed: tuple[str, ...] = (
            *INPUTS,
            *TARGETS,
            *(() if train_biases else biases.values()),
        )
        self._wiring = wiring
        self._biases = biases
        self._layers = {letter: scope(layer) for letter, layer in LAYERS.items()}
        self._units = {unit: scope(unit) for unit in wiring}
        places = _places(wiring, biases)
        for name, number in numbers.items():
            setattr(self, name, self._leaf(name, number, places.get(name, "")))

    def forward(self) -> Value:
        """Work the network from its inputs to the error E, which is returned."""
        out_o1, out_o2 = self((self.i1, self.i2))
        self.E_o1 = self.loss(out_o1, self.t1)
        self.E_o2 = self.loss(out_o2, self.t2)
        self.E = self.E_o1 + self.E_o2
        label(E_o1=self.E_o1, E_o2=self.E_o2, E=self.E)
        return self.E

    def __call__(self, inputs: Sequence[Value | float]) -> list[Value]:
        """The outputs [out_o1, out_o2]; the inputs become i1 and i2."""
        if len(inputs) != len(INPUTS):
            raise ValueError(
                f"this network takes 2 inputs, not {len(inputs)}: {inputs!r:.50}; "
                "give one number for each"
            )
        values = vars(self)
        for name in ERRORS:
            # An error of other inputs would no longer fit.
            values.pop(name, None)
        for name, x in zip(INPUTS, inputs):
            values[name] = x if isinstance(x, Value) else Value(x, label=name)
        for unit, ((weight1, source1), (weight2, source2)) in self._wiring.items():
            with self._layers[unit[0]], self._units[unit]:
                net = values[weight1] * values[source1] + values[weight2] * values[source2]
                net = net + values[self._biases[unit]]
                out = sigmoid(net)
            net.label, out.label = f"net_{unit}", f"out_{unit}"
            values[net.label], values[out.label] = net, out
        return [self.out_o1, self.out_o2]

    @property
    def samples(self) -> list[tuple[list[float], list[float]]]:
        """Its inputs and targets as data for `fit`."""
        return [([self.i1.data, self.i2.data], [self.t1.data, self.t2.data])]

    def by_name(self) -> dict[str, Value]:
        """All its values so far: leaves first, then results in the order of the lecture."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Value)}

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={value.data:g}" for name, value in self.named_values())
        return f"TwoTwoTwo({numbers})"

    if not TYPE_CHECKING:  # or every misspelt attribute would pass as a Value

        def __getattr__(self, name: str) -> Value:
            if name.startswith(("net_", "out_", "E")) and name in TwoTwoTwo.__annotations__:
                raise AttributeError(
                    f"this network has no {name} before a forward pass; call forward() first"
                )
            raise AttributeError(
                f"this network has no {name!r}; it has {', '.join(self.by_name())}"
            )

    def _leaf(self, name: str, number: float, place: str) -> Value:
        """place: the unit, or the first letter of the layer, in whose cluster it is drawn."""
        if not place:
            return Value(number, label=name)
        with self._layers[place[0]]:
            if place not in self._units:
                return Value(number, label=name)
            with self._units[place]:
                return Value(number, label=name)


def _places(wiring: Wiring, biases: Mapping[str, str]) -> dict[str, str]:
    """The scopes of weights and biases: a unit, or the layer for a shared bias."""
    places = {weight: unit for unit, arrows in wiring.items() for weight, _ in arrows}
    shared = len(set(biases.values())) < len(biases)
    return places | {bias: unit[0] if shared else unit for unit, bias in biases.items()}


def _named(kind: str, names: Sequence[str], numbers: Sequence[float]) -> dict[str, float]:
    if len(numbers) != len(names):
        raise ValueError(
            f"{kind} must be {len(names)} numbers, for {', '.join(names)}, "
            f"not {len(numbers)}: {numbers!r:.50}"
        )
    return dict(zip(names, numbers))
