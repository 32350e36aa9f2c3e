"""`autograd-mini` without a subcommand, the 2-2-2 network of the lectures; and `lectures`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from autograd_mini import nn
from autograd_mini.checking.sheets.check import check_text
from autograd_mini.cli.arguments import CommandError, Commands, add_command
from autograd_mini.compiler import compile_graph
from autograd_mini.drawing import draw
from autograd_mini.lectures import find_lecture, lectures
from autograd_mini.symbols.text import columns

RATE = 0.5

DESCRIPTION = "Lists the shipped lectures. Other subcommands take any part of a name as FILE."


def add_lectures(commands: Commands) -> None:
    """Add the subcommand."""
    add_command(commands, "lectures", list_lectures, "list the shipped lectures", DESCRIPTION, "")


def list_lectures(options: argparse.Namespace) -> None:
    """A line for each lecture: its name and its title."""
    known = lectures()
    width = max((len(lecture.name) for lecture in known), default=0)
    for lecture in known:
        print(f"{lecture.name:{width}}  {lecture.title}")


def work_the_lecture(options: argparse.Namespace) -> int:
    """Print the forward and backward pass, one update, the training and the checked lecture.

    Writes two pictures. Returns the exit status.
    """
    if not os.path.isdir(options.out):
        raise CommandError(f"there is no folder {options.out!r}; create it first")
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
        try:
            print(f"Wrote the graph, with every value and gradient, to {drawing.save(path)}")
        except OSError as error:  # the verdicts need no file
            print(f"autograd-mini: {error}; choose a folder with --out FOLDER", file=sys.stderr)
    lecture = find_lecture("mazur")
    report = check_text(lecture.text, lecture.name)
    print(f"\nThe numbers and formulas of the lecture, checked:\n\n{report}")
    return 0 if report.passed else 1


def forward_and_backward(network: nn.TwoTwoTwo) -> Iterator[str]:
    """One line for each value, in the order of the lecture."""
    rows = [
        (name, f"{value.data:.9f}", f"{value.grad:.9f}")
        for name, value in network.by_name().items()
    ]
    return columns([("", "value", "gradient"), *rows], "<>>", (8, 12, 13))


def update(network: nn.TwoTwoTwo, parameters: Sequence[str]) -> Iterator[str]:
    """One line for each parameter: its value before and after one step of gradient descent."""
    yield "One update, all parameters at once (the lecture leaves out the biases):"
    rows = []
    for name in parameters:
        value = getattr(network, name)
        numbers = (value.data, value.grad, value.data - RATE * value.grad)
        rows.append((name, *(f"{number:.9f}" for number in numbers)))
    yield from columns([("", "before", "gradient", "after"), *rows], "<>>>", (8, 12, 13, 12))


def training(rounds: int) -> Iterator[str]:
    """The error over `rounds` updates, with fixed and with trained biases."""
    marks = {0, 1, 300, rounds, *(10**power for power in range(1, 9))}
    marks = {mark for mark in marks if mark <= rounds}
    networks = [nn.two_two_two(train_biases=train_biases) for train_biases in (False, True)]
    errors = [descend(network, sorted(marks)) for network in networks]
    yield f"Training, {rounds:,} rounds:"
    rows = [
        (f"{done:,}", f"{fixed:.9g}", f"{trained:.9g}")
        for done, fixed, trained in zip(sorted(marks), *errors)
    ]
    outputs = (
        "{:.3f} {:.3f}".format(*map(float, (network.out_o1, network.out_o2)))
        for network in networks
    )
    heading = ("rounds", "E, biases fixed", "E, biases trained")
    yield from columns([heading, *rows, ("out", *outputs)], ">>>", (8, 18, 18))


def descend(network: nn.TwoTwoTwo, marks: Sequence[int]) -> list[float]:
    """Train the network and return the error after each number of updates in `marks`.

    The graph is recorded once and then runs as a program.
    """
    parameters = network.parameters()
    compiled = compile_graph(network.forward(), parameters)
    descent = compiled.descend([value.data for value in parameters], rate=RATE, times=0)
    errors = []
    for mark in marks:
        descent.run(mark - descent.steps)
        errors.append(compiled.value(*descent.values))
    for parameter, number in zip(parameters, descent.values):
        parameter.data = number
    network.forward()
    return errors
