"""explain: any derivative of a graph as a chain of factors, as a good slide shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, get_args, overload

from autograd_mini.derivation.by_blocks import LARGEST, MANY, by_blocks
from autograd_mini.derivation.by_layers import derivative_by_layers, overview_by_layers
from autograd_mini.derivation.documents import Slides, article
from autograd_mini.derivation.equations import (
    Content,
    Derivative,
    Equation,
    Number,
    Sentence,
)
from autograd_mini.derivation.notation import Notation, both_ends
from autograd_mini.derivation.paths import Paths
from autograd_mini.derivation.remarks import changed, definitions, in_words, independent
from autograd_mini.derivation.styles import (
    MOST_LINES,
    DeltaRule,
    factored,
    full,
    omitted_equations,
    overview,
)
from autograd_mini.derivation.writers import LatexWriter, MathMLWriter, TextWriter
from autograd_mini.engine.graph import edges
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value
from autograd_mini.symbols.blocks import is_table
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.limits import MOST_PATHS
from autograd_mini.symbols.names import Names, by_name
from autograd_mini.symbols.numbers import Decimals, check_digits

Style = Literal["full", "factored", "delta"]

# In equations: a longer explanation by layers does not help.
LONGEST_BY_LAYERS = 40


@overload
def explain(
    root: Value, wrt: Value, *, style: Style = ..., order: int = ..., digits: int = ...
) -> Derivation: ...
@overload
def explain(
    root: Value,
    wrt: Iterable[Value] | None = ...,
    *,
    style: Style = ...,
    order: int = ...,
    digits: int = ...,
) -> Gradient: ...
def explain(
    root: Value,
    wrt: Value | Iterable[Value] | None = None,
    *,
    style: Style = "full",
    order: int = 1,
    digits: int = 9,
) -> Derivation | Gradient:
    """Explain d root / d wrt: the chain of factors, each as a formula and as a number.

    >>> w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.5, label="b")
    >>> net = w * x + b
    >>> out = net.tanh()
    >>> net.label, out.label = "net", "out"
    >>> print(explain(out, w))
    dout/dw = dout/dnet . dnet/dw
            = (1 - out^2) . x
            = 0.786447733 . 2
            = 1.572895466

    Values with a label are the steps of the chain, and the formulas write out the others. If no
    value has a label, each is a step. The result displays itself in a notebook; `.latex` and
    `.html` are for slides and pages, and `.value`, `.factors` and `.paths` for programs.

    wrt: a value; or several, such as `model.parameters()`, and then the result maps the name of
        each to the derivative with respect to it. If omitted, all leaves.
    style: "full" writes a line for each path; of very many paths, first the derivatives that paths
        share, and with indices, as dloss/dout1_j_s, where a network has one formula for the neurons
        of a layer or for several samples, and then the norms of the gradient at each block, where
        scopes divide a large graph. "factored" writes the derivatives that paths share one by
        one; "delta" writes the deltas of units.
    order: 2 for the second derivative.
    digits: number of decimals, or of significant digits where a number is too small for them.

    Explains the recorded evaluation, even if a leaf's `data` has changed since. The exception is a
    rule with branches, such as that of relu, applied to a leaf: its formula belongs to the branch
    for the data of the leaf now.

    Raises: TypeError; ValueError.
    """
    several = None if wrt is None or isinstance(wrt, Value) else _listed(wrt)
    for name, value in (("root", root), *(("wrt", each) for each in several or [])):
        if not isinstance(value, Value):
            raise TypeError(f"explain(root, wrt) takes Values; {name} is {value!r:.80}")
    if style not in get_args(Style):
        raise ValueError(f'style must be "full", "factored" or "delta", got {style!r}')
    if order not in (1, 2):
        raise ValueError(
            f"order must be 1 or 2, got {order!r}; for the numbers of higher orders nest grad(...)"
        )
    check_digits(digits)
    if wrt is None or several is not None:
        return Gradient(root, several, style, order, digits)
    assert isinstance(wrt, Value)
    return Derivation(root, wrt, style, order, digits)


def _listed(wrt: object) -> list[Value]:
    if not isinstance(wrt, Iterable) or isinstance(wrt, (str, Mapping)):
        raise TypeError(f"explain(root, wrt) takes Values; wrt is {wrt!r:.80}")
    listed = list(wrt)
    if not listed:
        raise ValueError("explain(root, wrt) takes one Value or more; wrt is empty")
    return listed


def _with_definitions(notation: Notation, content: Content) -> Content:
    """`content`, with remarks on names without a label and on changed leaves."""
    further = [*definitions(notation, content.equations), *changed(notation)]
    return Content(content.equations, [*content.remarks, *further], content.tables)


def _by_layers_or_blocks(
    layers: Callable[[], Content | None],
    blocks: Callable[[], Content | None],
    names: Names,
) -> Content | None:
    """The more readable of two explanations of a graph; None if there is neither."""
    values = names.values
    if len(values) > LARGEST:
        places = {value: place for place, value in enumerate(values)}
        sources = [[places[operand] for operand, _ in edges(value)] for value in values]
        is_named = any(value.op and names.has_label(value) for value in values[:-1])
        if is_table([value.scope for value in values], sources) or (
            len(values) > MANY and not is_named
        ):
            return blocks() or layers()
    found = layers()
    if found is None or len(found.equations) > LONGEST_BY_LAYERS:
        return blocks() or found
    return found


class Explanation:
    """Equations and remarks in text, LaTeX and MathML."""

    @cached_property
    def _content(self) -> Content:
        raise NotImplementedError

    def __str__(self) -> str:
        return TextWriter().document(self._content)

    def __repr__(self) -> str:
        return str(self)

    @property
    def latex(self) -> str:
        """The equations as an `aligned` environment, which stands in displayed mathematics."""
        return LatexWriter().display(self._content)

    @property
    def article(self) -> str:
        """LaTeX to paste into a document: an `align*` that may break across pages, and remarks."""
        return article(LatexWriter(), self._content)

    @property
    def slides(self) -> str:
        """LaTeX for beamer: frames that uncover the equations row by row."""
        return Slides(LatexWriter()).written(self._content)

    @property
    def html(self) -> str:
        """An HTML fragment with MathML, which browsers show without a library."""
        return MathMLWriter().document(self._content)

    # No _repr_html_: an untrusted notebook prefers it to LaTeX and then strips the MathML.
    def _repr_latex_(self) -> str:
        return LatexWriter().document(self._content)


class Derivation(Explanation):
    """One derivative with its explanation; see `explain`."""

    def __init__(self, root: Value, wrt: Value, style: Style, order: int, digits: int) -> None:
        self.root = root
        self.wrt = wrt
        self.style = style
        self.order = order
        self.digits = digits
        # The root of a second derivative is the first.
        first = gradients(root, [wrt], create_graph=True)[0] if order == 2 else root
        self._names = Names([root, wrt, first], units=order == 1)
        self._chain = Chain(first, wrt, names=self._names, nets=style == "delta")

    @property
    def value(self) -> float:
        """The number of the derivative."""
        return self._chain.derivative(self.wrt)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Every factor on any path, once each, from the root down."""
        steps = self._chain.downwards
        return tuple(factor for step in steps for factor in self._chain.below(step))

    @cached_property
    def paths(self) -> Paths:
        """The paths from root down to wrt. Their values add up to `value`."""
        return Paths(self._chain, self.wrt)

    def _notation(self) -> Notation:
        title = None
        if self.order == 2:
            title = Derivative(self._names(self.root), self._names(self.wrt))
        return Notation(self._chain, self.digits, title)

    @cached_property
    def _content(self) -> Content:
        notation = self._notation()
        return _with_definitions(notation, self._equations(notation))

    def _equations(self, notation: Notation) -> Content:
        derivative = notation.derivative(self.wrt)
        if self._chain.root is self.wrt:
            return Content([Equation(derivative, [((Number("1"),),)])])
        if not self.paths.number:
            zero = Equation(derivative, [((Number("0"),),)])
            return Content([zero], [independent(notation, self.wrt)])
        if self.style == "delta":
            return Content(DeltaRule(notation, self.wrt).equations(self.wrt))
        if self.style == "full" and self.paths.number <= MOST_PATHS:
            return Content(full(notation, self.wrt, self.paths))
        if self.style == "full" and self.order == 1:
            condensed = _by_layers_or_blocks(
                lambda: derivative_by_layers(notation, self.wrt),
                lambda: by_blocks(notation, [self.wrt], is_one=True),
                self._names,
            )
            if condensed:
                return condensed
        return Content(factored(notation, self.wrt), self._number_of_paths(notation))

    def _number_of_paths(self, notation: Notation) -> list[Sentence]:
        """States the number of paths, where there are many."""
        if self.paths.number <= MOST_PATHS:
            return []
        if len(self._chain.above(self.wrt)) > 1:  # the remark on its fork gives the number
            return [("The derivatives that paths share come first.",)]
        along = f" along {in_words(self.paths.number)} paths: what they share is worked out first."
        return [(notation.name(self.wrt), " reaches ", notation.top(self._chain.root), along)]


class Gradient(Explanation, Mapping[str, Derivation]):
    """The derivatives of a root with respect to several values, explained; see `explain`.

    A mapping from the name of a value to the derivative with respect to it.
    """

    def __init__(
        self, root: Value, wrt: list[Value] | None, style: Style, order: int, digits: int
    ) -> None:
        self.root = root
        self.style = style
        self.order = order
        self.digits = digits
        self._names = names = Names([root, *(wrt or [])], units=order == 1)
        if wrt is None:
            wrt = by_name([value for value in names.values if value.op is None], names)
        self._wrt: dict[str, Value] = {names(value): value for value in wrt}

    def __getitem__(self, name: str) -> Derivation:
        try:
            wrt = self._wrt[name]
        except KeyError:
            known = ", ".join(self._wrt)
            raise KeyError(f"expected one of the names {known}, got {name!r}") from None
        return Derivation(self.root, wrt, self.style, self.order, self.digits)

    def __iter__(self) -> Iterator[str]:
        return iter(self._wrt)

    def __len__(self) -> int:
        return len(self._wrt)

    @cached_property
    def _content(self) -> Content:
        chain = Chain(
            self.root, list(self._wrt.values()), names=self._names, nets=self.style == "delta"
        )
        notation = Notation(chain, self.digits)
        content: Content | None = None
        if self.root.op is None:
            content = Content([Equation(notation.derivative(self.root), [((Number("1"),),)])])
        elif self.order == 2:
            content = Content(self._second_derivatives(notation))
        elif self.style == "delta":
            content = Content(DeltaRule(notation, None).overview())
        elif self.style == "full":
            content = _by_layers_or_blocks(
                lambda: overview_by_layers(notation),
                lambda: by_blocks(notation, list(self._wrt.values()), is_one=False),
                self._names,
            )
        return _with_definitions(notation, content or Content(overview(notation)))

    def _second_derivatives(self, notation: Notation) -> list[Equation]:
        names = list(self._wrt)
        slopes = gradients(self.root, list(self._wrt.values()), create_graph=True)

        def line(place: int) -> Equation:
            value = gradients(slopes[place], [self._wrt[names[place]]])[0]
            symbol = Derivative(notation.chain.names(self.root), names[place], order=2)
            number = Number(Decimals(self.digits, [value])(value))
            return Equation(symbol, [((number,),)], inline=True)

        return both_ends(range(len(names)), MOST_LINES, line, omitted_equations)
