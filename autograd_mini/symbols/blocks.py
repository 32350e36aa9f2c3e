"""The blocks of a large graph: the values of a scope, in a column for each scope around several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import list_name

MOST_COLUMNS = 16


def is_table(scopes: Sequence[tuple[str, ...]], sources: Sequence[Iterable[int]]) -> bool:
    """True if several outermost scopes have equal scopes inside, of which one feeds another.

    scopes: of each value. sources: the places of the values that feed each.
    """
    pairs = {scope[:2] for scope in scopes if len(scope) > 1}
    columns = {column for column, _ in pairs}
    shared = Counter(row for _, row in pairs)
    if not 2 <= len(columns) <= MOST_COLUMNS or sum(count > 1 for count in shared.values()) < 2:
        return False
    return any(
        len(scope) > 1
        and len(scopes[source]) > 1
        and scopes[source][0] == scope[0]
        and scopes[source][1] != scope[1]
        for scope, feeding in zip(scopes, sources)
        for source in feeding
    )


def in_order(before: Mapping[str, Container[str]]) -> dict[str, int]:
    """The number of each name: after those that come before it, and else as given.

    >>> in_order({"b": {"a"}, "a": set(), "c": {"a"}})
    {'a': 0, 'b': 1, 'c': 2}
    """
    order: dict[str, int] = {}
    while len(order) < len(before):
        waiting = [name for name in before if name not in order]
        ready = (
            name
            for name in waiting
            if not any(other in before[name] for other in waiting if other != name)
        )
        order[next(ready, waiting[0])] = len(order)
    return order


class ScopeBlock(NamedTuple):
    """The results of a scope, which values outside use; or a list of leaves or of named values.

    column: the outermost of several scopes, "" for one alone and for leaves.
    """

    name: str
    column: str
    values: list[Value]


def blocks_of(values: Sequence[Value], root: Value) -> list[ScopeBlock]:
    """The blocks of a graph, from its root down; then its leaves, list by list.

    values: in topological order. A result outside of all scopes belongs to no block.
    """
    places = {value: place_of(value) for value in values}
    used = {
        operand
        for value in values
        for operand in value.operands
        if isinstance(operand, Value) and places[operand] != places[value]
    }
    results: dict[tuple[str, str], list[Value]] = {}
    leaves: dict[tuple[str, str], list[Value]] = {}
    for value in reversed(values):
        name, column = places[value]
        if value.op is None:
            leaves.setdefault((name, column), []).append(value)
        elif value.scope and value.label:
            results.setdefault((f"{name}: {list_name(value.label)}", column), []).append(value)
        elif value.scope and (value in used or value is root):
            results.setdefault((name, column), []).append(value)
    return [
        ScopeBlock(name, column, found[::-1])
        for (name, column), found in [*results.items(), *leaves.items()]
    ]


def place_of(value: Value) -> tuple[str, str]:
    """The name and the column of the block that a value is in."""
    if value.op is None:
        return list_name(value.label) or "leaves", ""
    column, *inside = value.scope or ("",)
    return (" / ".join(inside), column) if inside else (column, "")
