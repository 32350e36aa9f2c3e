"""Mending: where a definition rather than all that follows from it is the slip.

A slip in the formula that defines a name makes later lines fail that are right. If one changed
sign or index in a definition, or another formula of the deck for its name, makes more of the deck
come out, it is the definition that is reported.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.decks.definitions import neighbours, plain_names, renamed, swap
from autograd_mini.decks.given import precision
from autograd_mini.decks.missing import scene_of
from autograd_mini.decks.parts import Equality, Figure, Part
from autograd_mini.decks.scenes import chosen
from autograd_mini.decks.trees import name_changes, sign_changes, written
from autograd_mini.symbols.formulas import evaluate

Claim = Figure | Equality

# Claims that must come out by a change: the old definition then is a claim that fails.
FEWEST = 2

# Definitions that are tried for a part, and claims that are tested with all of them.
MOST_TRIES = 60
MOST_TESTS = 5_000


def mend(part: Part, numbers: dict[str, float]) -> bool:
    """Mend the definition that explains most claims that fail, and claim the old one.

    numbers: those of leaves, printed or inferred. Returns whether a definition was mended.
    """
    formulas = part.definitions.formulas
    contradicted = list(_contradicted(part, numbers))
    for name, new in contradicted:
        _replace(part, name, new)
    failing, holding = _tested(part, part.claims, numbers)
    if len(failing) < FEWEST:
        return bool(contradicted)
    found: list[tuple[int, str, ast.expr]] = []
    tries = 0
    for name in _suspects(part, failing, holding):
        old = formulas[name]
        for new in _others(part, name, failing):
            if (tries := tries + 1) > min(MOST_TRIES, MOST_TESTS / len(part.claims)):
                break
            if name in part.definitions.below(plain_names(new)):
                continue
            _put(part, name, new)
            if len(_tested(part, failing, numbers)[1]) >= FEWEST:
                found.append((len(_tested(part, part.claims, numbers)[1]), name, new))
            _put(part, name, old)
    if not found:
        return bool(contradicted)
    most, name, new = max(found, key=lambda each: each[0])
    rivals = {other for number, other, _ in found if number == most}
    if most - len(holding) < FEWEST or len(rivals) > 1:
        return bool(contradicted)
    _replace(part, name, new)
    return True


def _replace(part: Part, name: str, new: ast.expr) -> None:
    """Define a name otherwise, and claim the formula of the deck."""
    old, side = part.definitions.formulas[name], part.origins[name]
    part.mended.setdefault(name, (old, side))
    _put(part, name, new)
    place = next(
        (i for i, claim in enumerate(part.claims) if claim.side.start > side.start),
        len(part.claims),
    )
    if not any(claim.side is side and isinstance(claim, Equality) for claim in part.claims):
        part.claims.insert(place, Equality(ast.Name(name), old, side))


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
        if known == name and (swapped := swap(name, other)):
            names = {each: each.replace(*swapped) for each in plain_names(tree)}
            part.definitions.formulas[other] = renamed(tree, names)


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
