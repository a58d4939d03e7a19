"""A dataset as files for other programs: tables as csv (for spreadsheets) or parquet, and a school's data.

An export holds what counts (winners chosen, retractions and reviews applied, final flags), not what was
given; ``school`` adds what one school gave: the kept copies of its files and their receipts. It can be read
without kit; to make a dataset again, use a backup.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kit.checks.reasons import REASONS
from kit.dataset.dates import Day, first_day, last_day
from kit.dataset.packing import Pack, packing
from kit.dataset.parts import PART, groups
from kit.dataset.state import Submission, chosen, several
from kit.errors import UsageError
from kit.model import RULES, SIGHTINGS, Station
from kit.text import N_, tr, trn
from kit.vocab.variables import variable as known_variable
from kit.vocab.variables import variables

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import xarray as xr

    from kit.dataset.view import Names, View
    from kit.store.flush import Parts

FORMATS = ("csv", "parquet", "school")
#: A spreadsheet takes 1,048,576 rows: a file has at most so many.
ROWS = 1_000_000
#: What days say beside their value.
MORE = ("flag", "coverage", "at_least")
#: A text that begins with one of these is a formula to a spreadsheet.
FORMULA = r"^[=+\-@\t\r\n]"

ABOUT = (
    N_("Files from a shared dataset of kit. Cite them so: shared dataset of kit, version {version}."),
    N_("The number after the stroke says by which rules files were read and checked."),
    N_("readings/ has the values that count, a file per variable (several above a million rows)."),
    N_("value is in the unit beside it. period_seconds is how long it was averaged or summed; 0: a moment."),
    N_(
        "time_utc is the start of the period in UTC; local_standard_time is the station's, never summer time."
    ),
    N_("flag: 1 good, 2 not checked, 3 suspect, 4 wrong, 9 missing. The table reasons has the words."),
    N_("days/ has the values of local standard days. coverage is the part of the day that was measured."),
    N_("sightings has Darwin Core terms. Each record carries its own licence in the column license."),
    N_("The readings belong to the schools that gave them: ask them before you publish more than results."),
    N_("Coordinates have at most three decimals (about 100 m)."),
)
ABOUT_CSV = N_(
    "Tables are UTF-8 text with {separator} between columns and {decimal} in numbers. "
    "A text that a spreadsheet would take for a formula begins with an apostrophe here."
)
ABOUT_SCHOOL = N_(
    "files/ has what {school} gave, as it is kept (without names, logins, e-mails and exact places), "
    "receipts/ what kit answered. submissions.csv says which file is which and which were taken back."
)


@dataclass(frozen=True)
class Exported:
    """What an export holds."""

    out: str
    version: str
    readings: int
    sightings: int
    files: int

    def text(self, lang: str | None = None) -> str:
        """Return it in words."""
        said = trn("{n} reading", "{n} readings", self.readings, lang)
        seen = trn("{n} sighting", "{n} sightings", self.sightings, lang)
        return tr("{readings} and {sightings} (version {version}) are in {out}.", lang,
                  readings=said, sightings=seen, version=self.version, out=self.out)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What is to be exported, and how numbers are written."""

    stations: tuple[Station, ...]
    span: tuple[date | None, date | None]
    suffix: str
    comma: bool = False

    def ids(self) -> list[str]:
        """Return the ids of the stations."""
        return [one.id for one in self.stations]


def export(
    shared: View, store: Parts, form: str, out: Path, *, station: Names = None, school: Names = None,
    region: Names = None, since: Day = None, until: Day = None, comma: bool = False,
) -> Exported:  # fmt: skip
    """Write an export; what :meth:`kit.dataset.caring.Cared.export` describes."""
    if form not in FORMATS:
        raise UsageError(
            "There is no export named {form}.",
            do="Write one of: {known}.",
            code="export-format", form=form, known=", ".join(FORMATS),
        )  # fmt: skip
    version, state = shared._now()
    if form == "school":
        names = several(school) if school else [shared.school]
        school = names[0]
        if len(names) != 1 or not school:
            raise UsageError(
                "Whose data shall be exported?", do="Name one school: --school ID.", code="which-school"
            )
    stations = chosen(state, station, school, region) if state.stations else []
    span = first_day(since), last_day(until)
    wanted = Wanted(tuple(stations), span, ".parquet" if form == "parquet" else ".csv", comma)
    cited = f"{version.short}/{RULES}" if version else f"-/{RULES}"
    ids = set(wanted.ids())
    given = school if form == "school" else None
    mine = [one for one in shared.submissions() if ids.intersection(one.stations) or one.school == given]
    counted = _Counted()
    with packing(out.expanduser().absolute()) as pack:
        pack = _Counting(pack, counted)
        pack.put("README.txt", _readme(cited, form, str(given or ""), comma).encode("utf-8-sig"))
        _lists(pack, wanted, mine)
        for variable in _variables(mine):
            _readings(pack, shared, wanted, variable, counted)
            _days(pack, shared, wanted, variable)
        _sightings(pack, shared, wanted, counted)
        if form == "school":
            _given(pack, store, mine)
    return Exported(str(out), cited, counted.readings, counted.sightings, counted.files)


@dataclass
class _Counted:
    readings: int = 0
    sightings: int = 0
    files: int = 0


@dataclass
class _Counting:
    pack: Pack
    counted: _Counted

    def put(self, name: str, data: bytes) -> None:
        self.counted.files += 1
        self.pack.put(name, data)


def _readme(cited: str, form: str, school: str, comma: bool) -> str:
    lines = [tr(text, version=cited) for text in ABOUT]
    if form != "parquet":
        lines.append(tr(ABOUT_CSV, separator='";"' if comma else '","', decimal='","' if comma else '"."'))
    if form == "school":
        lines.append(tr(ABOUT_SCHOOL, school=school))
    return "\n\n".join(lines) + "\n"


# --- tables


def _variables(mine: Sequence[Submission]) -> list[str]:
    return sorted(
        {name for one in mine if one.kind == "readings" for name in one.record.get("variables", {})}
    )


def _put(pack: Pack, wanted: Wanted, name: str, frame: pl.DataFrame) -> None:
    """Add a table, in several files where it has too many rows for a spreadsheet."""
    for number, part in enumerate(frame.iter_slices(ROWS), start=1):
        place = f"{name}{'' if number == 1 else f'-{number}'}{wanted.suffix}"
        pack.put(place, _bytes(part, wanted))
    if not len(frame):
        pack.put(name + wanted.suffix, _bytes(frame, wanted))


def _bytes(frame: pl.DataFrame, wanted: Wanted) -> bytes:
    import polars as pl
    import polars.selectors as cs

    buffer = io.BytesIO()
    if wanted.suffix == ".parquet":
        frame.write_parquet(buffer)
        return buffer.getvalue()
    texts = cs.string()
    safe = pl.when(texts.str.contains(FORMULA)).then("'" + texts).otherwise(texts).name.keep()
    frame.with_columns(safe).write_csv(
        buffer, include_bom=True, separator=";" if wanted.comma else ",", decimal_comma=wanted.comma,
        datetime_format="%Y-%m-%d %H:%M:%S%.f", line_terminator="\r\n",
    )  # fmt: skip
    return buffer.getvalue()


def _lists(pack: Pack, wanted: Wanted, mine: Sequence[Submission]) -> None:
    import polars as pl

    stations = pl.DataFrame(
        [one.to_dict() for one in wanted.stations] or [Station("").to_dict()], infer_schema_length=None
    )
    _put(pack, wanted, "stations", stations.head(len(wanted.stations)))
    given = {
        "submission": [one.id for one in mine], "school": [one.school for one in mine],
        "stations": [" ".join(one.stations) for one in mine], "file": [one.file for one in mine],
        "format": [one.format for one in mine], "kind": [one.kind for one in mine],
        "rows": [one.rows for one in mine], "given_utc": [one.made for one in mine],
        "taken_back": [one.retracted for one in mine],
    }  # fmt: skip
    _put(pack, wanted, "submissions", pl.DataFrame(given, schema_overrides={"rows": pl.Int64}))
    known = [variables()[name] for name in _variables(mine)]
    about = {
        "variable": [one.id for one in known], "name": [one.name() for one in known],
        "unit": [one.symbol for one in known], "unit_ucum": [one.unit for one in known],
        "cf_standard_name": [one.standard_name for one in known],
        "aggregated_as": [one.kind for one in known],
    }  # fmt: skip
    _put(pack, wanted, "variables", pl.DataFrame(about, schema=dict.fromkeys(about, pl.String)))
    words = pl.DataFrame({"reason": list(REASONS), "words": [tr(text) for text in REASONS.values()]})
    _put(pack, wanted, "reasons", words)


def _readings(pack: Pack, shared: View, wanted: Wanted, variable: str, counted: _Counted) -> None:
    """Add the readings of a variable, station after station, in bounded memory."""
    for number, frame in enumerate(_slices(shared, wanted, variable), start=1):
        counted.readings += len(frame)
        name = f"readings/{variable}{'' if number == 1 else f'-{number}'}{wanted.suffix}"
        pack.put(name, _bytes(frame, wanted))


def _slices(shared: View, wanted: Wanted, variable: str) -> Iterator[pl.DataFrame]:
    finals = shared._finals()
    assert finals is not None  # there are submissions
    state = shared._now()[1]
    for group in groups(state, variable, wanted.ids(), PART):
        rows = finals.readings([variable], [state.stations[one] for one in group], wanted.span)
        finals.forget()
        for part in rows.iter_slices(ROWS):
            yield _readable(part, variable, state.stations)


def _readable(rows: pl.DataFrame, variable: str, stations: Mapping[str, Station]) -> pl.DataFrame:
    import polars as pl

    unit = known_variable(variable).symbol
    return rows.select(
        "station", "sensor", "variable", pl.lit(unit).alias("unit"), pl.col("time").alias("time_utc"),
        _local(rows, stations).alias("local_standard_time"), pl.col("period").alias("period_seconds"),
        "value", "flag", "reason", "submission", "row",
    )  # fmt: skip


def _local(rows: pl.DataFrame, stations: Mapping[str, Station]) -> pl.Series:
    import pandas as pd
    import polars as pl

    from kit.aggregate.zones import local_stamps

    known = {name: replace(one, zone=one.zone or "UTC") for name, one in stations.items()}
    stamps = rows["time"].to_numpy().astype("datetime64[us]").astype("int64")
    local = local_stamps(stamps, pd.Categorical(rows["station"].to_list()), known)
    return pl.Series(local.astype("datetime64[us]"))


def _days(pack: Pack, shared: View, wanted: Wanted, variable: str) -> None:
    """Add the value of each day, as analyses see it."""
    import polars as pl

    state = shared._now()[1]
    frames = []
    for group in groups(state, variable, wanted.ids(), PART):
        since, until = wanted.span
        read = shared.readings(variable, station=group, since=since, until=until, freq="1D")
        found = cast("xr.Dataset", read)
        names = [name for name in (variable, *(f"{variable}_{more}" for more in MORE)) if name in found]
        if variable in names:
            table = found[names].to_dataframe().dropna(subset=[variable]).reset_index()
            frames.append(_day_rows(table, variable))
    if frames:
        _put(pack, wanted, f"days/{variable}", pl.concat(frames, how="diagonal"))


def _day_rows(table: pd.DataFrame, variable: str) -> pl.DataFrame:
    import polars as pl

    data = {
        "station": pl.Series(table["station"].astype(str).tolist(), dtype=pl.String),
        "date": pl.Series(table["time"].to_numpy().astype("datetime64[us]")).cast(pl.Date),
        "variable": pl.Series([variable] * len(table), dtype=pl.String),
        "unit": pl.Series([known_variable(variable).symbol] * len(table), dtype=pl.String),
        "value": pl.Series(table[variable].to_numpy()),
    }
    for name in MORE:
        if f"{variable}_{name}" in table:
            data[name] = pl.Series(table[f"{variable}_{name}"].to_numpy())
    return pl.DataFrame(data)


def _sightings(pack: Pack, shared: View, wanted: Wanted, counted: _Counted) -> None:
    from kit.store.frames import to_polars

    since, until = wanted.span
    if not wanted.stations:
        return
    found = shared.sightings(station=wanted.ids(), since=since, until=until)
    if len(found):
        counted.sightings = len(found)
        _put(pack, wanted, "sightings", to_polars(found, {**SIGHTINGS, "submission": "str"}))


# --- what a school gave


def _given(pack: Pack, store: Parts, mine: Sequence[Submission]) -> None:
    from kit import ingest

    for one in mine:
        name = re.sub(r"[^\w.-]+", "-", one.file.rsplit("/", 1)[-1]).strip(".-") or "file"
        pack.put(f"files/{one.id[:12]}-{name}", store.objects.raw(one.entry.payload))
        words = ingest.receipt_text(one.record)
        pack.put(f"receipts/{one.id[:12]}-{name}.txt", (words + "\n").encode("utf-8-sig"))
    said = [json.loads(one.entry.canonical()) for one in mine]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in said)
    pack.put("entries.jsonl", lines.encode())
