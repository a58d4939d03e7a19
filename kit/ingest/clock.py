"""Reading dates and clock times as they are written, without a zone."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.text import N_
from kit.vocab.calendar import UNCLEAR_ZONES, is_weekday, month_number, zone_hours

Micro = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Orders of day, month and year in a date, with their names for people.
DATE_ORDERS = {
    "dmy": N_("day first, for example 31/12/2026"),
    "mdy": N_("month first, for example 12/31/2026"),
    "ymd": N_("year first, for example 2026-12-31"),
}
_ZONE = r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+\-−]\d{1,2}(?::?\d{2})?)"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+\-−])(\d{1,2}):?(\d{2})?$")
_STAMP = re.compile(
    r"\s*(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})\.?"
    r"(?:(?:[T,]|\s)\s*(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|[FfEe][Mm])?\s*" + _ZONE + r"?\s*(?:\([A-Z]{2,5}\))?)?\s*"
)
_COMPACT = re.compile(
    r"\s*(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})"
    r"(?:[T ]?(?P<h>\d{2}):?(?P<m>\d{2}):?(?P<s>\d{2})?(?:[.,](?P<f>\d{1,9}))?\s*"
    + _ZONE + r"?)?\s*"
)  # fmt: skip
_PLAIN_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?")
_NO_DAY = re.compile(r"\s*(1[5-9]|20)\d\d(?:[-/.](0?[1-9]|1[0-2]))?\s*")
#: A month without a day: 2024-05, 05/2024, 202405, May 2024, 2024 mai, Mai-24.
_MONTH_ONLY = re.compile(
    r"\s*(?:(?P<y>(?:1[5-9]|20)\d\d)[-/. ]?(?P<m>0[1-9]|1[0-2]|(?<=[-/.])[1-9])"
    r"|(?P<m2>0?[1-9]|1[0-2])[-/.](?P<y2>(?:1[5-9]|20)\d\d)"
    r"|(?P<w>[^\W\d_]{3,})\.?[ ,.\-/]*(?P<y3>(?:1[5-9]|20)\d\d)|(?P<w2>[^\W\d_]{3,})-(?P<y4>\d\d)"
    r"|(?P<y5>(?:1[5-9]|20)\d\d)[ .\-/]+(?P<w3>[^\W\d_]{3,})\.?)\s*"
)
_YEAR_ONLY = re.compile(r"\s*(?:1[5-9]|20)\d\d\s*")
_EPOCH = re.compile(r"\s*\d{9,10}(?:\.\d+)?\s*|\s*\d{13}(?:\d{3}){0,2}\s*")
_DAY_MONTH = re.compile(
    r"\s*(?:[^\W\d_]{2,}\.?,?\s+)?(\d{1,2})[ .\-]+([^\W\d_]{3,})\.?[ ,.\-]+(\d{4}|\d{2})\b,?(.*)"
)
_MONTH_DAY = re.compile(r"\s*(?:[^\W\d_]{2,}\.?,?\s+)?([^\W\d_]{3,})\.? +(\d{1,2}),? +(\d{4})\b,?(.*)")
_ZONE_WORD = re.compile(r"\b[A-Z]{3,4}\b")
_WEEKDAY = re.compile(r"\s*([^\W\d_]+(?:['’-][^\W\d_]+)*\.?,?)\s+(?=\d{1,4}[-/.]\d)")
#: The word between day and month or month and year in Spanish, Portuguese, Romanian, Lithuanian and Latvian.
_BETWEEN = re.compile(r"(?<=[\w.])\s+(?:de|del|of|m|g|gada|года|г|року|р)\.?(?=\s)", re.I)
_NO_TIME = frozenset(("", "nan", "nat", "na", "n/a", "null", "none"))
_EARLY_PM = frozenset(("pm", "em"))
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass
class Clock:
    """Local times as written (UTC already where ``explicit``), and what was refused, by code.

    ``unit`` is ``"month"`` or ``"year"`` where every cell names one and no day: its first day stands for it.
    ``abbreviation`` is one that means several zones ("CST"), where a time ends with it.
    """

    local: Micro
    explicit: Bools
    date_only: bool = False
    unit: str = ""
    date_order: str = ""
    undecided: str = ""
    likely: str = ""
    abbreviation: str = ""
    refused: dict[str, Bools] = field(default_factory=dict)


def offset_of(text: str) -> int | None:
    """Return the offset from UTC, in seconds, at the end of a text; ``None`` if it names none.

    >>> offset_of("+02:00"), offset_of("2026-03-01T12:00:00Z"), offset_of("Europe/Tallinn")
    (7200, 0, None)
    """
    bare = text.strip()
    stamp = _match(bare)
    zone = stamp["zone"] if stamp else bare
    if zone in ("Z", "UTC", "GMT"):
        return 0
    found = _OFFSET.fullmatch(zone or "")
    if not found:
        return None
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return (seconds if found[1] == "+" else -seconds) if seconds <= 14 * 3600 else None


def read_clock(cells: pd.Series[Any], date_order: str = "", months: bool = False) -> Clock:
    """Read one time per row (text, or seconds or milliseconds since 1970).

    With ``months``, a column of nothing but months (or years) is read as such; else they are refused.

    >>> read_clock(pd.Series(["10/03/2004 18.00.00", "31/03/2004 19.00.00"])).local[0].item().isoformat()
    '2004-03-10T18:00:00'
    """
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return _from_epoch(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_datetime64_dtype(cells.dtype):
        return Clock(cells.to_numpy(dtype="datetime64[us]", copy=True), np.zeros(len(cells), dtype=bool))
    text = cells.fillna("").astype("str")
    plain = _iso(text)
    if plain is not None:
        return plain
    which, kinds = pd.factorize(text)
    spelled = [str(kind) for kind in kinds]
    parsed = (_whole_months(spelled) if months else None) or _parse(spelled, date_order, cells)
    for name in ("local", "explicit"):
        setattr(parsed, name, getattr(parsed, name)[which])
    parsed.refused = {code: bad[which] for code, bad in parsed.refused.items() if bad.any()}
    return parsed


def _iso(cells: pd.Series[Any]) -> Clock | None:
    """Read a column that is plainly ISO 8601 throughout, by numpy; None if it is not."""
    first = str(cells.iloc[0]).strip() if len(cells) else ""
    if not _PLAIN_ISO.fullmatch(first):
        return None
    texts = cells.to_numpy(dtype=object).astype("U32")
    utc = first.endswith("Z")
    if not (np.char.str_len(texts) == len(first)).all() or (utc and not np.char.endswith(texts, "Z").all()):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a cell with a zone of its own
            local = texts.astype(f"U{len(first) - utc}").astype("datetime64[us]")
    except (ValueError, UserWarning):
        return None
    if np.isnat(local).any():
        return None
    return Clock(local, np.full(len(local), utc), date_only=len(first) == 10)


def _whole_months(kinds: list[str]) -> Clock | None:
    """Read a column of months, or of years; None if it is neither.

    >>> [str(day)[:7] for day in _whole_months(["2024-05", "May 2024", "mai-24", "12/2023"]).local]
    ['2024-05', '2024-05', '2024-05', '2023-12']
    >>> _whole_months(["2023", "2024"]).unit, _whole_months(["2023", "2024-05"])
    ('year', None)
    """
    empty = np.array([_is_empty(kind) for kind in kinds], dtype=bool)
    filled = [kind for kind, none in zip(kinds, empty, strict=True) if not none]
    if not filled:
        return None
    if all(_YEAR_ONLY.fullmatch(kind) for kind in filled):
        unit, found = "year", [f"{kind.strip()}-01" for kind in filled]
    else:
        unit, found = "month", [_month_of(kind) for kind in filled]
        if not all(found):
            return None
    local = np.full(len(kinds), np.datetime64("NaT"), dtype="datetime64[us]")
    local[~empty] = np.array(found, dtype="datetime64[M]").astype("datetime64[us]")
    refused = {"no-time": empty} if empty.any() else {}
    return Clock(local, np.zeros(len(kinds), dtype=bool), date_only=True, unit=unit, refused=refused)


def _month_of(text: str) -> str:
    """Return "2024-05" for a text that names a month of a year, else ""."""
    match = _MONTH_ONLY.fullmatch(text)
    if not match:
        return ""
    part = match.groupdict()
    word = part["w"] or part["w2"] or part["w3"]
    if word:
        number = month_number(word)
    else:
        number = int(part["m"] or part["m2"])
    year = int(part["y"] or part["y2"] or part["y3"] or part["y4"] or part["y5"])
    year = int(_century(np.array([year]))[0])
    return f"{year:04d}-{number:02d}" if number else ""


def _is_empty(text: str) -> bool:
    return text.strip().strip("-").casefold() in _NO_TIME


def _from_epoch(numbers: NDArray[np.float64]) -> Clock:
    """Seconds, milli-, micro- or nanoseconds since 1970-01-01 UTC; the size tells which."""
    known = ~np.isnan(numbers)
    size = float(np.nanmedian(numbers)) if known.any() else 0.0
    scale = next((factor for limit, factor in ((1e17, 1e-3), (1e14, 1.0), (1e11, 1e3)) if size > limit), 1e6)
    local = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[us]")
    sane = known & (np.abs(numbers) * scale < 9e18) & (np.abs(numbers) * scale > 1e11)
    local[sane] = np.round(numbers[sane] * scale).astype(np.int64).astype("datetime64[us]")
    refused = {"no-time": ~known, "bad-time": known & ~sane}
    return Clock(
        local, np.ones(len(numbers), dtype=bool), refused={c: b for c, b in refused.items() if b.any()}
    )


def _match(text: str) -> re.Match[str] | None:
    found = _STAMP.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None and any(letter.isalpha() for letter in text):
        found = _STAMP.fullmatch(_spelled(text))
    return found


def _spelled(text: str) -> str:
    """Return a time with its month's name and its zone's abbreviation written as numbers.

    >>> _spelled("1. märts 2026 14:30 EET"), _spelled("Mar 1, 2026")
    ('2026-03-01 14:30 +02:00', '2026-03-01')
    """
    text = _ZONE_WORD.sub(_offset_text, text)
    leading = _WEEKDAY.match(text)
    if leading and is_weekday(leading[1]):
        text = text[leading.end() :]
    text = _BETWEEN.sub("", text)
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found = pattern.fullmatch(text)
        if found:
            number = month_number(found[month])
            year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
            if number:
                return f"{year}-{number:02d}-{int(found[day]):02d} {found[4].strip()}".strip()
    return text


def _unclear(text: str) -> str:
    word = text.rstrip()[-3:]
    return word if word in UNCLEAR_ZONES else ""


def _offset_text(found: re.Match[str]) -> str:
    hours = zone_hours(found[0])
    if hours is None:
        return "" if found[0] in UNCLEAR_ZONES else found[0]
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"


def _parse(kinds: list[str], date_order: str, cells: pd.Series[Any]) -> Clock:
    size = len(kinds)
    empty = np.array([_is_empty(kind) for kind in kinds], dtype=bool)
    filled = [kind for kind, none in zip(kinds, empty, strict=True) if not none]
    if filled and all(_EPOCH.fullmatch(kind) for kind in filled):
        return _from_epoch(pd.to_numeric(pd.Series(kinds), errors="coerce").to_numpy(dtype=np.float64))
    found = [_match(kind) for kind in kinds]
    matched = np.array([match is not None for match in found], dtype=bool)
    parts = [match.groupdict() if match else {} for match in found]
    text = {group: [one.get(group) for one in parts] for group in ("half", "zone")}
    part = {g: _integers([m[g] if m else None for m in found]) for g in ("a", "b", "c", "h", "m", "s")}
    dots = [bool(m) and "." in kind.strip()[:6] for m, kind in zip(found, kinds, strict=True)]
    clock = Clock(np.full(size, np.datetime64("NaT"), dtype="datetime64[us]"), np.zeros(size, dtype=bool))
    year, month, day = _order(clock, part, matched, np.array(dots, dtype=bool), date_order, kinds, cells)
    hour = _half_days(part["h"], text["half"])
    real_day = matched & (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    real_day &= day <= _last_day(np.where(real_day, year, 2000), np.where(real_day, month, 1))
    midnight = (hour == 24) & (part["m"] <= 0) & (part["s"] <= 0)
    real_clock = matched & ((hour <= 23) | midnight) & (part["m"] <= 59) & (part["s"] <= 59)
    good = real_day & real_clock
    clock.local[good] = _instants(
        year[good], month[good], day[good], hour[good], part["m"][good], part["s"][good]
    )
    clock.local[good] += _fractions([m["f"] if m else None for m in found])[good]
    known = {zone: offset_of(zone) for zone in set(text["zone"]) if zone}
    offsets = [known.get(zone) if zone else None for zone in text["zone"]]
    clock.explicit = np.array([offset is not None for offset in offsets], dtype=bool)
    shift = np.array([offset or 0 for offset in offsets], dtype=np.int64).astype("timedelta64[s]")
    clock.local -= shift
    clock.abbreviation = next(filter(None, map(_unclear, kinds)), "")
    clock.date_only = bool(good.any()) and bool((part["h"][good] < 0).all())
    coarse = np.array([bool(_NO_DAY.fullmatch(kind)) for kind in kinds], dtype=bool)
    clock.refused = {
        "no-time": empty, "no-day": coarse & ~matched, "bad-time": ~matched & ~empty & ~coarse,
        "impossible-date": matched & ~real_day, "impossible-clock": real_day & ~real_clock,
    }  # fmt: skip
    return clock


def _integers(texts: list[str | None]) -> Ints:
    """Return whole numbers; -1 where there is no text."""
    return np.array([int(text) if text else -1 for text in texts], dtype=np.int64)


def _fractions(texts: list[str | None]) -> NDArray[np.timedelta64]:
    micro = [int(text[:6].ljust(6, "0")) if text else 0 for text in texts]
    return np.array(micro, dtype=np.int64).astype("timedelta64[us]")


def _half_days(hour: Ints, halves: list[str | None]) -> Ints:
    """Apply AM and PM (Swedish and Finnish exports: fm, em)."""
    half = np.array([(text or "").lower().replace(".", "") for text in halves], dtype=object)
    late = np.isin(half, list(_EARLY_PM))
    named = late | np.isin(half, ["am", "fm"])
    twelve = named & (hour == 12)
    hour = np.where(twelve, 0, hour)
    return np.where(
        late & (hour >= 0) & (hour < 12), hour + 12, np.where(named & (hour > 12) & ~late, 99, hour)
    )


def _order(
    clock: Clock,
    part: dict[str, Ints],
    matched: Bools,
    dots: Bools,
    answer: str,
    kinds: list[str],
    cells: pd.Series[Any],
) -> tuple[Ints, Ints, Ints]:
    """Return (year, month, day), deciding over the whole column which part is which."""
    a, b, c = part["a"], part["b"], part["c"]
    first = matched & (a > 31)
    last = matched & ~first
    if answer == "ymd" and last.any() and (c[last] <= 31).all():
        clock.date_order = "ymd"
        return _century(a), b, c
    if not last.any():
        return a, b, c
    if answer in ("dmy", "mdy"):
        order = answer
    elif (a[last] > 12).any() or (b[last] > 12).any():
        order = "dmy" if (a[last] > 12).sum() >= (b[last] > 12).sum() else "mdy"
    elif dots[last].all() or (a[last] == b[last]).all():
        order = "dmy"
    elif runs := _running_on(part, last):
        order = runs
    else:
        order = _likely(part, last, kinds, cells)
        clock.likely = order
        clock.undecided = next(kinds[i] for i in np.flatnonzero(last & (a != b)))
    clock.date_order = order
    day, month = (a, b) if order == "dmy" else (b, a)
    return np.where(first, a, _century(c)), np.where(first, b, month), np.where(first, c, day)


def _running_on(part: dict[str, Ints], last: Bools) -> str:
    """Return the order under which clock times run on from day to day, "" if that does not decide.

    A series with steps of less than two hours passes at least two midnights: under one order each is a step
    like the others, under the other one each is a month.
    """
    if (part["h"][last] < 0).any():
        return ""
    found = []
    for order in ("dmy", "mdy"):
        day, month = (part["a"], part["b"]) if order == "dmy" else (part["b"], part["a"])
        times = _instants(
            _century(part["c"])[last],
            month[last],
            day[last],
            part["h"][last],
            part["m"][last],
            part["s"][last],
        )
        steps = np.abs(np.diff(times).astype(np.int64)) / 1e6
        midnights = np.diff(times.astype("datetime64[D]").astype(np.int64)) != 0
        if midnights.sum() < 2 or np.median(steps) > 7200:
            return ""
        found.append((order, bool((steps[midnights] <= 7200).all()), bool((steps[midnights] > 2e6).all())))
    (one, runs, _), (other, also, _) = found
    if runs and found[1][2]:
        return one
    return other if also and found[0][2] else ""


def _likely(part: dict[str, Ints], last: Bools, kinds: list[str], cells: pd.Series[Any]) -> str:
    """Return the order under which the times run on most evenly, to be offered first."""
    spans = {}
    for order in ("dmy", "mdy"):
        day, month = (part["a"], part["b"]) if order == "dmy" else (part["b"], part["a"])
        days = _instants(
            _century(part["c"])[last],
            month[last],
            day[last],
            *(np.zeros(int(last.sum()), dtype=np.int64),) * 3,
        )
        steps = np.abs(np.diff(days.astype(np.int64)))
        spans[order] = float(steps.sum()) if len(steps) else 0.0
    return "mdy" if spans["mdy"] < spans["dmy"] else "dmy"


def _century(year: Ints) -> Ints:
    """Two-digit years: 00 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999 (POSIX)."""
    return np.where(
        (year >= 0) & (year < 70), year + 2000, np.where((year >= 70) & (year < 100), year + 1900, year)
    )


def _last_day(year: Ints, month: Ints) -> Ints:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = _DAYS[month - 1] + ((month == 2) & leap)
    return days


def _instants(year: Ints, month: Ints, day: Ints, hour: Ints, minute: Ints, second: Ints) -> Micro:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    seconds = (
        (day - 1) * 86400 + np.maximum(hour, 0) * 3600 + np.maximum(minute, 0) * 60 + np.maximum(second, 0)
    )
    instants: Micro = months.astype("datetime64[us]") + seconds.astype("timedelta64[s]")
    return instants
