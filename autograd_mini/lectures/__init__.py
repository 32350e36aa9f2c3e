"""The shipped lectures: derivation sheets in this folder."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple


class Lecture(NamedTuple):
    """A shipped sheet; name: the name of its file without .md."""

    name: str
    path: str
    text: str

    @property
    def title(self) -> str:
        """The first heading."""
        headings = (line for line in self.text.splitlines() if line.startswith("# "))
        return next(headings, "").removeprefix("#").strip()


def lectures() -> list[Lecture]:
    """All lectures, sorted by name.

    >>> [lecture.name for lecture in lectures()][:2]
    ['ann-rumelhart-1986', 'attention-one-head']
    """
    found = [entry for entry in files(__package__).iterdir() if entry.name.endswith(".md")]
    return sorted(
        Lecture(entry.name.removesuffix(".md"), str(entry), entry.read_text(encoding="utf-8"))
        for entry in found
    )


def find_lecture(part: str) -> Lecture:
    """The lecture whose name contains `part`.

    >>> find_lecture("mazur").name
    'mazur-bt2101-tutorial-6'

    Raises: LookupError unless exactly one lecture matches.
    """
    known = lectures()
    wanted = part.removesuffix(".md")
    found = [lecture for lecture in known if wanted and wanted in lecture.name]
    exact = [lecture for lecture in found if lecture.name == wanted]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        several = ", ".join(lecture.name for lecture in found)
        raise LookupError(f"{part!r} matches the lectures {several}; give more of the name")
    names = ", ".join(lecture.name for lecture in known)
    raise LookupError(f"no lecture matches {part!r}; the lectures are {names}")
