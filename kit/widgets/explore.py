"""Looking at the shared data without code: what, where, when; the answer is a chart, and a file of it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import figures
from kit.analysis import trend
from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.panel import beside, button, choice, controls, guarded, labelled
from kit.text import N_, tr
from kit.widgets.dates import date_field, day_of
from kit.widgets.marks import marked
from kit.widgets.selection import NOTHING_ELSE, STEPS, WHICH, Selection

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

#: What can be shown, in the order in which it is offered.
SHOWN = {
    "timeline": N_("the values one after the other"),
    "map": N_("the stations on a map"),
    "trend": N_("the long trend"),
}


class ExploreState(Selection):
    """What the explorer shows: a selection of readings, as timeline, map or trend."""

    def __init__(
        self, shared: Dataset, variable: str = "pm25", *, show: str = "timeline", **selected: Any
    ) -> None:
        super().__init__(shared, variable, **selected)
        self.show = show

    def chart(self) -> Chart:
        """Return the chart; a trend takes the days of the whole record."""
        if self.show == "trend":
            return figures.trend(trend(self._days()))
        readings = self.readings()
        if self.show == "map":
            return figures.map(readings, self.variable)
        return marked(figures.timeline(readings, self.variable), self.shared, readings)

    def words(self) -> str:
        """Return how many values are shown, and how many of them are doubtful."""
        return self.counted(self._days() if self.show == "trend" else self.readings())

    def _days(self) -> Any:
        return self.readings(freq="1D", since=None, until=None)

    def download(self, folder: str | Path = ".") -> Told:
        """Save what is seen as CSV and say where it is."""
        path = self.save(folder)
        return Told("", "note", tr("Saved: {file}", file=path.name), (
            tr("The file lies beside this notebook. In the list of files on the left, click it with the "
               "right button and choose Download."),
        ))  # fmt: skip


class ExplorePanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: ExploreState) -> None:
        widgets = controls()
        self.state, self.out, self.said = state, widgets.Output(), widgets.HTML()
        self.below = widgets.Output()
        changed = guarded(self.out, self._changed)
        places = state.places()
        self.lists = {
            "variable": choice(tr("What"), state.variables(), state.variable, changed),
            "where": choice(tr("Where"), places, state.where, changed),
            "beside": choice(
                tr("And beside it"), {tr(NOTHING_ELSE): "", **_named(places)}, state.beside, changed
            ),
            "step": choice(tr("Step"), _words(STEPS), state.step, changed),
            "good": choice(tr("Which readings"), _words(WHICH), state.good, changed),
            "show": choice(tr("Show"), _words(SHOWN), state.show, changed),
        }
        self.days = {
            "since": date_field(tr("From (day)"), state.since, changed),
            "until": date_field(tr("Until (day)"), state.until, changed, last=True),
        }
        self.save = button(tr("Save as CSV"), guarded(self.below, lambda _: state.download()))
        first = beside(*(self.lists[name] for name in ("variable", "where", "beside")))
        second = beside(*self.days.values(), *(self.lists[name] for name in ("step", "good", "show")))
        rest = (first, second, self.said, self.out, self.save, self.below)
        self.widget = labelled(tr("Look at the shared data"), *rest, width="100%")
        guarded(self.out, lambda _: self._show())(None)

    def _changed(self, _: Any) -> Any:
        for name, found in self.lists.items():
            setattr(self.state, name, found.value)
        for name, field in self.days.items():
            setattr(self.state, name, day_of(field))
        return self._show()

    def _show(self) -> Chart:
        self.said.value = ""
        chart = self.state.chart()
        self.said.value = f"<p role='status' style='margin:.3em 0'>{escape(self.state.words())}</p>"
        return chart


def _words(known: dict[Any, str]) -> dict[str, Any]:
    return {tr(words): value for value, words in known.items()}


def _named(places: dict[str, str]) -> dict[str, str]:
    return {words: place for words, place in places.items() if place}


def explorer(
    shared: Dataset, variable: str = "pm25", region: str | None = "", since: str = "",
    show: str = "timeline", *, where: str = "", beside: str = "", until: str = "", step: str = "1D",
    good: bool = False,
) -> Any:  # fmt: skip
    """Return a panel that shows the shared data without code; where no person works, its first chart.

    Parameters
    ----------
    shared
        The shared dataset.
    variable, where, beside, since, until, step, good
        What is chosen at first: see :class:`kit.widgets.selection.Selection`; ``region`` is another word for
        ``where``.
    show
        "timeline", "map" or "trend".
    """
    state = ExploreState(
        shared, variable, show=show, where=where or region or "", beside=beside, since=since, until=until,
        step=step, good=good,
    )  # fmt: skip
    return ExplorePanel(state).widget if is_live() else state.chart()
