"""`autograd-mini` alone: the lectures' network, worked in full."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence

import nn
from autograd_mini.checking.sheets.sheet import check_text
from autograd_mini.cli.arguments import CommandError
from autograd_mini.compiler import compile_graph
from autograd_mini.drawing import draw
from autograd_mini.engine.value import Value
from autograd_mini.lectures import find_lecture


def work_the_lecture(options: argparse.Namespace) -> int:
    """The main job: forward, backward, update, training, picture, and the lecture checked."""
    if not os.path.isdir(options.out):
        raise CommandError(f"there is no folder {options.out!r}; make it first")
    network = nn.two_two_two()
    network.forward().backward()
    parameters = [name for name, _ in network.named_parameters()]
    print("The 2-2-2 sigmoid network of Mazur, A step by step backpropagation example (2015):")
    print("inputs 0.05 and 0.10, targets 0.01 and 0.99, learning rate 0.5.\n")
    print("\n".join(forward_and_backward(network)), end="\n\n")
    print("\n".join(update(network, parameters)), end="\n\n")
    drawing = draw(network.E)
    print("\n".join(training(options.rounds)), end="\n\n")
    for suffix in ("svg", "dot"):
        path = os.path.join(options.out, f"two_two_two.{suffix}")
        print(f"Wrote the graph, with every value and gradient, to {drawing.save(path)}")
    lecture = find_lecture("mazur")
    report = check_text(lecture.text, lecture.name)
    print(f"\nWhat the lecture prints, checked:\n\n{report}")
    return 0 if report.passed else 1


def forward_and_backward(network: nn.TwoTwoTwo) -> Iterator[str]:
    """A line for each value, in the order of the lecture."""
    yield f"{'':8}{'value':>14}{'gradient':>15}"
    for name, value in network.by_name().items():
        yield f"{name:8}{value:14.9f}{value.grad:15.9f}"


def update(network: nn.TwoTwoTwo, parameters: Sequence[str]) -> Iterator[str]:
    """A line for each parameter: how one step of gradient descent moves it."""
    yield "One update, all parameters at once (the lecture leaves out the biases):"
    yield f"{'':8}{'before':>14}{'gradient':>15}{'after':>14}"
    for name in parameters:
        value: Value = getattr(network, name)
        after = value.data - 0.5 * value.grad
        yield f"{name:8}{value:14.9f}{value.grad:15.9f}{after:14.9f}"


def training(rounds: int) -> Iterator[str]:
    """The error over `rounds` updates, with the biases fixed and trained."""
    marks = {0, 1, 300, rounds, *(10**power for power in range(1, 9))}
    marks = {mark for mark in marks if mark <= rounds}
    networks = [nn.two_two_two(train_biases=train_biases) for train_biases in (False, True)]
    errors = [descend(network, sorted(marks)) for network in networks]
    yield f"Training, {rounds:,} rounds:"
    yield f"{'rounds':>8}{'E, biases fixed':>20}{'E, biases trained':>20}"
    for done, *columns in zip(sorted(marks), *errors):
        yield f"{done:8,}" + "".join(f"{error:20.9g}" for error in columns)
    outputs = [
        "{:.3f} {:.3f}".format(*map(float, (network.out_o1, network.out_o2)))
        for network in networks
    ]
    yield f"{'out':>8}{outputs[0]:>20}{outputs[1]:>20}"


def descend(network: nn.TwoTwoTwo, marks: Sequence[int]) -> list[float]:
    """Train the network; the error after so many updates.

    Its graph is recorded once, and then runs as a program.
    """
    parameters = network.parameters()
    compiled = compile_graph(network.forward(), parameters)
    descent = compiled.descent([value.data for value in parameters], rate=0.5)
    errors = []
    for mark in marks:
        descent.run(mark - descent.steps)
        errors.append(compiled.value(*descent.values))
    for parameter, number in zip(parameters, descent.values):
        parameter.data = number
    network.forward()
    return errors
