"""From the text of times to UTC: date order, zone, daylight saving time, ends of periods.

A clock that is put back shows one hour twice. Where a station's rows show it twice, their order in the
file tells which is which; otherwise the row is kept with flag 3 and the reason ``ambiguous-time``. A clock
that is put forward leaves one hour out: a row with such a time is refused. Tables of dates only are daily
(period 86400); their day is the local *standard* day, because days in kit never have 23 or 25 hours. Tables
of nothing but months or years have the periods ``MONTH`` and ``YEAR`` and begin on the first local standard
day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.clock import Clock, read_clock
from kit.ingest.date_orders import DATE_ORDERS
from kit.ingest.time_forms import offset_of
from kit.model import MONTH, YEAR, Column, Problem, Question
from kit.text import N_
from kit.vocab import tokens
from kit.vocab.calendar import UNCLEAR_ZONES

Micro = NDArray[np.datetime64]
#: The zone of each row's clock.
Zones = Sequence[str] | NDArray[Any] | pd.Categorical
DAY = 86400
_PARTS = {
    "year": "year jahr aasta", "month": "month monat kuu mon", "day": "day tag paev",
    "hour": "hour stunde tund hr", "minute": "minute minut min", "second": "second sekunde sekund sec",
}  # fmt: skip
NEEDS_ORDER = N_("Dates such as {value} in column {column}: which comes first, the day or the month?")
NEEDS_ZONE = N_("Which time zone are the times in {column} in? The file does not say.")

WHICH_ZONE = N_("The times in {column} are in {value}, which means several time zones. Which one is it?")


@dataclass
class Times:
    """What the time columns say.

    ``utc`` is NaT where a row's time was refused (one problem each); ``ambiguous`` marks rows whose hour
    occurs twice that night; ``date_order`` is "" where dates are written year first. ``used`` are answers
    about runs that counted, ``notes`` what a receipt says of them. ``spans`` are periods of rows in seconds.
    """

    utc: Micro
    ambiguous: NDArray[np.bool_]
    period: int
    column: str
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    date_order: str = ""
    own_zone: bool = False
    used: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    spans: NDArray[np.int64] | None = None


def text_of_times(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[pd.Series[Any], str]:
    """Return (times as text or epoch numbers, name of the column(s)) of a table; "" if it has none.

    Several columns with times: one that states its zone wins, then one whose name says UTC, then the first.
    """
    stamps = [c.name for c in columns if c.role == "time"]
    if len(stamps) == 1:
        return frame[stamps[0]], stamps[0]
    if stamps:
        best = max(stamps, key=lambda name: _rank(pd.Series(frame[name]), name))
        return frame[best], best
    dates = [c.name for c in columns if c.role == "date"]
    clocks = [c.name for c in columns if c.role == "clock"]
    parts = _parts(dates + clocks)
    if {"year", "month", "day"} <= parts.keys():
        return _joined(frame, parts), ", ".join(name for name in dates + clocks if name in parts.values())
    if {"year", "month"} <= parts.keys() and not {"hour", "minute"} & parts.keys():
        return _joined(frame, parts), ", ".join(name for name in dates if name in parts.values())
    if not dates:
        return pd.Series([], dtype="str"), ""
    text = frame[dates[0]].astype("str")
    if clocks:
        text = text + " " + frame[clocks[0]].astype("str")
    return text.str.strip(), ", ".join([dates[0], *clocks[:1]])


def _rank(cells: pd.Series[Any], name: str) -> int:
    sample = [str(cell) for cell in cells.head(50) if str(cell)]
    explicit = sum(offset_of(text) is not None for text in sample) > len(sample) / 2
    return 2 * explicit + ("utc" in tokens(name) or "gmt" in tokens(name))


def _parts(names: Sequence[str]) -> dict[str, str]:
    """Return which column holds the year, the month and so on."""
    found: dict[str, str] = {}
    for part, words in _PARTS.items():
        for name in names:
            if set(tokens(name)) & set(words.split()) and part not in found and name not in found.values():
                found[part] = name
    return found


def _joined(frame: pd.DataFrame, parts: Mapping[str, str]) -> pd.Series[str]:
    def of(part: str, width: int) -> pd.Series[str]:
        if part not in parts:
            return pd.Series("0" * width, index=frame.index)
        return frame[parts[part]].astype("str").str.replace(r"\.0+$", "", regex=True).str.zfill(width)

    text = of("year", 4) + "-" + of("month", 2)
    if "day" in parts:
        text = text + "-" + of("day", 2)
    if "hour" in parts:
        text = text + " " + of("hour", 2) + ":" + of("minute", 2) + ":" + of("second", 2)
    return text


def read_times(
    cells: pd.Series[Any],
    column: str,
    zones: Zones,
    series: NDArray[np.int64],
    *,
    date_order: str = "",
    stamp: str = "start",
    period: int = 0,
    now: datetime | None = None,
) -> Times:
    """Return the times of a table in UTC.

    Parameters
    ----------
    cells
        One time per row, text or epoch numbers; its index is the row number.
    zones
        Zone of each row's clock: "UTC", an IANA name, "+02:00", or "" if unknown. Zones written into the
        times themselves win.
    series
        A number per row; rows of one number are one series of one device, in the order of the file.
    date_order
        "dmy", "mdy" or "ymd" where a person said so.
    stamp, period
        As in :class:`kit.model.RawTable`.

    Examples
    --------
    >>> cells = pd.Series(["2026-10-25 03:30", "2026-10-25 03:30"], index=[1, 2])
    >>> read_times(cells, "t", ["Europe/Tallinn"] * 2, np.zeros(2, dtype=np.int64)).utc.astype(str).tolist()
    ['2026-10-25T00:30:00.000000', '2026-10-25T01:30:00.000000']
    """
    clock = read_clock(cells, date_order, months=True)
    if clock.likely and not date_order and stated_order(column):
        clock = read_clock(cells, stated_order(column), months=True)
    times = Times(clock.local.copy(), np.zeros(len(cells), dtype=bool), period, column)
    times.date_order, times.own_zone = clock.date_order, bool(clock.explicit.all())
    rows, texts = cells.index.to_numpy(), cells
    if clock.undecided:
        options = tuple((order, label) for order, label in DATE_ORDERS.items() if order != "ymd")
        options = tuple(sorted(options, key=lambda option: option[0] != clock.likely))
        params = {"column": column, "value": clock.undecided}
        times.questions.append(Question("date_order", NEEDS_ORDER, options, clock.likely, params))
    _refuse(times, clock.refused, rows, texts)
    if clock.unit:
        times.period = MONTH if clock.unit == "month" else YEAR
    elif clock.date_only and not period:
        times.period = DAY
    zones = zones if isinstance(zones, pd.Categorical) else pd.Categorical(np.asarray(zones, dtype=object))
    missing_zone = _to_utc(times, clock, zones, series, rows, texts)
    elsewhere = _unclear_zone(clock.abbreviation, {str(zone) for zone in zones.unique()})
    if elsewhere:
        params = {"column": column, "value": clock.abbreviation}
        times.questions.append(Question("zone", WHICH_ZONE, elsewhere, params=params))
    elif missing_zone:
        times.questions.append(Question("zone", NEEDS_ZONE, params={"column": column}))
    if stamp == "end" and times.period and not clock.unit:
        times.utc = times.utc - np.timedelta64(times.period, "s")
    _refuse_unlikely(times, rows, texts, now)
    return times


def _unclear_zone(abbreviation: str, zones: set[str]) -> tuple[tuple[str, str], ...]:
    """Return the zones that an abbreviation may mean, unless those of the rows use it or are offsets."""
    if not abbreviation or (zones and all(_uses(zone, abbreviation) for zone in zones)):
        return ()
    return tuple((zone, zone) for zone in UNCLEAR_ZONES[abbreviation])


def _uses(zone: str, abbreviation: str) -> bool:
    from zoneinfo import ZoneInfo

    if not zone or offset_of(zone) is not None:
        return bool(zone)
    info = ZoneInfo(zone)
    return abbreviation in {datetime(2020, month, 1, tzinfo=info).tzname() for month in (1, 7)}


def _to_utc(
    times: Times,
    clock: Clock,
    zones: pd.Categorical,
    series: NDArray[np.int64],
    rows: Any,
    texts: pd.Series[Any],
) -> bool:
    """Turn local times into UTC in place; return True if a row's zone is not known."""
    local = ~clock.explicit & ~np.isnat(clock.local)
    for code, zone in enumerate(zones.categories):
        if zone in ("UTC", ""):
            continue
        at = np.flatnonzero(local & (zones.codes == code))
        if not len(at):
            continue
        fixed = offset_of(str(zone))
        if fixed is not None:
            times.utc[at] = clock.local[at] - np.timedelta64(fixed, "s")
        elif clock.date_only:
            times.utc[at] = clock.local[at] - standard_offset(str(zone), clock.local[at])
        else:
            _from_wall_clock(times, clock.local[at], at, str(zone), series, rows, texts)
    return bool((local & (zones == "")).any())


def _from_wall_clock(
    times: Times,
    local: Micro,
    at: NDArray[np.int64],
    zone: str,
    series: NDArray[np.int64],
    rows: Any,
    texts: pd.Series[Any],
) -> None:
    """Local clock times with daylight saving time, the rows ``at``."""
    first, second = wall_clock(local, zone)
    gap = np.isnat(first)
    for i in np.flatnonzero(gap).tolist():
        value = str(texts.iloc[at[i]])
        params = {"zone": zone, "winter": _winter(zone, local[i])}
        times.problems.append(Problem(
            "time-gap", N_("Row {row}: there was no {value} in {zone}, the clocks were put forward."),
            int(rows[at[i]]), times.column, value, params=params,
            suggestion=N_("If the device keeps winter time all year, give its zone: --answer zone={winter}."),
        ))  # fmt: skip
    double = ~gap & (first != second)
    times.utc[at] = first
    if double.any():
        late, unsure = _second_pass(local, double, series[at])
        times.utc[at[late]] = second[late]
        times.ambiguous[at[unsure]] = True


def _winter(zone: str, local: Any) -> str:
    """Return the zone's offset without daylight saving time, as "+02:00"."""
    minutes = int(standard_offset(zone, np.array([local]))[0] / np.timedelta64(1, "m"))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def wall_clock(local: Micro, zone: str) -> tuple[Micro, Micro]:
    """Return the UTC of local clock times, read as the first and as the second of two equal hours.

    Both are equal except in the hour that occurs twice; NaT in the hour that does not occur.

    >>> [str(t[0]) for t in wall_clock(np.array(["2013-11-03T01:00"], "datetime64[us]"), "America/New_York")]
    ['2013-11-03T05:00:00.000000', '2013-11-03T06:00:00.000000']
    """
    unique, inverse = np.unique(local, return_inverse=True)
    first = _utc(unique, zone, "NaT")
    second = first.copy()
    odd = np.flatnonzero(np.isnat(first) & ~np.isnat(unique))
    if len(odd):
        for side, is_dst in ((first, True), (second, False)):
            side[odd] = _utc(unique[odd], zone, np.full(len(odd), is_dst))
    return first[inverse], second[inverse]


def _utc(local: Micro, zone: str, ambiguous: Any) -> Micro:
    """Return the UTC of local clock times as pandas reads them; NaT in the hour that does not occur."""
    there = pd.DatetimeIndex(local).tz_localize(zone, ambiguous=ambiguous, nonexistent="NaT")
    return there.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")


def _second_pass(
    local: Micro, double: NDArray[np.bool_], series: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (rows of the second of two equal hours, rows where nobody can tell)."""
    late = np.zeros(len(local), dtype=bool)
    unsure = np.zeros(len(local), dtype=bool)
    nights = local.astype("datetime64[D]").astype(np.int64)
    table = pd.DataFrame({"series": series, "night": nights, "at": np.arange(len(local))})[double]
    for (one, _), group in table.groupby(["series", "night"], sort=False):
        at = group["at"].to_numpy()
        whole = local[series == one]
        backwards = len(whole) > 1 and whole[0] > whole[-1]
        ordered = at[::-1] if backwards else at
        steps = np.diff(local[ordered].astype(np.int64))
        breaks = np.flatnonzero(steps <= 0)
        if len(breaks) == 1:
            late[ordered[breaks[0] + 1 :]] = True
        else:
            unsure[at] = True
    return late, unsure


@cache
def _standard_seconds(zone: str, year: int) -> int:
    from zoneinfo import ZoneInfo

    info = ZoneInfo(zone)
    offsets = [datetime(year, month, 1, tzinfo=info).utcoffset() for month in (1, 7)]
    return min(int(offset.total_seconds()) for offset in offsets if offset is not None)


def standard_offset(zone: str, local: Micro) -> NDArray[np.timedelta64]:
    """Return the zone's offset from UTC without daylight saving time, for each local time.

    >>> standard_offset("Europe/Tallinn", np.array(["2026-07-01"], "datetime64[us]"))[0].item().seconds
    7200
    """
    years = local.astype("datetime64[Y]").astype(np.int64) + 1970
    which, inverse = np.unique(years, return_inverse=True)
    seconds = np.array(
        [_standard_seconds(zone, int(min(max(year, 1), 9998))) for year in which], dtype=np.int64
    )
    return seconds[inverse].astype("timedelta64[s]").astype("timedelta64[us]")


_REFUSALS = {
    "no-time": (N_("Row {row} has no time in column {column}."),
                N_("Fill in the time, or leave the row out.")),
    "bad-time": (N_("Row {row}: {value} in column {column} is not a time that kit can read."),
                 N_("Write times as 2026-03-01 14:30.")),
    "no-day": (N_("Row {row}: {value} in column {column} names a month or a year, not a day."),
               N_("Give days and months in files of their own.")),
    "impossible-date": (N_("Row {row}: there is no such day as {value} (column {column})."),
                        N_("Look up the right date in your notes.")),
    "impossible-clock": (N_("Row {row}: there is no such clock time as {value} (column {column})."),
                         N_("Look up the right time in your notes.")),
    "future-time": (N_("Row {row}: {value} in column {column} is in the future."),
                    N_("Check the clock of the device, and whether day and month are swapped.")),
    "too-early": (N_("Row {row}: {value} in column {column} is before the year 1700."),
                  N_("Check the year.")),
}  # fmt: skip


def refusal(code: str, row: int, column: str, value: str) -> Problem:
    """Return the problem of one refused time."""
    message, suggestion = _REFUSALS[code]
    return Problem(code, message, row, column, value, suggestion)


def written(cell: Any) -> str:
    """Return the text of a time in a file."""
    return cell.isoformat() if isinstance(cell, pd.Timestamp) else str(cell)


def _refuse(times: Times, refused: Mapping[str, NDArray[np.bool_]], rows: Any, texts: pd.Series[Any]) -> None:
    for code, which in refused.items():
        for i in np.flatnonzero(which).tolist():
            times.problems.append(refusal(code, int(rows[i]), times.column, written(texts.iloc[i])))
        times.utc[which] = np.datetime64("NaT")


def _refuse_unlikely(times: Times, rows: Any, texts: pd.Series[Any], now: datetime | None) -> None:
    limits: dict[str, NDArray[np.bool_]] = {"too-early": times.utc < np.datetime64("1700-01-01", "us")}
    if now is not None:
        limits["future-time"] = times.utc > np.datetime64(now, "us") + np.timedelta64(1, "D")
    _refuse(times, limits, rows, texts)


_DAY, _MONTH = r"(?:dd?|tt?|pp|jj|дд)", r"(?:mm?|kk|мм)"


def stated_order(name: str) -> str:
    """Return the order of dates that the name of a column states, "" if it states none.

    >>> stated_order("Time(dd/mm/yyyy)"), stated_order("MM-DD-YY"), stated_order("Kuupäev (pp.kk.aaaa)")
    ('dmy', 'mdy', 'dmy')
    """
    if re.search(rf"(?<!\w){_DAY}[-./ ]{_MONTH}[-./ ]", name, re.I):
        return "dmy"
    return "mdy" if re.search(rf"(?<!\w){_MONTH}[-./ ]{_DAY}[-./ ]", name, re.I) else ""
