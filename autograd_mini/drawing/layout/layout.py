"""Layout: where everything goes, in pixels, x to the right and y down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

Point = tuple[float, float]

MARGIN = 12
FRAME_PADDING = 9
FRAME_TITLE = 17


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle by its centre and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The smallest x."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The largest x."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """The smallest y."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """The largest y."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Wire:
    """A chain of cubic Bezier curves: one start, then three points a curve.

    Edges from one value may share a wire up to where they part; the shared piece is a wire of its
    own, without an arrow, and has the id `w7` for value `v7`. `r7` joins operation and value.
    """

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    arrow: bool = True


@dataclass(frozen=True, slots=True)
class ScopeFrame:
    """The rectangle around the values of one scope."""

    scope: tuple[str, ...]
    place: Rectangle


@dataclass(frozen=True, slots=True)
class Layout:
    """Places by the ids of the lettering, wires, and frames from the outermost to the innermost."""

    width: float
    height: float
    places: dict[str, Rectangle]
    wires: tuple[Wire, ...]
    frames: tuple[ScopeFrame, ...]


def frames_around(members: dict[tuple[str, ...], list[Rectangle]]) -> list[ScopeFrame]:
    """The frame of every scope, around its members and the frames inside it."""
    inside: dict[tuple[str, ...], list[Rectangle]] = {
        scope[:depth]: [] for scope in members for depth in range(1, len(scope) + 1)
    }
    inside.update({scope: list(places) for scope, places in members.items() if scope})
    frames = []
    for scope in sorted(inside, key=len, reverse=True):
        places = inside[scope]
        left = min(place.left for place in places) - FRAME_PADDING
        right = max(place.right for place in places) + FRAME_PADDING
        top = min(place.top for place in places) - FRAME_PADDING - FRAME_TITLE
        bottom = max(place.bottom for place in places) + FRAME_PADDING
        place = Rectangle((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        frames.append(ScopeFrame(scope, place))
        if len(scope) > 1:
            inside[scope[:-1]].append(place)
    return sorted(frames, key=lambda frame: len(frame.scope))


def fitted(
    places: dict[str, Rectangle], wires: Sequence[Wire], frames: Sequence[ScopeFrame]
) -> Layout:
    """Move a layout so that it starts at the margin, and measure it."""
    rectangles = [*places.values(), *(frame.place for frame in frames)]
    xs = [x for wire in wires for x, _ in wire.points]
    ys = [y for wire in wires for _, y in wire.points]
    left = min([place.left for place in rectangles] + xs) - MARGIN
    top = min([place.top for place in rectangles] + ys) - MARGIN
    right = max([place.right for place in rectangles] + xs) + MARGIN
    bottom = max([place.bottom for place in rectangles] + ys) + MARGIN

    def moved(place: Rectangle) -> Rectangle:
        return Rectangle(place.x - left, place.y - top, place.width, place.height)

    return Layout(
        width=right - left,
        height=bottom - top,
        places={name: moved(place) for name, place in places.items()},
        wires=tuple(
            replace(wire, points=tuple((x - left, y - top) for x, y in wire.points))
            for wire in wires
        ),
        frames=tuple(replace(frame, place=moved(frame.place)) for frame in frames),
    )
