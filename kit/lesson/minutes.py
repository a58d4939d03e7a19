"""The minutes of a lesson's steps when a teacher's hour is of another length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kit.errors import UsageError
from kit.lesson.source import MOST_WORK, Hour, Lesson, Step


def length(hour: Hour, minutes: list[int], lesson: Lesson) -> int:
    """Return how long an hour is, of which a teacher gave the minutes of each step: its longest depth."""
    pairs = list(zip(hour.steps, minutes, strict=True))
    return max(
        sum(time for step, time in pairs if not step.depths or depth in step.depths)
        for depth in lesson.depths or ("",)
    )


def new_minutes(
    hour: Hour, minutes: int | Mapping[str, int] | None, depths: tuple[str, ...] = ()
) -> list[int]:
    """Return the minutes of each step; an hour of another length is shared out in proportion.

    Whole minutes, each step at least one; what is left by rounding goes to the largest remainders, and
    pupils' own work stays within two thirds of the hour. Each of ``depths`` fills the hour; a step of
    several depths has the same minutes in all.
    """
    if minutes is None:
        return [step.minutes for step in hour.steps]
    if not isinstance(minutes, int):
        return [minutes.get(step.id, step.minutes) for step in hour.steps]
    found: dict[str, int] = {}
    for depth in depths or ("",):
        steps = [step for step in hour.steps if not step.depths or depth in step.depths]
        free = [step for step in steps if step.id not in found]
        known = [step for step in steps if step.id in found]
        rest = minutes - sum(found[step.id] for step in known)
        if rest < len(free):
            raise UsageError(
                "{minutes} minutes are too few for {n} steps.",
                do="Give more minutes.",
                code="minutes",
                minutes=minutes,
                n=len(steps),
            )
        most = MOST_WORK * minutes - sum(found[step.id] for step in known if step.who == "pupils")
        if free:
            found |= zip([step.id for step in free], _shares(free, rest, most), strict=True)
    return [found.get(step.id, step.minutes) for step in hour.steps]


def _shares(steps: Sequence[Step], minutes: int, most: float) -> list[int]:
    """Share minutes in proportion to those of the steps; at most ``most`` of them are pupils' work."""
    old = [step.minutes for step in steps]
    shares = [time * minutes / sum(old) for time in old]
    new = [max(1, int(share)) for share in shares]
    order = sorted(range(len(old)), key=lambda place: (int(shares[place]) - shares[place], place))
    place = 0
    while sum(new) != minutes:
        step = order[place % len(order)]
        change = 1 if sum(new) < minutes else -1
        if new[step] + change >= 1:
            new[step] += change
        place += 1
    pupils = [place for place, step in enumerate(steps) if step.who == "pupils"]
    others = [place for place in range(len(new)) if place not in pupils]
    while others and pupils and sum(new[place] for place in pupils) > most:
        new[max(pupils, key=lambda place: new[place])] -= 1
        new[min(others, key=lambda place: new[place])] += 1
    return new
