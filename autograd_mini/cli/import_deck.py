"""`autograd-mini import`: a deck, a lecturer's own source, as a derivation sheet."""

from __future__ import annotations

import argparse

from autograd_mini.cli.arguments import Commands, add_command, write_output
from autograd_mini.cli.sources import read_text
from autograd_mini.decks.sheet_writer import deck_as_sheet

DESCRIPTION = """\
Reads a deck (Markdown, remark, LaTeX, beamer, a notebook or plain text with math in it) and writes
its numbers and formulas as a derivation sheet, each with its line of the deck. The sheet can be
edited, and `check`, `explain` and `page` take it.
"""

EPILOG = """\
examples:
  autograd-mini import slides.md              print the sheet
  autograd-mini import slides.md -o sheet.md  write it to a file

The deck can say in a comment what only a picture shows, in the language of sheets:

  <!-- derivation
  net_h2 = w3*i1 + w4*i2 + b1
  -->
"""


def add_import(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands,
        "import",
        import_deck,
        "write a deck as a derivation sheet",
        DESCRIPTION,
        EPILOG,
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("-o", "--out", metavar="SHEET", help="write the sheet to this file")


def import_deck(options: argparse.Namespace) -> None:
    """Print a deck as a derivation sheet, or write it to a file."""
    write_output(options.out, deck_as_sheet(*read_text(options.file)))
