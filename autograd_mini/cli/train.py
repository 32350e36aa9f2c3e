"""`autograd-mini train`: a small network that separates two classes of points."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from autograd_mini import nn
from autograd_mini.cli.arguments import Commands, add_command, add_count, at_least
from autograd_mini.engine.value import Value

DESCRIPTION = """\
Trains a small network to separate two classes of points, and prints the loss over the epochs and
the plane with the sign of the output.
"""

EPILOG = """\
in the plane:
  o x   points of class 1 and of class -1
  .     positive output of the network
"""

WIDEST_BAR = 40
COLUMNS, ROWS = 61, 27  # of the plane

DATA = {"circle": nn.circle, "moons": nn.moons, "xor": nn.xor}


def add_train(commands: Commands) -> None:
    """Add the subcommand."""
    summary = "train a network on two classes of points"
    parser = add_command(commands, "train", train, summary, DESCRIPTION, EPILOG)
    add = parser.add_argument
    add("--data", choices=DATA, default="circle", help="data set (default: circle)")
    add_count(parser, "--points", 200, "number of points", least=2)
    add(
        "--hidden",
        type=at_least(1),
        nargs="*",
        default=[4, 2],
        metavar="N",
        help="units of each hidden layer (default: 4 2)",
    )
    add(
        "--activation",
        choices=("tanh", "relu", "sigmoid", "linear"),
        default="tanh",
        help="activation of the hidden layers (default: tanh)",
    )
    add("--rate", type=float, default=0.03, help="learning rate (default: 0.03)")
    add_count(parser, "--batch", 10, "batch size")
    add_count(parser, "--epochs", 100, "epochs")
    add("--seed", type=int, default=1, help="seed of points, weights and order (default: 1)")


def train(options: argparse.Namespace) -> None:
    """Train a perceptron on two classes of points and print the result."""
    data = DATA[options.data](options.points, labels=(-1.0, 1.0), seed=options.seed)
    model = nn.MLP(
        2,
        [*options.hidden, 1],
        activation=options.activation,
        output="tanh",
        init=nn.xavier_uniform(),
        seed=options.seed,
    )
    sizes = "-".join(map(str, [2, *options.hidden, 1]))
    print(f"{options.data}, {len(data)} points; a {sizes} network of {options.activation} units, ")
    print(
        f"{len(model.parameters())} parameters, rate {options.rate:g}, batches of {options.batch}\n"
    )
    history = nn.fit(
        model,
        data,
        nn.half_squared_error,
        nn.SGD(model.parameters(), learning_rate=options.rate),
        epochs=options.epochs,
        batch_size=options.batch,
        seed=options.seed,
    )
    print("\n".join(falling(history.losses)), end="\n\n")
    print("\n".join(plane(model, data)), end="\n\n")
    right = sum(is_positive(model, inputs) == (target > 0) for inputs, (target,) in data)
    print(f"{right} of {len(data)} points are on the right side.")
    if history.interrupted:
        raise KeyboardInterrupt


def is_positive(model: nn.MLP, inputs: Sequence[float]) -> bool:
    """True if the output of the model is positive."""
    output = model(inputs)
    return isinstance(output, Value) and output > 0


def falling(losses: Sequence[float]) -> Iterator[str]:
    """About 10 of the losses, each with a bar."""
    yield f"{'epoch':>8}{'loss':>12}"
    every = max(1, round(len(losses) / 10))
    largest = max(losses, default=1.0) or 1.0
    for index in sorted({0, *range(every - 1, len(losses), every), len(losses) - 1} - {-1}):
        bar = "#" * round(WIDEST_BAR * losses[index] / largest)
        yield f"{index + 1:8,}{losses[index]:12.6f}  {bar}"


def plane(model: nn.MLP, data: Sequence[Any]) -> Iterator[str]:
    """The plane in characters: the points, and a dot where the output of the model is positive."""
    edges = []
    for axis in (0, 1):
        low, high = (limit(point[axis] for point, _ in data) for limit in (min, max))
        edges.append((low - 0.1 * (high - low), high + 0.1 * (high - low)))
    (left, right), (bottom, top) = edges
    cells = [
        [
            "." if is_positive(model, [left + (right - left) * column / (COLUMNS - 1), y]) else " "
            for column in range(COLUMNS)
        ]
        for y in (top - (top - bottom) * row / (ROWS - 1) for row in range(ROWS))
    ]
    for (x, y), (target,) in data:
        column = round((x - left) / (right - left) * (COLUMNS - 1))
        row = round((top - y) / (top - bottom) * (ROWS - 1))
        cells[row][column] = "o" if target > 0 else "x"
    border = f"+{'-' * COLUMNS}+"
    yield from [border, *(f"|{''.join(row)}|" for row in cells), border]
