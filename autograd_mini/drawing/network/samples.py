"""The samples of a network: the numbers that enter it, its outputs and the loss of each.

A graph of scalars has no samples; they are found as the calls of its units. Call k of every unit
belongs to sample k, if it is fed by calls k. The results of samples meet in sums and products: in
the quotients of a softmax, the calls are the parts of one sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograd_mini.drawing.network.units import SUMS, Network, Number, Unit, binary_symbol
from autograd_mini.engine.value import Value

Use = tuple[Value, int]  # a result, and which of its operands

SEVERAL = -1  # samples that a value depends on


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a network.

    inputs: for each input the places where it enters. outputs: those of the units that feed no
    other. loss: the last result that depends on this sample alone; None if that is an output.
    """

    inputs: list[list[Use]]
    outputs: list[Value]
    loss: Value | None


def find_samples(network: Network) -> list[Sample]:
    """The samples of a network whose first layer alone is fed by inputs; none for another one."""
    numbers = {call: k for calls in network.calls.values() for k, call in enumerate(calls)}
    if any(len(calls) != network.uses for calls in network.calls.values()):
        return []
    factors: dict[int, list[Number]] = {}  # the inputs of each sample
    inputs: dict[int, list[list[Use]]] = {}
    for call, k in numbers.items():
        fed_by = [each.source for each in call.connections]
        units = [source for source in fed_by if isinstance(source, Unit)]
        if units:
            if len(units) < len(fed_by) or any(numbers[unit] != k for unit in units):
                return []
            continue
        known = factors.setdefault(k, [each.factor for each in call.connections])
        uses = inputs.setdefault(k, [[] for _ in known])
        if len(call.connections) != len(known):
            return []
        for place, each in enumerate(call.connections):
            if not _is_same(known[place], each.factor):
                return []
            operands = each.product.operands
            uses[place].append((each.product, 1 if operands[0] is each.weight else 0))
    losses = _losses(network, numbers)
    if losses is None:
        return []
    return [
        Sample(
            inputs[k],
            [network.calls[unit][k].output for unit in network.outputs],
            losses.get(k),
        )
        for k in sorted(inputs)
    ]


def _is_same(one: Number, other: Number) -> bool:
    return one is other if isinstance(one, Value) or isinstance(other, Value) else one == other


def _losses(network: Network, numbers: Mapping[Unit, int]) -> dict[int, Value] | None:
    """The last result that depends on each sample alone, where that is not an output.

    None if samples meet otherwise than in sums and products.
    """
    owners: dict[Value, int] = {call.net: k for call, k in numbers.items()}
    outputs = {call.output for unit in network.outputs for call in network.calls[unit]}
    losses: dict[int, Value] = {}
    for value in network.names.values:
        found = {
            owners[each] for each in value.operands if isinstance(each, Value) and each in owners
        }
        if value not in owners and found:
            if len(found) > 1 and binary_symbol(value) not in SUMS | {"*"}:
                return None
            owners[value] = found.pop() if len(found) == 1 else SEVERAL
        owner = owners.get(value, SEVERAL)
        if owner != SEVERAL:
            losses[owner] = value
    return {k: value for k, value in losses.items() if value not in outputs}
