"""The playground: a text in, and everything to show about it out, as plain data for JSON.

`docs/playground` makes one HTML page of this module and a Python that runs in the browser.

>>> shown = answer("sheet", "w = 0.5\\ny = w*w -> 0.52")
>>> shown["status"], [(mark["line"], mark["from"], mark["to"]) for mark in shown["marks"]]
('1 problem: line 2', [(2, 11, 15)])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_mini.derivation import explain
from autograd_mini.drawing import draw
from autograd_mini.drawing.page.worksheet import worksheet_html
from autograd_mini.engine.graph import topological_order
from autograd_mini.playground.answers import Answer, Graph, Kind
from autograd_mini.playground.claims import show_deck, show_sheet
from autograd_mini.playground.programs import show_program
from autograd_mini.playground.starters import TWO_TWO_TWO, starters

# A page of more values takes a browser's Python seconds, and nobody reads it.
MOST_VALUES = 20_000

# More derivatives than this are asked for in the page, by a click on a box.
MOST_DERIVATIVES = 24

SHOW: dict[Kind, Callable[[str, Answer], Graph | None]] = {
    "sheet": show_sheet,
    "deck": show_deck,
    "python": show_program,
}


def answer(kind: Kind, text: str, why: bool = True) -> dict[str, Any]:
    """Everything to show about a text: verdicts, marks, a graph, its derivatives, printed output.

    kind: "sheet" for a derivation sheet, with or without its prose; "deck" for a lecturer's own
        Markdown or LaTeX; "python" for a program, which is executed.

    why: whether every derivative is explained, which takes a third of the time.

    page: the explorable page of the graph, or None. broken: whether an error left no graph, so
        that a reader keeps the page before.
    """
    shown = Answer()
    graph = SHOW[kind](text, shown)
    if graph is not None:
        _draw(graph, shown, why)
    return shown.as_data()


def worksheet(kind: Kind, text: str, key: bool = False) -> str:
    """A worksheet in HTML that asks for gradients; "" without a graph that a page could show.

    kind: as in `answer`. key: whether the answers follow.
    """
    graph = SHOW[kind](text, Answer())
    if graph is None or len(topological_order(graph.root)) > MOST_VALUES:
        return ""
    try:
        return worksheet_html(draw(graph.root, learns=graph.learns or None).page, key=key)
    except (ArithmeticError, ValueError):
        return ""


def nothing(status: str = "", broken: bool = False) -> dict[str, Any]:
    """An answer that shows a status only."""
    return Answer(status=status, broken=broken).as_data()


def _draw(graph: Graph, shown: Answer, why: bool) -> None:
    """The page of a graph, and the explanation of the derivative for each leaf."""
    root, leaves, learns = graph
    shown.name = root.label
    size = len(topological_order(root))
    if size > MOST_VALUES:
        shown.notes.append(
            f"the graph has {size:,} values; the playground draws {MOST_VALUES:,} at most"
        )
        return
    if not root.has_grad:
        root.backward()
    try:
        shown.page = draw(root, learns=learns or None).page.html()
        for leaf in leaves[:MOST_DERIVATIVES] if why else ():
            if root.label and leaf.label:
                title = f"d{root.label}/d{leaf.label}"
                shown.why.append({"name": title, "html": explain(root, leaf).html})
    except (ArithmeticError, ValueError) as error:
        shown.notes.append(str(error))


__all__ = ["TWO_TWO_TWO", "answer", "nothing", "starters", "worksheet"]
