"""The timeline: one line per station over time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from kit.figures.chart import Chart
from kit.figures.layers import INK, RED, STYLES, Layer, Table, Words, capital
from kit.figures.panels import Panel
from kit.figures.series import Gathered, Series, gather
from kit.text import N_, day, join, number, tr, trn

ALL = N_("all stations")
SUSPECT = N_("suspect value")
THICK = N_("Thin: {step}. Thick: mean of each month.")
AT_LEAST = N_("Some sums have something missing in them; the true ones may be higher.")
INDOORS = N_("Not to be compared with the others, because they stand indoors: {stations}.")
FAILED = N_("value that failed a check")
#: What the hours are of: the stations' own standard time (in summer the clocks on the wall are ahead) or UTC.
CLOCKS = {True: N_("time (standard time)"), False: N_("time (UTC)")}
#: A table whose ``attrs["clock"]`` is "station" holds times as the station's clock on the wall shows them.
WALL = N_("time (the station's clock)")
#: With more stations than this the lines are grey and their median stands out.
MOST_LINES = 7
#: With more values per station than this the values are thin lines and the means of the months thick ones.
MANY_VALUES = 400
#: ... but not within so few months that their means say little.
FEW_MONTHS = np.timedelta64(90, "D")


def moment(value: np.datetime64, clock: bool) -> dt.date | dt.datetime:
    """Return a numpy time as a date, or as a date with the time of day."""
    stamp = pd.Timestamp(value)
    return stamp.to_pydatetime() if clock else stamp.date()


def timeline(ds: Any, variable: str | None = None) -> Chart:
    """Return the values of one variable over time, a line per station.

    Parameters
    ----------
    ds
        ``xarray.Dataset`` (station, time) as ``readings()`` gives it, or the long table of ``freq=None``.
    variable
        Which variable; needed only where ``ds`` holds several.

    Notes
    -----
    Gaps stay gaps. Suspect values (flag 3) carry a cross; values that failed a check (flag 4) are drawn as
    symbols and are not part of line, mean or highest value. Units are the canonical ones.

    Raises
    ------
    UsageError, AnalysisError
        See :func:`kit.figures.series.gather`.
    """
    gathered = gather(ds, variable)
    tables = [_summary(gathered)]
    if len(gathered.series) <= 12:
        tables.append(_detail(gathered))
    return Chart(
        kind="timeline",
        panels=(Panel(tuple(_layers(gathered))),),
        words_in=_Said(gathered, tables[0].frame),
        tables=tuple(tables),
        unit=gathered.variable.symbol,
        digits=gathered.variable.digits,
    )


def long(gathered: Gathered) -> bool:
    """Whether there are so many values that the means of the months are drawn above them."""
    coarse = np.datetime_data(gathered.series[0].step.dtype)[0] in ("M", "Y")
    vector = gathered.variable.kind == "vector"
    many = max(len(s.value) for s in gathered.series) > MANY_VALUES
    spans = [s.time[-1] - s.time[0] for s in gathered.series if len(s.time)]
    return not coarse and not vector and many and max(spans) >= FEW_MONTHS


def _layers(gathered: Gathered) -> list[Layer]:
    many, months = len(gathered.series) > MOST_LINES, long(gathered)
    layers, thick, lone = [], [], []
    for i, series in enumerate(gathered.series):
        colour, dash, symbol = ("#9a9a9a", "solid", "") if many else STYLES[i % len(STYLES)]
        style: dict[str, Any] = {"colour": colour, "legend": not many}
        time, value = series.with_gaps()
        if months and not many:
            layers.append(
                Layer("line", time, value, series.name, colour=colour, width=0.7, legend=False, faint=True)
            )
            thick.append(
                Layer("line", *_by_month(series), series.name, dash=dash, symbol=symbol, width=2.2, **style)
            )
            continue
        wide = 0.8 if many else 1.6
        layers.append(Layer("line", time, value, series.name, dash=dash, symbol=symbol, width=wide, **style))
        alone = series.alone()
        if alone.any():
            shape: dict[str, Any] = {"symbol": symbol or "circle", "size": 5, "colour": colour}
            lone.append(
                Layer("points", series.time[alone], series.value[alone], series.name, legend=False, **shape)
            )
    layers += thick
    layers += lone
    if many:
        frame = pd.concat([pd.Series(s.value, index=s.time) for s in gathered.series], axis=1)
        middle = frame.sort_index().median(axis=1)
        layers.append(
            Layer(
                "line",
                middle.index.to_numpy(),
                middle.to_numpy(),
                N_("median of the stations"),
                colour=STYLES[0][0],
                symbol="circle",
                width=2.4,
            )
        )
    marked = [
        (SUSPECT, "x-thin", RED, [(s.time[s.suspect], s.value[s.suspect]) for s in gathered.series]),
        (FAILED, "square", INK, [(s.failed_time, s.failed) for s in gathered.series]),
    ]
    for name, symbol, colour, pairs in marked:
        x, y = np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
        if len(y):
            order = np.argsort(x, kind="stable")
            layers.append(Layer("points", x[order], y[order], name, colour=colour, symbol=symbol, size=8))
    return layers


def _by_month(series: Series) -> tuple[Any, Any]:
    """Return the middle of each month and the mean of its values; NaN where half of them are missing."""
    values = pd.Series(series.value, index=pd.DatetimeIndex(series.time))
    month = values.resample("MS")
    mean, count = month.mean(), month.count()
    middle = mean.index.to_numpy() + np.timedelta64(15, "D")
    return middle, mean.where(count >= count.median() / 2).to_numpy()


def _row(name: str, parts: tuple[Series, ...], gathered: Gathered) -> dict[str, Any]:
    value = np.concatenate([part.value for part in parts])
    time = np.concatenate([part.time for part in parts])
    missing = sum(part.missing for part in parts)
    top = int(np.argmax(value))
    vector = gathered.variable.kind == "vector"
    return {
        "station": name,
        "first": moment(time.min(), gathered.clock),
        "last": moment(time.max(), gathered.clock),
        "values": len(value),
        "missing": missing,
        "complete": 100 * len(value) / (len(value) + missing),
        "mean": np.nan if vector else float(value.mean()),
        "lowest": np.nan if vector else float(value.min()),
        "highest": np.nan if vector else float(value[top]),
        "highest_on": moment(time[top], gathered.clock),
        "suspect": int(sum(part.suspect.sum() for part in parts)),
        "failed": sum(len(part.failed) for part in parts),
    }


def _summary(gathered: Gathered) -> Table:
    rows = [_row(series.name, (series,), gathered) for series in gathered.series]
    if len(rows) > 1:
        rows.append(_row(ALL, gathered.series, gathered))
    frame = pd.DataFrame(rows)
    for column in ("first", "last", "highest_on"):
        frame[column] = frame[column].astype(object)
    unit, digits = gathered.variable.symbol, gathered.variable.digits

    def headers(lang: str) -> list[str]:
        def with_unit(text: str) -> str:
            return f"{tr(text, lang)} ({unit})" if unit else tr(text, lang)

        return [
            tr(N_("station"), lang),
            tr(N_("first"), lang),
            tr(N_("last"), lang),
            tr(N_("values"), lang),
            tr(N_("missing"), lang),
            tr(N_("complete (%)"), lang),
            with_unit(N_("mean")),
            with_unit(N_("lowest")),
            with_unit(N_("highest")),
            tr(N_("highest on"), lang),
            tr(N_("suspect"), lang),
            tr(N_("failed"), lang),
        ]

    def caption(lang: str) -> str:
        return tr(N_("{variable} by station"), lang, variable=gathered.variable.name(lang))

    shown = {"complete": 1, "mean": digits, "lowest": digits, "highest": digits}
    return Table(frame, caption, headers, shown, rows="station")


def _detail(gathered: Gathered) -> Table:
    """Return the values themselves (up to 62 times), else the mean of each month or year."""
    frame = pd.concat(
        [pd.Series(s.value, index=s.time, name=s.name) for s in gathered.series], axis=1
    ).sort_index()
    what, code = N_("each value"), ""
    if len(frame) > 62:
        code, what = "M", N_("mean of the values of each month")
        if pd.DatetimeIndex(frame.index).to_period("M").nunique() > 62:
            code, what = "Y", N_("mean of the values of each year")
    if code:
        frame = frame.groupby(pd.DatetimeIndex(frame.index).to_period(code)).mean()
        when: list[Any] = [str(period) for period in frame.index]
    else:
        when = [moment(value, gathered.clock) for value in frame.index.to_numpy()]
    names = [str(name) for name in frame.columns]
    frame = frame.reset_index(drop=True)
    frame.insert(0, "time", pd.Series(when, dtype=object))

    def headers(lang: str) -> list[str]:
        return [tr(N_("time"), lang), *names]

    def caption(lang: str) -> str:
        name = gathered.variable.name(lang)
        unit = gathered.variable.symbol
        return f"{name}{f' ({unit})' if unit else ''}: {tr(what, lang)}"

    return Table(frame, caption, headers, dict.fromkeys(names, gathered.variable.digits), rows="time")


class _Said:
    """The words of a timeline: a callable of the language."""

    def __init__(self, gathered: Gathered, frame: pd.DataFrame) -> None:
        self.gathered, self.frame = gathered, frame

    def __call__(self, lang: str) -> Words:
        variable = self.gathered.variable
        name, step = variable.name(lang), tr(self.gathered.step_name, lang)
        title = capital(f"{name}: {step}")
        sentence = capital(self._sentence(name, step, lang))
        alt = tr(N_("Line chart. {sentence}"), lang, sentence=sentence)
        hours = WALL if self.gathered.attributes.get("clock") == "station" else CLOCKS[self.gathered.standard]
        x = tr(hours if self.gathered.clock else N_("date"), lang)
        y = variable.symbol or name  # the title names the variable; long words would leave the plot
        note = (
            tr(THICK, lang, step=step)
            if long(self.gathered) and len(self.gathered.series) <= MOST_LINES
            else ""
        )
        return Words(title, sentence, alt, x, y, note)

    def _sentence(self, name: str, step: str, lang: str) -> str:
        last = self.frame.iloc[-1]
        variable = self.gathered.variable
        parts = []
        head = {
            "name": name,
            "step": step,
            "first": day(last["first"], lang),
            "last": day(last["last"], lang),
        }
        if len(self.gathered.series) == 1:
            one = tr(
                N_("{name}: {step} at {station} from {first} to {last}."),
                lang,
                station=self.gathered.series[0].name,
                **head,
            )
            parts.append(one)
        else:
            n = len(self.gathered.series)
            parts.append(
                trn(
                    "{name}: {step} at {n} station from {first} to {last}.",
                    "{name}: {step} at {n} stations from {first} to {last}.",
                    n,
                    lang,
                    **head,
                )
            )
        if variable.kind != "vector":
            value = number(last["highest"], variable.digits, lang) + (
                f" {variable.symbol}" if variable.symbol else ""
            )
            top = max(self.gathered.series, key=lambda s: float(s.value.max()))
            date = day(last["highest_on"], lang)
            if self.gathered.clock:
                date = tr(N_("{date}, {time}"), lang, date=date, time=f"{last['highest_on']:%H:%M}")
            said = {"value": value, "station": top.name, "date": date}
            parts.append(tr(N_("The highest value was {value}, at {station} on {date}."), lang, **said))
            if top.suspect[int(np.argmax(top.value))]:
                parts.append(tr(N_("It is marked as suspect."), lang))
        if last["missing"]:
            counts = {"there": number(last["values"], 0, lang), "missing": number(last["missing"], 0, lang)}
            parts.append(tr(N_("Values there: {there}; missing in the gaps: {missing}."), lang, **counts))
        else:
            parts.append(tr(N_("No value is missing."), lang))
        if self.gathered.attributes.get("at_least"):
            parts.append(tr(AT_LEAST, lang))
        inside = self.gathered.attributes.get("indoors", [])
        if inside and len(inside) < len(self.gathered.series):
            parts.append(tr(INDOORS, lang, stations=join(inside, lang)))
        if last["suspect"]:
            parts.append(
                trn(
                    "{n} value is marked as suspect.",
                    "{n} values are marked as suspect.",
                    int(last["suspect"]),
                    lang,
                )
            )
        if last["failed"]:
            parts.append(
                trn(
                    "{n} value failed a check and is not used.",
                    "{n} values failed a check and are not used.",
                    int(last["failed"]),
                    lang,
                )
            )
        return " ".join(parts)
