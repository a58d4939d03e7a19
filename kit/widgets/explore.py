"""Looking at the shared data without code: what, where, since when; the answer is a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit import figures
from kit.analysis import trend
from kit.classroom.cards import is_live
from kit.classroom.panel import controls, guarded, labelled
from kit.text import N_, tr
from kit.vocab import variable as known

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

#: What can be shown, in the order in which it is offered.
SHOWN = {
    "timeline": N_("the days, as lines"),
    "map": N_("the schools, on a map"),
    "trend": N_("the long trend"),
}
EVERYWHERE = N_("all regions")


class ExploreState:
    """What a panel shows: one variable, one region (or all), since a day, as timeline, map or trend."""

    def __init__(
        self,
        shared: Dataset,
        variable: str = "pm25",
        region: str = "",
        since: str = "",
        show: str = "timeline",
    ) -> None:
        self.shared, self.variable, self.region, self.since, self.show = shared, variable, region, since, show

    def variables(self) -> dict[str, str]:
        """Return the variables of the dataset: name in words -> id."""
        records = [given.record for given in self.shared.submissions() if not given.retracted]
        names = sorted({name for record in records for name in record.get("variables", {})})
        return {known(name).name(): name for name in names}

    def regions(self) -> dict[str, str]:
        """Return the regions of the dataset: words -> code, "" for all of them."""
        codes = sorted({station.region for station in self.shared.stations() if station.region})
        return {tr(EVERYWHERE): "", **{code: code for code in codes}}

    def readings(self) -> Any:
        """Return the daily readings that are shown (a trend always takes the whole record)."""
        since = None if self.show == "trend" else self.since or None
        return self.shared.readings(self.variable, region=self.region or None, since=since, freq="1D")

    def chart(self) -> Chart:
        """Return the chart."""
        ds = self.readings()
        if self.show == "trend":
            return figures.trend(trend(ds))
        return figures.map(ds) if self.show == "map" else figures.timeline(ds)


class ExplorePanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: ExploreState) -> None:
        widgets = controls()
        self.state, self.out = state, widgets.Output()
        shown = {tr(words): name for name, words in SHOWN.items()}
        self.lists = {
            "variable": self._list(tr("What"), state.variables(), state.variable),
            "region": self._list(tr("Where"), state.regions(), state.region),
            "show": self._list(tr("Show"), shown, state.show),
        }
        self.widget = labelled(tr("Look at the shared data"), *self.lists.values(), self.out, width="100%")
        guarded(self.out, lambda _: state.chart())(None)

    def _list(self, label: str, options: dict[str, str], value: str) -> Any:
        widgets = controls()
        found = widgets.Dropdown(
            description=label,
            options=list(options.items()),
            value=value if value in options.values() else None,
        )
        found.observe(guarded(self.out, self._changed), names="value")
        return found

    def _changed(self, _: Any) -> Any:
        for name, found in self.lists.items():
            setattr(self.state, name, found.value)
        return self.state.chart()


def compare_panel(
    shared: Dataset, variable: str = "pm25", region: str = "", since: str = "", show: str = "timeline"
) -> Any:
    """Return a panel that shows the shared data without code; where no person works, its first chart."""
    state = ExploreState(shared, variable, region, since, show)
    return ExplorePanel(state).widget if is_live() else state.chart()
