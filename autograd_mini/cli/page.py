"""`autograd-mini page`: a page to explore, of a graph in the user's file or of a sheet."""

from __future__ import annotations

import argparse
import webbrowser

from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_collapse,
    add_command,
    add_count,
    add_of,
    add_output,
    add_quiz,
    add_source,
    collapse_of,
)
from autograd_mini.cli.sources import find_source, usual_file
from autograd_mini.drawing import draw

DESCRIPTION = """\
Writes an HTML page that explores a graph: step by step, with other numbers, with every derivative
explained, trained, or as a quiz.
"""

EPILOG = """\
examples:
  autograd-mini page mazur                          the network of a lecture
  autograd-mini page homework.py:loss               your own graph
  autograd-mini page mazur --quiz gradients         a quiz: its gradients are blank
  autograd-mini page mazur --quiz dE/dw5 --quiz dE/dw1
  autograd-mini page mazur --quiz gradients --print worksheet.html --key
"""


def add_page(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "page", write_page, "write a page that explores a graph", DESCRIPTION, EPILOG
    )
    add_source(parser)
    add_of(parser)
    add_quiz(parser)
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument(
        "--print",
        dest="worksheet",
        metavar="FILE.html",
        help="write the quiz as a worksheet to print, instead of the page",
    )
    parser.add_argument(
        "--key", action="store_true", help="with --print: add the answers, on another page"
    )
    add_count(parser, "--digits", 4, "number of significant digits")
    add_collapse(parser)
    usual = "NAME.html, of a sheet SHEET-NAME.html, of a quiz NAME-quiz-WHAT.html"
    add_output(parser, f"file to write (default: {usual})", "FILE.html")


def write_page(options: argparse.Namespace) -> None:
    """Write the page of a graph."""
    if options.key and not options.worksheet:
        raise CommandError("--key adds the answers to a worksheet; give --print FILE.html too")
    if options.worksheet and options.output:
        raise CommandError("--print writes a worksheet instead of the page; leave --output out")
    if options.output and not options.output.lower().endswith(".html"):
        raise CommandError(
            f"a page is an .html file, got {options.output!r}; "
            f"autograd-mini draw {options.source} -o {options.output} writes a picture"
        )
    source = find_source(options.source, options.of)
    drawing = draw(
        source.value,
        digits=options.digits,
        quiz=options.quiz,
        collapse=collapse_of(options),
        learns=source.inputs if source.descends else None,
    )
    if options.worksheet:
        path = drawing.save_worksheet(options.worksheet, key=options.key)
    else:
        path = drawing.save(options.output or usual_file(options, source.name, ".html"))
    if options.open:
        webbrowser.open(path.resolve().as_uri())
    print(f"Wrote {path}{'' if options.open else ': open it in a browser'}. {drawing!r}")
