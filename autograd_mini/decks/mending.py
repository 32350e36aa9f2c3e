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
from itertools import islice

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.decks.analogies import by_analogy
from autograd_mini.decks.findings import JudgedPart
from autograd_mini.decks.given import precision
from autograd_mini.decks.judging import judge
from autograd_mini.decks.missing import scene_of
from autograd_mini.decks.names import neighbours
from autograd_mini.decks.parts import Equality, Figure, Part
from autograd_mini.decks.reading import Deck, DeckEquation, Side
from autograd_mini.decks.scenes import chosen
from autograd_mini.decks.trees import name_changes, plain_names, renamed, sign_changes, written
from autograd_mini.decks.understanding import understand
from autograd_mini.symbols.formulas import evaluate

Claim = Figure | Equality
Functions = dict[str, tuple[str, ast.expr]]

# Claims that must come out by a change, where no fewer fail: the old definition is one that does.
FEWEST = 2

# Definitions that are tried for a part, and claims that are tested with all of them.
MOST_TRIES = 60
MOST_TESTS = 5_000

# Changes with which a part is read again.
MOST_READINGS = 3

RIGHT = ("rounds", "truncates", "carried", "holds")


@dataclass(frozen=True)
class Change:
    """A side of a part that is read otherwise, as a slip.

    tree: as it is read now, None if not at all. claim: that of the deck, which is put back. name:
    the name that it defines, if any. is_shown: whether other lines show the slip by themselves.
    """

    side: Side
    tree: ast.expr | None
    claim: Claim
    name: str = ""
    is_shown: bool = False


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
            _claim(part, change)
        return judge(part, deck, span)

    best = judged()
    for change in islice(_changes(best), MOST_READINGS):
        other = judged(change)
        if not other.declined and _explains(other, best, change):
            best = other
            if {finding.line for finding in best.findings if finding.is_wrong} == {
                change.side.line.number
            }:
                break
    return best


def _changed(equation: DeckEquation, change: Change) -> DeckEquation:
    """An equation with another tree for one side."""
    if not any(side is change.side for side in equation.sides):
        return equation
    printed = change.side.printed if change.tree is not None else ""
    reason = "" if change.tree is not None else "nothing"
    other = replace(change.side, tree=change.tree, printed=printed, reason=reason)
    sides = [other if side is change.side else side for side in equation.sides]
    return replace(equation, sides=sides)


def _claim(part: Part, change: Change) -> None:
    """Put the claim of the deck where it stands."""
    if change.name and isinstance(change.claim, Equality):
        part.mended[change.name] = change.claim.right, change.side
    start = change.side.start
    places = (i for i, claim in enumerate(part.claims) if claim.side.start >= start)
    part.claims.insert(next(places, len(part.claims)), change.claim)


def _explains(other: JudgedPart, best: JudgedPart, change: Change) -> bool:
    """True if less is wrong of a part as it is read otherwise, and as much is right."""
    wrong, wrong_before = (
        [finding for finding in judged.findings if finding.is_wrong] for judged in (other, best)
    )
    right, right_before = (
        sum(finding.verdict in RIGHT for finding in judged.findings) for judged in (other, best)
    )
    lines, lines_before = ({finding.line for finding in each} for each in (wrong, wrong_before))
    if len(lines) > len(lines_before) or right < right_before:
        return False
    if len(wrong) < len(wrong_before) or right >= right_before + FEWEST:
        return True
    return change.is_shown and change.side.line.number in lines - lines_before


def _changes(judged: JudgedPart) -> Iterator[Change]:
    """The changes that may explain what is wrong of a part, the likeliest first."""
    part = judged.part
    wrong = [finding for finding in judged.findings if finding.is_wrong]
    if not wrong or judged.declined:
        return
    starts = {finding.side.start for finding in wrong}
    for name, new in _contradicted(part, part.numbers):
        yield _definition(part, name, new, is_shown=True)
    seen: set[tuple[str, str]] = set()
    for name, new in _other_definitions(judged, starts):
        if (name, written(new)) not in seen:
            seen.add((name, written(new)))
            is_shown = _is_shaped_as_its_neighbours(part, name, new)
            yield _definition(part, name, new, is_shown)
    lines = {finding.line for finding in wrong} if len(wrong) > 1 else set()
    for place, claim in enumerate(part.claims):
        is_wrong = claim.side.line.number in lines
        if isinstance(claim, Equality):
            if is_wrong and not claim.against and (judged.fit.pinned or _gives(part, claim)):
                yield Change(claim.side, None, claim)
            continue
        misled = place in judged.fit.sources or (is_wrong and judged.fit.pinned)
        if misled and not claim.is_operand:
            yield Change(claim.side, None, replace(claim, is_slip=True))


def _gives(part: Part, claim: Equality) -> bool:
    """True if a leaf of a formula has its number from the lines below the formula."""
    names = {*plain_names(claim.left), *plain_names(claim.right)}
    lines = range(claim.side.line.number, claim.side.line.number + 5)
    return any(part.given[name].side.line.number in lines for name in names & {*part.given})


def _other_definitions(judged: JudgedPart, wrong: set[int]) -> Iterator[tuple[str, ast.expr]]:
    """The other formulas that names may have: those of the deck, then with one change."""
    part = judged.part
    for claim in part.claims:
        if isinstance(claim, Equality) and claim.side.start in wrong and not claim.against:
            name = written(claim.left)
            if name in part.origins and name not in part.definitions.below(
                plain_names(claim.right)
            ):
                yield name, claim.right
    for name in part.origins:
        for new in sign_changes(part.definitions.formulas[name]):
            if _is_shaped_as_its_neighbours(part, name, new):
                yield name, new
    inferred = {leaf: float(text) for leaf, text in judged.fit.inferred.items()}
    for numbers in [part.numbers, part.numbers | inferred] if inferred else [part.numbers]:
        yield from _candidates(part, numbers)


def _definition(part: Part, name: str, new: ast.expr, is_shown: bool) -> Change:
    side = part.origins[name]
    claim = Equality(ast.Name(name), part.definitions.formulas[name], side)
    return Change(side, new, claim, name, is_shown)


def _is_shaped_as_its_neighbours(part: Part, name: str, new: ast.expr) -> bool:
    """True if the definitions of all names with another index have the shape of a new one."""
    formulas = part.definitions.formulas
    shapes = {
        _shape(formulas[other])
        for other in neighbours(name, formulas)
        if other not in part.definitions.analogies
    }
    return shapes == {_shape(new)} != {_shape(formulas[name])}


def _shape(tree: ast.expr) -> str:
    return written(renamed(tree, dict.fromkeys(plain_names(tree), "x")))


def _candidates(part: Part, numbers: dict[str, float]) -> list[tuple[str, ast.expr]]:
    """The other definitions with which more claims come out, those with most first."""
    failing, holding = _tested(part, part.claims, numbers)
    found: list[tuple[int, str, ast.expr]] = []
    tries = 0
    for name in _suspects(part, failing, holding):
        old = part.definitions.formulas[name]
        for new in _others(part, name, failing):
            if (tries := tries + 1) > min(MOST_TRIES, MOST_TESTS / len(part.claims)):
                break
            if name in part.definitions.below(plain_names(new)):
                continue
            _put(part, name, new)
            if _tested(part, failing, numbers)[1]:
                found.append((len(_tested(part, part.claims, numbers)[1]), name, new))
            _put(part, name, old)
    found.sort(key=lambda each: -each[0])
    return [(name, new) for most, name, new in found if most > len(holding)]


def _contradicted(part: Part, given: dict[str, float]) -> Iterator[tuple[str, ast.expr]]:
    """The names whose printed number is not that of the numbers printed for its formula.

    Each with the one formula among those with another sign that has that number.
    """
    printed: dict[str, set[str]] = {}
    for claim in part.claims:
        if isinstance(claim, Figure) and isinstance(claim.tree, ast.Name) and not claim.is_operand:
            printed.setdefault(claim.tree.id, set()).add(claim.printed)
    numbers = {name: float(min(texts)) for name, texts in printed.items() if len(texts) == 1}
    numbers |= given
    for name in part.origins:
        formula = part.definitions.formulas.get(name)
        if formula is None or len(printed.get(name, ())) != 1:
            continue
        if not numbers.keys() >= set(names_in(formula)):
            continue
        (text,) = printed[name]
        if not _is_off(formula, numbers, text, 0.02):
            continue
        fitting = [new for new in sign_changes(formula) if not _is_off(new, numbers, text)]
        if len(fitting) == 1:
            yield name, fitting[0]


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


def _suspects(part: Part, failing: list[Claim], holding: list[Claim]) -> list[str]:
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
        name
        for name in part.origins
        if name in part.definitions.formulas and fails[name] >= FEWEST and name not in confirmed
    ]
    return sorted(suspects, key=lambda n: -fails[n] / math.sqrt(fails[n] + holds[n]))


def _put(part: Part, name: str, tree: ast.expr) -> None:
    """Define a name, and those that are defined like it."""
    part.definitions.formulas[name] = tree
    for other, known in part.definitions.analogies.items():
        if known == name:
            meanings = by_analogy(known, other, tree)
            part.definitions.formulas[other] = renamed(tree, meanings)


def _others(part: Part, name: str, failing: list[Claim]) -> Iterator[ast.expr]:
    """The formulas that a name may have instead: of the deck, then with one change."""
    seen = {written(part.definitions.formulas[name])}
    for claim in failing:
        if not isinstance(claim, Equality) or written(claim.left) != name:
            continue
        if written(claim.right) not in seen:
            seen.add(written(claim.right))
            yield claim.right
    known = {*part.definitions.formulas, *part.given, *part.leaves}
    formula = part.definitions.formulas[name]
    yield from sign_changes(formula)
    yield from name_changes(formula, lambda each: neighbours(each, known))


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
