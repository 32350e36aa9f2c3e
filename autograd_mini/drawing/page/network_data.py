"""The network in a graph as JSON for the page: its samples, and its diagram without numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd_mini.drawing.network.layout import (
    Circle,
    NetworkLayout,
    NumberText,
    WeightLine,
    place_network,
)
from autograd_mini.drawing.network.samples import Sample, Use, find_samples
from autograd_mini.drawing.network.units import Network, Number, find_network
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.tape import Tape
from autograd_mini.symbols.text import printable

Rows = list[list[Any]]


def network_data(names: Names, tape: Tape, digits: int) -> dict[str, Any]:
    """The network whose samples can be told apart, if the graph is one that is drawn whole.

    samples: see `_PlaceWriter.samples`. network: the diagram, see `_PlaceWriter.diagram`.
    """
    try:
        network = find_network(names)
    except ValueError:
        return {}
    samples = find_samples(network)
    diagram = place_network(network, digits)
    if not samples or diagram.dots:  # a circle is left out
        return {}
    places = _PlaceWriter(tape)
    found = places.samples(samples)
    return {"samples": found, "network": places.diagram(diagram, network, found["inputs"])}


class _PlaceWriter:
    """Writes values as their places on a tape."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def samples(self, samples: Sequence[Sample]) -> dict[str, Any]:
        """The samples of a network.

        inputs, outputs: names. enter: for each input the results and positions of operands at which
        that of the first sample enters. at: of each sample, one such place for each input. results:
        the places of its outputs, and losses: of its loss.
        """
        first = samples[0]

        def entering(use: Use) -> Number:
            result, position = use
            return result.operands[position]

        return {
            "inputs": [
                _name({_label(entering(uses[0])) for uses in each}, f"x{k}")
                for k, each in enumerate(zip(*(sample.inputs for sample in samples)), start=1)
            ],
            "outputs": [
                _name({_label(output) for output in each}, "output")
                for each in zip(*(sample.outputs for sample in samples))
            ],
            "enter": [self._enter(uses) for uses in first.inputs],
            "at": [self._enter(uses[0] for uses in sample.inputs) for sample in samples],
            "results": [list(map(self._tape.place, sample.outputs)) for sample in samples],
            "losses": [self._tape.place(each.loss) for each in samples if each.loss is not None],
        }

    def _enter(self, uses: Iterable[Use]) -> list[list[int]]:
        return [[self._tape.place(result), position] for result, position in uses]

    def diagram(self, layout: NetworkLayout, network: Network, inputs: list[str]) -> dict[str, Any]:
        """The circles and lines of a network without its numbers.

        inputs: their names. circles: middle, radius, name, the number of an input or the places of
        the output for each sample (or of the root), and the places and names of biases. lines:
        ends, the middle of the label or nothing, name and place of the weight, which the way to the
        root has not.
        """
        outputs = {unit.output: calls for unit, calls in network.calls.items()}
        entrances = [circle for circle in layout.circles if circle.kind == "input"]

        def named(circle: Circle) -> tuple[str, int | list[int]]:
            number = circle.text.number
            if circle.kind == "input":
                place = entrances.index(circle)
                return inputs[place], place
            assert isinstance(number, Value)
            if number not in outputs:
                return circle.text.name, [self._tape.place(number)]
            values = [call.output for call in outputs[number]]
            return _name(set(map(_label, values)), ""), list(map(self._tape.place, values))

        return {
            "size": [round(layout.width), round(layout.height)],
            "named": layout.named,
            "headings": [[round(x), name] for x, name in layout.headings],
            "circles": [
                [
                    round(circle.x),
                    round(circle.y),
                    circle.radius,
                    *named(circle),
                    self._biases(circle.biases),
                ]
                for circle in layout.circles
            ],
            "lines": [self._line(line) for line in layout.lines],
        }

    def _biases(self, biases: Iterable[NumberText]) -> Rows:
        found = ((bias.number, _label(bias.number) or bias.name) for bias in biases)
        return [[self._tape.place(each), name] for each, name in found if isinstance(each, Value)]

    def _line(self, line: WeightLine) -> list[Any]:
        ends = [round(each, 1) for part in (0, 1) for each in line.at(part)]
        if line.text is None or not isinstance(line.text.number, Value):
            return ends
        label = None if line.label is None else [round(each, 1) for each in line.label]
        name = _label(line.text.number) or line.text.name
        return [*ends, label, name, self._tape.place(line.text.number)]


def _label(number: Number) -> str:
    """The label of a value, which is shorter than its name; "" for one without a label."""
    return printable(number.label) if isinstance(number, Value) else ""


def _name(labels: set[str], otherwise: str) -> str:
    """The label that all have, as those of all samples may."""
    return labels.pop() or otherwise if len(labels) == 1 else otherwise
