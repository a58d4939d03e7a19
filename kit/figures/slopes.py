"""The trend: the months without their season, the trend line, and the slopes that fit as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kit.figures.chart import Chart
from kit.figures.layers import STYLES, Layer, Table, Words, capital
from kit.figures.lines import ALL
from kit.figures.panels import Panel
from kit.text import N_, tr
from kit.vocab.variables import Variable, variable

MONTHS = N_("months without the season")
LINE = N_("trend line")
BAND = N_("slopes that fit as well (95 %)")


def trend(result: Any) -> Chart:
    """Return the chart of a trend.

    Parameters
    ----------
    result
        A :class:`kit.analysis.TrendResult`: ``slope``, ``low``, ``high`` per year in the variable's unit,
        ``series`` (``time``, ``value``, ``line``; one row per month), ``stations``, ``sentence(lang)``.

    Notes
    -----
    The band lies between the lines with the lowest and the highest slope of the interval; they cross the
    trend line in the middle of the period, because the interval is about the slope and not about the level.
    With a slope of -0.5 (-0.8 to -0.2) over 10 years the band is 3 units high at both ends.
    """
    if not hasattr(result, "series"):  # by parts, or no trend at all
        from kit.figures.results import result as any_result

        return any_result(result)
    what = variable(result.variable)
    table = _numbers(result)
    months, years = _drawn(result), _years(result, what)
    return Chart(
        kind="trend",
        panels=(Panel(months),),
        words_in=_Said(result, what),
        tables=(table, years),
        unit=what.symbol,
        digits=what.digits,
    )


def _drawn(result: Any) -> tuple[Layer, ...]:
    series = result.series
    time = series["time"].to_numpy().astype("datetime64[us]")
    value = series["value"].to_numpy(dtype=float)
    years = (time - time[0]) / np.timedelta64(1, "D") / 365.2425
    line = series["line"].to_numpy(dtype=float) if "line" in series else _line(years, value, result.slope)
    away = years - years.mean()
    one, other = line + (result.low - result.slope) * away, line + (result.high - result.slope) * away
    blue, orange = STYLES[0][0], STYLES[1][0]
    return (
        Layer("band", time, np.maximum(one, other), BAND, low=np.minimum(one, other), colour=orange),
        Layer("line", time, value, MONTHS, colour=blue, width=1.2, symbol="circle"),
        Layer("line", time, line, LINE, colour=orange, dash="dash", width=2.6),
    )


def _line(years: Any, value: Any, slope: float) -> Any:
    return slope * years + float(np.nanmedian(value - slope * years))


def _numbers(result: Any) -> Table:
    """Return slope and interval of all stations together and of each."""
    first, last = int(result.first), int(result.last)
    rows = [
        {
            "station": row.get("station_name") or row["station"],
            "stations": 1,
            "first": first,
            "last": last,
            "slope": row["slope"],
            "low": row["low"],
            "high": row["high"],
            "chance": _tries(row.get("p", np.nan)),
            "full_years": row["full_years"],
            "months": row["months"],
        }
        for row in result.stations.to_dict("records")
    ]
    if len(rows) > 1:
        rows.append(
            {
                "station": ALL,
                "stations": int(result.n_stations),
                "first": first,
                "last": last,
                "slope": result.slope,
                "low": result.low,
                "high": result.high,
                "chance": _tries(result.p),
                "full_years": int(result.years),
                "months": int(result.n),
            }
        )
    frame = pd.DataFrame(rows)
    for column in ("first", "last"):
        frame[column] = frame[column].astype(str)

    def headers(lang: str) -> list[str]:
        unit = tr(N_("{unit} a year"), lang, unit=result.unit).strip()
        return [
            tr(N_("station"), lang),
            tr(N_("number of stations"), lang),
            tr(N_("first year"), lang),
            tr(N_("last year"), lang),
            f"{tr(N_('slope'), lang)} ({unit})",
            f"{tr(N_('from'), lang)} ({unit})",
            f"{tr(N_('to'), lang)} ({unit})",
            tr(N_("as strong by chance: once in … tries"), lang),
            tr(N_("full years"), lang),
            tr(N_("months"), lang),
        ]

    def caption(lang: str) -> str:
        return tr(N_("Slope per year with its 95 % interval"), lang)

    digits = _digits(result)
    return Table(frame, caption, headers, {"slope": digits, "low": digits, "high": digits}, rows="station")


def _digits(result: Any) -> int:
    """Return the decimals of the sentence, so that table and sentence say the same."""
    from kit.analysis.result import digits_for

    return digits_for(result.slope, (result.high - result.low) / 2)


def _tries(p: float) -> float:
    return float(np.rint(1 / p)) if p and p == p else np.nan


def _years(result: Any, what: Variable) -> Table:
    series = result.series
    by_year = series.assign(year=pd.DatetimeIndex(series["time"]).year).groupby("year")
    frame = by_year.agg(value=("value", "mean"), months=("value", "count")).reset_index()
    frame["year"] = frame["year"].astype(str)

    def headers(lang: str) -> list[str]:
        unit = f" ({what.symbol})" if what.symbol else ""
        return [
            tr(N_("year"), lang),
            tr(N_("mean of the months without the season"), lang) + unit,
            tr(N_("months"), lang),
        ]

    def caption(lang: str) -> str:
        return tr(N_("{variable} by year"), lang, variable=what.name(lang))

    return Table(frame, caption, headers, {"value": what.digits}, rows="year")


class _Said:
    """The words of a trend: a callable of the language."""

    def __init__(self, result: Any, what: Variable) -> None:
        self.result, self.what = result, what

    def __call__(self, lang: str) -> Words:
        name = self.what.name(lang)
        place = str(getattr(self.result, "region", "") or "")
        years = {"first": int(self.result.first), "last": int(self.result.last)}
        title = capital(tr(N_("{name}: trend {first} to {last}"), lang, name=name, **years))
        title += f" ({place})" if place else ""
        sentence = self.result.sentence(lang)
        alt = tr(
            N_("Line chart of the months without their season, with the trend line. {sentence}"),
            lang,
            sentence=sentence,
        )
        y = tr(N_("{unit} (season taken out)"), lang, unit=self.what.symbol).strip()
        return Words(title, sentence, alt, tr(N_("date"), lang), y)
