"""What rises and falls together, and along which line?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.averages import starts
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Note, Result, called, digits_for, named
from kit.analysis.rows import Rows, rows
from kit.analysis.variation import CLOCKS, cells
from kit.errors import AnalysisError, UsageError
from kit.stats import blocks
from kit.stats.clusters import leaf_order
from kit.stats.regression import lines
from kit.text import N_, number, tr

KINDS = ("pearson", "spearman")
#: A correlation of fewer pairs says nothing.
FEWEST = 10
HEADINGS["r"] = N_("correlation")

METHODS = {
    "pearson": N_("Pearson correlation of values at the same time; intervals by blocks of days"),
    "spearman": N_("Spearman correlation (of ranks) of values at the same time; intervals by blocks of days"),
}
TOGETHER = N_("{first} and {second} rose and fell together most clearly (correlation {r}; {n} pairs).")
OPPOSITE = N_("When {first} was high, {second} was mostly low (correlation {r}; {n} pairs).")
NONE = N_("No two of these clearly rose and fell together.")
CAUTION = N_(
    "This does not show that one causes the other: season, hour of the day and weather can drive both. A "
    "correlation near 0 does not mean that there is no connection; it only finds straight ones."
)
CAUTION_RANKS = N_(
    "This does not show that one causes the other: season, hour of the day and weather can drive both. A "
    "correlation near 0 does not mean that there is no connection; it only finds ones that go one way."
)
WITHIN = N_("Each station is compared with itself only: the mean of each station was taken away first.")
DIRECTION = N_("The wind direction is a circle; as a number from 0 to 360 it says little here.")
FEW_PAIRS = N_("{first} and {second}: fewer than {needed} values at the same time.")


@dataclass(frozen=True, kw_only=True)
class CorrelationResult(Result):
    """Correlations of all pairs.

    ``pairs`` has one row per pair: ``first``, ``second``, ``r``, ``low``, ``high`` (95 % interval), ``n``.
    ``matrix`` is square, with rows and columns in ``order``: alike variables stand beside each other
    (complete linkage on the distances of the rows of the matrix, as in openair's ``corPlot``).
    """

    headings = MappingProxyType({"first": N_("variable"), "second": N_("other variable")})

    measure: str
    order: tuple[str, ...]
    pairs: pd.DataFrame = field(repr=False)
    matrix: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per pair."""
        return self.pairs

    def sentence(self, lang: str | None = None) -> str:
        """Say which two go together most clearly."""
        clear = self.pairs[(self.pairs["low"] > 0) | (self.pairs["high"] < 0)]
        if clear.empty:
            return tr(NONE, lang)
        top = clear.iloc[int(clear["r"].abs().to_numpy().argmax())]
        r = float(top["r"])
        return tr(TOGETHER if r > 0 else OPPOSITE, lang, r=number(r, 2, lang), n=int(top["n"]),
                  first=_start(str(top["first"]), lang, r > 0),
                  second=called(str(top["second"])))  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION if self.measure == "pearson" else CAUTION_RANKS, lang)


def _start(name: str, lang: str | None, capital: bool) -> str:
    return named(name, lang) if capital else called(name)(lang)


@conditioned
def correlation(
    ds: xr.Dataset, variables: Sequence[str] | None = None, *, kind: str = "pearson", by: By = None
) -> CorrelationResult:
    """Return the correlations between variables measured at the same place and time.

    Parameters
    ----------
    ds
        Readings with two or more variables, dims (station, time). With several stations (indoor ones left
        out) the station's own mean (for ranks: the ranks within the station) counts, so that two stations of
        different level make no correlation.
    variables
        Which ones; default: all but the wind direction.
    kind
        ``"pearson"`` or ``"spearman"``.

    Raises
    ------
    UsageError
        ``correlation-kind``, ``two-variables``.
    AnalysisError
        ``few-pairs``: no two variables have ten values at the same time.

    Notes
    -----
    Every pair uses all times that have both (as openair's ``corPlot``, doi:10.1016/j.envsoft.2011.09.008).
    The interval draws blocks of days (:mod:`kit.stats.blocks`) with the influence function of the correlation
    (Devlin, Gnanadesikan & Kettenring 1975, doi:10.1093/biomet/62.3.531): values that remember each other are
    no independent news.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=720, freq="h").as_unit("us")
    >>> wave = np.sin(np.arange(720) / 7)
    >>> cube = {"pm25": 3 + wave, "no2": 5 - 2 * wave}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> correlation(ds).table[["first", "second", "r"]].round(6).values.tolist()
    [['pm25', 'no2', -1.0]]
    """
    if kind not in KINDS:
        raise UsageError("There is no correlation {value}.", do="Take one of: {known}.",
                         code="correlation-kind", value=kind, known=", ".join(KINDS))  # fmt: skip
    held = [str(name) for name in ds.data_vars if not str(name).endswith(series.ANCILLARY)]
    names = list(dict.fromkeys(variables or [name for name in held if name != "wind_direction"]))
    if len(names) < 2:
        raise UsageError("A correlation needs two variables.", do="Take readings of two or more.",
                         code="two-variables")  # fmt: skip
    found = rows(ds, names)
    days = found.local.astype("datetime64[D]").astype(np.int64).ravel()
    notes: list[Note] = list(found.notes)
    table, matrix = [], pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for at, first in enumerate(names):
        for second in names[at + 1 :]:
            r, low, high, n = _pair(found, first, second, kind, days)
            table.append({"first": first, "second": second, "r": r, "low": low, "high": high, "n": n})
            matrix.loc[first, second] = matrix.loc[second, first] = r
            if math.isnan(r):
                few = {"first": called(first), "second": called(second), "needed": FEWEST}
                notes.append((FEW_PAIRS, few))
    pairs = pd.DataFrame(table)
    if not pairs["r"].notna().any():
        raise AnalysisError("No two of these have {needed} values at the same time.",
                            do="Ask for a longer time or more stations.", code="few-pairs",
                            needed=FEWEST)  # fmt: skip
    if len(found.stations) > 1:
        notes.append((WITHIN, {}))
    if "wind_direction" in names:
        notes.append((DIRECTION, {}))
    order = [names[place] for place in leaf_order(matrix.fillna(0.0).to_numpy())]
    return CorrelationResult(
        method=METHODS[kind], n=int(pairs["n"].max()), version=series.version(ds), notes=tuple(notes),
        completeness=float(pairs["n"].mean()) / max(found.values[names[0]].size, 1), measure=kind,
        order=tuple(order), pairs=pairs, matrix=matrix.loc[order, order],
    )  # fmt: skip


def _pair(
    found: Rows, first: str, second: str, kind: str, days: NDArray[np.int64]
) -> tuple[float, float, float, int]:
    """Return correlation, its interval and the number of pairs."""
    a, b = found.flat(first), found.flat(second)
    both = np.isfinite(a) & np.isfinite(b)
    n = int(both.sum())
    if n < FEWEST:
        return math.nan, math.nan, math.nan, n
    pair = pd.DataFrame({"a": a[both], "b": b[both]}).groupby(found.at()[both])
    ranks = pair.rank() if kind == "spearman" else pair.obj
    centred = ranks - ranks.groupby(found.at()[both]).transform("mean")
    spread = np.sqrt((centred**2).mean())
    if not (spread > 0).all():
        return math.nan, math.nan, math.nan, n
    za, zb = (centred / spread).to_numpy().T
    r = float((za * zb).mean())
    parts = (za * zb - r * (za * za + zb * zb) / 2) / n
    drawn = blocks.blocks_of_days(days[both], za * zb)
    low, high = blocks.interval(
        np.bincount(drawn.places, weights=parts)[:, None].astype(np.float64), beyond=drawn.beyond
    )
    ends = np.clip([r + low[0], r + high[0]], -1.0, 1.0)
    return float(np.clip(r, -1.0, 1.0)), float(ends[0]), float(ends[1]), n


LINE_METHOD = N_("Least-squares line of {second} on {first} in each part")
LINE = N_(
    "For each {unit_x} more {first} there was on average {slope} {unit_y} {second} ({n} pairs, R² {r2})."
)
LINE_RANGE = N_("In the parts it was between {low} and {high}.")
OVERS = (*CLOCKS, "day", "week", "quarter", "year", "all")


@dataclass(frozen=True, kw_only=True)
class RelationResult(Result):
    """Lines y = intercept + slope · x in parts of the time.

    ``lines`` has one row per part: ``label`` and, where the part is a period, ``time`` (its start);
    ``slope``, ``slope_se`` (one standard error; it takes values as independent and is too small for hourly
    readings), ``intercept``, ``r2``, ``n``. The slope of all values together is ``slope``.
    """

    headings = MappingProxyType({"slope": N_("slope")})

    x: str
    y: str
    unit_x: str
    unit_y: str
    over: str
    slope: float
    r2: float
    lines: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per part."""
        return self.lines

    def sentence(self, lang: str | None = None) -> str:
        """Say how much y goes with x."""
        digits = max(2, digits_for(self.slope))
        first = tr(LINE, lang, unit_x=self.unit_x, unit_y=self.unit_y, first=called(self.x), n=self.n,
                   second=called(self.y), slope=number(self.slope, digits, lang),
                   r2=number(self.r2, 2, lang))  # fmt: skip
        seen = self.lines["slope"].dropna()
        if len(seen) < 2:
            return first
        ends = {
            "low": number(float(seen.min()), digits, lang),
            "high": number(float(seen.max()), digits, lang),
        }
        return f"{first} {tr(LINE_RANGE, lang, **ends)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return the base's labels and words, the method with the names of the two variables."""
        words = super().scope(lang)
        words[next(iter(words))] = tr(LINE_METHOD, lang, first=called(self.x), second=called(self.y))
        return words


@conditioned
def linear_relation(ds: xr.Dataset, x: str, y: str, *, over: str = "month", by: By = None) -> RelationResult:
    """Return how much y there is for each unit of x, by months, hours of the day or days of the week.

    The slope of NO2 on NOx, or of PM2.5 on PM10, tells something about the sources (openair's
    ``linearRelation``).

    Parameters
    ----------
    ds
        Readings of both variables, dims (station, time). Of several stations those indoors are left out.
    x, y
        Their names.
    over
        ``"month"``, ``"week"``, ``"day"``, ``"quarter"``, ``"year"`` (each one that occurs), ``"hour"``,
        ``"weekday"``, ``"hour-weekday"`` (all years together), or ``"all"``.

    Raises
    ------
    UsageError
        ``relation-over``.
    AnalysisError
        ``few-pairs``; ``not-hourly`` for hours.

    Notes
    -----
    Openair's months are those *nearest* to each date (from the middle of one month to that of the next);
    here they are those of the calendar. Its ``seslope`` is two standard errors, ``slope_se`` is one.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=720, freq="h").as_unit("us")
    >>> x = np.arange(720.0)
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in (("nox", x), ("no2", 5 + x / 4))},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> linear_relation(ds, "nox", "no2").table[["slope", "intercept", "n"]].round(6).values.tolist()
    [[0.25, 5.0, 720.0]]
    """
    if over not in OVERS:
        raise UsageError("There is no course by {value}.", do="Take one of: {known}.", code="relation-over",
                         value=over, known=", ".join(OVERS))  # fmt: skip
    found = rows(ds, [x, y], hourly=over.startswith("hour"))
    a, b = found.flat(x), found.flat(y)
    if over in ("hour", "weekday", "hour-weekday"):
        places, head = cells(found.local, over)
        places = places.ravel()
    elif over == "all":
        places, head = np.zeros(len(a), dtype=np.int64), pd.DataFrame({"label": [""]})
    else:
        begin, places = np.unique(starts(found.local, over), return_inverse=True)
        places = places.ravel()
        head = pd.DataFrame({"label": pd.DatetimeIndex(begin).strftime("%Y-%m-%d"), "time": begin})
    parts, whole = lines(a, b, places, len(head)), lines(a, b)
    if not np.isfinite(whole.slope[0]):
        raise AnalysisError(
            "No two of these have {needed} values at the same time.",
            do="Ask for a longer time or more stations.",
            code="few-pairs",
            needed=3,
        )
    table = head.assign(slope=parts.slope, slope_se=parts.slope_se, intercept=parts.intercept, r2=parts.r2,
                        n=parts.n)  # fmt: skip
    n = int(whole.n[0])
    return RelationResult(
        method=LINE_METHOD, n=n, completeness=n / len(a), version=series.version(ds), notes=found.notes,
        x=x, y=y, unit_x=series.unit(ds, x), unit_y=series.unit(ds, y), over=over,
        slope=float(whole.slope[0]), r2=float(whole.r2[0]),
        lines=table[table["n"] > 0].reset_index(drop=True),
    )  # fmt: skip
