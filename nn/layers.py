"""Neurons, layers of neurons, and networks of layers (multi-layer perceptrons)."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from numbers import Integral
from typing import Any

from autograd_mini import Value, scope

from .init import Initializer, uniform
from .module import Module
from .settings import Seed, generator, whole_number

Activation = str | Callable[[Value], Value]
Bias = float | Value | None

MICROGRAD_INIT = uniform(-1.0, 1.0)


def linear(x: Value) -> Value:
    """No activation: a neuron gives its weighted sum."""
    return x


# The methods of Value, because an operation asks first whether it was given a Value or a float.
ACTIVATIONS: dict[str, Callable[[Value], Value]] = {"linear": linear} | {
    name: getattr(Value, name) for name in ("step", "sign", "sigmoid", "tanh", "relu", "softplus")
}


class Neuron(Module):
    """activation(b + w[0] * inputs[0] + w[1] * inputs[1] + ...)

    nonlin: False leaves the activation out, as micrograd's last layer does.
    activation: a name of ACTIVATIONS, or any function of one Value.
    bias: the number to start from; a Value, which is then shared; None for no bias.
    train_bias: False keeps the bias as it is.
    init: how weights are drawn; see `nn.init`.
    fan_out: neurons in the layer, which some rules of `nn.init` take into account.
    seed: an int, a `random.Random`, or None for Python's own generator.
    name: of the cluster in a drawing.

    >>> neuron = Neuron(2, activation="tanh", seed=1)
    >>> neuron
    TanhNeuron(2)
    >>> len(neuron.parameters())
    3
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Activation = "relu",
        bias: Bias = 0.0,
        train_bias: bool = True,
        init: Initializer = MICROGRAD_INIT,
        fan_out: int = 1,
        seed: Seed = None,
        name: str = "neuron",
    ) -> None:
        _check_size(nin, "inputs of a neuron")
        if isinstance(nonlin, str):
            raise TypeError(f"nonlin is True or False, got {nonlin!r}; write activation={nonlin!r}")
        random = generator(seed)
        self._scope = scope(name)
        self._activate = _find_activation(activation if nonlin else "linear")
        with self._scope:
            self.w: list[Value] = [
                Value(init(nin, fan_out, random), label=f"w{i + 1}") for i in range(nin)
            ]
            self.b: Value | None = _make_bias(bias)
        if not train_bias:
            self.fixed: tuple[str, ...] = ("b",)

    def __call__(self, inputs: Sequence[Value | float]) -> Value:
        """Raises: ValueError or TypeError unless there is one input for each weight."""
        weights = self.w
        if not hasattr(inputs, "__len__") or len(inputs) != len(weights):
            raise _wrong_inputs(len(weights), inputs)
        with self._scope:
            # total + weight * x, as methods: a call that CPython inlines, in 0.86 of the time.
            total = self.b
            try:
                for weight, x in zip(weights, inputs):
                    total = weight.mul(x) if total is None else total.add(weight.mul(x))
            except TypeError:
                if _are_several(inputs):
                    raise _wrong_inputs(len(weights), inputs) from None
                raise
            assert total is not None  # a neuron has at least one weight
            return self._activate(total)

    def __repr__(self) -> str:
        return f"{self._activation_name()}Neuron({len(self.w)})"

    def _activation_name(self) -> str:
        name: str = getattr(self._activate, "name", "") or getattr(
            self._activate, "__name__", type(self._activate).__name__
        )
        return "ReLU" if name == "relu" else name[:1].upper() + name[1:]


class Layer(Module):
    """`nout` neurons side by side, each fed all the inputs; the keywords are those of Neuron.

    share_bias: one bias `b` for the whole layer instead of one a neuron.

    >>> layer = Layer(2, 2, bias=0.5, share_bias=True)
    >>> [name for name, _ in layer.named_parameters()]
    ['b', 'neurons.0.w.0', 'neurons.0.w.1', 'neurons.1.w.0', 'neurons.1.w.1']
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: Activation = "relu",
        bias: Bias = 0.0,
        share_bias: bool = False,
        train_bias: bool = True,
        init: Initializer = MICROGRAD_INIT,
        seed: Seed = None,
        name: str = "layer",
    ) -> None:
        _check_size(nin, "inputs of a layer")
        _check_size(nout, "neurons of a layer")
        random = generator(seed)
        self._scope = scope(name)
        with self._scope:
            self.b: Value | None = _make_bias(bias) if share_bias else None
            self.neurons: list[Neuron] = [
                Neuron(
                    nin,
                    nonlin,
                    activation=activation,
                    bias=self.b if share_bias else bias,
                    train_bias=train_bias,
                    init=init,
                    fan_out=nout,
                    seed=random,
                    name=f"neuron {i + 1}",
                )
                for i in range(nout)
            ]

    def __call__(self, inputs: Sequence[Value | float]) -> Value | list[Value]:
        """A list of `nout` Values; for a layer of one neuron, the Value itself."""
        with self._scope:
            outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """Layers of the sizes `nouts`, each feeding the next; `MLP(2, [16, 16, 1])` is micrograd's.

    activation: of all layers but the last.
    output: activation of the last layer.
    The other keywords are those of Neuron and Layer, and hold for every layer.

    >>> model = MLP(2, [16, 16, 1])
    >>> len(model.parameters())
    337
    >>> MLP(2, [2, 1], activation="tanh", output="sigmoid")
    MLP of [Layer of [TanhNeuron(2), TanhNeuron(2)], Layer of [SigmoidNeuron(2)]]
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: Activation = "relu",
        output: Activation = "linear",
        bias: Bias = 0.0,
        share_bias: bool = False,
        train_bias: bool = True,
        init: Initializer = MICROGRAD_INIT,
        seed: Seed = None,
    ) -> None:
        sizes = _check_sizes(nin, nouts)
        _find_activation(activation)  # of a single layer, nobody else would look at it
        random = generator(seed)
        last = len(sizes) - 2
        self.layers: list[Layer] = [
            Layer(
                sizes[i],
                sizes[i + 1],
                activation=output if i == last else activation,
                bias=bias,
                share_bias=share_bias,
                train_bias=train_bias,
                init=init,
                seed=random,
                name=f"layer {i + 1}",
            )
            for i in range(last + 1)
        ]

    def __call__(self, inputs: Sequence[Value | float]) -> Value | list[Value]:
        """A list of Values; for a last layer of one neuron, the Value itself."""
        outputs: Value | list[Value] = []
        for layer in self.layers:
            outputs = layer(inputs)
            inputs = [outputs] if isinstance(outputs, Value) else outputs
        return outputs

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


def _are_several(inputs: Any) -> bool:
    """True for the inputs of several samples, as PyTorch takes them."""
    sized = (x for x in inputs if isinstance(x, Sized) and not isinstance(x, str))
    return any(getattr(x, "shape", True) for x in sized)  # () is the shape of one number


def _wrong_inputs(expected: int, inputs: object) -> Exception:
    takes = f"this network takes {expected} input{'s' if expected > 1 else ''}"
    if not isinstance(inputs, Sized):
        return TypeError(f"{takes} in a list, not {inputs!r:.50}; write [x1, x2, ...]")
    if _are_several(inputs):
        return TypeError(
            f"{takes} of one sample, not {inputs!r:.50}; for several samples write "
            "[model(x) for x in samples]"
        )
    return ValueError(f"{takes}, not {len(inputs)}: {inputs!r:.50}; give one number for each")


def _find_activation(activation: Activation) -> Callable[[Value], Value]:
    if callable(activation):
        return activation
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"activation must be one of {', '.join(ACTIVATIONS)}, or a function of one Value, "
            f"got {activation!r:.50}"
        )
    return ACTIVATIONS[activation]


def _make_bias(bias: Bias) -> Value | None:
    return bias if bias is None or isinstance(bias, Value) else Value(bias, label="b")


def _check_sizes(nin: int, nouts: Sequence[int]) -> list[int]:
    try:
        sizes = [nin, *nouts]
    except TypeError:
        raise TypeError(
            f"an MLP takes a list of layer sizes, such as [16, 16, 1], not {nouts!r}"
        ) from None
    if len(sizes) == 1:
        raise ValueError("an MLP needs at least one layer; give its sizes, such as [16, 16, 1]")
    for i, size in enumerate(sizes):
        _check_size(size, f"neurons of layer {i}" if i else "inputs of an MLP")
    return sizes


def _check_size(size: int, counted: str) -> None:
    try:
        whole_number(f"the number of {counted}", size, least=1)
    except ValueError as reason:
        if isinstance(size, Integral) and not isinstance(size, bool):
            raise
        raise TypeError(str(reason)) from None
