"""A drawing as a widget: the page in a cell of a notebook, its leaves shared with Python.

It needs the package anywidget; without it the page is shown in a frame, apart from Python.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any, NoReturn, SupportsFloat

from autograd_mini.drawing.page.bundle import style_text
from autograd_mini.drawing.page.page import Page
from autograd_mini.symbols.text import printable

_RENDER = """
function render({ model, el }) {
  el.innerHTML = `<div class="explorer"><div class="inside">${model.get("_body")}</div></div>`;
  // Keys pressed here are not commands to the notebook.
  el.addEventListener("keydown", (event) => event.stopPropagation());
  let shared = false; // the page first shows recorded numbers, and those of Python may be newer
  const changed = (leaves) => {
    if (!shared) return;
    const known = model.get("leaves");
    // A leaf that is not finite is not sent, and stays as it is.
    const finite = Object.entries(leaves).filter(([, x]) => Number.isFinite(x));
    if (finite.every(([name, x]) => Object.is(known[name], x))) return;
    model.set("leaves", Object.fromEntries(finite));
    model.save_changes();
  };
  const set = explore(el.firstElementChild.firstElementChild, DATA, ROWS, KINDS, { changed });
  const follow = () => set(model.get("leaves"));
  model.on("change:leaves", follow);
  follow();
  shared = true;
  return () => model.off("change:leaves", follow);
}
export default { render };
"""


def page_widget(page: Page, fallback: Mapping[str, str]) -> Any:
    """An `anywidget.AnyWidget` with the trait `leaves`, numbers by names; else a `NotebookFrame`.

    fallback: the MIME bundle for a notebook that shows no widgets.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        return NotebookFrame(page.html())

    names = page.names
    known = {printable(names(value)): value.data for value in names.values if value.op is None}
    # The picture's own style would hold for the whole notebook.
    body = page.body().replace("<style>", "<style>.explorer {", 1)
    body = body.replace("</style>", "}</style>", 1)

    class Explorer(anywidget.AnyWidget):
        """The page of one graph. leaves: their numbers, which the page and Python both set."""

        _esm = page.script() + _RENDER  # of this graph, hence a class for it
        _css = style_text(nested=True)
        _body = traitlets.Unicode(body).tag(sync=True)
        leaves = traitlets.Dict(dict(known)).tag(sync=True, to_json=_sent)

        @traitlets.validate("leaves")
        def _known(self, proposal: Any) -> dict[str, float]:
            """The new numbers of the leaves; a leaf that is not named keeps its number.

            Raises: TraitError for an unknown leaf, or a number that is not finite.
            """
            # `self.leaves` may be what is proposed, where it comes from the page.
            known.update(_numbers(proposal["value"], known))
            return dict(known)

        def _repr_mimebundle_(self, **options: Any) -> Any:
            """With the picture, for a notebook that is not trusted or has no widgets."""
            bundle = super()._repr_mimebundle_(**options)
            shown = bundle[0] if isinstance(bundle, tuple) else bundle
            if shown is not None:
                shown.update(fallback)
            return bundle

    def _numbers(given: Mapping[str, Any], known: Mapping[str, float]) -> dict[str, float]:
        for name, number in given.items():
            if name not in known:
                raise traitlets.TraitError(
                    f"there is no leaf {name!r}; the leaves are {', '.join(known)}"
                )
            if not _is_finite(number):
                raise traitlets.TraitError(f"{name} is set to {number!r:.60}; give a finite number")
        return {name: float(number) for name, number in given.items()}

    return Explorer()


def _sent(leaves: Mapping[str, float], _widget: object) -> dict[str, float]:
    """The leaves that the page is told of: JSON has no nan and no infinity."""
    return {name: number for name, number in leaves.items() if math.isfinite(number)}


def _is_finite(number: object) -> bool:
    """True if an int, a float or a NumPy scalar is a finite float."""
    if isinstance(number, str) or not isinstance(number, SupportsFloat):
        return False
    try:
        return math.isfinite(float(number))
    except (OverflowError, TypeError, ValueError):
        return False


class NotebookFrame:
    """A page in a frame of a notebook, which keeps it apart from the notebook."""

    def __init__(self, page: str) -> None:
        self._page = page

    @property
    def leaves(self) -> NoReturn:
        """Raises: AttributeError."""
        raise AttributeError("a page shares its leaves by anywidget; run 'pip install anywidget'")

    def _repr_html_(self) -> str:
        return (
            '<iframe sandbox="allow-scripts" style="width: 100%; height: 45rem; border: 0" '
            f'srcdoc="{escape(self._page)}"></iframe>'
        )

    def __repr__(self) -> str:
        return "<NotebookFrame: the page in a notebook; pip install anywidget to share its leaves>"
