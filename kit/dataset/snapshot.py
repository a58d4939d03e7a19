"""A published snapshot of a dataset, and what a class adds to it on its own device.

A snapshot is read as the dataset itself is (:class:`kit.dataset.view.View`), without its store: lessons work
with it where no store can be, as in the browser. Days, months, years, hours and sightings are the same as
those of the dataset at its version; single readings are not in it. What is added is read, checked and shown
at once, and kept only on this device: :meth:`Snapshot.to_bring` is what the teacher takes into the dataset.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset import snapshot_files as files
from kit.dataset.bringing import Brought, to_bring
from kit.dataset.dates import borders, first_day, last_day
from kit.dataset.local import Dataset
from kit.dataset.settings import Settings, find
from kit.dataset.snapshot_values import Held
from kit.dataset.state import State, Submission, chosen, several, station_from
from kit.dataset.stations import complete
from kit.dataset.view import NAME_COLUMNS, USE, View, _between
from kit.entry import Entry
from kit.errors import DatasetError, UsageError
from kit.model import SIGHTINGS, Source, Station
from kit.store.versions import Version
from kit.text import day, tr

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import xarray as xr

    from kit.dataset.chunked import Piece
    from kit.dataset.dates import Day
    from kit.dataset.receipt import Receipt
    from kit.dataset.view import Names
    from kit.model import Report

#: Where a site puts the snapshot that comes with kit.
SHIPPED = Path(__file__).parents[1] / "_shipped" / "snapshots"
#: In it: that of the class, or of the sample schools; the others have the names of lessons, to practise with.
CLASS = "class"


class Snapshot(View):
    """A snapshot in a folder. What is uploaded into it is kept in memory, for as long as it is open."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder).absolute()
        self.about = about = files.read_about(self._folder)
        words = (about[name] for name in ("school", "region", "zone", "language"))
        self._settings = Settings(*words)
        self._held = Held(self._folder, about)
        self._stations = {one["id"]: station_from(one) for one in about["stations"]}
        self._brought: dict[str, Brought] = {}
        self._more: list[pd.DataFrame] = []
        self._only, self._rules, self._erased = None, about["rules"], 0

    @property
    def folder(self) -> Path:
        """The folder of the snapshot."""
        return self._folder

    @property
    def url(self) -> str:
        """What :func:`kit.open` opens it by."""
        return str(self._folder)

    @property
    def until(self) -> str:
        """The last day of which it has a value, as ISO text ("" if it has none)."""
        return str(self.about["until"])

    @property
    def practice(self) -> bool:
        """Whether these are invented schools, to practise with."""
        return bool(self.about["practice"])

    @property
    def version(self) -> str:
        """The version of the dataset; with what was added on this device, "+1" and so on."""
        more = len(self._brought)
        return self._held.version.short + (f"+{more}" if more else "")

    def _version(self) -> Version:
        return self._held.version

    def _now(self) -> tuple[Version, State]:
        return self._held.version, State(stations=self._stations)

    def _finals(self) -> Any:
        return self._held

    def submissions(self) -> list[Submission]:
        """Return which station measured what and when, as if each series had been one file.

        Who gave which file is not in a snapshot.
        """
        return [_series(self._stations[one["station"]], one) for one in self.about["measured"]]

    def words(self, lang: str | None = None) -> str:
        """Say what it is a copy of, and that what is added stays here."""
        if not self.until:
            return tr("This is a copy of the shared data (version {version}).", lang, version=self.version)
        return tr(
            "You work with a copy of the shared data up to {date} (version {version}). What you add stays on "
            "this device until you bring it to your teacher.", lang,
            date=day(date.fromisoformat(self.until), lang), version=self._held.version.short,
        )  # fmt: skip

    def versions(self) -> list[Version]:
        """Return the version of which it is a copy."""
        return [self._held.version]

    # --- reading

    def readings(
        self, variable: Names = None, *, station: Names = None, school: Names = None, region: Names = None,
        since: Day = None, until: Day = None, freq: str | None = "1D", use: Sequence[int] = USE,
        chunks: int | str | None = None,
    ) -> xr.Dataset:  # fmt: skip
        """Return hours, days, months or years as :meth:`kit.dataset.view.View.readings` does.

        Raises :class:`kit.errors.UsageError` for what a snapshot does not hold: single readings (``freq``
        None), other flags than the usual ones, pieces.
        """
        if freq is None or tuple(use) != tuple(USE) or chunks is not None:
            raise UsageError(
                "This copy of the shared data holds hours and days, not single readings.",
                do='Write freq="1h" or freq="1D" and leave use and chunks out; or open the dataset itself.',
                code="only-in-dataset",
            )  # fmt: skip
        found = super().readings(
            variable, station=station, school=school, region=region, since=since, until=until, freq=freq
        )
        assert not hasattr(found, "columns")
        return found  # type: ignore[return-value]

    def piece(self, what: Piece) -> xr.Dataset:
        """Return the arrays that a :class:`kit.dataset.chunked.Piece` names."""
        from kit import aggregate
        from kit.dataset.arrays import step_of, to_xarray

        stations = [self._stations[name] for name in what.stations]
        step = step_of(what.freq)
        table = self._held.values("hours" if step == "1h" else "days", what.asked, stations)
        if step == "1h":
            frame = aggregate.from_hours(_within(table, stations, *what.span), texts=False)
        else:
            frame = aggregate.from_days(_between(table, *what.span), step, texts=False)
        return to_xarray(frame, stations, what.freq, self._held.version, what.wanted, what.deployments)

    @cached_property
    def _seen(self) -> pd.DataFrame:
        """All sightings of the snapshot."""
        import json

        import pandas as pd

        text = (self._folder / "sightings.json").read_text(encoding="utf-8")
        dtypes = {**SIGHTINGS, "submission": "str"}
        cells = json.loads(text)
        return pd.DataFrame({name: pd.Series(cells[name], dtype=dtype) for name, dtype in dtypes.items()})

    def sightings(
        self, taxon: str | None = None, *, station: Names = None, school: Names = None, region: Names = None,
        since: Day = None, until: Day = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return sightings as :meth:`kit.dataset.view.View.sightings` does."""
        import pandas as pd

        stations = [item.id for item in chosen(self._now()[1], station, school, region)]
        rows = pd.concat([self._seen, *self._more], ignore_index=True) if self._more else self._seen
        keep = rows["station"].isin(stations)
        if since is not None or until is not None:
            keep &= _on_days(rows["eventDate"], first_day(since), last_day(until))
        if taxon is not None:
            name = several(taxon)[0].strip().lower()
            for column in NAME_COLUMNS:
                rows = rows.assign(**{f"_{column}": rows[column].str.lower()})
            same = rows["_scientificName"].str.startswith(name + " ")
            for column in NAME_COLUMNS:
                same |= rows[f"_{column}"] == name
            keep &= same
        found = rows.loc[keep, [*SIGHTINGS, "submission"]].reset_index(drop=True)
        version = self._held.version
        found.attrs["version"] = f"{version.short}/{version.rules}"
        self._say_so(found.attrs)
        found.attrs["station_names"] = {name: self._stations[name].name or name for name in stations}
        found.attrs["station_regions"] = {name: self._stations[name].region for name in stations}
        return found

    # --- adding, on this device

    def add_station(self, station: Station, *, now: datetime | None = None) -> Station:
        """Add a station on this device; return it with what could be found out."""
        station = complete(station, self._settings)
        self._stations[station.id] = station
        return station

    def upload(
        self, what: str | os.PathLike[str] | Source, *, station: str | None = None, school: str | None = None,
        answers: Mapping[str, str] | None = None, accept_likely: bool = False, now: datetime | None = None,
    ) -> Receipt:  # fmt: skip
        """Read and check a file and show it among the shared data, on this device only.

        Arguments and errors are those of :meth:`kit.dataset.Dataset.upload`. The receipt has the file to
        bring (:class:`kit.dataset.bringing.Brought`); a second time its status is ``already``.
        """
        from kit import ingest
        from kit.dataset import uploading
        from kit.dataset.answering import Act, new_stations
        from kit.dataset.deriving import key_of, stamp

        said = {**(answers or {}), **({"station": station} if station else {})}
        source, made = uploading.one_source(what), stamp(now)
        found = uploading.understand(self, source, Act(said, school, accept_likely, now), made)
        report = found.report
        if not len(report.readings) and not len(report.sightings):
            return Brought(ingest.receipt_record(report, status="refused", received=made), b"")
        key = key_of(report)
        known = self._brought.get(key)
        if known is not None:
            return Brought({**known.record, "status": "already"}, known.to_bring)
        record = ingest.receipt_record(report, status="to-bring", received=made)
        record |= {"remembered": found.memory.record(), "new_stations": new_stations(self, report)}
        self._stations |= {one.id: one for one in report.stations if one.id not in self._stations}
        self._take(report)
        self._brought[key] = Brought(record, to_bring(source, report.answers))
        return self._brought[key]

    def _take(self, report: Report) -> None:
        """Add what counts of a report."""
        from kit import aggregate
        from kit.model import IDENTITY

        if report.kind == "sightings":
            self._more.append(report.sightings.assign(submission=""))
            return
        rows = report.readings.assign(_has=report.readings["value"].notna())
        rows = rows.sort_values([*IDENTITY, "_has", "row"]).drop_duplicates(list(IDENTITY), keep="last")
        rows = rows.drop(columns="_has").reset_index(drop=True)
        self._held.add(aggregate.station_days(rows, self._stations), aggregate.station_hours(rows))

    def brought(self) -> list[Brought]:
        """Return the receipts of what was added on this device, each with the file to bring."""
        return list(self._brought.values())

    def __getattr__(self, name: str) -> Any:
        """Say where that is done what only the dataset itself can do."""
        if name in _ONLY_THERE:
            raise UsageError(
                "That cannot be done in the browser: this is a copy of the shared data of {date}.",
                do="Write it on paper or in the notebook, and tell your teacher.",
                code="only-in-dataset", date=self.until,
            )  # fmt: skip
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)


#: What writes into a dataset, or looks into its store.
_ONLY_THERE = frozenset(
    ("annotate", "review", "retract", "restore", "correct", "cite", "at", "merge", "export", "status",
     "verify", "rebuild", "compact", "backup", "upload_all", "inbox")
)  # fmt: skip


def _series(station: Station, one: Mapping[str, str]) -> Submission:
    """Return a series as a submission that has no file."""
    time = {"start": one["start"], "end": one["end"], "zone": station.zone}
    receipt = {"variables": {one["variable"]: {}}, "time": time}
    entry = Entry("submission", station.school, "", 0, "", "", {"receipt": receipt})
    key = f"{station.id} {one['variable']}"
    return Submission(key, "", "", "readings", station.school, (station.id,), 0, "", False, entry)


def shipped(name: str = "") -> Snapshot | None:
    """Return a snapshot that came with this kit: that of the class or, without one, the first; None: none."""
    names = [name] if name else [CLASS, *sorted(path.parent.name for path in SHIPPED.glob(f"*/{files.NAME}"))]
    there = [SHIPPED / one for one in names if (SHIPPED / one / files.NAME).is_file()]
    return Snapshot(there[0]) if there else None


def open_any(url: str | os.PathLike[str] | None = None) -> Dataset | Snapshot:
    """Open a shared dataset as :func:`kit.dataset.open_dataset` does, or a snapshot: that of ``url``.

    Where there is no dataset and none was named: the snapshot that comes with this kit, as in the browser.
    """
    try:
        place = find(url)
    except DatasetError:
        if url or (shipped_one := shipped()) is None:
            raise
        return shipped_one
    if isinstance(place, Path) and (place / files.NAME).is_file():
        return Snapshot(place)
    return Dataset(place)


def _within(
    hours: pd.DataFrame, stations: Sequence[Station], since: date | None, until: date | None
) -> pd.DataFrame:
    """Return the hours of these local dates."""
    import numpy as np

    time, keep = hours["time"].to_numpy(), np.zeros(len(hours), dtype=bool)
    if since is None and until is None:
        return hours
    for (low, high), ids in borders(stations, since, until).items():
        mine = hours["station"].isin(ids).to_numpy(copy=True)
        mine &= True if low is None else time >= np.datetime64(low)
        keep |= mine & (True if high is None else time < np.datetime64(high))
    return hours[keep].reset_index(drop=True)


def _on_days(dates: pd.Series, first: date | None, last: date | None) -> pd.Series:
    """Return whether all of an event's date (a day, month, year, or an interval) lies between two days."""
    start = (dates.str.split("/").str[0] + "-01-01").str.slice(0, 10)
    keep = start >= (first.isoformat() if first else "")
    if last is None:
        return keep
    ends = {text: _end(text) for text in dates.unique()}
    return keep & (dates.map(ends) <= last.isoformat())


def _end(text: str) -> str:
    """Return the last day of a date as Darwin Core writes it.

    >>> _end("2024-02"), _end("2024-01-05/2024"), _end("2024-03-07")
    ('2024-02-29', '2024-12-31', '2024-03-07')
    """
    try:
        return str(last_day(text.split("/")[-1]))
    except UsageError:
        return ""
