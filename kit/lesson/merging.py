"""Three-way merging: what a teacher made of a lesson, and what its origin has become since.

``base`` is the origin as it was, ``ours`` the teacher's, ``theirs`` the origin now. What only one of them
changed is taken from there. Where both changed the same, the teacher's stays, and a :class:`Difference` says
so. Nothing that the teacher wrote is ever lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, TypeVar

from kit.lesson.cells import Piece
from kit.lesson.translate import paragraphs

T = TypeVar("T")
#: Two texts are versions of one another when they are alike by at least this much (1: the same).
ALIKE = 0.5
#: What was not there, or is no longer.
ABSENT: Any = None
_MARK = re.compile(r'kit\.answer\(\s*"(\w+)"|^\{\{((?:hour|step|task|questionnaire) [\w-]+)\}\}$', re.M)


@dataclass(frozen=True)
class Difference:
    """One thing that differs. ``kind`` is one of

    ``taken`` the origin's text was taken; ``new`` it came from the origin; ``gone`` it went as in the origin;
    ``both`` both changed it, the teacher's stays; ``kept`` the origin took it out, but the teacher had
    changed it, so it stays; ``out`` the teacher took it out, and the origin changed it; ``order`` both
    changed the order, the teacher's stays.
    """

    kind: str
    file: str
    place: str
    ours: str = ""
    theirs: str = ""

    @property
    def open(self) -> bool:
        """Whether a person should look at it."""
        return self.kind in ("both", "kept", "out", "order")


def same(one: Any, other: Any) -> bool:
    """Return whether two values are written alike: 0, 0.0 and false are three of them.

    >>> same({"a": [0]}, {"a": [0]}), same(0, False), same([1], [1.0])
    (True, False, False)
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@dataclass
class Merge:
    """Merges the parts of one file and collects the differences."""

    file: str
    found: list[Difference] = field(default_factory=list)

    def say(self, kind: str, place: str, ours: Any = ABSENT, theirs: Any = ABSENT) -> None:
        """Note a difference."""
        self.found.append(Difference(kind, self.file, place, shown(ours), shown(theirs)))

    def value(self, place: str, base: Any, ours: Any, theirs: Any) -> Any:
        """Merge one value of any kind; ABSENT where it is not there."""
        if same(ours, theirs) or same(theirs, base):
            return ours
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            return self.table(place, base if isinstance(base, Mapping) else {}, ours, theirs)
        if all(isinstance(one, list) for one in (base, ours, theirs)):
            return self.rows(place, base, ours, theirs)
        if same(ours, base):
            kind = "gone" if theirs is ABSENT else "new" if base is ABSENT else "taken"
            self.say(kind, place, ours, theirs)
            return theirs
        if ours is ABSENT or theirs is ABSENT:
            self.say("out" if ours is ABSENT else "kept", place, ours, theirs)
            return ours
        if isinstance(ours, Piece) and isinstance(theirs, Piece) and isinstance(base, Piece):
            return self.cell(place, base, ours, theirs)
        self.say("both", place, ours, theirs)
        return ours

    def table(
        self, place: str, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Merge tables key by key."""
        keys = {key: self.value(_under(place, key), base.get(key), ours.get(key), theirs.get(key))
                for key in dict.fromkeys([*base, *ours, *theirs])}  # fmt: skip
        order = merged_order(list(base), list(ours), list(theirs))[0]
        return {key: keys[key] for key in order if keys[key] is not ABSENT}

    def rows(self, place: str, base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
        """Merge lists item by item: what says the same, has the same id or is alike belongs together."""
        to_ours, to_theirs = aligned(base, ours, alike), aligned(base, theirs, alike)
        names_ours, names_theirs = _names("ours", ours, to_ours), _names("theirs", theirs, to_theirs)
        free = {name: item for name, item in zip(names_ours, ours, strict=True) if isinstance(name, tuple)}
        for place_there, name in enumerate(names_theirs):
            twin = next((one for one, item in free.items() if same(item, theirs[place_there])), None)
            if isinstance(name, tuple) and twin is not None:  # both added the same
                names_theirs[place_there] = twin
                del free[twin]
        mine = dict(zip(names_ours, ours, strict=True))
        other = dict(zip(names_theirs, theirs, strict=True))
        result: dict[Any, Any] = {}
        where = ""
        order, clash = merged_order(list(range(len(base))), names_ours, names_theirs)
        for name in order:
            old = base[name] if isinstance(name, int) else ABSENT
            here, there = mine.get(name), other.get(name)
            where = _where(place, next(one for one in (here, there, old) if one is not ABSENT), where)
            result[name] = self.value(where, old, here, there)
        if clash:
            self.say("order", place, ours, theirs)
        return [result[name] for name in order if result[name] is not ABSENT]

    def cell(self, place: str, base: Piece, ours: Piece, theirs: Piece) -> Piece:
        """Merge a cell that both changed: text paragraph by paragraph; of code the teacher's stays."""
        tags = _three(base.cell.tags, ours.cell.tags, theirs.cell.tags)
        source = _three(base.cell.source, ours.cell.source, theirs.cell.source)
        if source is None and {base.cell.kind, ours.cell.kind, theirs.cell.kind} == {"markdown"}:
            blocks = [paragraphs(one.cell.source) for one in (base, ours, theirs)]
            source = "\n\n".join(self.rows(place, *blocks))
        elif source is None:
            self.say("both", place, ours, theirs)
            source = ours.cell.source
        elif source != ours.cell.source:
            self.say("taken", place, ours, theirs)
        return ours.changed(source, ours.cell.tags if tags is None else tags)


def _three(base: T, ours: T, theirs: T) -> T | None:
    """Return what one of two made of something; None if both changed it in different ways."""
    if ours == theirs or theirs == base:
        return ours
    return theirs if ours == base else None


def shown(value: Any) -> str:
    """Return something as a person reads it."""
    if value is ABSENT:
        return ""
    if isinstance(value, Piece):
        return value.cell.source
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {shown(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(f"- {shown(one)}" for one in value)
    return str(value)


def _under(place: str, name: str) -> str:
    return f"{place} · {name}" if place else name


def _where(place: str, item: Any, before: str) -> str:
    """Return where an item of a list stands: of cells the last step that was passed."""
    if isinstance(item, Piece):
        step = re.findall(r"^\{\{((?:hour|step) [\w-]+)\}\}$", item.cell.source, re.M)
        return step[-1] if step else before
    if isinstance(item, Mapping):
        return _under(place, str(item.get("id") or item.get("title") or item.get("variable") or ""))
    return place


def alike(one: Any, other: Any) -> float:
    """Return how alike two items are, 0 to 1: cells and texts by their words, tables by their id or steps.

    -1 means that one cannot have become the other.
    """
    if isinstance(one, Piece) and isinstance(other, Piece):
        marks = [set(_MARK.findall(item.cell.source)) for item in (one, other)]
        if one.cell.kind != other.cell.kind or (all(marks) and not marks[0] & marks[1]):
            return -1
        return text_alike(one.cell.source, other.cell.source)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if "id" in one or "id" in other:
            return 1 if one.get("id") == other.get("id") else -1
        steps = [{step.get("id") for step in item.get("steps", [])} for item in (one, other)]
        if any(steps):
            return len(steps[0] & steps[1]) / max(1, min(map(len, steps)))
        return 1 if one.get("variable") == other.get("variable") else -1
    if isinstance(one, str) and isinstance(other, str) and " " in one and " " in other:
        return text_alike(one, other)
    return 1 if one == other else -1


def text_alike(one: str, other: str) -> float:
    """Return how alike two texts are, 0 to 1."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < ALIKE:
        return 0.0
    return matcher.ratio()


def aligned(base: Sequence[T], other: Sequence[T], how: Callable[[T, T], float]) -> dict[int, int]:
    """Return which item of ``other`` each item of ``base`` has become; what has gone is not there.

    First what says the same in the same order, then what says the same elsewhere, then what is alike, then
    what stands alone between the same neighbours.

    >>> aligned(["a", "b", "c"], ["c", "x", "b"], alike)
    {1: 2, 2: 0}
    """
    found: dict[int, int] = {}
    for start, there, size in _blocks(base, other):
        found.update(zip(range(start, start + size), range(there, there + size), strict=True))

    def rest() -> tuple[list[int], list[int]]:
        taken = set(found.values())
        return [i for i in range(len(base)) if i not in found], [
            j for j in range(len(other)) if j not in taken
        ]

    for here in rest()[0]:
        same = next((there for there in rest()[1] if base[here] == other[there]), None)
        if same is not None:
            found[here] = same
    left, free = rest()
    pairs = [(how(base[here], other[there]), here, there) for here in left for there in free]
    by_score = sorted(
        (pair for pair in pairs if pair[0] >= ALIKE), key=lambda p: (-p[0], abs(p[1] - p[2]), p[1])
    )
    for _, here, there in by_score:
        if here not in found and there not in set(found.values()):
            found[here] = there
    for here, there in _in_one_gap(found, len(base), len(other)):
        if how(base[here], other[there]) >= 0:
            found[here] = there
    return found


def _in_one_gap(found: Mapping[int, int], here: int, there: int) -> list[tuple[int, int]]:
    """Return pairs of what stands between the same neighbours, where that is as many on both sides."""
    pairs = []
    ends = {-1: -1, **found, here: there}
    places = sorted(ends)
    for one, other in pairwise(places):
        new = ends[other] - ends[one]
        if other - one == new > 1 and not set(range(ends[one] + 1, ends[other])) & set(found.values()):
            pairs += list(zip(range(one + 1, other), range(ends[one] + 1, ends[other]), strict=True))
    return pairs


def _blocks(base: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """Return the runs of equal items of two lists, in order."""
    items: list[Any] = []

    def number(item: Any) -> int:
        if item not in items:
            items.append(item)
        return items.index(item)

    one, two = [number(item) for item in base], [number(item) for item in other]
    return list(SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks())


def _names(side: str, items: Sequence[Any], found: Mapping[int, int]) -> list[Any]:
    """Return a name for each item: its place in the base, or whose new one it is."""
    back = {there: here for here, there in found.items()}
    return [back.get(place, (side, place)) for place in range(len(items))]


def merged_order(base: list[Any], ours: list[Any], theirs: list[Any]) -> tuple[list[Any], bool]:
    """Return all names in one order, and whether both moved something in different ways.

    The order is the origin's where the teacher moved nothing, else the teacher's; what only the other
    has follows what it follows there.

    >>> merged_order([1, 2, 3], [1, "mine", 2, 3], [1, 3, "new"])
    ([1, 'mine', 2, 3, 'new'], False)
    """
    moved = [
        [name for name in side if name in base] != [name for name in base if name in side]
        for side in (ours, theirs)
    ]
    lead, follow = (ours, theirs) if moved[0] else (theirs, ours)
    common = [[name for name in side if name in ours and name in theirs] for side in (ours, theirs)]
    result = woven(woven(lead, follow), base)
    return result, all(moved) and common[0] != common[1]


def woven(lead: list[Any], follow: list[Any]) -> list[Any]:
    """Return ``lead`` with what only ``follow`` has, each after what it follows there."""
    result = list(lead)
    for place, name in enumerate(follow):
        if name in result:
            continue
        before = next((one for one in reversed(follow[:place]) if one in result), None)
        result.insert(0 if before is None else result.index(before) + 1, name)
    return result
