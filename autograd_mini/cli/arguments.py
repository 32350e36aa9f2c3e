"""Parsers of the subcommands, the types of their arguments, and the error a user can correct."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, Protocol


class CommandError(Exception):
    """An error that the user can correct: printed on one line, with exit status 2."""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error on one line, in the same words with every Python."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(map(str, action.choices))
            raise argparse.ArgumentError(action, f"expected one of {choices}, got {value!r}")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


class Commands(Protocol):
    """The subparsers that argparse returns."""

    def add_parser(self, name: str, **options: Any) -> Parser: ...


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    summary: str,
    description: str,
    epilog: str,
) -> Parser:
    """Add the parser of a subcommand. `run` carries it out and may return an exit status."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def at_least(least: int) -> Any:
    """The argument type of a whole number of at least `least`."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(
                f"expected a whole number of at least {least}, got {text!r}"
            )
        return int(text)

    return number


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the argument FILE of a subcommand that works on one graph."""
    parser.add_argument(
        "source",
        metavar="FILE",
        help="FILE.py:NAME for a Value in a Python file, a derivation sheet, or any part of the "
        "name of a shipped lecture",
    )


def add_of(parser: argparse.ArgumentParser) -> None:
    """Add --of, which names the value of a sheet."""
    parser.add_argument(
        "--of",
        metavar="NAME",
        help="value of a sheet (default: the value that it descends on, or its last result)",
    )


def add_digits(parser: argparse.ArgumentParser, kind: str, default: int) -> None:
    """Add --digits; kind: "significant digits" or "decimals"."""
    parser.add_argument(
        "--digits",
        type=at_least(1),
        default=default,
        metavar="N",
        help=f"number of {kind} (default: {default})",
    )
