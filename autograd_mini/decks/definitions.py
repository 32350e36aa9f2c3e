r"""Definitions: what the names of a deck stand for, found in its equations.

The first formula with a name alone on its left defines it. f(x) = ... defines a function; w^+, and
w on both sides, the update of w. A name without a formula is defined by analogy, E_o2 by E_o1.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.cursor import CannotRead
from autograd_mini.decks.names import FUNCTIONS, neighbours, parts_of, swap
from autograd_mini.decks.reading import Deck, DeckEquation, Side
from autograd_mini.decks.trees import (
    UPDATE,
    ends,
    plain_names,
    renamed,
    substituted,
    written,
)
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.tree import parse
from autograd_mini.symbols.formulas import evaluate

INDEX = re.compile(r"(?<![A-Za-z])(?=[a-z]?\d)|(?<=_)(?=[a-z]?\d)|(?<=[A-Za-z])(?=\d)")


@dataclass
class Term:
    """A side in the names of the sheet; tree: None if it is left alone, with the reason."""

    side: Side
    tree: ast.expr | None
    reason: str

    @cached_property
    def is_number(self) -> bool:
        """True if there are numbers in it and no names: 0.4 * 0.5."""
        return self.tree is not None and not any(names_in(self.tree))


@dataclass
class Assertion:
    """An equation in the names of the sheet: what it is about, and what that is said to be."""

    head: Term
    terms: list[Term]

    @property
    def name(self) -> str:
        """The name or the derivative that it is about, "" if it is about a formula."""
        return self.head.tree.id if isinstance(self.head.tree, ast.Name) else ""

    @property
    def is_computed(self) -> bool:
        """True if a number has a line of numbers, or a formula that is left alone, before it."""
        places = [place for place, term in enumerate(self.terms) if term.side.printed]
        return any(
            term.tree is None or (term.is_number and not term.side.printed)
            for term in self.terms[: max(places, default=0)]
        )


@dataclass
class Definitions:
    """The meanings of the names of a deck.

    formulas: of a name its tree, over other names. functions: of a function its argument and its
    tree. updates: of a name its value after a step. analogies: the names that others define.
    primed: the names whose prime is an update, as in w' = w - eta*dE/dw.
    """

    formulas: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, tuple[str, ast.expr]] = field(default_factory=dict)
    updates: dict[str, ast.expr] = field(default_factory=dict)
    analogies: dict[str, str] = field(default_factory=dict)
    primed: set[str] = field(default_factory=set)
    helpers: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def below(self, names: Iterable[str]) -> set[str]:
        """All names that these are computed from, and these."""
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                if name in self.formulas:
                    pending += plain_names(self.formulas[name])
        return found

    def level(self, name: str) -> int:
        """The largest number of formulas between a name and its numbers."""
        levels: dict[str, int] = {}

        def of(name: str, depth: int = 0) -> int:
            if name not in levels:
                levels[name] = 0
                if name in self.formulas and depth < 200:
                    below = plain_names(self.formulas[name])
                    levels[name] = 1 + max((of(each, depth + 1) for each in below), default=0)
            return levels[name]

        return of(name)

    def define(self, name: str, tree: ast.expr) -> bool:
        """Define a name, unless it would be computed from itself."""
        if name in self.below(plain_names(tree)):
            return False
        self.formulas[name] = tree
        return True

    # -- the names of the sheet

    def plain(self, tree: ast.expr) -> ast.expr:
        """A tree without the deck's functions, primes and derivatives of formulas.

        Raises: CannotRead for a function that nothing defines.
        """
        match tree:
            case ast.UnaryOp(op=sign, operand=operand):
                return ast.UnaryOp(sign, self.plain(operand))
            case ast.BinOp(left=left, op=operator, right=right):
                return ast.BinOp(self.plain(left), operator, self.plain(right))
            case ast.Call(func=ast.Name(id="prime"), args=[operand]):
                return self._prime(operand)
            case ast.Call(func=ast.Name(id="derivative"), args=[operand, ast.Name(id=by)]):
                return self._derivative(self.plain(operand), by)
            case ast.Call(func=ast.Call(func=ast.Name(id="prime"), args=[ast.Name(id=name)])):
                argument = self.plain(tree.args[0])
                row = TABLE.get("sigmoid" if name == "sigma" else FUNCTIONS.get(name, ""))
                if row is not None and name not in self.functions:
                    value = ast.Call(ast.Name(row.name), [argument], [])
                    if not row.kink:
                        return substituted(parse(row.partials[0]), {"x": argument, "z": value})
                    if isinstance(argument, ast.Name):
                        return self._derivative(value, argument.id)
                if name not in self.functions or not isinstance(argument, ast.Name):
                    raise CannotRead("the derivative of a function that is not defined", 0)
                return self._derivative(self._call(name, argument), argument.id)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                operands = [self.plain(each) for each in arguments]
                if name in self.functions and len(operands) == 1:
                    return self._call(name, operands[0])
                if name in TABLE:
                    return ast.Call(ast.Name(name), operands, [])
                raise CannotRead(f"the function {name}, which is not defined", 0)
            case ast.Call():
                raise CannotRead("a second derivative", 0)
        return tree

    def _call(self, name: str, argument: ast.expr) -> ast.expr:
        parameter, body = self.functions[name]
        return substituted(body, {parameter: argument})

    def _prime(self, operand: ast.expr) -> ast.expr:
        if isinstance(operand, ast.Name) and operand.id in self.functions:
            parameter, body = self.functions[operand.id]
            self.formulas.setdefault(operand.id, body)
            return ast.Name(f"d{operand.id}/d{parameter}")
        if isinstance(operand, ast.Name):
            if operand.id in self.primed:
                return ast.Name(operand.id + UPDATE)
            raise CannotRead("a prime on a name that is not a function", 0)
        tree = self.plain(operand)
        names = set(plain_names(tree))
        if len(names) != 1:
            raise CannotRead("a prime on a formula of several names", 0)
        return self._derivative(tree, names.pop())

    def _derivative(self, tree: ast.expr, by: str) -> ast.expr:
        if isinstance(tree, ast.Name):
            if "/" in tree.id:
                raise CannotRead("a second derivative", 0)
            return ast.Name(f"d{tree.id}/d{by}")
        if by.endswith(UPDATE) or "/" in by:
            raise CannotRead("a derivative by a formula", 0)
        return ast.Name(f"d{self.helper(tree)}/d{by}")

    def helper(self, tree: ast.expr) -> str:
        """The name of a formula that is differentiated."""
        text = written(tree)
        for name, (_, body) in self.functions.items():
            if written(body) == text:
                self.helpers.setdefault(text, name)
        if text not in self.helpers:
            self.helpers[text] = f"part_{len(self.helpers) + 1}"
            self.formulas[self.helpers[text]] = tree
        return self.helpers[text]


def rows(deck: Deck, equations: list[DeckEquation], definitions: Definitions) -> list[Assertion]:
    """The equations in the names of the sheet."""
    definitions.primed |= {name for equation in equations for name in _updated_by_prime(equation)}
    found = []
    for equation in equations:
        terms = []
        for side in equation.sides:
            tree, reason = side.tree, side.reason
            if tree is not None:
                try:
                    tree = definitions.plain(tree)
                except CannotRead as unread:
                    tree, reason = None, unread.reason
            terms.append(Term(side, tree, reason))
        if terms:
            found.append(_updated(Assertion(terms[0], terms[1:])))
    return found


def _updated_by_prime(equation: DeckEquation) -> Iterator[str]:
    """w in w' = w - eta*dE/dw, but not y in y' = y - y^2."""
    match [side.tree for side in equation.sides]:
        case [ast.Call(func=ast.Name(id="prime"), args=[ast.Name(id=name)]), *trees]:
            for tree in trees:
                match tree:
                    case ast.BinOp(left=ast.Name(id=first), op=ast.Sub() | ast.Add(), right=move):
                        if first == name and name not in names_in(move):
                            yield name


def _updated(row: Assertion) -> Assertion:
    """w = w - eta*dE/dw, and w <- ..., are about the update of w."""
    name = row.name
    if not name or "/" in name or name.endswith(UPDATE):
        return row
    arrow = any(term.side.relation == "<-" for term in row.terms)
    itself = any(term.tree is not None and name in plain_names(term.tree) for term in row.terms)
    derived = any(
        term.tree is not None and any(each.endswith(f"/d{name}") for each in names_in(term.tree))
        for term in row.terms
    )
    if arrow or (itself and (derived or len(row.terms) == 1)):
        return Assertion(Term(row.head.side, ast.Name(name + UPDATE), ""), row.terms)
    return row


def find_functions(
    equations: list[DeckEquation], known: Mapping[str, tuple[str, ast.expr]]
) -> dict[str, tuple[str, ast.expr]]:
    """The functions of a part, such as f(x) = 1 / (1 + e^{-x}), with their arguments.

    known: those of the parts before, which hold unless they are defined again.
    """
    heads = [equation for equation in equations if applied(equation)[0]]
    again = {applied(equation)[0] for equation in heads}
    definitions = Definitions(functions={f: body for f, body in known.items() if f not in again})
    for equation in heads:
        name, argument = applied(equation)
        for side in equation.sides[1:]:
            if side.tree is None or side.relation != "=" or name in definitions.functions:
                continue
            try:
                body = definitions.plain(side.tree)
            except CannotRead:
                continue
            names = set(plain_names(body))
            if argument in names and not any("/" in each for each in names_in(body)):
                if _is_sigmoid(body, argument):
                    body = ast.Call(ast.Name("sigmoid"), [ast.Name(argument)], [])
                definitions.functions[name] = argument, body
    return definitions.functions


def applied(equation: DeckEquation) -> tuple[str, str]:
    """The function and the argument that an equation begins with, f(x) = ...; empty if none."""
    match equation.sides[0].tree if equation.sides else None:
        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=argument)]) if name not in TABLE:
            return name, argument
    return "", ""


def _is_sigmoid(body: ast.expr, argument: str) -> bool:
    if set(names_in(body)) != {argument}:
        return False
    try:
        return all(
            abs(evaluate(body, {argument: x}) - 1 / (1 + math.exp(-x))) < 1e-9
            for x in (-1.3, -0.2, 0.4, 2.1)
        )
    except (ArithmeticError, ValueError):
        return False


def occurring_names(found: Iterable[Assertion]) -> dict[str, None]:
    """The names in the equations of a part, each once, in order."""
    return dict.fromkeys(
        name
        for row in found
        for term in (row.head, *row.terms)
        if term.tree is not None
        for name in plain_names(term.tree)
    )


def find_formulas(found: list[Assertion], definitions: Definitions) -> list[Assertion]:
    """Define every name that has a formula, and every update.

    Returns the rows whose formula is for the neighbour of their name.
    """
    occurring = occurring_names(found)
    misnamed = _define_all(found, definitions, occurring)
    late = [
        name
        for name, tree in definitions.formulas.items()
        if name not in definitions.functions and meant_name(name, tree, definitions, occurring)
    ]
    for name in late:  # the neighbour is defined below it
        del definitions.formulas[name]
    return _define_all(found, definitions, occurring) if late else misnamed


def _define_all(
    found: list[Assertion], definitions: Definitions, occurring: Iterable[str]
) -> list[Assertion]:
    misnamed = []
    for row in found:
        name = row.name
        if not name or "/" in name:
            continue
        for term in row.terms:
            if term.tree is None or term.is_number or term.side.relation == "<":
                continue
            if meant_name(name, term.tree, definitions, occurring):
                misnamed.append(row)
                break
            if name.endswith(UPDATE):
                _define_update(name.removesuffix(UPDATE), term, definitions)
            elif (
                name not in definitions.formulas
                and name not in definitions.functions
                and not _is_mixed(term.tree)
                and not _is_alias(term.tree, found)
                and definitions.define(name, term.tree)
            ):
                break
    return misnamed


def meant_name(
    name: str, tree: ast.expr, definitions: Definitions, occurring: Iterable[str]
) -> str:
    """The neighbour of a name that a formula with only the neighbour's index is for, or "".

    E_o2 = (t_o1 - y_o1)**2 is for E_o1, if nothing else is said of E_o1, or the same. So is
    net_o2 = w5*h1 + w6*h2 + b, if the same is said of net_o1.
    """
    names = set(plain_names(tree))
    indices = [parts_of(each)[1:] for each in names]
    for other in neighbours(name, occurring):
        formula = definitions.formulas.get(other)
        is_same = formula is not None and written(formula) == written(tree)
        if is_same and len(names) > 2 and definitions.formulas.get(name, tree) is tree:
            return other
        mine, its = swap(name, other) or ("", "")
        using = sum(its in each for each in indices)
        if mine.isdigit() or other in names or not using or any(mine in each for each in indices):
            continue
        if using > 1 if formula is None else is_same:
            return other
    return ""


def one_for_many(
    name: str, formula: ast.expr, definitions: Definitions, occurring: Iterable[str]
) -> str:
    """The remark on a name of a whole layer, delta^{[1]}, whose formula is that of one unit."""
    base, _, layer = name.partition("_")
    units = {each: parts_of(each)[1:] for each in occurring}
    mine = {each for each in plain_names(formula) if units.get(each, [])[1:] == [layer]}
    others = [
        each
        for each in sorted({*units} & {*definitions.formulas})
        if units[each][1:] == [layer]
        and any(swap(each, one) for one in mine)
        and each not in mine
        and each not in definitions.analogies
    ]
    if not base.isalpha() or not layer.isdigit() or len(mine) != 1 or not others:
        return ""
    one = next(iter(mine))
    return f"a layer of several units has several {name}: this formula belongs to {one}"


def read_bare_names(found: list[Assertion]) -> dict[str, int]:
    """Read y as y_1^{[2]} where E is written with y and differentiated by y_1^{[2]}.

    Returns how it was read, with the line.
    """
    stated = {row.name for row in found}
    derived = {
        ends(name)
        for row in found
        for term in (row.head, *row.terms)
        if term.tree is not None
        for name in names_in(term.tree)
        if "/d" in name
    }
    meant: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in found:
        for term in row.terms:
            if term.tree is None or not row.name or "/" in row.name:
                continue
            names = set(plain_names(term.tree))
            for y, x in derived:
                base = parts_of(x)[0]
                bare = y == row.name and x not in names and base in names - stated - {x}
                if bare and meant.setdefault(base, x) == x:
                    lines[f"{base} is read as {x}"] = term.side.line.number
    if meant:
        for row in found:
            for term in (row.head, *row.terms):
                if term.tree is not None:
                    term.tree = renamed(term.tree, meant)
    return lines


def _is_mixed(tree: ast.expr) -> bool:
    """True if printed figures stand between the names: 0.036350 * out_h1."""
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, float)
        and len((node.kind or "").lstrip("0.")) > 2
        for node in ast.walk(tree)
    )


def _is_alias(tree: ast.expr, found: list[Assertion]) -> bool:
    """True if a formula is another name that has no formula either: w1 = w2."""
    return isinstance(tree, ast.Name) and not any(
        row.name == tree.id and any(term.tree is not None for term in row.terms) for row in found
    )


def _define_update(name: str, term: Term, definitions: Definitions) -> None:
    """The first formula of an update defines it; one with a derivative rather than without."""
    assert term.tree is not None
    if _is_mixed(term.tree):
        return
    known = definitions.updates.get(name)
    rank = is_rule(term.tree, name), term.side.relation == "="
    if known is None or rank > definitions.ranks[name]:
        definitions.updates[name] = term.tree
        definitions.ranks[name] = rank


def is_rule(tree: ast.expr, name: str) -> bool:
    """True if an update is a step of descent: w - eta*dE/dw."""
    names = {*names_in(tree)}
    return name in names and any(each.endswith(f"/d{name}") for each in names)


def is_same_but_for_index(one: ast.expr, other: ast.expr) -> bool:
    """True if some names have an index in one of two formulas only: y = f(z) and y = f(z^{[2]})."""
    names = [{*plain_names(tree)} for tree in (one, other)]
    bare = {parts_of(name)[0]: name for name in names[1] - names[0] if "_" in name}
    bare |= {name: parts_of(name)[0] for name in names[0] - names[1] if "_" in name}
    meant = {old: new for old, new in bare.items() if old in names[0]}
    return bool(meant) and written(renamed(one, meant)) == written(other)
