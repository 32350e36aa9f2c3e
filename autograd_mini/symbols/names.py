"""Names: a unique name for each value of a graph, its label or a number."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value

# The scopes of `nn`, whose words are not needed in a name.
UNIT = re.compile(r"(layer|neuron)( \d+)?")

# The index at the end of a label.
INDEX = re.compile(r"(?<=[^\W\d_])[\d_\[\], ]+$")


class Names:
    """A unique name for every value below `roots`: its label, else v1, v2, ...

    roots: the roots as a list. values: all values below them, in topological order.

    The numbers count the values without a label, operands before results, so that a graph gets the
    same names every time.

    >>> a, b = Value(1.0, label="a"), Value(2.0)
    >>> names = Names(a * b)
    >>> names(a), names(b), names(names.values[-1])
    ('a', 'v1', 'v2')

    Values with the same label are distinguished by scope, and within one scope by number:

    >>> x, y = Value(1.0, label="x"), Value(2.0, label="x")
    >>> names = Names(x * y)
    >>> names(x), names(y)
    ('x_1', 'x_2')

    units: whether to name the net input and the output of a unit without labels, as those of
    `nn.MLP`: net1_2 and out1_2 for neuron 2 of layer 1, whose bias is b1_2 and whose weights are
    w1_2_1, w1_2_2, ... If a unit is used several times, a last number counts the uses.
    """

    def __init__(self, roots: Value | Iterable[Value], units: bool = False) -> None:
        self.roots: list[Value] = [roots] if isinstance(roots, Value) else list(roots)
        self.values: list[Value] = topological_order(self.roots)
        self._labels: dict[Value, str] = {
            **{value: value.label for value in self.values if value.label},
            **(_unit_labels(self.roots, self.values) if units else {}),
        }
        self._names, self._numbered = _unique(self._labels, by_number=units)
        taken = set(self._names.values())
        number = 0
        for value in self.values:
            if id(value) not in self._names:
                number += 1
                while f"v{number}" in taken:
                    number += 1
                self._names[id(value)] = f"v{number}"

    def __call__(self, value: Value) -> str:
        """Raises: LookupError if `value` is not below the roots."""
        try:
            return self._names[id(value)]
        except KeyError:
            raise LookupError(f"{value!r} has no name here: it is not in the graph") from None

    def counts_uses(self, value: Value) -> bool:
        """True if the last number of the name counts values that would have the same name."""
        return id(value) in self._numbered

    def has_label(self, value: Value) -> bool:
        """True if the name of `value` comes from its label or from its place in a unit."""
        return value in self._labels


def name_of(value: Value) -> str:
    """The label of `value`, as a name where labels are unique.

    Raises: ValueError if it has no label.
    """
    if not value.label:
        raise ValueError(
            f"{value!r} has no label; give it one, or name all values of the graph with Names(root)"
        )
    return value.label


def list_name(label: str) -> str:
    """The label without the index that it ends in.

    >>> list_name("w1_2"), list_name("keys[3]"), list_name("hidden layer"), list_name("7")
    ('w', 'keys', 'hidden layer', '7')
    """
    return INDEX.sub("", label)


def by_name(values: Iterable[Value], names: Callable[[Value], str]) -> list[Value]:
    """`values` sorted by name, w2 before w10."""
    return sorted(values, key=lambda value: natural(names(value)))


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key by which w2 comes before w10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)
    ]


def input_names(f: Callable[..., Any], inputs: Sequence[Value | float]) -> list[str]:
    """A name for each input: its label, else the name of the parameter of `f`."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some functions written in C have no signature
        parameters = []
    called: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = len(inputs) - len(called)
            called += [f"{parameter.name}[{i}]" for i in range(rest)]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            called.append(parameter.name)
    called += [f"x{i + 1}" for i in range(len(called), len(inputs))]
    return [(x.label if isinstance(x, Value) else "") or name for x, name in zip(inputs, called)]


def _unit_labels(roots: list[Value], values: list[Value]) -> dict[Value, str]:
    """The labels net and out for the activation of each scope and its input.

    The activation is a value that values outside its scope use, or a root. Labels stay.
    """
    used = set(roots)
    for value in values:
        for operand in value.operands:
            if isinstance(operand, Value) and value.scope[: len(operand.scope)] != operand.scope:
                used.add(operand)
    labels: dict[Value, str] = {}
    for value in values:
        if value in used and value.op and value.scope:
            if not value.label:
                labels[value] = "out"
            net = value.operands[0]
            if (
                value.op.arity == 1
                and isinstance(net, Value)
                and net.op
                and net.scope == value.scope
                and not net.label
            ):
                labels[net] = "net"
    return labels


def _unique(labels: Mapping[Value, str], by_number: bool) -> tuple[dict[int, str], set[int]]:
    """A unique name for every value with a label, by id, and the ids of those that are counted.

    by_number: whether w1 in the scopes "layer 2" and "neuron 3" becomes w2_3_1 and not
    w1_layer2_neuron3.
    """
    names = {id(value): label for value, label in labels.items()}
    shared = Counter(names.values())
    scopes = {value.scope for value in labels if value.scope}
    for value, label in labels.items():
        digits = [found for name in value.scope for found in re.findall(r"\d+$", name)]
        numbered = len(scopes) > 1 and len(digits) == len(value.scope) > 0
        if by_number and (numbered or (value.scope and all(map(UNIT.fullmatch, value.scope)))):
            head = label.rstrip("0123456789")
            path = [*digits, label[len(head) :]]
            names[id(value)] = head + "_".join(filter(None, path))
        elif shared[label] > 1 and value.scope:
            words = (re.sub(r"\W", "", name) for name in value.scope)
            names[id(value)] = "_".join([label, *filter(None, words)])
    taken = Counter(names.values())
    numbers: Counter[str] = Counter()
    counted = {key for key, name in names.items() if taken[name] > 1}
    for key, name in names.items():
        if key in counted:
            numbers[name] += 1
            while f"{name}_{numbers[name]}" in taken:
                numbers[name] += 1
            names[key] = f"{name}_{numbers[name]}"
    return names, counted
