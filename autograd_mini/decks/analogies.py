r"""Definitions by other formulas: those of names for which the deck states none.

E_o2 is defined by analogy with E_o1, y_1 by a formula with an index for y_i, w by w_0 where its
steps begin from w_0, sigma by its square. The update of one weight is that of all weights.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.cursor import CannotRead
from autograd_mini.decks.definitions import Assertion, Definitions, occurring_names
from autograd_mini.decks.general import GeneralFormula
from autograd_mini.decks.given import leads_to
from autograd_mini.decks.names import SQUARED, canonical, neighbours, parts_of, swap
from autograd_mini.decks.parts import Equality
from autograd_mini.decks.reading import Deck
from autograd_mini.decks.trees import (
    ends,
    is_other_sign,
    number,
    plain_names,
    renamed,
    slip_changes,
    substituted,
    written,
)
from autograd_mini.symbols.formulas import total

# A formula with an index is a slip if so many numbers do not come out with it, but with another; it
# is one in any case if so many do not.
FEWEST_NUMBERS, CERTAIN = 2, 3

# Other formulas that are tried, and names that may be missing.
MOST_CHANGES, MOST_NAMES = 400, 12


class Generalities(NamedTuple):
    """The result for the formulas with an index.

    rest: the equations without them. read_as: how they were read, with the line. slips: in the
    formulas that define names. claims: formulas of names that have others, or of derivatives.
    """

    rest: list[Assertion]
    read_as: dict[str, int]
    slips: list[Equality]
    claims: list[list[Equality]]


def define_by_general(deck: Deck, found: list[Assertion], definitions: Definitions) -> Generalities:
    """Define names by formulas with an index, and by the first of their steps."""
    occurring = occurring_names(found)
    printed = {
        row.name: term.side.printed
        for row in reversed(found)
        for term in reversed(row.terms)
        if term.side.printed
    }
    result = Generalities([], {}, [], [])
    used = set()
    rows = {row.head.side.start: row for row in found}
    own = {*definitions.formulas}
    for start, formulas in _general(deck.general, {*occurring}, definitions).items():
        if (row := rows.get(start)) is None:
            continue
        known = {n: tree for n, tree in formulas.items() if "/d" in n or n in own}
        if known:
            used.add(start)
            side = next(term.side for term in row.terms if term.side.relation == "=")
            result.claims.append([Equality(ast.Name(n), tree, side) for n, tree in known.items()])
        formulas = {
            name: tree
            for name, tree in formulas.items()
            if name not in known and name not in definitions.formulas
        }
        if not formulas:
            continue
        mended, slip = _mended(formulas, printed)
        if slip:
            wrong = next(n for n in formulas if _comes_out(n, formulas[n], printed) is False)
            reason = "its numbers do not come out with it"
            if mended:
                reason = f"its numbers come out with {wrong} = {written(mended[wrong])}"
            result.slips.append(
                Equality(ast.Name(wrong), formulas[wrong], row.head.side, (), reason, slip)
            )
        elif not mended:
            row.head.reason = "its numbers do not come out with it"
            continue
        used.add(start)
        names = [name for name, tree in mended.items() if definitions.define(name, tree)]
        if names:
            how = f"{', '.join(names)} by a formula with an index"
            result.read_as[how] = row.head.side.line.number
    result.rest.extend(row for row in found if row.head.side.start not in used)
    for name, first in _find_starts([n for n in occurring if n not in printed], definitions):
        line = next(row.head.side.line for row in result.rest if first in occurring_names([row]))
        result.read_as[f"{name} as {first}, from which its steps begin"] = line.number
    return result


def _general(
    general: Iterable[GeneralFormula], occurring: set[str], definitions: Definitions
) -> dict[int, dict[str, ast.expr]]:
    """The formulas of names that occur, by the place of the general one."""
    found: dict[int, dict[str, ast.expr]] = {}
    for name, tree, start in general:
        names = {*ends(name)} if "/d" in name else {name}
        if not names <= occurring or name in definitions.functions:
            continue
        try:
            plain = definitions.plain(tree)
        except CannotRead:
            continue
        is_condition = isinstance(plain, ast.Constant)  # dE/dw_i = 0
        if is_condition or name in plain_names(plain):
            continue
        if occurring.issuperset(plain_names(plain)):
            found.setdefault(start, {})[name] = plain
    return found


def _mended(
    formulas: dict[str, ast.expr], printed: Mapping[str, str]
) -> tuple[dict[str, ast.expr], str]:
    """The formulas as their numbers ask for them, with the slip in those of the deck, if any.

    No formulas, if the numbers do not come out with any.
    """
    verdicts = [_comes_out(name, tree, printed) for name, tree in formulas.items()]
    fits, fails = verdicts.count(True), verdicts.count(False)
    if fits + fails < FEWEST_NUMBERS or fits > fails:
        return formulas, ""
    # A factor that may be missing is one for all: it has no index of theirs.
    indices = {index for name in formulas for index in parts_of(name)[1:]}
    names = [n for n in printed if n.isidentifier() and not indices & {*parts_of(n)[1:]}]
    changes = zip(*(slip_changes(tree, names[:MOST_NAMES]) for tree in formulas.values()))
    for changed in islice(changes, MOST_CHANGES):
        trees = {name: tree for name, (_, tree) in zip(formulas, changed)}
        if all(_comes_out(name, tree, printed) is not False for name, tree in trees.items()):
            return trees, changed[0][0]
    return {}, "own-numbers" if fails >= CERTAIN and not fits else ""


def _comes_out(name: str, tree: ast.expr, printed: Mapping[str, str]) -> bool | None:
    """True if a formula leads from printed numbers to a printed number, None if one is missing."""
    names = [*dict.fromkeys(names_in(tree))]
    if not printed.keys() >= {name, *names}:
        return None
    return leads_to(substituted(tree, {n: number(printed[n]) for n in names}), printed[name])


def generalize_updates(names: Iterable[str], definitions: Definitions) -> None:
    """Give the rule of one weight to all weights."""
    ranks = definitions.ranks
    rules = [name for name in definitions.updates if ranks[name][0]]
    if not rules:
        return
    shapes = {name: written(renamed(definitions.updates[name], {name: "w"})) for name in rules}
    count = Counter(shapes.values())
    old = max(rules, key=lambda name: (ranks[name], count[shapes[name]]))
    for name in names:
        slip = name in shapes and is_other_sign(
            definitions.updates[name], renamed(definitions.updates[old], {old: name})
        )
        if name not in definitions.updates or ranks[name] < ranks[old] or slip:
            definitions.updates[name] = renamed(definitions.updates[old], {old: name})
            ranks[name] = ranks[old]


def define_constants(found: list[Assertion], definitions: Definitions) -> None:
    """Define the names of which all that is said is a line of numbers: w = 1/2."""
    said = Counter(row.name for row in found)
    for row in found:
        alone = len(row.terms) == 1 and said[row.name] == 1 and row.terms[0].is_number
        if alone and row.name.isidentifier() and row.name not in definitions.formulas:
            tree = row.terms[0].tree
            if tree is not None and not row.terms[0].side.printed:
                definitions.define(row.name, tree)


def define_by_derivatives(
    found: list[Assertion], definitions: Definitions
) -> tuple[list[Assertion], dict[str, int]]:
    """Define L by dL/dy = 0.5 as 0.5*y, where that number is all that is said of L and of dL/dy.

    The names by which its derivatives are stated are those of a whole layer.
    Returns the equations without these, and how they were read, with the line.
    """
    said: dict[str, list[Assertion]] = {}
    for row in found:
        said.setdefault(row.name, []).append(row)
    stated: dict[str, dict[str, ast.expr]] = {}
    for name, rows in said.items():
        is_number = all(len(row.terms) == 1 and row.terms[0].side.printed for row in rows)
        y, x = ends(name) if "/d" in name else ("", "")
        if is_number and y not in definitions.formulas and x in definitions.formulas:
            tree = rows[0].terms[0].tree
            assert tree is not None
            stated.setdefault(y, {})[x] = ast.BinOp(tree, ast.Mult(), ast.Name(x))
    read_as, used = {}, set()
    for y, terms in stated.items():
        layer = {each for x in terms for each in (x, *neighbours(x, definitions.formulas))}
        below = definitions.below(
            name for x in terms for name in plain_names(definitions.formulas[x])
        )
        if (
            layer == terms.keys()
            and not below & layer
            and definitions.define(y, total([*terms.values()]))
        ):
            used |= {f"d{y}/d{x}" for x in terms}
            line = said[f"d{y}/d{next(iter(terms))}"][0].head.side.line.number
            read_as[f"{y} by its derivatives by {', '.join(terms)}"] = line
    return [row for row in found if row.name not in used], read_as


def _find_starts(occurring: Iterable[str], definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Define w, which has no formula, by w_0, where the formula of w_1 begins from w_0.

    Yields these two names. The root of a variance sigma^2 is defined here, too.
    """
    for name in occurring:
        if name in definitions.formulas or name in definitions.functions:
            continue
        start, after = (canonical(name, index) for index in "01")
        if start in plain_names(definitions.formulas.get(after, ast.Constant(0))):
            if definitions.define(name, ast.Name(start)):
                yield name, start
        elif (square := name + SQUARED) in definitions.formulas:
            definitions.define(name, ast.Call(ast.Name("sqrt"), [ast.Name(square)], []))


def find_analogies(names: Iterable[str], occurring: set[str], definitions: Definitions) -> None:
    """Define names that have no formula like those that differ from them by one index."""
    for name in names:
        if name in definitions.formulas or name in definitions.functions:
            continue
        for known, tree in list(definitions.formulas.items()):
            meanings = by_analogy(known, name, tree)
            differs = any(each != other for each, other in meanings.items())
            if not differs or not occurring.issuperset(meanings.values()):
                continue
            if definitions.define(name, renamed(tree, meanings)):
                definitions.analogies[name] = known
                break


def by_analogy(known: str, name: str, tree: ast.expr) -> dict[str, str]:
    """The names for those in the formula of a known name, if another name is defined like it.

    The two indices are exchanged: in a softmax, p2 has z2 for z1 and z1 for z2.
    """
    parts, others = parts_of(known), parts_of(name)
    if swap(known, name) is None:
        return {}
    place = next(i for i, pair in enumerate(zip(parts, others)) if len({*pair}) > 1)
    exchanged = {parts[place]: others[place], others[place]: parts[place]}
    return {each: _exchanged(each, place, exchanged) for each in plain_names(tree)}


def _exchanged(name: str, place: int, exchanged: Mapping[str, str]) -> str:
    parts = parts_of(name)
    if len(parts) <= place or parts[place] not in exchanged:
        return name
    swapped = [*parts[:place], exchanged[parts[place]], *parts[place + 1 :]]
    joiner = "" if swapped[1].isdigit() and name[len(parts[0])].isdigit() else "_"
    return swapped[0] + joiner + "_".join(swapped[1:])
