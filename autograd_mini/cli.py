"""The command `autograd-mini`: the lectures' network worked in full, `draw`, and `train`."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import nn
from autograd_mini.drawing import draw
from autograd_mini.value import Value

DESCRIPTION = """\
Works the 2-2-2 sigmoid network of the backpropagation lectures, as one does it on paper: every
value forward, every gradient back, the update of every parameter; then trains it and writes its
graph as a picture. Nothing needs to be installed.
"""

EPILOG = """\
examples:
  autograd-mini                            the network, worked in full
  autograd-mini draw homework.py:loss      a picture of your own graph
  autograd-mini train --hidden 8           learn TensorFlow Playground's circle
"""

DRAW_DESCRIPTION = """\
Runs FILE.py and draws the Value called NAME in it, with everything it was computed from. Gradients
are shown if the file calls NAME.backward().
"""

DRAW_EPILOG = """\
example, with this in neuron.py:

  from autograd_mini import Value, label
  w, x, b = Value(0.5), Value(2.0), Value(-1.0)
  out = (w * x + b).tanh()
  label(w=w, x=x, b=b, out=out)
  out.backward()

  autograd-mini draw neuron.py:out                  writes out.svg
  autograd-mini draw neuron.py:out -o neuron.png    for a slide; needs Graphviz
"""

TRAIN_DESCRIPTION = """\
Trains a small network to tell two classes of points apart, and draws what it has learnt: the loss
as it falls, and the plane as the network sees it.
"""

TRAIN_EPILOG = """\
in the picture:
  o x   points of the class 1 and of the class -1
  .     where the network's output is positive
"""

DATA = {"circle": nn.circle, "moons": nn.moons, "xor": nn.xor}


class CommandError(Exception):
    """What the user can mend; told in one line, exit status 2."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, or 2 for what the user can mend."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()  # here, where its failure can be caught
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (CommandError, nn.TrainingError, OSError, ValueError) as error:
        print(f"autograd-mini: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> Parser:
    """What the command understands."""
    parser = Parser(
        prog="autograd-mini",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=work_the_lecture)
    parser.add_argument(
        "--out", metavar="FOLDER", default=".", help="where to write the pictures (default: here)"
    )
    parser.add_argument(
        "--rounds", type=at_least(1), default=10_000, help="of training (default: 10000)"
    )
    commands = parser.add_subparsers(title="more", metavar="")
    drawing = commands.add_parser(
        "draw",
        help="draw the graph of a Value in a Python file",
        description=DRAW_DESCRIPTION,
        epilog=DRAW_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    drawing.set_defaults(run=draw_from_file)
    drawing.add_argument("source", metavar="FILE.py:NAME")
    drawing.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=".svg, .html, .dot, .png or .pdf (default: NAME.svg)",
    )
    drawing.add_argument(
        "--direction", choices=("LR", "TB"), default="LR", help="left to right or top to bottom"
    )
    drawing.add_argument(
        "--digits", type=at_least(1), default=4, help="significant digits (default: 4)"
    )
    training = commands.add_parser(
        "train",
        help="learn two classes of points and draw the boundary",
        description=TRAIN_DESCRIPTION,
        epilog=TRAIN_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    training.set_defaults(run=train)
    add = training.add_argument
    add("--data", choices=DATA, default="circle", help="the points (default: circle)")
    add("--points", type=at_least(2), default=200, help="how many (default: 200)")
    add(
        "--hidden",
        type=at_least(1),
        nargs="*",
        default=[4, 2],
        metavar="N",
        help="units in each hidden layer (default: 4 2)",
    )
    add("--activation", choices=("tanh", "relu", "sigmoid", "linear"), default="tanh")
    add("--rate", type=float, default=0.03, help="learning rate (default: 0.03)")
    add("--batch", type=at_least(1), default=10, help="points in a batch (default: 10)")
    add("--epochs", type=at_least(1), default=100, help="(default: 100)")
    add("--seed", type=int, default=1, help="of points, weights and order (default: 1)")
    return parser


def at_least(least: int) -> Any:
    """An argument type: a whole number, `least` or more."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number, {least} or more")
        return int(text)

    return number


# -- the lecture --------------------------------------------------------------------------------


def work_the_lecture(options: argparse.Namespace) -> None:
    """The main job: forward, backward, update, training, picture."""
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
    networks = [nn.two_two_two(train_biases=train_biases) for train_biases in (False, True)]
    errors = [[*descend(network, rounds), network.forward().data] for network in networks]
    yield f"Training, {rounds:,} rounds:"
    yield f"{'rounds':>8}{'E, biases fixed':>20}{'E, biases trained':>20}"
    marks = {0, 1, 300, rounds, *(10**power for power in range(1, 9))}
    for done in sorted(mark for mark in marks if mark <= rounds):
        yield f"{done:8,}" + "".join(f"{column[done]:20.9g}" for column in errors)
    outputs = [
        "{:.3f} {:.3f}".format(*map(float, (network.out_o1, network.out_o2)))
        for network in networks
    ]
    yield f"{'out':>8}{outputs[0]:>20}{outputs[1]:>20}"


def descend(network: nn.TwoTwoTwo, rounds: int) -> list[float]:
    """Train on the network's own sample; the error before each update."""
    optimizer = nn.SGD(network.parameters(), learning_rate=0.5)
    return nn.fit(network, network.samples, nn.half_squared_error, optimizer, epochs=rounds).losses


# -- draw ---------------------------------------------------------------------------------------


def draw_from_file(options: argparse.Namespace) -> None:
    """Draw a Value of the user's file."""
    path, colon, name = options.source.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise CommandError(
            f"{options.source!r} does not say what to draw; "
            "give FILE.py:NAME, as in homework.py:loss"
        )
    names = run(path)
    if name not in names:
        values = [known for known, value in names.items() if isinstance(value, Value)]
        raise CommandError(f"{path} has no {name!r}; its Values are {', '.join(values) or 'none'}")
    try:
        drawing = draw(names[name], direction=options.direction, digits=options.digits)
    except TypeError:
        kind = type(names[name]).__name__
        raise CommandError(f"{name} in {path} is a {kind}; only a Value can be drawn") from None
    print(f"Wrote {drawing.save(options.output or f'{name}.svg')}: {drawing!r}")


def run(path: str) -> dict[str, Any]:
    """The names that the file at `path` defines, run as `python3 path` would."""
    if not os.path.isfile(path):
        raise CommandError(f"there is no file {path!r}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        return runpy.run_path(path, run_name="__main__")
    except SyntaxError as error:
        raise CommandError(f"{error.filename}, line {error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == path
        ]
        where = f"{path}, line {lines[-1]}" if lines else path
        raise CommandError(f"{where}: {type(error).__name__}: {error}") from None


# -- train --------------------------------------------------------------------------------------


def train(options: argparse.Namespace) -> None:
    """Train a perceptron on two classes of points and show what it has learnt."""
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
    print(f"{right} of {len(data)} points are on their side.")
    if history.interrupted:
        raise KeyboardInterrupt


def is_positive(model: nn.MLP, inputs: Sequence[float]) -> bool:
    """On which side the model sees a point."""
    output = model(inputs)
    return isinstance(output, Value) and output > 0


def falling(losses: Sequence[float], lines: int = 10, width: int = 40) -> Iterator[str]:
    """About `lines` of the losses, with a bar each."""
    yield f"{'epoch':>8}{'loss':>12}"
    every = max(1, round(len(losses) / lines))
    largest = max(losses, default=1.0) or 1.0
    for index in sorted({0, *range(every - 1, len(losses), every), len(losses) - 1} - {-1}):
        bar = "#" * round(width * losses[index] / largest)
        yield f"{index + 1:8,}{losses[index]:12.6f}  {bar}"


def plane(model: nn.MLP, data: Sequence[Any], columns: int = 61, rows: int = 27) -> Iterator[str]:
    """The plane in characters: the points, and a dot where the model's output is positive."""
    edges = []
    for axis in (0, 1):
        low, high = (limit(point[axis] for point, _ in data) for limit in (min, max))
        edges.append((low - 0.1 * (high - low), high + 0.1 * (high - low)))
    (left, right), (bottom, top) = edges
    cells = [
        [
            "." if is_positive(model, [left + (right - left) * column / (columns - 1), y]) else " "
            for column in range(columns)
        ]
        for y in (top - (top - bottom) * row / (rows - 1) for row in range(rows))
    ]
    for (x, y), (target,) in data:
        column = round((x - left) / (right - left) * (columns - 1))
        row = round((top - y) / (top - bottom) * (rows - 1))
        cells[row][column] = "o" if target > 0 else "x"
    border = f"+{'-' * columns}+"
    yield from [border, *(f"|{''.join(row)}|" for row in cells), border]
