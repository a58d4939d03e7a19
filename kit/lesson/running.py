"""What a started lesson offers: our file, its doubtful values, the comparison, the trend, the years."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kit.classroom.cards import is_live
from kit.classroom.check import Told, summary
from kit.classroom.html import Shown, card, plain_text, show
from kit.classroom.own import help_in, language_box
from kit.classroom.state import PROGRESS_FILE
from kit.dataset.snapshot import Snapshot
from kit.errors import AnalysisError, UsageError
from kit.lesson.enough import compared, near
from kit.lesson.source import Lesson
from kit.lesson.values import Values
from kit.lesson.whose import SourceOfData
from kit.model import IDENTITY, Report
from kit.text import number, tr
from kit.vocab import variable as known

if TYPE_CHECKING:
    from kit.analysis import CompareResult, TrendResult
    from kit.dataset import Dataset

#: Flags of values that deserve a second look: suspect and fail.
DOUBTFUL = (3, 4)
#: Doubtful values at most this many rows apart are shown together.
NEIGHBOURS = 2


def _clock(time: pd.Timestamp) -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def _of_the_samples(file: Path) -> bool:
    from kit import samples

    return samples.folder() in file.parents


class Running:
    """A started lesson.

    Attributes
    ----------
    lesson
        The lesson.
    shared
        The shared dataset of the class; in practice a private copy made from the sample schools.
    station, region, file
        Whose data "our data" are: station id, region to compare with, and the file to upload (None in a
        lesson that uploads nothing). The region is widened to the country where ours is the only station
        of its region.
    source_of_data
        Whose data ``station`` has and why: our own, a partner school's or the samples'
        (:class:`kit.lesson.whose.SourceOfData`).
    practice
        Whether this is practice: what is uploaded is forgotten afterwards.
    """

    def __init__(
        self,
        lesson: Lesson,
        shared: Dataset | Snapshot,
        source: SourceOfData,
        file: Path | None,
        practice: bool,
    ) -> None:
        self.lesson, self.shared, self.station, self.file = lesson, shared, source.station, file
        self.source_of_data, self.practice = source, practice
        self.values = Values(self)
        self._kept: dict[tuple[str, str], Any] = {}

    def value(self, name: str) -> Any:
        """Return a value that the lesson has a name for (``[values]`` of its answers.toml)."""
        return self.values.named(name)

    @property
    def variable(self) -> str:
        """The variable that the lesson is about."""
        return str(self.lesson.facts["variables"][0])

    @cached_property
    def region(self) -> str | None:
        """The region to compare with: ours, or our country, or everywhere (None); the first with enough."""
        return compared(self.lesson.least.needs, self.shared, self.station)[0]

    def near(self, among: Iterable[str], least: int, *, schools: bool = False) -> list[str]:
        """Return those of some stations that are in the smallest area with at least so many of them.

        Areas are our region, our country and everywhere. ``least`` counts stations, or their ``schools``.
        """
        places = {station.id: station for station in self.shared.stations()}
        return near(places, self.station, among, least, schools=schools)

    def _our_file(self) -> Path:
        if self.file is None:
            raise UsageError(
                "This lesson works without a file of your own.",
                do='Write its name into the second cell if you have one: file = "…".', code="no-file",
            )  # fmt: skip
        return self.file

    @cached_property
    def _understood(self) -> tuple[Report, tuple[str, ...]]:
        """Our file with every question answered with what is likely, and the questions."""
        from kit import formats, ingest

        source = formats.open_source(self._our_file())[0]
        answers = {"station": self.station}
        stations = tuple(self.shared.stations())
        asked: list[str] = []
        while True:
            report = ingest.understand(source, answers, stations, school=self.station.split("/")[0])
            asked += [question.id for question in report.questions]
            likely = {question.id: question.likely for question in report.questions if question.likely}
            if not likely or set(likely) <= set(answers):
                return report, tuple(dict.fromkeys(asked))
            answers |= likely

    @property
    def report(self) -> Report:
        """What kit understands of our file, every question answered with what is likely."""
        return self._understood[0]

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of the questions that our file raises: ``unit.Temp``, ``date_order`` …"""
        return self._understood[1]

    @cached_property
    def _rows(self) -> pd.DataFrame:
        """Our file's readings, each once: what was sent twice counts once, the later row."""
        return self.report.readings.drop_duplicates(list(IDENTITY), keep="last")

    def look(self) -> Shown:
        """Show what kit understands of our file, one row a variable; nothing is stored."""
        found = self.report
        caption = tr("{file}: {rows} rows of readings", file=found.file, rows=number(found.rows))
        rows = []
        for name, facts in found.variables.items():
            digits = known(name).digits
            rows.append(
                {
                    tr("what"): known(name).name(),
                    tr("unit"): known(name).symbol or "–",
                    tr("values"): number(facts["count"]),
                    tr("lowest"): number(facts["min"], digits),
                    tr("highest"): number(facts["max"], digits),
                }
            )
        return Shown(caption, tuple(rows))

    def readings(self, variable: str | None = None) -> pd.DataFrame:
        """Return our file's readings of one variable, as ``kit.plot.timeline`` draws them.

        Columns: station, sensor, variable, time (our station's clock), value, flag.
        """
        rows = self._rows
        rows = rows[(rows["variable"] == (variable or self.variable)) & rows["value"].notna()]
        table = rows.assign(time=self._local(rows["time"]))
        table = table[["station", "sensor", "variable", "time", "value", "flag"]].reset_index(drop=True)
        table.attrs["clock"] = "station"
        return table

    def _local(self, times: pd.Series) -> pd.Series:
        """Return UTC times as our station's clock shows them."""
        zone = next((s.zone for s in self.shared.stations() if s.id == self.station), "") or "UTC"
        moved = pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
        return pd.Series(moved, index=times.index)

    @property
    def since(self) -> str:
        """The first day that we look at: the one that the lesson names, or the first of our file."""
        return self.lesson.parameters.get("since") or str(
            self._local(self.report.readings["time"]).min().date()
        )

    @property
    def until(self) -> str:
        """The last day that we look at: the one that the lesson names, or the last of our file."""
        return self.lesson.parameters.get("until") or str(
            self._local(self.report.readings["time"]).max().date()
        )

    def last(self, days: int) -> tuple[str, str]:
        """Return the first and the last of the ``days`` dates that end with our station's newest reading."""
        found: Any = self.shared.readings(self.variable, station=self.station, freq="1D")
        times = found[self.variable].dropna("time", how="all").indexes["time"]
        if not len(times):
            raise AnalysisError(
                "The station {station} has no readings of {name} yet.",
                do="Choose another station in the second cell, or upload its file first.",
                code="no-readings", station=self.station, name=known(self.variable).name,
            )  # fmt: skip
        return str((times[-1] - pd.Timedelta(days=days - 1)).date()), str(times[-1].date())

    def doubtful(self) -> Shown | Told:
        """Show what deserves a second look in our file, and why: one row for values in a row."""
        from kit.checks import reason_text

        rows = self._rows
        rows = rows[rows["flag"].isin(DOUBTFUL)].sort_values(["variable", "sensor", "time"])
        same = ["variable", "sensor", "reason"]
        apart = (rows[same] != rows[same].shift()).any(axis=1) | (rows["row"].diff().abs() > NEIGHBOURS)
        found = []
        for place, (_, run) in enumerate(rows.groupby(apart.cumsum().to_numpy(), sort=False), start=1):
            name, times = known(str(run["variable"].iloc[0])), self._local(run["time"])
            low, high = (number(value, name.digits) for value in (run["value"].min(), run["value"].max()))
            found.append(
                {
                    tr("no."): place,
                    tr("from"): _clock(times.iloc[0]),
                    tr("until"): _clock(times.iloc[-1]),
                    tr("what"): name.name(),
                    tr("value"): f"{low if low == high else f'{low} … {high}'} {name.symbol}",
                    tr("how many"): len(run),
                    tr("why"): reason_text(str(run["reason"].iloc[0])),
                }
            )
        if not found:
            return Told(
                "", "note", tr("Kit doubts no value in our file."), (tr("So zero values are to look at."),)
            )
        return Shown(tr("Values that deserve a second look"), tuple(found))

    @property
    def doubtful_values(self) -> int:
        """How many values of our file deserve a second look."""
        return int(self._rows["flag"].isin(DOUBTFUL).sum())

    def mean(self, variable: str, *, good: bool = False) -> float:
        """Return the mean of our file's values, of all of them or of those without any doubt."""
        table = self.readings(variable)
        return float(
            table.loc[~table["flag"].isin(DOUBTFUL), "value"].mean() if good else table["value"].mean()
        )

    def means(self, variable: str | None = None) -> Shown:
        """Show the mean and the median with and without the doubtful values."""
        name = known(variable or self.variable)
        readings = self.readings(name.id)
        kept = {False: readings["value"], True: readings.loc[~readings["flag"].isin(DOUBTFUL), "value"]}
        words = {False: tr("all values"), True: tr("without the doubtful ones")}
        rows = [
            {
                tr("which"): words[good],
                tr("values"): number(len(kept[good])),
                tr("mean ({unit})", unit=name.symbol): number(kept[good].mean(), name.digits),
                tr("median ({unit})", unit=name.symbol): number(kept[good].median(), name.digits),
            }
            for good in (False, True)
        ]
        return Shown(name.name(), tuple(rows))

    def likely_cause(self, variable: str) -> str:
        """Return what most likely lies behind the highest doubtful value of our file.

        ``"a"`` the hours around it are high, too; ``"b"`` one moment at the sensor; ``"c"`` a stuck
        sensor; ``"d"`` there is no doubtful value.
        """
        rows = self._rows
        rows = rows[(rows["variable"] == variable) & rows["value"].notna()].sort_values("time")
        rows = rows.reset_index(drop=True)
        doubtful = rows[rows["flag"].isin(DOUBTFUL)]
        if doubtful.empty:
            return "d"
        place = int(np.flatnonzero(rows["value"] == doubtful["value"].max())[0])
        if set(str(rows.loc[place, "reason"]).split(";")) & {"flat-line", "stuck-code"}:
            return "c"
        around = rows["value"].iloc[[k for k in (place - 1, place + 1) if 0 <= k < len(rows)]]
        return "a" if (around >= float(doubtful["value"].max()) / 2).all() else "b"

    def upload(self) -> Any:
        """Upload our file to the shared data and return the receipt; a second time nothing is doubled.

        A lesson that uploads nothing raises :class:`UsageError` (``stays``): its file stays in the school.
        """
        if not self.lesson.facts.get("uploads", True):
            raise UsageError(
                "This lesson uploads nothing: its file is read and stays in the school.",
                do="Go on without uploading.", code="stays",
            )  # fmt: skip
        return self.shared.upload(self._our_file(), station=self.station, accept_likely=True)

    def catch_up(self) -> Told:
        """Make sure that our file is among the shared data (at the beginning of the second hour)."""
        receipt = self.upload()
        words = {
            "already": tr("Our file was there already; nothing was doubled."),
            "restored": tr("Our file is back among the shared data."),
            "to-bring": tr("Our file is among the copy of the shared data on this device."),
        }.get(receipt.status, tr("Our file is among the shared data now."))
        counts = {"accepted": self.report.accepted, "rows": self.report.rows}
        rows = tr("{accepted} of its {rows} rows are good.", **counts)
        return Told("", "note", words, (rows,))

    def _once(self, name: str, work: Callable[[], Any]) -> Any:
        """Return what ``work`` gives, computed once per version of the data."""
        key = (name, self.shared.version)
        if key not in self._kept:
            self._kept[key] = work()
        return self._kept[key]

    @property
    def comparison(self) -> CompareResult:
        """Our station against the others of the region, on the days of our file."""
        from kit.analysis import compare

        def work() -> CompareResult:
            return compare(self._days(self.since, self.until), self.station)

        return self._once("comparison", work)  # type: ignore[no-any-return]

    @property
    def trend(self) -> TrendResult:
        """The trend of the region's long series."""
        from kit.analysis import trend

        return self._once("trend", lambda: trend(self._days()))  # type: ignore[no-any-return]

    @property
    def conclusions(self) -> str:
        """Which of five sentences the long series allow, as letters.

        ``a`` it has changed at the stations with long series; ``c`` it has changed at our own school;
        ``d`` our own school has too few readings for a trend; ``e`` none of these. (``b``, a cause, is
        never allowed.)
        """
        stations = self.trend.stations.set_index("station")
        ours = stations.loc[self.station] if self.station in stations.index else None
        found = ["a"] if self.trend.direction != "unclear" else []
        if ours is None or not ours["used"]:
            found.append("d")
        elif ours["low"] > 0 or ours["high"] < 0:
            found.append("c")
        return ", ".join(found) or "e"

    def _days(self, since: str | None = None, until: str | None = None) -> Any:
        return self.shared.readings(self.variable, region=self.region, since=since, until=until, freq="1D")

    def years(self) -> Shown:
        """Show the mean of each year over the stations of the trend, without the season."""
        series, name = self.trend.series, known(self.variable)
        means = series.groupby(pd.DatetimeIndex(series["time"]).year)["value"].mean()
        label = tr("mean ({unit})", unit=name.symbol)
        rows = [{tr("year"): year, label: number(value, name.digits)} for year, value in means.items()]
        return Shown(name.name(), tuple(rows))

    def chance(self) -> Told:
        """Say how often chance alone would give a trend like that of the region."""
        return Told("", "note", tr("Could it be chance?"), (self.trend.chance(),))

    def caution(self) -> Told:
        """Say what may not be concluded from the comparison and the trend."""
        words = (self.trend.caution(), self.comparison.caution())
        return Told("", "note", tr("May not be concluded"), words)

    def progress(self) -> Told:
        """Return how many tasks are done."""
        return summary()

    def _words(self) -> tuple[str, list[str]]:
        title = tr("Ready: {title}", title=self.lesson.title())
        where = tr("You work with your region's shared dataset.")
        if isinstance(self.shared, Snapshot):
            where = self.shared.words()
        if self.practice:
            where = tr("You practise with the sample schools (invented data). What you upload here is "
                       "forgotten when you close the notebook.")  # fmt: skip
        own = self.source_of_data.own
        ours = tr("Our station: {station}.", station=own)
        if self.file is not None and (self.practice or not _of_the_samples(self.file)):
            ours = tr("Our station: {station}. Our file: {file}.", station=own, file=self.file.name)
        kept = tr(
            "Your answers are kept in {file} beside this notebook; it holds no names.", file=PROGRESS_FILE
        )
        return title, [where, ours, *self.source_of_data.words(), kept if is_live() else ""]

    def help_in(self, lang: str = "") -> Told:
        """Give hints, answers and error cards in another language (``help_in`` of lesson.toml); "": none."""
        return help_in(lang)

    def _repr_html_(self) -> str:
        return card("note", *self._words())

    def _ipython_display_(self) -> None:
        show(self._repr_html_(), repr(self))
        if self.lesson.help_in and is_live():
            show(language_box())

    def __repr__(self) -> str:
        return plain_text(*self._words())
