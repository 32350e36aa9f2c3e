"""Mending: where one slip explains several claims that fail, it is the slip that is reported.

A slip in the formula that defines a name makes later lines fail that are right, and so does a
misprint from which a number is inferred. A part is read again as if the side in question were
right, or not there; if less of it is wrong then, that side is claimed, and fails.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.decks.analogies import by_analogy
from autograd_mini.decks.definitions import Definitions
from autograd_mini.decks.findings import JudgedPart
from autograd_mini.decks.given import comes_out, precision
from autograd_mini.decks.judging import judge
from autograd_mini.decks.missing import scene_of
from autograd_mini.decks.names import neighbours
from autograd_mini.decks.parts import Equality, Figure, Part
from autograd_mini.decks.reading import Deck, DeckEquation
from autograd_mini.decks.scenes import chosen
from autograd_mini.decks.trees import (
    name_changes,
    plain_names,
    renamed,
    sign_changes,
    slip_changes,
    written,
)
from autograd_mini.decks.understanding import understand
from autograd_mini.symbols.formulas import evaluate

Claim = Figure | Equality
Functions = dict[str, tuple[str, ast.expr]]
Trees = dict[str, ast.expr]  # formulas of names

# Claims that must come out by a change, where no fewer fail: the old definition is one that does.
FEWEST = 2

# Definitions that are tried for a part, and claims that are tested with all of them.
MOST_TRIES = 60
MOST_TESTS = 5_000

# Formulas with one slip less that are tried for a name, and names that it may lack.
MOST_CHANGES, MOST_NAMES = 400, 12

# Changes with which a part is read again.
MOST_READINGS = 3

RIGHT = ("rounds", "truncates", "carried", "holds")


@dataclass(frozen=True)
class Change:
    """A side of a part that is read otherwise, as a slip; of a vector, the sides of its components.

    claims: those of the deck, which are put back. trees: for each as it is read now, None if not
    at all. defines: whether they define names. is_shown: whether other lines show the slip by
    themselves. fewest: how many claims must come out by it, where no fewer fail.
    """

    claims: list[Claim]
    trees: list[ast.expr | None]
    defines: bool = False
    is_shown: bool = False
    fewest: int = FEWEST

    @property
    def line(self) -> int:
        return self.claims[0].side.line.number


def judge_part(
    deck: Deck,
    equations: list[DeckEquation],
    functions: Functions,
    span: range,
    ambiguous: set[str],
) -> JudgedPart:
    """Judge a part of a deck as it is, or with the change that leaves least of it wrong.

    span: where the part stands in the text. ambiguous: names that parts before define otherwise.
    """

    def judged(change: Change | None = None) -> JudgedPart:
        read_now = equations if change is None else [_changed(each, change) for each in equations]
        part = understand(deck, read_now, functions)
        part.ambiguous = ambiguous
        if change is not None:
            _claim(part, change, best.part.definitions)
        return judge(part, deck, span)

    best = judged()
    for change in islice(_changes(best), MOST_READINGS):
        other = judged(change)
        if not other.declined and _explains(other, best, change):
            best = other
            if {finding.line for finding in best.findings if finding.is_wrong} == {change.line}:
                break
    return best


def _changed(equation: DeckEquation, change: Change) -> DeckEquation:
    """An equation with another tree for a side."""
    trees = {id(claim.side): tree for claim, tree in zip(change.claims, change.trees)}
    if not any(id(side) in trees for side in equation.sides):
        return equation
    sides = []
    for side in equation.sides:
        if id(side) in trees:
            tree = trees[id(side)]
            printed = side.printed if tree is not None else ""
            reason = "" if tree is not None else "nothing"
            side = replace(side, tree=tree, printed=printed, reason=reason)
        sides.append(side)
    return replace(equation, sides=sides)


def _claim(part: Part, change: Change, before: Definitions) -> None:
    """Put the claims of the deck where they stand; before: the definitions they were read with."""
    helpers = {
        name: part.definitions.helper(before.formulas[name]) for name in before.helpers.values()
    }
    for claim in change.claims:
        if isinstance(claim, Equality):
            left, right = renamed(claim.left, helpers), renamed(claim.right, helpers)
            claim = replace(claim, left=left, right=right)
            if change.defines:
                part.mended[written(left)] = right, claim.side
        places = (i for i, each in enumerate(part.claims) if each.side.start >= claim.side.start)
        part.claims.insert(next(places, len(part.claims)), claim)


def _explains(other: JudgedPart, best: JudgedPart, change: Change) -> bool:
    """True if less is wrong of a part as it is read otherwise, and as much is right."""
    wrong, wrong_before = (
        [finding for finding in judged.claimed if finding.is_wrong] for judged in (other, best)
    )
    right, right_before = (
        sum(finding.verdict in RIGHT for finding in judged.claimed) for judged in (other, best)
    )
    lines, lines_before = ({finding.line for finding in each} for each in (wrong, wrong_before))
    if change.line not in lines or (best.declined and len(lines) > 1):
        return False
    if len(lines - {change.line} if change.is_shown else lines) > len(lines_before):
        return False
    if right < right_before:
        return False
    if len(wrong) < len(wrong_before) or right >= right_before + change.fewest:
        return True
    return change.is_shown and change.line in lines - lines_before and bool(lines_before)


def _changes(judged: JudgedPart) -> Iterator[Change]:
    """The changes that may explain what is wrong of a part, the likeliest first."""
    part = judged.part
    wrong = [finding for finding in judged.claimed if finding.is_wrong]
    for code, definitions in _contradicted(part, part.numbers):
        # Of few changes of a sign, one comes out by chance less often than of all others.
        fewest = 1 if code == "sign" else FEWEST
        yield replace(_definition(part, definitions, is_shown=True), fewest=fewest)
    if not wrong:
        return
    starts = {finding.side.start for finding in wrong}
    seen: set[tuple[str, ...]] = set()
    for definitions in _other_definitions(judged, starts):
        key = tuple(f"{name} = {written(tree)}" for name, tree in definitions.items())
        if key not in seen:
            seen.add(key)
            yield _definition(part, definitions, _is_shaped_as_its_neighbours(part, definitions))
    lines = {finding.line for finding in wrong} if len(wrong) > 1 else set()
    for place, claim in enumerate(part.claims):
        is_wrong = claim.side.line.number in lines
        if isinstance(claim, Equality):
            if is_wrong and not claim.against and (judged.fit.pinned or _gives(part, claim)):
                yield Change([claim], [None])
            continue
        misled = place in judged.fit.sources or (is_wrong and judged.fit.pinned)
        if misled and not claim.is_operand:
            yield Change([replace(claim, is_slip=True)], [None])


def _gives(part: Part, claim: Equality) -> bool:
    """True if a leaf of a formula has its number from the lines below the formula."""
    names = {*plain_names(claim.left), *plain_names(claim.right)}
    lines = range(claim.side.line.number, claim.side.line.number + 5)
    return any(part.given[name].side.line.number in lines for name in names & {*part.given})


def _other_definitions(judged: JudgedPart, wrong: set[int]) -> Iterator[Trees]:
    """The other formulas that names may have: those of the deck, then with one change."""
    part = judged.part
    for claim in part.claims:
        if isinstance(claim, Equality) and claim.side.start in wrong and not claim.against:
            yield from _of_deck(part, claim)
    for names in _components(part):
        for trees in zip(*(sign_changes(part.definitions.formulas[name]) for name in names)):
            definitions = dict(zip(names, trees))
            if _is_shaped_as_its_neighbours(part, definitions):
                yield definitions
    inferred = {leaf: float(text) for leaf, text in judged.fit.inferred.items()}
    for numbers in [part.numbers, part.numbers | inferred] if inferred else [part.numbers]:
        yield from _candidates(part, numbers)


def _of_deck(part: Part, claim: Equality) -> Iterator[Trees]:
    """The formula that a claim gives a name; of a vector, those of all its components."""
    definitions = {
        written(other.left): other.right
        for other in part.claims
        if isinstance(other, Equality) and other.side.start == claim.side.start
    }
    if all(
        name in part.origins and name not in part.definitions.below(plain_names(tree))
        for name, tree in definitions.items()
    ):
        yield definitions


def _components(part: Part) -> list[list[str]]:
    """The names that formulas define, those of the components of one vector together."""
    found: dict[int, list[str]] = {}
    for name, side in part.origins.items():
        if name in part.definitions.formulas:
            found.setdefault(side.start, []).append(name)
    return [*found.values()]


def _definition(part: Part, trees: Trees, is_shown: bool) -> Change:
    claims: list[Claim] = [
        Equality(ast.Name(name), part.definitions.formulas[name], part.origins[name])
        for name in trees
    ]
    return Change(claims, [*trees.values()], True, is_shown)


def _is_shaped_as_its_neighbours(part: Part, trees: Trees) -> bool:
    """True if the definitions of all names with another index have the shape of a new one."""
    formulas = part.definitions.formulas
    name, new = next(iter(trees.items()))
    shapes = {
        _shape(formulas[other])
        for other in neighbours(name, formulas)
        if other not in part.definitions.analogies and other not in trees
    }
    return shapes == {_shape(new)} != {_shape(formulas[name])}


def _shape(tree: ast.expr) -> str:
    return written(renamed(tree, dict.fromkeys(plain_names(tree), "x")))


def _candidates(part: Part, numbers: dict[str, float]) -> list[Trees]:
    """The other definitions with which more claims come out, those with most first."""
    failing, holding = _tested(part, part.claims, numbers)
    found: list[tuple[int, Trees]] = []
    tries = 0
    for names in _suspects(part, failing, holding):
        old = {name: part.definitions.formulas[name] for name in names}
        for new in _others(part, names, failing):
            if (tries := tries + 1) > min(MOST_TRIES, MOST_TESTS / len(part.claims)):
                break
            if any(name in part.definitions.below(plain_names(tree)) for name, tree in new.items()):
                continue
            _put(part, new)
            if _tested(part, failing, numbers)[1]:
                found.append((len(_tested(part, part.claims, numbers)[1]), new))
            _put(part, old)
    found.sort(key=lambda each: -each[0])
    return [new for most, new in found if most > len(holding)]


def _contradicted(part: Part, given: dict[str, float]) -> Iterator[tuple[str, Trees]]:
    """The names whose printed number is not that of the numbers printed for its formula.

    Each with the formula without a slip that has that number, behind the code of the slip.
    """
    printed: dict[str, set[str]] = {}
    for claim in part.claims:
        if isinstance(claim, Figure) and isinstance(claim.tree, ast.Name) and not claim.is_operand:
            printed.setdefault(claim.tree.id, set()).add(claim.printed)
    numbers = {name: float(min(texts)) for name, texts in printed.items() if len(texts) == 1}
    numbers = given | numbers
    known = [*islice(numbers, MOST_NAMES)]
    for names in _components(part):
        formulas = [part.definitions.formulas[name] for name in names]
        if not all(
            len(printed.get(name, ())) == 1 and numbers.keys() >= {*names_in(formula)}
            for name, formula in zip(names, formulas)
        ):
            continue
        texts = [next(iter(printed[name])) for name in names]
        if not any(_is_off(each, numbers, text, 0.02) for each, text in zip(formulas, texts)):
            continue
        changes = zip(*(slip_changes(formula, known) for formula in formulas))
        fitting = [
            (each[0][0], trees)
            for each in islice(changes, MOST_CHANGES)
            for trees in [[tree for _, tree in each]]
            if not any(_is_off(tree, numbers, text) for tree, text in zip(trees, texts))
        ]
        # Those to the last digit first: the digits of a sum may have been lost before.
        fitting.sort(key=lambda each: not all(map(partial(_is_exact, numbers), each[1], texts)))
        if fitting:
            code, trees = fitting[0]
            yield code, dict(zip(names, trees))


def _is_exact(numbers: dict[str, float], formula: ast.expr, text: str) -> bool:
    """True if a formula comes to a printed number in all its digits."""
    return comes_out(text, evaluate(formula, numbers))


def _is_off(formula: ast.expr, numbers: dict[str, float], text: str, share: float = 0.0) -> bool:
    """True if a formula has another value than the printed one, by more than a share of it.

    share: the default is one for the digits of the number.
    """
    share = share or (0.002 if precision(text) < 5 else 0.0005)
    try:
        error = abs(evaluate(formula, numbers) - float(text))
    except (ArithmeticError, ValueError):
        return True
    return error > max(2.5 * float(read(text).unit), share * abs(float(text)))


def _suspects(part: Part, failing: list[Claim], holding: list[Claim]) -> list[list[str]]:
    """The names whose definition may be the slip, the most suspicious first.

    Source: Abreu, Zoeteweij, van Gemund, On the Accuracy of Spectrum-based Fault Localization,
    2007 (the coefficient of Ochiai).
    """
    fails, holds = (
        Counter(name for claim in claims for name in part.definitions.below(_names(claim)))
        for claims in (failing, holding)
    )
    confirmed = {written(claim.tree) for claim in holding if isinstance(claim, Figure)}
    suspects = [
        names
        for names in _components(part)
        if max(fails[name] for name in names) >= FEWEST and not confirmed & {*names}
    ]
    return sorted(
        suspects,
        key=lambda names: min(-fails[n] / math.sqrt(fails[n] + holds[n] or 1) for n in names),
    )


def _put(part: Part, trees: Trees) -> None:
    """Define names, and those that are defined like them."""
    part.definitions.formulas.update(trees)
    for other, known in part.definitions.analogies.items():
        if known in trees:
            meanings = by_analogy(known, other, trees[known])
            part.definitions.formulas[other] = renamed(trees[known], meanings)


def _others(part: Part, names: list[str], failing: list[Claim]) -> Iterator[Trees]:
    """The formulas that names may have instead: of the deck, then with one change."""
    formulas = [part.definitions.formulas[name] for name in names]
    seen = {written(formulas[0])}
    for claim in failing:
        if not isinstance(claim, Equality) or written(claim.left) != names[0]:
            continue
        if written(claim.right) not in seen:
            seen.add(written(claim.right))
            yield from _of_deck(part, claim)
    for trees in zip(*map(sign_changes, formulas)):
        yield dict(zip(names, trees))
    if len(names) == 1:
        known = {*part.definitions.formulas, *part.given, *part.leaves}
        for tree in name_changes(formulas[0], lambda each: neighbours(each, known)):
            yield {names[0]: tree}


def _names(claim: Claim) -> list[str]:
    trees = [claim.tree] if isinstance(claim, Figure) else [claim.left, claim.right]
    return [name for tree in trees for name in plain_names(tree)]


def _tested(
    part: Part, claims: list[Claim], numbers: dict[str, float]
) -> tuple[list[Claim], list[Claim]]:
    """The claims that do not come out, and those that do.

    Only figures whose leaves all have numbers are tested.
    """
    scene = scene_of(part, {leaf: chosen(leaf) for leaf in part.leaves} | numbers)
    failing: list[Claim] = []
    holding: list[Claim] = []
    for claim in claims:
        fails = _fails(part, scene, claim, numbers)
        if fails is not None:
            (failing if fails else holding).append(claim)
    return failing, holding


def _fails(part: Part, scene: Scene, claim: Claim, numbers: dict[str, float]) -> bool | None:
    """True if a claim does not come out, None if that cannot be told."""
    try:
        if isinstance(claim, Equality):
            if claim.against:
                return None
            one, two = scene.evaluate(claim.left), scene.evaluate(claim.right)
            return not abs(one - two) <= 1e-6 * max(abs(one), abs(two))
        leaves = part.definitions.below(_names(claim)) - set(part.definitions.formulas)
        if claim.is_operand or not leaves <= numbers.keys():
            return None
        text = claim.printed
        return _is_off(ast.Constant(scene.evaluate(claim.tree)), {}, text)
    except (ArithmeticError, ValueError, LookupError):
        return None
