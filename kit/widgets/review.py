"""A second look at doubtful values: keep, doubt or wrong, with a reason; the value itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from kit import figures
from kit.checks import reason_text
from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import Shown
from kit.classroom.panel import Boxes, beside, button, choice, controls, guarded, labelled
from kit.dataset.reviews import CODE, WHY
from kit.errors import UsageError
from kit.model import Flag
from kit.text import N_, day, number, tr, trn
from kit.vocab import variable as known
from kit.widgets.selection import Selection, in_words

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.figures import Chart

#: What a person can say of a value, by the flag that it gives.
VERDICTS = {
    int(Flag.GOOD): N_("keep: the value is right"),
    int(Flag.SUSPECT): N_("doubt: nobody can tell"),
    int(Flag.FAIL): N_("wrong: not to be used"),
}
DOUBTFUL = (int(Flag.SUSPECT), int(Flag.FAIL))
#: At most so many are shown at once, the newest first.
MOST = 100
AROUND = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """Doubtful values of one sensor without another value between them; times are naive UTC, both inclusive.

    ``verdict`` is the flag that a person gave, 0 where nobody has looked yet.
    """

    sensor: str
    since: datetime
    until: datetime
    n: int
    low: float
    high: float
    flag: int
    reason: str
    verdict: int


class ReviewState:
    """Doubtful values of one variable at one station.

    Parameters
    ----------
    shared
        The shared dataset.
    variable
        Id of the variable; the first one that there is, if the dataset has no such.
    station
        The station; the first one of the dataset's school if "".
    since, until
        Local standard dates as ``shared.readings`` takes them, "" for open ends.
    """

    def __init__(
        self, shared: Dataset, variable: str = "pm25", station: str = "", since: str = "", until: str = ""
    ) -> None:
        self.shared, self.since, self.until = shared, since, until
        self.measured = Selection(shared, variable).measured()
        own = [one.id for one in shared.stations() if shared.school in ("", one.school)]
        there = [one for one in own if variable in self.measured.get(one, ())] or own
        self.station = shared.station(station).id if station else next(iter(there), "")
        mine = self.variables()
        self.variable = variable if variable in mine.values() or not mine else next(iter(mine.values()))

    def stations(self) -> dict[str, str]:
        """Return the stations, those of the dataset's own school first: words -> id."""
        every = sorted(self.shared.stations(), key=lambda one: one.school != self.shared.school)
        return {f"{one.name} ({one.id})" if one.name else one.id: one.id for one in every}

    def variables(self) -> dict[str, str]:
        """Return the variables of the station: words -> id."""
        return in_words(self.measured.get(self.station, ()))

    def readings(self) -> pd.DataFrame:
        """Return the readings that are looked through, every one of them, by sensor and time."""
        if not self.station:
            raise UsageError("There is no station yet.", do="Add your station first.", code="note-station")
        rows = self.shared.readings(
            self.variable, station=self.station, since=self.since or None, until=self.until or None, freq=None
        )
        return rows.sort_values(["sensor", "period", "time"], kind="stable").reset_index(drop=True)

    def runs(self) -> list[Run]:
        """Return what deserves a second look, newest first; what was looked at already comes last."""
        rows = self.readings()
        reviewed = rows["reason"].str.split(";").map(lambda codes: CODE in codes)
        held = rows["value"].notna() & (rows["flag"].isin(DOUBTFUL) | reviewed)
        same = ["sensor", "period", "flag", "reason"]
        apart = (rows[same] != rows[same].shift()).any(axis=1) | (held != held.shift())
        found = [
            _run(part, bool(reviewed[part.index[0]]))
            for _, part in rows[held].groupby(apart.cumsum()[held].to_numpy(), sort=False)
        ]
        return sorted(found, key=lambda run: (run.verdict == 0, run.since), reverse=True)[:MOST]

    def local(self, moment: datetime) -> datetime:
        """Return a UTC time as the station's clock shows it."""
        zone = ZoneInfo(self.shared.station(self.station).zone or "UTC")
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None)

    def shown(self, run: Run) -> dict[str, str]:
        """Return a run as people read it."""
        name = known(self.variable)
        low, high = number(run.low, name.digits), number(run.high, name.digits)
        first, last = self.local(run.since), self.local(run.until)
        return {
            tr("from"): f"{day(first, style='medium')} {first:%H:%M}",
            tr("until"): f"{day(last, style='medium')} {last:%H:%M}",
            tr("value"): f"{low if low == high else f'{low} … {high}'} {name.symbol}".strip(),
            tr("how many"): number(run.n),
            tr("why"): reason_text(";".join(code for code in run.reason.split(";") if code != CODE)),
            tr("verdict"): tr(VERDICTS[run.verdict]) if run.verdict else tr("nobody has looked yet"),
        }

    def table(self) -> Shown:
        """Return the runs as a table."""
        name, place = known(self.variable).name(), self.shared.station(self.station)
        caption = tr("{variable} at {station}: values that deserve a second look",
                     variable=name, station=place.name or place.id)  # fmt: skip
        return Shown(caption, tuple(self.shown(run) for run in self.runs()))

    def chart(self, run: Run) -> Chart:
        """Return the readings around a run, every one of them, a day before and after it."""
        rows = self.readings()
        near = rows["time"].between(run.since - AROUND, run.until + AROUND) & (rows["sensor"] == run.sensor)
        held = rows[near].assign(time=[self.local(time) for time in rows.loc[near, "time"]])
        held.attrs["clock"] = "station"
        return figures.timeline(held, self.variable)

    def judge(self, run: Run, verdict: int, why: str) -> Told:
        """Store a verdict (a key of :data:`VERDICTS`) with its reason; no value is changed.

        Raises :class:`UsageError` for another verdict, or a ``why`` that is no key of
        :data:`kit.dataset.reviews.WHY`.
        """
        end = run.until + timedelta(microseconds=1)
        self.shared.review(
            self.station, self.variable, verdict, why, sensor=run.sensor, since=run.since, until=end
        )
        said = trn("{n} value: {verdict}", "{n} values: {verdict}", run.n, verdict=tr(VERDICTS[verdict]))
        words = tr("The value itself stays as it was measured; another look can overrule this one.")
        return Told("", "saved", said, (tr(WHY[why]), words))


def _run(part: pd.DataFrame, reviewed: bool) -> Run:
    first = part.iloc[0]
    return Run(
        str(first["sensor"]), part["time"].iloc[0].to_pydatetime(), part["time"].iloc[-1].to_pydatetime(),
        len(part), float(part["value"].min()), float(part["value"].max()), int(first["flag"]),
        str(first["reason"]), int(first["flag"]) if reviewed else 0,
    )  # fmt: skip


class ReviewPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: ReviewState) -> None:
        widgets = controls()
        self.state, self.out, self.told = state, widgets.Output(), widgets.Output()
        self.runs: list[Run] = []
        self._busy = False
        changed = guarded(self.out, self._changed)
        self.station = choice(tr("At which station"), state.stations(), state.station, changed)
        self.variable = choice(tr("What"), state.variables(), state.variable, changed)
        self.run = choice(tr("1. Which value"), {tr("none"): -1}, -1, guarded(self.out, self._chosen))
        verdicts = {tr(words): flag for flag, words in VERDICTS.items()}
        self.verdict = Boxes(tr("2. What do you say?"), verdicts, one=True)
        why = {tr("choose …"): "", **{tr(words): key for key, words in WHY.items()}}
        self.why = choice(tr("3. Why?"), why, "")
        self.give = button(tr("Store this verdict"), guarded(self.told, self._give), main=True)
        self.table = widgets.HTML()
        top = beside(self.station, self.variable, self.run)
        parts = (top, self.out, self.verdict.widget, self.why, self.give, self.told, self.table)
        self.widget = labelled(tr("Values that deserve a second look"), *parts, width="100%")
        guarded(self.out, lambda _: self._show())(None)

    def _changed(self, change: Any) -> Any:
        if self._busy:
            return None
        self.state.station, self.state.variable = self.station.value, self.variable.value
        if change["owner"] is self.station:
            self._offer(self.variable, self.state.variables())
            self.state.variable = self.variable.value
        return self._show()

    def _offer(self, field: Any, options: dict[str, Any]) -> None:
        """Put other options into a list without another answer to it; the chosen one stays if it is there."""
        self._busy = True
        try:
            kept = field.value
            field.options = list(options.items())
            field.value = kept if kept in options.values() else next(iter(options.values()), None)
        finally:
            self._busy = False

    def _show(self) -> Any:
        self.runs = self.state.runs()
        options = {f"{at + 1}. {self._line(run)}": at for at, run in enumerate(self.runs)}
        self._offer(self.run, options or {tr("none"): -1})
        if self.runs:
            self.run.value = 0
        self.table.value = self.state.table()._repr_html_() if self.runs else ""
        self.give.disabled = not self.runs
        return self._chart()

    def _line(self, run: Run) -> str:
        shown = self.state.shown(run)
        mark = "" if run.verdict == 0 else f" ({tr('looked at')})"
        return f"{shown[tr('from')]}: {shown[tr('value')]}{mark}"

    def _chosen(self, _: Any) -> Any:
        return None if self._busy else self._chart()

    def _chart(self) -> Any:
        if not self.runs:
            return Told(
                "", "note", tr("Kit doubts no value here."), (tr("Choose another station or variable."),)
            )
        self.verdict.ticked, self.why.value = [], ""
        return self.state.chart(self.runs[self.run.value])

    def _give(self, _: Any) -> Told:
        if not self.verdict.ticked:
            raise UsageError(
                "Nothing was said of the value yet.", do="Choose keep, doubt or wrong.", code="verdict"
            )
        if not self.why.value:
            raise UsageError("A verdict needs a reason.", do="Choose one from the list.", code="verdict-why")
        done = self.state.judge(self.runs[self.run.value], self.verdict.ticked[0], self.why.value)
        guarded(self.out, lambda _: self._show())(None)
        return done


def review(
    shared: Dataset, variable: str = "pm25", station: str = "", since: str = "", until: str = ""
) -> Any:
    """Return a panel in which doubtful values get a second look; where no person works, the table of them.

    The arguments are those of :class:`ReviewState`; from code: ``shared.review(place, "pm25", 1, "event")``.
    """
    state = ReviewState(shared, variable, station, since, until)
    return ReviewPanel(state).widget if is_live() else state.table()
