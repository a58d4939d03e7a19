"""The stations on a map without code: a variable, a day or a month; a table beside it, a list of stations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kit import figures
from kit.classroom.cards import is_live
from kit.classroom.panel import beside, choice, controls, guarded, labelled
from kit.figures import tables
from kit.text import N_, language, tr
from kit.widgets.dates import date_field, day_of
from kit.widgets.marks import marked
from kit.widgets.selection import Selection

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

LATEST, WHOLE = N_("the latest day"), N_("all days together")
NO_STATION = N_("no station")
#: So many days up to the day of the map are shown of the chosen station.
DAYS_BEFORE = 30


class MapState:
    """What the map shows: one variable of a region at one time, and a chosen station.

    Parameters
    ----------
    shared
        The shared dataset.
    variable
        Id of the variable; the first one that there is, if the dataset has no such.
    region
        A region, "" for all.
    when
        "latest" (the last day that has a value), "" (all days), a month ``"2026-03"`` or a day
        ``"2026-03-01"``.
    station
        The station whose days are shown below the map, "" for none.
    """

    def __init__(
        self,
        shared: Dataset,
        variable: str = "pm25",
        region: str = "",
        when: str = "latest",
        station: str = "",
    ) -> None:
        self.selection = Selection(shared, variable, region)
        self.shared, self.when, self.station = shared, when, station
        self._kept: tuple[Any, Any] = (None, None)

    def all_days(self) -> Any:
        """Return the daily readings, read once for a variable, region and version."""
        key = self.shared.version, self.selection.variable, self.selection.where
        if self._kept[0] != key:
            self._kept = key, self.selection.readings()
        return self._kept[1]

    def times(self) -> dict[str, str]:
        """Return the times that can be chosen: words -> what ``when`` takes; newest months first."""
        days = self._with_values()
        months = sorted({f"{day:%Y-%m}" for day in days}, reverse=True)
        return {tr(LATEST): "latest", tr(WHOLE): "", **{month: month for month in months}}

    def _with_values(self) -> pd.DatetimeIndex:
        values = self.all_days()[self.selection.variable]
        there = np.isfinite(values.values.astype(float)).any(axis=values.get_axis_num("station"))
        return pd.DatetimeIndex(values["time"].values[there])

    def span(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """Return the first and the last day of the map; None for all days."""
        if not self.when:
            return None
        if self.when == "latest":
            days = self._with_values()
            return (days[-1], days[-1]) if len(days) else None
        period = pd.Period(self.when)
        return period.start_time, period.end_time.normalize()

    def readings(self) -> Any:
        """Return the daily readings of the time of the map."""
        span = self.span()
        return self.all_days() if span is None else self.all_days().sel(time=slice(*span))

    def chart(self) -> Chart:
        """Return the map, each station with its mean over the time."""
        return figures.map(self.readings(), self.selection.variable)

    def stations(self) -> dict[str, str]:
        """Return the stations that have a value on the map: words -> id."""
        readings = self.readings()
        values = readings[self.selection.variable]
        there = np.isfinite(values.values.astype(float)).any(axis=values.get_axis_num("time"))
        ids, names = readings["station"].values[there], readings["station_name"].values[there]
        return {
            f"{name} ({key})" if name else str(key): str(key) for key, name in zip(ids, names, strict=True)
        }

    def station_chart(self) -> Chart | None:
        """Return the days of the chosen station: those of the map, of a single day also those before it."""
        if not self.station:
            return None
        mine, span = self.all_days().sel(station=[self.station]), self.span()
        if span is not None:
            first, last = span
            first = last - pd.Timedelta(days=DAYS_BEFORE) if first == last else first
            mine = mine.sel(time=slice(first, last))
        return marked(figures.timeline(mine, self.selection.variable), self.shared, mine)


class MapPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: MapState) -> None:
        widgets = controls()
        self.state, self.out, self.below = state, widgets.Output(), widgets.Output()
        self.table = widgets.HTML()
        changed = guarded(self.out, self._changed)
        selection = state.selection
        self.variable = choice(tr("What"), selection.variables(), selection.variable, changed)
        regions = {words: place for words, place in selection.places().items() if "/" not in place}
        self.region = choice(tr("Where"), regions, selection.where, changed)
        single = state.when.count("-") == 2
        self.time = choice(tr("Time"), {}, "", changed)
        self.day = date_field(tr("or one day"), state.when if single else "", changed)
        self.station = choice(
            tr("Look at one station"), {tr(NO_STATION): ""}, "", guarded(self.below, self._chosen)
        )
        self._quiet = False
        fields = beside(self.variable, self.region, self.time, self.day)
        picture = widgets.HBox([self.out, self.table], layout=widgets.Layout(flex_flow="row wrap"))
        self.out.layout = widgets.Layout(flex="1 1 30em", min_width="20em")
        self.table.layout = widgets.Layout(flex="1 1 24em", overflow="auto", max_height="34em")
        self.widget = labelled(
            tr("The stations on a map"), fields, picture, self.station, self.below, width="100%"
        )
        guarded(self.out, lambda _: self._show())(None)
        guarded(self.below, lambda _: state.station_chart())(None)

    def _changed(self, change: Any) -> Any:
        if self._quiet:
            return None
        if change["owner"] is self.time:
            self._set(self.day, value=None)
        self.state.selection.variable, self.state.selection.where = self.variable.value, self.region.value
        self.state.when = day_of(self.day) or str(self.time.value or "")
        return self._show()

    def _chosen(self, change: Any) -> Any:
        self.state.station = change["new"] or ""
        return self.state.station_chart()

    def _set(self, field: Any, **values: Any) -> None:
        """Set a field without another answer to it."""
        self._quiet = True
        try:
            for name, value in values.items():
                setattr(field, name, value)
        finally:
            self._quiet = False

    def _show(self) -> Chart:
        self.table.value = ""
        times = self.state.times()
        if dict(self.time.options) != times:
            kept = self.state.when if self.state.when in times.values() else "latest"
            self._set(self.time, options=list(times.items()), value=kept)
            if not self.day.value:
                self.state.when = kept
        chart = self.state.chart()
        self.table.value = tables.html(chart.tables[0], language())
        stations = {tr(NO_STATION): "", **self.state.stations()}
        if dict(self.station.options) != stations:
            kept = self.state.station if self.state.station in stations.values() else ""
            self.station.options = list(stations.items())
            self.station.value = kept
        return chart


def map_panel(
    shared: Dataset, variable: str = "pm25", region: str | None = "", when: str = "latest", station: str = ""
) -> Any:
    """Return a panel with the stations on a map; where no person works, its first map.

    The arguments are those of :class:`MapState`. It needs no internet: the outlines are kit's own.
    """
    state = MapState(shared, variable, region or "", when, station)
    return MapPanel(state).widget if is_live() else state.chart()
