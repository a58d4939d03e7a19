"""What kit makes of the sample files: injected defects are flagged, nothing else, the trend is found.

This is the way of ``kit demo`` without storing: formats → ingest → checks → aggregate → analysis.
"""

from __future__ import annotations

import csv
import gzip
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import formats, ingest, samples
from kit.aggregate import daily, hourly
from kit.analysis import trend
from kit.model import Report, Station

pytestmark = pytest.mark.slow
FILES = {file["path"]: file for file in samples.manifest()["files"]}
STATIONS = [Station(**one) for school in samples.manifest()["schools"] for one in school["stations"]]
#: kind in the manifest -> flag and a check that must have found it ("" for missing values)
FOUND_AS = {
    "no-location": (3, ("impossible-location",)),
    "spike": (4, ("spike", "out-of-range", "unusual-value", "out-of-season")),
    "error-code": (4, ("stuck-code", "out-of-range")),
    "stuck-humidity": (4, ("stuck-code",)),
    "flat-line": (3, ("flat-line",)),
    "missing-code": (9, ("missing",)),
    "wrong-unit": (4, ("out-of-range",)),
    "decimal-slip": (4, ("out-of-range",)),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    found = {}
    for path, file in FILES.items():
        source = formats.open_source(samples.folder() / path)[0]
        found[path] = ingest.understand(source, file["answers"], STATIONS, school=file["school"])
    return found


@pytest.mark.parametrize("path", FILES)
def test_read_as_the_manifest_says(reports: dict[str, Report], path: str) -> None:
    report, file = reports[path], FILES[path]
    assert (report.format, report.kind, report.rows, report.blank) == (
        file["format"], file["kind"], file["rows"], file["blank"],
    )  # fmt: skip
    assert not report.questions
    assert {s.id for s in report.stations} == {file["station"]}
    assert set(report.variables) == set(file["variables"])
    assert report.accepted + report.flagged + report.rejected + report.duplicate == report.rows
    columns = {d["column"] for d in file["defects"] if d["kind"] == "personal-column"}
    assert columns <= set(report.dropped_columns)


@pytest.mark.parametrize("path", [path for path, file in FILES.items() if file["kind"] == "readings"])
def test_every_injected_defect_is_flagged_and_nothing_else(reports: dict[str, Report], path: str) -> None:
    readings = reports[path].readings
    bad = readings[readings["flag"] != 1]
    expected: dict[int, int] = {}
    for defect in FILES[path]["defects"]:
        unread = " ".join(defect.get("column", "").split()) in reports[path].ignored_columns
        if defect["kind"] not in FOUND_AS or unread:
            continue
        flag, checks = FOUND_AS[defect["kind"]]
        cells = len(FILES[path]["variables"]) if defect["kind"] == "no-location" else 1
        expected[flag] = expected.get(flag, 0) + defect["count"] * cells
        rows = {row for first, last in defect["runs"] for row in range(first, last + 1)}
        here = bad[bad["row"].isin(rows) & (bad["flag"] == flag)]
        reasons = here["reason"].str.split(";").explode()
        assert set(here["row"]) == rows, defect["kind"]
        assert reasons.isin(checks).groupby(reasons.index).any().all(), defect["kind"]
    if path == "tartu-a/ilmajaam_2025-12.csv":  # its cells' defects are counted in the long file
        return
    silent = sum(d["count"] for d in FILES[path]["defects"] if d["kind"] == "empty-row")
    per_row = len(FILES[path]["variables"]) if silent else 1
    events = sum(d["count"] for d in FILES[path]["defects"] if d["kind"] == "event-row")
    expected[9] = expected.get(9, 0) + silent * per_row + events
    if FILES[path]["format"] == "ecowitt":  # its rain is a running total: what fell in a gap is "at least"
        gaps = sum(d["kind"] == "gap" for d in FILES[path]["defects"])
        assert (bad["reason"] == "counter-reset").sum() == gaps
        expected[3] = expected.get(3, 0) + gaps
    counted = bad["flag"].value_counts().to_dict()
    assert counted == {flag: n for flag, n in expected.items() if n}


def test_duplicates_and_refused_rows(reports: dict[str, Report]) -> None:
    for path, file in FILES.items():
        if path != "tartu-a/ilmajaam_2025-12.csv":
            said = sum(d["count"] for d in file["defects"] if d["kind"] == "duplicate-row")
            assert reports[path].duplicate == said, path
        refused = ("impossible-date", "no-date", "no-taxon")
        assert reports[path].rejected == sum(d["count"] for d in file["defects"] if d["kind"] in refused), (
            path
        )


def test_a_running_total_gives_the_rain_of_each_day(reports: dict[str, Report]) -> None:
    """The amounts of a local day add up to the last state of its counter, read by other code.

    Not seen is a reset after which more fell in one hour than the counter had shown: less than one day in a
    hundred.
    """
    path = next(path for path, file in FILES.items() if file["format"] == "ecowitt")
    with gzip.open(samples.folder() / path, "rt", encoding="utf-8") as file:
        states = [(row["Zeit"][:10], float(row["Tagesregen(mm)"])) for row in csv.DictReader(file)]
    shown = pd.DataFrame(states, columns=["day", "state"]).groupby("day")["state"].max()
    rain = reports[path].readings.query("variable == 'rain'")
    end = rain["time"] + pd.to_timedelta(rain["period"], unit="s")
    day = end.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m-%d")
    fell = rain["value"].groupby(day.to_numpy()).sum()
    unsure = set(day[(rain["flag"] != 1).to_numpy()]) | {shown.index[0]}
    sure = [one for one in shown.index if one not in unsure]
    assert len(sure) > 2500
    off = (fell.reindex(sure) - shown[sure]).abs()
    assert (off > 0.05).mean() < 0.01
    assert abs(fell.reindex(sure).sum() / shown[sure].sum() - 1) < 0.005


@pytest.mark.parametrize("variable", ["pm25", "temperature"])
def test_the_regional_trend_holds_what_was_injected(reports: dict[str, Report], variable: str) -> None:
    truth = samples.truth()["trend"][variable]
    long = [
        p for p, f in FILES.items() if f["station"] in truth["stations"] and f["start"].startswith("2018")
    ]
    table = pd.concat([r[r["variable"] == variable] for r in (reports[path].readings for path in long)])
    days = daily(hourly(table), {s.id: s for s in samples.stations()})
    found = trend(_dataset(days, variable), variable)
    assert found.n_stations == 4
    assert found.low <= truth["per_year"] <= found.high
    assert abs(found.slope - truth["per_year"]) < (0.15 if variable == "pm25" else 0.3)


def _dataset(days: pd.DataFrame, variable: str) -> xr.Dataset:
    cells: Any = days.pivot_table(index="time", columns="station", values="value", aggfunc="first")
    return xr.Dataset(
        {variable: (("station", "time"), cells.to_numpy(dtype=float).T)},
        coords={
            "station": [str(s) for s in cells.columns],
            "time": np.asarray(cells.index, dtype="datetime64[us]"),
        },
        attrs={"freq": "1D"},
    )
