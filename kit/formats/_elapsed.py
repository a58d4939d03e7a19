"""Which column counts time from the start of a measurement, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kit.formats._columns import split_unit
from kit.formats._words import plain_name
from kit.vocab.durations import duration_unit

_NAMES = (
    "time", "elapsed", "t", "timer", "timestamp", "time stamp", "uptime", "runtime", "run time", "clock",
    "aeg", "kestus", "kulunud", "zeit", "dauer", "laufzeit", "temps", "durée", "tiempo", "tempo", "tid",
    "aika", "laiks", "laikas", "czas", "время", "час", "timp", "zaman", "vaxt", "დრო", "duration",
)  # fmt: skip
_MORE = re.compile(
    r"\b(elapsed|since|seit|algusest|kulunud|duration|dauer|kestus|source\d*|relative|from start|écoulé"
    r"|transcurrido|verstrichen\w*|kulunut|förfluten)\b"
)
_CLOCK = re.compile(r"-?\d+:[0-5]?\d:[0-5]?\d([.,]\d+)?$")


def elapsed_unit(name: str) -> tuple[bool, str]:
    """Return (whether a name may be one of elapsed times, its unit or "").

    >>> elapsed_unit("Time (s)"), elapsed_unit("t/ms"), elapsed_unit("aeg (s)"), elapsed_unit("millis")
    ((True, 's'), (True, 'ms'), (True, 's'), (True, 'ms'))
    >>> elapsed_unit("Time"), elapsed_unit("t (°C)"), elapsed_unit("Elapsed_time_min"), elapsed_unit("hour")
    ((True, ''), (False, ''), (True, 'min'), (False, ''))
    """
    label, unit = split_unit(name)
    if not unit:
        found = re.search(r"^(.*?)\s*[(\[/,]\s*(?:in\s+)?([^\W\d_]+)\.?\s*[)\]]?$", name.strip())
        if found and duration_unit(found[2]):
            label, unit = found[1], found[2]
    known = duration_unit(unit)
    if unit and not known:
        return False, ""
    words = plain_name(label).split()
    if len(words) > 1 and not known and duration_unit(words[-1]):
        known = duration_unit(words[-1])
        words = words[:-1]
        words = words[:-1] if words[-1] == "in" else words
    plain = " ".join(words)
    if plain in _NAMES or _MORE.search(plain):
        return True, known
    alone = duration_unit(plain) if len(plain) > 1 else ""
    if alone in ("ms", "s") or (alone == "min" and plain.startswith("minut")):
        return True, alone
    return False, ""


def runs_on(sample: Sequence[str]) -> bool:
    """Tell whether numbers run on like a clock: nearly all steps forward (or all back), a few restarts.

    >>> runs_on(["0", "0.5", "1.0", "0", "0.5"]), runs_on(["21.5", "21.4", "21.6", "21.2"])
    (True, False)
    >>> runs_on(["1871", "1871.5", "1872"])
    False
    """
    numbers = []
    for cell in sample:
        try:
            numbers.append(float(cell.replace(",", ".")))
        except ValueError:
            continue
    if numbers and min(numbers) >= 1500 and max(numbers) <= 2200:
        return False  # years
    steps = [after - before for before, after in pairwise(numbers)]
    if not steps:
        return bool(numbers)
    ahead = sum(step > 0 for step in steps)
    level = sum(step == 0 for step in steps)
    back = len(steps) - ahead - level
    return back == len(steps) or (ahead + level >= 0.7 * len(steps) and ahead >= 0.2 * len(steps))


def is_span(sample: Sequence[str]) -> bool:
    """Tell whether cells are lengths of time such as "0:05:30"."""
    return bool(sample) and all(_CLOCK.match(cell) for cell in sample)
