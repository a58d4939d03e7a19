"""Reading dates and clock times of a column as they are written, without a zone."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.date_orders import century, instants, last_day, order_dates
from kit.ingest.time_forms import match_time, offset_of, unclear_zone
from kit.vocab.calendar import month_number

Micro = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

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
_NO_TIME = frozenset(("", "nan", "nat", "na", "n/a", "null", "none"))
_EARLY_PM = frozenset(("pm", "em"))


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
    plain = _iso(cells)
    if plain is not None:
        return plain
    text = cells.fillna("").astype("str")
    which, kinds = pd.factorize(text)
    spelled = [str(kind) for kind in kinds]
    parsed = (_whole_months(spelled) if months else None) or _parse(spelled, date_order)
    for name in ("local", "explicit"):
        setattr(parsed, name, getattr(parsed, name)[which])
    parsed.refused = {code: bad[which] for code, bad in parsed.refused.items() if bad.any()}
    return parsed


def _iso(cells: pd.Series[Any]) -> Clock | None:
    """Read a column that is plainly ISO 8601 throughout, by numpy; None if it is not."""
    given = cells.to_numpy(dtype=object, na_value="")
    first = str(given[0]).strip() if len(given) else ""
    if not _PLAIN_ISO.fullmatch(first):
        return None
    texts = given.astype("U32")
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
    year = int(century(np.array([year]))[0])
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


def _parse(kinds: list[str], date_order: str) -> Clock:
    size = len(kinds)
    empty = np.array([_is_empty(kind) for kind in kinds], dtype=bool)
    filled = [kind for kind, none in zip(kinds, empty, strict=True) if not none]
    if filled and all(_EPOCH.fullmatch(kind) for kind in filled):
        return _from_epoch(pd.to_numeric(pd.Series(kinds), errors="coerce").to_numpy(dtype=np.float64))
    found = [match_time(kind) for kind in kinds]
    matched = np.array([match is not None for match in found], dtype=bool)
    parts = [match.groupdict() if match else {} for match in found]
    text = {group: [one.get(group) for one in parts] for group in ("half", "zone")}
    part = {g: _integers([m[g] if m else None for m in found]) for g in ("a", "b", "c", "h", "m", "s")}
    dots = [bool(m) and "." in kind.strip()[:6] for m, kind in zip(found, kinds, strict=True)]
    clock = Clock(np.full(size, np.datetime64("NaT"), dtype="datetime64[us]"), np.zeros(size, dtype=bool))
    order, year, month, day = order_dates(part, matched, np.array(dots, dtype=bool), date_order, kinds)
    clock.date_order, clock.likely, clock.undecided = order.order, order.likely, order.undecided
    hour = _half_days(part["h"], text["half"])
    real_day = matched & (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    real_day &= day <= last_day(np.where(real_day, year, 2000), np.where(real_day, month, 1))
    midnight = (hour == 24) & (part["m"] <= 0) & (part["s"] <= 0)
    real_clock = matched & ((hour <= 23) | midnight) & (part["m"] <= 59) & (part["s"] <= 59)
    good = real_day & real_clock
    clock.local[good] = instants(
        year[good], month[good], day[good], hour[good], part["m"][good], part["s"][good]
    )
    clock.local[good] += _fractions([m["f"] if m else None for m in found])[good]
    known = {zone: offset_of(zone) for zone in set(text["zone"]) if zone}
    offsets = [known.get(zone) if zone else None for zone in text["zone"]]
    clock.explicit = np.array([offset is not None for offset in offsets], dtype=bool)
    shift = np.array([offset or 0 for offset in offsets], dtype=np.int64).astype("timedelta64[s]")
    clock.local -= shift
    clock.abbreviation = next(filter(None, map(unclear_zone, kinds)), "")
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
