"""A shared dataset at one version: what can be read. :class:`kit.dataset.local.Dataset` adds writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset import winners
from kit.dataset.dates import Day, first_day, last_day
from kit.dataset.finals import COLUMNS, Finals
from kit.dataset.settings import Settings
from kit.dataset.stale import NEEDS
from kit.dataset.state import State, Submission, chosen, not_found, several
from kit.model import RULES, SIGHTINGS, Station
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store import reading
from kit.store.flush import Parts
from kit.store.frames import to_pandas
from kit.store.layouts import LAYOUTS
from kit.store.space import Unreachable
from kit.store.versions import Version
from kit.text import N_, tr, trn
from kit.vocab.variables import variable as known_variable

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import xarray as xr

    from kit.dataset.annotations import Annotation
    from kit.dataset.chunked import Piece
    from kit.dataset.findings import Finding

Names = str | Iterable[str] | None
#: A reading's way into an analysis: good, not evaluated and suspect; never fail or missing.
USE = (1, 2, 3)
OTHER_RULES = N_(
    "Version {version} was made under rules {cited}; what is shown follows rules {rules} and may differ."
)
NAME_COLUMNS = ("scientificName", "vernacularName", "kingdom", "class")


class View:
    """A shared dataset as it was in one version. Nothing can be changed through it."""

    def __init__(
        self, store: Parts, settings: Settings, pinned: Version | None = None, *,
        only: frozenset[str] | None = None, rules: int = RULES, erased: int = 0,
    ) -> None:  # fmt: skip
        """Look at ``pinned`` (None: always the newest version), of which ``only`` these entries count.

        ``rules`` are those under which the version was made or cited; so many of its entries were ``erased``
        since then.
        """
        self._store = store
        self._settings = settings
        self._pinned = pinned
        self._only = only
        self._rules, self._erased = rules, erased
        self._state = (0, State())
        self._known: Finals | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url} version {self.version or '-'}>"

    # --- what it is

    @property
    def folder(self) -> Path:
        """The folder of the dataset; of one in a bucket the folder of its journal on this computer."""
        return self._store.folder

    @property
    def url(self) -> str:
        """What :func:`kit.open` opens it by: its folder, or the address of its bucket."""
        return self._store.space.url

    @property
    def school(self) -> str:
        """The school that ``kit.toml`` names ("" if none)."""
        return self._settings.school

    @property
    def language(self) -> str:
        """The language of words that ``kit.toml`` names ("" if none)."""
        return self._settings.language

    @property
    def version(self) -> str:
        """The version's 12 hex digits ("" in a dataset to which nothing was ever given)."""
        version = self._version()
        return version.short if version else ""

    def _version(self) -> Version | None:
        return self._pinned or self._store.versions.seen()

    def _now(self) -> tuple[Version | None, State]:
        """Return the version and what its entries mean."""
        with disk.in_words(self.folder):
            version = self._version()
            number = version.number if version else 0
            try:
                flushing.catch_up(self._store)  # after it was chosen: so the journal knows its entries
            except Unreachable:
                if int(self._store.journal.meta("settled") or 0) < number:
                    raise
            before, state = self._state
            if self._only is not None and before == 0:
                entries = self._store.journal.entries(0, number)
                self._state = before, state = (
                    number, state.with_entries(one for one in entries if one.id in self._only)
                )  # fmt: skip
            if before > number:
                before, state = 0, State()
            if before < number:
                state = state.with_entries(self._store.journal.entries(before, number))
                self._state = (number, state)
        return version, state

    # --- what it holds

    def stations(self) -> list[Station]:
        """Return the stations, by id."""
        found = self._now()[1].stations
        return [found[name] for name in sorted(found)]

    def station(self, station_id: str) -> Station:
        """Return one station; :class:`kit.errors.NotFoundError` with the closest ids if there is none."""
        return self._now()[1].station(station_id)

    def schools(self) -> list[str]:
        """Return the ids of the schools that have a station here."""
        return sorted({station.school for station in self.stations()})

    def regions(self) -> list[str]:
        """Return the ISO 3166-2 codes of the regions that have a station here."""
        return sorted({station.region for station in self.stations() if station.region})

    def submissions(self) -> list[Submission]:
        """Return the submissions in their order, the retracted ones too."""
        return list(self._now()[1].submissions.values())

    def submission(self, submission_id: str) -> Submission:
        """Return one submission by its id or the first digits of it."""
        found = self._now()[1].submissions
        close = [key for key in found if key.startswith(submission_id)] if len(submission_id) >= 6 else []
        if len(close) != 1:
            raise not_found("submission", submission_id, [key[:12] for key in found])
        return found[close[0]]

    def annotations(self, subject: str | None = None) -> list[Annotation]:
        """Return what people said about a station or a submission (None: about all), in order."""
        from kit.dataset.annotations import annotations_in

        return [one for one in annotations_in(self._now()[1]) if subject in (None, one.subject)]

    def findings(self, lesson: str = "") -> list[Finding]:
        """Return the approved findings of all schools (of one lesson), with their plans and reviews."""
        from kit.dataset.findings import findings

        return findings(self, lesson)

    def versions(self) -> list[Version]:
        """Return the versions up to this one, oldest first."""
        newest = self._version()
        with disk.in_words(self.folder):
            every = self._store.versions.all()
        if self._only is None or newest is None:
            return [item for item in every if newest and item.number <= newest.number]
        within = takewhile(lambda item: self._only.issuperset(item.added), every)  # type: ignore[union-attr]
        return [*(item for item in within if item.id != newest.id), newest]

    def caution(self, lang: str | None = None) -> str:
        """Return why this may not be the version as it was: other rules, erased entries ("": it is)."""
        words = []
        if self._rules != RULES:
            words.append(tr(OTHER_RULES, lang, version=self.version, cited=self._rules, rules=RULES))
        if self._erased:
            words.append(trn(
                "{n} entry of version {version} was erased since; this is the rest (its id cannot be "
                "checked).",
                "{n} entries of version {version} were erased since; this is the rest (its id cannot be "
                "checked).", self._erased, lang, version=self.version,
            ))  # fmt: skip
        return " ".join(words)

    def _say_so(self, attrs: dict[Any, Any]) -> None:
        if self._rules != RULES:
            attrs |= {"cited_rules": self._rules}
        if self._erased:
            attrs |= {"erased_entries": self._erased}
        if words := self.caution():
            attrs |= {"comment": words}

    # --- readings

    def readings(
        self,
        variable: Names = None,
        *,
        station: Names = None,
        school: Names = None,
        region: Names = None,
        since: Day = None,
        until: Day = None,
        freq: str | None = "1D",
        use: Sequence[int] = USE,
        chunks: int | str | None = None,
    ) -> xr.Dataset | pd.DataFrame:
        """Return readings, aggregated by the rules of :mod:`kit.aggregate`.

        Parameters
        ----------
        variable
            One id (``"pm25"``) or several; None takes every variable there is.
        station, school, region
            Ids, one or several; region ``"EE"`` means every region of it.
        since, until
            Local standard dates, both inclusive: ``"2026-03-01"``, ``"2026-03"``, ``"2026"`` or a date.
        freq
            ``"1h"``, ``"1D"``, ``"1M"``, ``"1Y"``: an :class:`xarray.Dataset` (station, time), CF, as
            ARCHITECTURE.md describes it. None: the long table of the values that count, with the columns of
            :data:`kit.model.READINGS` and ``submission``; times are naive UTC, starts of periods;
            ``attrs["not_run"]`` has the context checks that could not run (:class:`kit.model.NotRun`).
        use
            The flags whose readings are used in the aggregation.
        chunks
            How many stations make a piece of arrays on dask that are worked out only when they are needed
            (``"auto"``: kit decides); None for arrays in memory. Needs the extra ``cluster``.

        Raises
        ------
        kit.errors.NotFoundError
            for a variable, station, school or region that does not exist; it names the closest ones.
        """
        wanted = None if variable is None else [known_variable(name).id for name in several(variable)]
        if freq is not None:
            from kit.dataset.arrays import step_of

            step_of(freq)
        finals = self._finals()
        stations = chosen(self._now()[1], station, school, region)
        if finals is None:
            return _nothing(freq, use, wanted)
        # Directions are weighted with the speed.
        asked = finals.variables() if wanted is None else list(dict.fromkeys(wanted))
        span = first_day(since), last_day(until)
        with disk.in_words(self.folder):
            if freq is None:
                table = to_pandas(finals.readings(asked, stations, span), COLUMNS)
                table.attrs["not_run"] = finals.not_run(asked, stations)
                self._say_so(table.attrs)
                return table
            from kit.dataset.chunked import Piece, chunked

            whole = Piece(
                self.url, finals.version.number, self._only, tuple(asked),
                tuple(one.id for one in stations), span, freq, tuple(use),
                None if wanted is None else tuple(wanted),
            )  # fmt: skip
            found = self.piece(whole) if chunks is None else chunked(self, whole, chunks)
        self._say_so(found.attrs)
        return found

    def piece(self, what: Piece) -> xr.Dataset:
        """Return the arrays that a :class:`kit.dataset.chunked.Piece` names, of this dataset, in memory."""
        from kit import aggregate
        from kit.dataset.arrays import step_of, to_xarray

        finals, state = self._finals(), self._now()[1]
        assert finals is not None
        known = {name: state.stations[name] for name in what.stations}
        stations, asked, span, freq, use = list(known.values()), what.asked, what.span, what.freq, what.use
        step = step_of(freq)
        needed = sorted({*asked, *(other for name in asked for other in NEEDS.get(name, ()))})
        if step == "1h":
            readings = finals.table(needed, stations, span)
            frame = aggregate.to_freq(readings, known, step, use, texts=False)
        elif use == USE:
            frame = aggregate.from_days(_between(finals.days(asked, stations), *span), step, texts=False)
        else:
            days = aggregate.station_days(finals.table(needed, stations), known, use)
            frame = aggregate.from_days(_between(days, *span), step, texts=False)
        return to_xarray(frame, stations, freq, finals.version, what.wanted, what.deployments)

    def _finals(self) -> Finals | None:
        """Return what counts in this version; None where nothing was ever given."""
        version, state = self._now()
        if version is None:
            return None
        if self._known is None or self._known.version != version:
            self._known = Finals(self._store, version, state, settled=self._only is None, before=self._known)
        return self._known

    def _rows(
        self,
        name: str,
        version: Version,
        pick: reading.Pick,
        partition: Sequence[str] | None = None,
        times: tuple[datetime | None, datetime | None] = (None, None),
    ) -> pl.DataFrame:
        with disk.in_words(self.folder):
            return reading.rows(
                self._store, name, version, pick, partition=partition, times=times,
                can_repair=self._store.journal.path is not None,
            )  # fmt: skip

    # --- sightings

    def sightings(
        self,
        taxon: str | None = None,
        *,
        station: Names = None,
        school: Names = None,
        region: Names = None,
        since: Day = None,
        until: Day = None,
    ) -> pd.DataFrame:
        """Return sightings: the columns of :data:`kit.model.SIGHTINGS` and ``submission``.

        ``taxon`` is a name of any rank ("Aves", "Parus major", "Parus"), scientific or common, in any case;
        the other arguments are those of :meth:`readings`, dates being those of the event; of a sighting of
        which only the month, the year or an interval is known, all of it must lie between them. ``attrs``
        hold the ``version`` (as it is cited), the ``station_names`` and ``station_regions``.
        """
        import polars as pl

        version, state = self._now()
        stations = [item.id for item in chosen(state, station, school, region)]
        first, last = first_day(since), last_day(until)

        def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
            lazy = lazy.filter(pl.col("station").is_in(stations))
            return lazy.filter(_within(first, last)) if first or last else lazy

        if version is None:
            rows = LAYOUTS["sightings"].no_rows()
        else:
            rows = self._rows("sightings", version, pick)
        rows = winners.sightings(rows, state.live())
        if taxon is not None:
            rows = rows.filter(_is_taxon(several(taxon)[0]))
        found = to_pandas(rows, {**SIGHTINGS, "submission": "str"})
        if version is not None:
            found.attrs["version"] = f"{version.short}/{version.rules}"
        self._say_so(found.attrs)
        found.attrs["station_names"] = {name: state.stations[name].name or name for name in stations}
        found.attrs["station_regions"] = {name: state.stations[name].region for name in stations}
        return found


def _within(first: date | None, last: date | None) -> pl.Expr:
    """Return whether all of ``eventDate`` (a day, month, year, or an interval) lies between two days."""
    import polars as pl

    parts = pl.col("eventDate").str.split("/")
    start, end = parts.list.first(), parts.list.last()
    begins = (start + "-01-01").str.slice(0, 10)
    opened = pl.when(end.str.len_chars() == 4).then(end + "-12").otherwise(end.str.slice(0, 7)) + "-01"
    ends = pl.when(end.str.len_chars() == 10).then(end).otherwise(
        opened.str.to_date("%Y-%m-%d", strict=False).dt.month_end().dt.to_string("%Y-%m-%d")
    )  # fmt: skip
    after = begins >= first.isoformat() if first else pl.lit(True)
    return after & (ends <= last.isoformat() if last else pl.lit(True))


def _is_taxon(taxon: str) -> pl.Expr:
    """Return whether a row is of a taxon: a name of any rank, or the first words of the scientific name."""
    import polars as pl

    name = taxon.strip().lower()
    same = [pl.col(column).str.to_lowercase() == name for column in NAME_COLUMNS]
    return pl.any_horizontal([*same, pl.col("scientificName").str.to_lowercase().str.starts_with(name + " ")])


def _between(days: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    """Return the daily values of these dates, both inclusive."""
    keep = days["time"].notna()
    keep = keep & (days["time"] >= str(first)) if first else keep
    keep = keep & (days["time"] <= str(last)) if last else keep
    return days[keep].reset_index(drop=True)


def _nothing(freq: str | None, use: Sequence[int], wanted: Sequence[str] | None) -> xr.Dataset | pd.DataFrame:
    """Return what a dataset without anything in it gives."""
    table = to_pandas(LAYOUTS["readings"].no_rows(), COLUMNS)
    if freq is None:
        table.attrs["not_run"] = ()
        return table
    from kit import aggregate
    from kit.dataset.arrays import step_of, to_xarray

    return to_xarray(aggregate.to_freq(table, {}, step_of(freq), use), [], freq, None, wanted)
