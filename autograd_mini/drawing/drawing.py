"""draw: a graph, its values and its gradients as a picture."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from autograd_mini.drawing.description import summary, table_text
from autograd_mini.drawing.dot import dot_body, dot_text
from autograd_mini.drawing.folding import FOLDS, Fold, fold_unnamed, folds
from autograd_mini.drawing.groups import COLLAPSES, Collapse
from autograd_mini.drawing.groups import collapse as collapsed
from autograd_mini.drawing.image import Image, roots_of
from autograd_mini.drawing.layout import lay_out
from autograd_mini.drawing.layout.layout import Layout
from autograd_mini.drawing.lettering import LARGEST_WITH_PARTIALS, Lettering, letter
from autograd_mini.drawing.mermaid import mermaid_text
from autograd_mini.drawing.page.page import Page
from autograd_mini.drawing.page.questions import KINDS, NO_QUIZ, Questions, Quiz
from autograd_mini.drawing.page.widget import page_widget
from autograd_mini.drawing.page.worksheet import worksheet_html
from autograd_mini.drawing.picture import Direction, Picture, take_picture
from autograd_mini.drawing.svg import svg_text
from autograd_mini.engine.value import Value
from autograd_mini.files import write_file
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import check_digits

if TYPE_CHECKING:
    import graphviz  # type: ignore[import-untyped]  # it ships no types

# In boxes and circles.
LARGEST_IN_NOTEBOOK = 10_000


@dataclass(frozen=True, repr=False)
class Drawing(Image):
    """A picture of a graph as it was when it was drawn.

    A notebook shows it, `print` gives its table, and `save` writes a .svg, .html, .dot, .mmd
    (Mermaid), .png or .pdf file.
    """

    _kind: ClassVar[str] = "a drawing"

    picture: Picture
    lettering: dict[str, Lettering]
    direction: Direction
    digits: int
    names: Names
    quiz: Quiz = NO_QUIZ
    learns: tuple[Value, ...] | None = None

    @cached_property
    def dot(self) -> str:
        """The source for Graphviz."""
        return dot_text(self.picture, self.lettering, self.direction)

    @cached_property
    def mermaid(self) -> str:
        """A flowchart in Mermaid, for a block ```mermaid in a Markdown file."""
        return mermaid_text(self.picture, self.lettering, self.direction)

    @cached_property
    def layout(self) -> Layout:
        """The place of everything, the same on every machine."""
        return lay_out(self.picture, self.lettering, self.direction)

    @cached_property
    def page(self) -> Page:
        """The explorable page."""
        partials = any(edge.startswith("e") for edge in self.lettering)
        return Page(
            self.picture, self.names, self.direction, self.digits, partials, self.quiz, self.learns
        )

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height, in pixels."""
        return self.layout.width, self.layout.height

    @property
    def _summary(self) -> str:
        return summary(self.picture)

    def svg(self) -> str:
        """The picture as a whole SVG document, for light and dark surroundings."""
        return svg_text(self.picture, self.lettering, self.layout)

    def _texts(self) -> dict[str, Callable[[], str]]:
        return {
            ".svg": self.svg,
            ".html": lambda: self.page.html(),
            ".dot": lambda: self.dot,
            ".mmd": lambda: self.mermaid,
            ".mermaid": lambda: self.mermaid,
        }

    def _dot_to_render(self, placed: bool) -> str:
        layout = self.layout if placed else None
        return dot_text(self.picture, self.lettering, self.direction, layout)

    def save_worksheet(self, path: str | os.PathLike[str], *, key: bool = False) -> Path:
        """Write the quiz as HTML to print, and return its path.

        It has the picture with numbered blanks, and lines to write on. Without a `quiz`, it asks
        for the gradients.

        key: whether the answers follow, on a page by themselves.

        Raises: ValueError if there is nothing to ask, or the name does not end in .html; OSError.
        """
        target = Path(path)
        if target.suffix.lower() != ".html":
            raise ValueError(f"cannot save {target.name!r}: a worksheet is an .html file")
        write_file(target, worksheet_html(self.page, key=key))
        return target

    def show(self) -> Path:
        """Write the page to a temporary file, open it in a browser, and return its path.

        For a program; a notebook shows a drawing that ends a cell.
        """
        folder = Path(tempfile.mkdtemp(prefix="autograd_mini-"))
        path = self.save(folder / "graph.html")
        webbrowser.open(path.as_uri())
        return path

    def widget(self) -> Any:
        """The explorable page in a notebook, by anywidget; in a frame, if that is not installed.

        The widget's `leaves` are numbers by names: set them, or observe what the reader does.

        Raises: ValueError for an operation that JavaScript cannot compute.
        """
        return page_widget(self.page, self._repr_mimebundle_())

    def __str__(self) -> str:
        return f"{self._summary}\n{table_text(self.picture, self.digits)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        if self.picture.size > LARGEST_IN_NOTEBOOK:
            hint = "Too large to show here; draw(...).save('graph.svg') writes the picture."
            return {"text/plain": f"{hint}\n{self}"}
        return super()._repr_mimebundle_(include, exclude)


def draw(
    root: Value | Sequence[Value],
    *,
    direction: Direction = "LR",
    digits: int = 4,
    partials: bool | Literal["auto"] = "auto",
    clusters: bool = True,
    collapse: Collapse = "auto",
    fold: Fold = "auto",
    quiz: Sequence[str] = (),
    learns: Iterable[Value] | None = None,
) -> Drawing:
    """Draw everything that a value, or each value of a list, was computed from.

    direction: "LR" for left to right or "TB" for top to bottom. A table, see collapse, has its own.
    digits: significant digits of every number, 1 to 17.
    partials: whether an edge shows its derivative; "auto" does on graphs of readable size.
    clusters: whether the values of a `scope` are framed.
    collapse: "neuron" draws the values of each innermost `scope` as one box, "layer" those of each
        outermost one, None each value; "auto" does on graphs of readable size. On larger ones it
        gathers values by scope. Scopes that repeat those inside, such as the blocks of a GPT at
        each position, become a table, with a column for each. Without scopes it gathers values
        that were computed alike, such as all relu(sum(w·x)).
    fold: "names" draws the named values alone, each with its formula, and on an edge the partial
        over all operations between; None draws every operation. "auto" folds where an intermediate
        result has a name, unless values are gathered in boxes.
    quiz: what the page that is saved as .html leaves blank and asks for: "values", "partials",
        "gradients" with respect to parameters, or single quantities such as "dE/dw5" and "net_h1".
    learns: the parameters, which training in the page moves, for example model.parameters(); by
        default the leaves whose names begin with w, b or theta, or all where none does.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.label = "y"
    >>> y.backward()
    >>> print(draw(y))
    Graph of y = 9: 2 values, 1 operation
    name  operation  data  grad
    x                   3     6
    y     * of x, x     9     1
    """
    if direction not in ("LR", "TB"):
        raise ValueError(f'direction is {direction!r}; give "LR" (left to right) or "TB"')
    digits = check_digits(digits)
    if partials not in (True, False, "auto"):
        raise ValueError(f'partials is {partials!r}; give True, False or "auto"')
    if collapse not in COLLAPSES:
        raise ValueError(f'collapse is {collapse!r}; give "auto", "neuron", "layer" or None')
    if fold not in FOLDS:
        raise ValueError(f'fold is {fold!r}; give "auto", "names" or None')
    if isinstance(quiz, str) or not all(isinstance(each, str) for each in quiz):
        kinds = ", ".join(map(repr, KINDS))
        raise ValueError(
            f"quiz is {quiz!r}; give a list of some of {kinds}, or of quantities such as 'dE/dw5'"
        )
    names = Names(roots_of(root, "draw"))
    whole = take_picture(names)
    is_folded = collapse in ("auto", None) and folds(whole, names, fold)
    picture = fold_unnamed(whole, names) if is_folded else collapsed(whole, collapse)
    if not clusters:
        picture = picture.without_frames()
    shows_partials = picture.size <= LARGEST_WITH_PARTIALS if partials == "auto" else partials
    parameters = None if learns is None else _leaves(learns, names)
    lettering = letter(picture, digits=digits, partials=shows_partials, direction=direction)
    asked = Questions(picture, names, parameters).quiz(quiz) if quiz else NO_QUIZ
    return Drawing(picture, lettering, direction, digits, names, asked, parameters)


def draw_dot(
    root: Value | Sequence[Value],
    format: str = "svg",
    rankdir: Direction = "LR",
    fold: Fold = "auto",
) -> graphviz.Digraph:
    """Draw as a `graphviz.Digraph`, as micrograd's `draw_dot` does; needs the package graphviz."""
    drawing = draw(root, direction=rankdir, collapse=None, fold=fold)
    try:
        import graphviz
    except ImportError as reason:
        raise ImportError(
            "draw_dot needs the Python package 'graphviz'; run 'pip install graphviz' or use "
            "draw(root), which needs no package"
        ) from reason
    lines = dot_body(drawing.picture, drawing.lettering, rankdir)
    return graphviz.Digraph(format=format, body=[f"{line}\n" for line in lines])


def _leaves(learns: Iterable[Value], names: Names) -> tuple[Value, ...]:
    """The leaves of the graph that learn, each once; others of a model may be elsewhere."""
    given = list(learns)
    for value in given:
        if not isinstance(value, Value) or value.op is not None:
            raise TypeError(
                f"learns takes leaves, for example model.parameters(), got {value!r:.60}"
            )
    below = set(map(id, names.values))
    found = tuple(dict.fromkeys(value for value in given if id(value) in below))
    if given and not found:
        raise ValueError("learns takes leaves of the graph that is drawn, got leaves of another")
    return found
