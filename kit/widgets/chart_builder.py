"""Building a chart without code: the readings, the kind of chart; and the code that makes the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from kit import figures
from kit.analysis import trend
from kit.classroom.cards import is_live
from kit.classroom.panel import beside, choice, controls, guarded, labelled
from kit.errors import UsageError
from kit.figures.forms import MOST_PANELS
from kit.text import N_, tr
from kit.vocab import variable as known
from kit.widgets.dates import date_field, day_of
from kit.widgets.selection import NOTHING_ELSE, STEPS, Selection, in_words

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

#: A trend needs five full years.
YEARS = 5
WIND = ("wind_speed", "wind_direction")
#: Kinds that need the wind beside the variable.
WINDY = ("rose", "wind")


@dataclass(frozen=True)
class Kind:
    """A kind of chart: its words, how it is drawn and the same as code ({x}: the variable, {y}: the other).

    ``step`` is that of the readings where it is not free; ``several`` says that it needs two variables.
    """

    words: str
    draw: Callable[[Any, str, str], Chart]
    code: str
    step: str = ""
    several: bool = False


KINDS = {
    "timeline": Kind(
        N_("timeline: the values one after the other"),
        lambda ds, x, y: figures.timeline(ds, x), "kit.plot.timeline(readings)",
    ),
    "calendar": Kind(
        N_("calendar: a coloured cell for each day"),
        lambda ds, x, y: figures.calendar(ds, x), "kit.plot.calendar(readings)", "1D",
    ),
    "hour": Kind(
        N_("by hour of the day"),
        lambda ds, x, y: figures.variation(ds, "hour", x), 'kit.plot.variation(readings, "hour")', "1h",
    ),
    "weekday": Kind(
        N_("by day of the week"),
        lambda ds, x, y: figures.variation(ds, "weekday", x), 'kit.plot.variation(readings, "weekday")', "1D",
    ),
    "month": Kind(
        N_("by month"),
        lambda ds, x, y: figures.variation(ds, "month", x), 'kit.plot.variation(readings, "month")', "1D",
    ),
    "season": Kind(
        N_("by hour of the day, season by season"),
        lambda ds, x, y: figures.variation(ds, "hour", x, by="season"),
        'kit.plot.variation(readings, "hour", by="season")', "1h",
    ),
    "box": Kind(
        N_("box: how the values are spread, station by station"),
        lambda ds, x, y: figures.box(ds, x), "kit.plot.box(readings)",
    ),
    "scatter": Kind(
        N_("points: one variable over another"),
        lambda ds, x, y: figures.scatter(ds, y, x), 'kit.plot.scatter(readings, "{y}", "{x}")', several=True,
    ),
    "rose": Kind(
        N_("rose: from which side the wind brings what"),
        lambda ds, x, y: figures.rose(ds, None if x in WIND else x), 'kit.plot.rose(readings, "{x}")', "1h",
    ),
    "wind": Kind(
        N_("mean by the wind's side, with where it may lie"),
        lambda ds, x, y: figures.variation(ds, "wind", x),
        'kit.plot.variation(readings, "wind", "{x}")', "1h",
    ),
    "map": Kind(
        N_("map: the mean of each station"),
        lambda ds, x, y: figures.map(ds, x), "kit.plot.map(readings)", "1D",
    ),
    "trend": Kind(
        N_("trend: is it changing over the years?"),
        lambda ds, x, y: figures.trend(trend(ds)), "kit.plot.trend(kit.trend(readings))", "1D",
    ),
}  # fmt: skip


class ChartState(Selection):
    """A chart being built: a selection of readings, a kind of chart, another variable where it needs one."""

    def __init__(
        self,
        shared: Dataset,
        variable: str = "pm25",
        kind: str = "timeline",
        other: str = "",
        **selected: Any,
    ) -> None:
        super().__init__(shared, variable, **selected)
        if kind not in KINDS:
            raise UsageError(
                "There is no chart of the kind {kind}.", do="Choose one of: {known}.", code="chart-kind",
                kind=kind, known=", ".join(KINDS),
            )  # fmt: skip
        self.kind, self.other = kind, other

    def others(self) -> dict[str, str]:
        """Return the variables that a chosen station measured beside the first one: words -> id."""
        there = {name for names in self._with_variable() for name in names}
        return in_words(name for name in there if name != self.variable and not _turns(name))

    def _with_variable(self) -> list[set[str]]:
        """Return what each chosen station that measured the variable has measured."""
        measured = self.measured()
        chosen = [measured.get(station, set()) for station in self.stations()]
        return [names for names in chosen if self.variable in names]

    def kinds(self) -> dict[str, str]:
        """Return the kinds of chart that fit the chosen readings: words -> id."""
        return {tr(kind.words): name for name, kind in KINDS.items() if self._fits(name)}

    def _fits(self, kind: str) -> bool:
        if kind in WINDY and not (kind == "wind" and _turns(self.variable)):
            return any(set(WIND) <= names for names in self._with_variable())
        if kind == "calendar" and self._years() * len(self._with_variable()) > MOST_PANELS:
            return False
        if kind == "map":
            chosen = set(self.stations())
            placed = [s for s in self.shared.stations() if s.id in chosen and s.latitude is not None]
            return len(placed) > 1
        if _turns(self.variable):
            return kind in ("timeline", "calendar", "hour", "weekday", "month", "season")
        if kind == "scatter":
            return bool(self.others())
        return kind != "trend" or self._years() >= YEARS

    def _years(self) -> float:
        """Return how many years of the variable are chosen, by the receipts and the chosen days."""
        chosen = set(self.stations())
        times = [
            moment
            for given in self.shared.submissions()
            if not given.retracted and chosen.intersection(given.stations)
            and self.variable in given.record.get("variables", {})
            for moment in (given.record.get("time") or {}).values()
            if isinstance(moment, str) and moment[:4].isdigit()
        ]  # fmt: skip
        if not times:
            return 0.0
        first, last = pd.Timestamp(min(times)[:10]), pd.Timestamp(max(times)[:10])
        if self.kind != "trend":
            first = max(first, pd.Timestamp(self.since or first))
            last = min(last, pd.Timestamp(self.until or last))
        return max((last - first).days, 1) / 365.25

    def _asked(self) -> tuple[str | list[str], dict[str, str]]:
        """Return the variables to read, and the step that the kind of chart demands."""
        kind = KINDS[self.kind]
        step = {"freq": kind.step} if kind.step else {}
        if self.kind in WINDY:
            return list(dict.fromkeys([self.variable, *WIND])), step
        if kind.several:
            return [self.variable, self._other()], step
        return self.variable, step

    def _other(self) -> str:
        others = list(self.others().values())
        if not others:
            raise UsageError(
                "This chart needs a second variable, and the chosen stations have none.",
                do="Choose other stations, or another kind of chart.", code="second-variable",
            )  # fmt: skip
        return self.other if self.other in others else others[0]

    def chart(self) -> Chart:
        """Return the chart."""
        variables, step = self._asked()
        other = self._other() if KINDS[self.kind].several else ""
        return KINDS[self.kind].draw(self.readings(variables, **step), self.variable, other)

    def lines(self) -> str:
        """Return the code that makes the same chart."""
        variables, step = self._asked()
        other = self._other() if KINDS[self.kind].several else ""
        drawn = KINDS[self.kind].code.format(x=self.variable, y=other)
        if self.kind == "rose" and self.variable in WIND:
            drawn = "kit.plot.rose(readings)"
        return f"{self.code(variables, **step)}\n{drawn}"


def _turns(name: str) -> bool:
    return known(name).kind == "vector"


class ChartPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: ChartState) -> None:
        widgets = controls()
        self.state, self.out, self.code = state, widgets.Output(), widgets.HTML()
        changed = guarded(self.out, self._changed)
        places = state.places()
        rest = {words: place for words, place in places.items() if place}
        self.lists = {
            "variable": choice(tr("1. What"), state.variables(), state.variable, changed),
            "where": choice(tr("2. Where"), places, state.where, changed),
            "beside": choice(tr("And beside it"), {tr(NOTHING_ELSE): "", **rest}, state.beside, changed),
            "kind": choice(tr("4. Kind of chart"), state.kinds(), state.kind, changed),
            "other": choice(tr("Second variable"), state.others(), state.other, changed),
            "step": choice(
                tr("Step"), {tr(words): step for step, words in STEPS.items()}, state.step, changed
            ),
        }
        self.days = {
            "since": date_field(tr("3. From (day)"), state.since, changed),
            "until": date_field(tr("Until (day)"), state.until, changed, last=True),
        }
        self._busy = False
        first = beside(*(self.lists[name] for name in ("variable", "where", "beside")), *self.days.values())
        second = beside(*(self.lists[name] for name in ("kind", "other", "step")))
        parts = (first, second, self.out, self.code)
        self.widget = labelled(tr("Build a chart"), *parts, width="100%")
        guarded(self.out, lambda _: self._show())(None)

    def _changed(self, _: Any) -> Any:
        if self._busy:
            return None
        for name, found in self.lists.items():
            setattr(self.state, name, found.value or "")
        for name, field in self.days.items():
            setattr(self.state, name, day_of(field))
        return self._show()

    def _show(self) -> Chart:
        self._offer()
        self.code.value = ""
        chart = self.state.chart()
        head = escape(tr("The same as code, to copy into a cell:"))
        code = f"<pre tabindex='0' style='user-select:all;overflow:auto'>{escape(self.state.lines())}</pre>"
        self.code.value = f"<p style='margin:.4em 0 0'>{head}</p>{code}"
        return chart

    def _offer(self) -> None:
        """Offer the kinds and second variables that fit what is chosen; hide what the kind has no use for."""
        self._busy = True
        try:
            for name, options in (("kind", self.state.kinds()), ("other", self.state.others())):
                found = self.lists[name]
                kept = getattr(self.state, name)
                if dict(found.options) != options:
                    found.options = list(options.items())
                if options:
                    found.value = kept if kept in options.values() else next(iter(options.values()))
                    setattr(self.state, name, found.value)
        finally:
            self._busy = False
        kind = KINDS[self.state.kind]
        self.lists["other"].layout.display = "" if kind.several else "none"
        self.lists["step"].layout.display = "none" if kind.step else ""


def chart_builder(
    shared: Dataset, variable: str = "pm25", kind: str = "timeline", *, other: str = "", where: str = "",
    beside: str = "", since: str = "", until: str = "", step: str = "1D",
) -> Any:  # fmt: skip
    """Return a panel in which a chart is built without code; where no person works, the first chart.

    Parameters
    ----------
    shared
        The shared dataset.
    variable, where, beside, since, until, step
        What is chosen at first: see :class:`kit.widgets.selection.Selection`.
    kind
        A key of :data:`KINDS`: timeline, calendar, hour, weekday, month, season, box, scatter, rose, wind,
        map or trend.
    other
        The second variable of a scatter chart.
    """
    state = ChartState(
        shared, variable, kind, other, where=where, beside=beside, since=since, until=until, step=step
    )
    return ChartPanel(state).widget if is_live() else state.chart()
