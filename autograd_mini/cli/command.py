"""The command: what it understands, and how it ends."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import nn
from autograd_mini.cli import compiling, explaining, network, pages, picture, sheets, training
from autograd_mini.cli.arguments import CommandError, Parser, at_least

DESCRIPTION = """\
Works the 2-2-2 sigmoid network of the backpropagation lectures, as one does it on paper: every
value forward, every gradient back, the update of every parameter; then trains it, writes its graph
as a picture, and checks every figure of the lecture. Nothing needs to be installed.
"""

EPILOG = """\
examples:
  autograd-mini                            the network, worked in full
  autograd-mini draw homework.py:loss      a picture of your own graph
  autograd-mini page mazur                 a page that explores a lecture's network
  autograd-mini check homework.md          every line of a derivation, checked
  autograd-mini explain mazur dE/dw5       a derivative of a lecture, factor by factor
  autograd-mini compile mazur --target c   its backward pass as a program
  autograd-mini train --hidden 8           learn TensorFlow Playground's circle
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    0; 1 for a derivation in which something is wrong; 2 for what the user can mend.
    """
    options = parser().parse_args(arguments)
    try:
        status: int | None = options.run(options)
        print(end="", flush=True)  # here, where its failure can be caught
    except BrokenPipeError:
        let_go_of_output()  # its reader has gone, as `head` does; that is no error of ours
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        print(
            f"autograd-mini: {character!a} cannot be written in {error.encoding}; set the "
            "environment variable PYTHONUTF8=1",
            file=sys.stderr,
        )
        return 2
    except (CommandError, nn.TrainingError, OSError, ValueError) as error:
        print(f"autograd-mini: {error}", file=sys.stderr)
        let_go_of_output()
        return 2
    except KeyboardInterrupt:
        return 130
    else:
        return status or 0
    return 0


def let_go_of_output() -> None:
    """Write what is left of it, or drop it where that fails, as it would when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> Parser:
    """What the command understands."""
    parser = Parser(
        prog="autograd-mini",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=network.work_the_lecture)
    parser.add_argument(
        "--out", metavar="FOLDER", default=".", help="where to write the pictures (default: here)"
    )
    parser.add_argument(
        "--rounds", type=at_least(1), default=10_000, help="of training (default: 10000)"
    )
    commands = parser.add_subparsers(title="more", metavar="COMMAND")
    for command in (picture, pages, training, sheets, explaining, compiling):
        command.add_to(commands)
    return parser
