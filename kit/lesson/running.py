"""What a started lesson offers: our file, its doubtful values, the comparison, the trend, the years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kit.classroom.cards import is_live
from kit.classroom.check import Told, summary
from kit.classroom.html import card, plain_text
from kit.classroom.state import PROGRESS_FILE
from kit.lesson.source import Lesson
from kit.model import Report
from kit.text import number, tr
from kit.vocab import variable as known

if TYPE_CHECKING:
    from kit.analysis import CompareResult, TrendResult
    from kit.dataset import Dataset

#: Flags of values that deserve a second look: suspect and fail.
DOUBTFUL = (3, 4)


@dataclass(frozen=True)
class Shown:
    """Something to be shown, as HTML and as plain text."""

    html: str = field(repr=False)
    words: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.words


class Running:
    """A started lesson.

    Attributes
    ----------
    lesson
        The lesson.
    shared
        The shared dataset of the class; in practice a private copy made from the sample schools.
    station, region, file
        Whose data "our data" are: station id, region to compare with, and the file to upload. The region
        is widened to the country where ours is the only station of its region.
    practice
        Whether this is practice: what is uploaded is forgotten afterwards.
    """

    def __init__(self, lesson: Lesson, shared: Dataset, station: str, file: Path, practice: bool) -> None:
        self.lesson, self.shared, self.station, self.file = lesson, shared, station, file
        self.practice = practice
        self._kept: dict[tuple[str, str], Any] = {}

    @property
    def variable(self) -> str:
        """The variable that the lesson is about."""
        return str(self.lesson.facts["variables"][0])

    @cached_property
    def region(self) -> str | None:
        """The region to compare with: ours, or our country, or everywhere (None)."""
        places = {station.id: station.region for station in self.shared.stations()}
        ours = places.get(self.station, "")
        for region in (ours, ours.split("-")[0]):
            if region and sum(place.startswith(region) for place in places.values()) > 1:
                return region
        return None

    @cached_property
    def report(self) -> Report:
        """What kit understands of our file, every question answered with what is likely."""
        from kit import formats, ingest

        source = formats.open_source(self.file)[0]
        answers = {"station": self.station}
        stations = tuple(self.shared.stations())
        while True:
            report = ingest.understand(source, answers, stations, school=self.station.split("/")[0])
            likely = {question.id: question.likely for question in report.questions if question.likely}
            if not likely or set(likely) <= set(answers):
                return report
            answers |= likely

    def look(self) -> Shown:
        """Show what kit understands of our file; nothing is stored."""
        from kit import ingest

        record = ingest.receipt_record(self.report)
        return Shown(ingest.receipt_html(record, None), ingest.receipt_text(record, None))

    def readings(self, variable: str | None = None) -> pd.DataFrame:
        """Return our file's readings of one variable: time (local clock), value, flag."""
        rows = self.report.readings
        rows = rows[(rows["variable"] == (variable or self.variable)) & rows["value"].notna()]
        table = rows[["value", "flag"]].assign(time=self._local(rows["time"]))
        return table[["time", "value", "flag"]].reset_index(drop=True)

    def _local(self, times: pd.Series) -> pd.Series:
        """Return UTC times as our station's clock shows them."""
        zone = next((s.zone for s in self.shared.stations() if s.id == self.station), "") or "UTC"
        moved = pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
        return pd.Series(moved, index=times.index)

    @property
    def since(self) -> str:
        """The first day of our file."""
        return str(self._local(self.report.readings["time"]).min().date())

    @property
    def until(self) -> str:
        """The last day of our file."""
        return str(self._local(self.report.readings["time"]).max().date())

    def doubtful(self) -> pd.DataFrame:
        """Return the values of our file that deserve a second look, and why; one row each."""
        from kit.checks import reason_text

        rows = self.report.readings
        rows = rows[rows["flag"].isin(DOUBTFUL)].sort_values(["variable", "time"])
        names = [known(name) for name in rows["variable"]]
        values = zip(names, rows["value"], strict=True)
        return pd.DataFrame(
            {
                tr("time"): self._local(rows["time"]).dt.strftime("%Y-%m-%d %H:%M").to_numpy(),
                tr("what"): [name.name() for name in names],
                tr("value"): [f"{number(value, name.digits)} {name.symbol}" for name, value in values],
                tr("why"): [reason_text(reason) for reason in rows["reason"]],
            },
            index=pd.Index(rows["row"].to_numpy(), name=tr("row")),
        )

    def mean(self, variable: str, *, good: bool = False) -> float:
        """Return the mean of our file's values, of all of them or of those without any doubt."""
        table = self.readings(variable)
        return float(
            table.loc[~table["flag"].isin(DOUBTFUL), "value"].mean() if good else table["value"].mean()
        )

    def means(self, variable: str | None = None) -> pd.DataFrame:
        """Return the mean with and without the doubtful values, as a table."""
        name = variable or self.variable
        table = self.readings(name)
        doubtful = int(table["flag"].isin(DOUBTFUL).sum())
        kept = [number(len(table)), number(len(table) - doubtful)]
        means = [number(self.mean(name, good=good), known(name).digits) for good in (False, True)]
        rows = [tr("all values"), tr("without the doubtful ones")]
        label = tr("mean ({unit})", unit=known(name).symbol)
        return pd.DataFrame({tr("values"): kept, label: means}, index=pd.Index(rows, name=known(name).name()))

    def likely_cause(self, variable: str) -> str:
        """Return what most likely lies behind the highest doubtful value of our file.

        ``"a"`` the hours around it are high, too; ``"b"`` one moment at the sensor; ``"c"`` a stuck
        sensor; ``"d"`` there is no doubtful value.
        """
        rows = self.report.readings
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
        """Upload our file to the shared data and return the receipt; a second time nothing is doubled."""
        return self.shared.upload(self.file, station=self.station, accept_likely=True)

    def catch_up(self) -> Told:
        """Make sure that our file is among the shared data (at the beginning of the second hour)."""
        receipt = self.upload()
        words = {
            "already": tr("Our file was there already; nothing was doubled."),
            "restored": tr("Our file is back among the shared data."),
        }.get(receipt.status, tr("Our file is among the shared data now."))
        rows = tr("{accepted} of its {rows} rows are good.", accepted=receipt.accepted, rows=receipt.rows)
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

    def _days(self, since: str | None = None, until: str | None = None) -> Any:
        return self.shared.readings(self.variable, region=self.region, since=since, until=until, freq="1D")

    def years(self) -> pd.DataFrame:
        """Return the mean of each year over the stations of the trend, without the season."""
        series = self.trend.series
        means = series.groupby(pd.DatetimeIndex(series["time"]).year)["value"].mean()
        label = tr("mean ({unit})", unit=known(self.variable).symbol)
        shown = [number(value, known(self.variable).digits) for value in means]
        return pd.DataFrame({label: shown}, index=pd.Index(means.index, name=tr("year")))

    def progress(self) -> Told:
        """Return how many tasks are done."""
        return summary()

    def _words(self) -> tuple[str, list[str]]:
        title = tr("{title}: ready", title=self.lesson.title())
        where = tr("You work with your region's shared dataset.")
        if self.practice:
            where = tr("You practise with the sample schools (invented data). What you upload here is "
                       "forgotten when you close the notebook.")  # fmt: skip
        ours = tr("Our station: {station}. Our file: {file}.", station=self.station, file=self.file.name)
        kept = tr(
            "Your answers are kept in {file} beside this notebook; it holds no names.", file=PROGRESS_FILE
        )
        return title, [where, ours, kept if is_live() else ""]

    def _repr_html_(self) -> str:
        return card("note", *self._words())

    def __repr__(self) -> str:
        return plain_text(*self._words())
