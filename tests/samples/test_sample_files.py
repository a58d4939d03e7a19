"""The sample files, read again with the csv module: do they hold what the manifest says?"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from kit import samples
from kit.samples.__main__ import main
from kit.samples.manifest import PARTS, as_json, make_manifest
from kit.samples.write import make

ROOT = Path(__file__).resolve().parents[2]
TARTU = "tartu-a/ilmajaam_2019-2025.csv.gz"
AGAIN = "tartu-a/ilmajaam_2025-12.csv"
SDS = "tartu-b/2019-2025_sds011_sensor_99101.csv.gz"
DHT = "tartu-b/2019-2025_dht22_sensor_99102.csv.gz"
SENSE = {
    "pm25": "parnu-a/opensensemap_PM2.5_2019-2025.csv.gz",
    "temperature": "parnu-a/opensensemap_Temperature_2019-2025.csv.gz",
}
ECOWITT = "rostock-a/Wetterstation_2019-2025.csv.gz"
HOBO = "harju-a/hobo_20990001.csv"
DAVIS = "neustrelitz-a/weatherlink_2025.csv"
HAND = "parnu-b/ilmavaatlused_2025.xlsx"
BIRDS = ("harju-a/linnuloendus_2024-2025.csv", "parnu-b/linnuloendus_2024-2025.csv")
WILD = "rostock-a/inaturalist_observations.csv"
GATE = "parnu-b/ilmajaam_varav_2025.csv.gz"
BESIDE = {
    "particles": "harju-a/2025_sds011_sensor_99301.csv.gz",
    "air": "harju-a/2025_dht22_sensor_99302.csv.gz", "reference": "harju-a/vordlusmootja_2025.csv",
}  # fmt: skip
ROOM = "tartu-a/klassiohk_2025-11.csv.gz"
HABITATS = (
    "tartu-a/linnuloendus_park_2024-2025.csv", "voru-a/linnuloendus_mets_2024-2025.csv",
    "saare-a/linnuloendus_rand_2024-2025.csv",
)  # fmt: skip
DIARY, COLD = "tartu-b/kevadrada_1976-2025.csv.gz", "tartu-b/paevik_temperatuur_1976-2025.csv.gz"
TRAILS = [f["path"] for f in samples.files("spring") if f["kind"] == "sightings"]

#: encoding, separator, lines before the header
LOOK = {
    TARTU: ("cp1257", ";", 0), AGAIN: ("utf-8-sig", ";", 0), SDS: ("ascii", ";", 0), DHT: ("ascii", ";", 0),
    SENSE["pm25"]: ("ascii", ",", 0), SENSE["temperature"]: ("ascii", ",", 0), ECOWITT: ("utf-8", ",", 0),
    HOBO: ("utf-8-sig", ",", 1), DAVIS: ("ascii", ";", 0), BIRDS[0]: ("utf-8-sig", ";", 0),
    BIRDS[1]: ("utf-8-sig", ";", 0), WILD: ("ascii", ",", 0), GATE: ("utf-8", ",", 0),
    BESIDE["particles"]: ("ascii", ";", 0), BESIDE["air"]: ("ascii", ";", 0),
    **dict.fromkeys([BESIDE["reference"], ROOM, *HABITATS, COLD, *TRAILS], ("utf-8-sig", ";", 0)),
}  # fmt: skip
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Everything made in this process: path -> bytes, and the manifest."""
    files = make(2026)
    content = {file.path: file.data for file in files}
    return {"files": content, "manifest": make_manifest(2026, files)}


@pytest.fixture(scope="module")
def tables() -> dict[str, Rows]:
    """The committed files as rows, by the csv module."""
    found = {}
    for path, (encoding, separator, skip) in LOOK.items():
        data = (samples.folder() / path).read_bytes()
        text = (gzip.decompress(data) if path.endswith(".gz") else data).decode(encoding)
        lines = io.StringIO(text, newline="")
        for _ in range(skip):
            lines.readline()
        found[path] = list(csv.DictReader(lines, delimiter=separator))
    return found


def wanted(path: str, kind: str, column: str = "") -> int:
    """How many of a kind the manifest counts."""
    return sum(d["count"] for d in defects(path, kind, column))


def defects(path: str, kind: str, column: str = "") -> list[dict[str, Any]]:
    file = next(f for f in samples.manifest()["files"] if f["path"] == path)
    return [d for d in file["defects"] if d["kind"] == kind and (not column or d.get("column") == column)]


def number(text: str) -> float:
    return float(text.replace(",", "."))


def test_same_seed_same_bytes_whatever_the_language_and_the_clock(
    made: dict[str, Any], tmp_path: Path
) -> None:
    around = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "KIT_LANG": "et", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "kit.samples", str(tmp_path), "--seed", "2026"]
    done = subprocess.run(command, cwd=ROOT, env=around, check=True, capture_output=True, text=True)
    assert "35 faili" in done.stdout
    for path, data in made["files"].items():
        assert (tmp_path / path).read_bytes() == data, path
    assert (tmp_path / "sample.json").read_bytes() == as_json(made["manifest"])


def test_the_committed_files_are_what_the_generator_makes(made: dict[str, Any]) -> None:
    def content(data: bytes) -> bytes:
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data

    for path, data in made["files"].items():
        committed = (samples.folder() / path).read_bytes()
        if path.endswith(".xlsx"):
            assert sheet(committed) == sheet(data)
        else:
            assert content(committed) == content(data), f"{path}: run python -m kit.samples datasets/sample"
    assert (samples.folder() / "sample.json").read_bytes() == as_json(made["manifest"])
    there = {p.relative_to(samples.folder()).as_posix() for p in samples.folder().rglob("*") if p.is_file()}
    assert there == {*made["files"], "sample.json", "README.md"}


def sheet(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_schools_regions_size_and_label() -> None:
    manifest = samples.manifest()
    assert manifest["synthetic"] is True
    assert len(manifest["schools"]) >= 6
    assert all(s["synthetic"] and s["name"].startswith("Sample school ") for s in manifest["schools"])
    regions = {s["region"] for s in manifest["schools"]}
    assert regions == {"EE-79", "EE-68", "EE-37", "EE-87", "EE-84", "EE-74", "EE-45", "EE-71", "DE-MV"}
    assert {s.region for s in samples.stations()} == {"EE-79", "EE-68", "EE-37", "DE-MV"}
    assert {f["part"] for f in manifest["files"]} == set(PARTS)
    assert [f["path"] for f in manifest["files"] if not f["shared"]] == [ROOM]
    known = {station["id"] for school in manifest["schools"] for station in school["stations"]}
    assert {f["station"] for f in manifest["files"]} == known
    assert {f["school"] for f in manifest["files"]} == {s["id"] for s in manifest["schools"]}
    assert sum(f["rows"] for f in manifest["files"]) <= 450_000
    assert sum(p.stat().st_size for p in samples.folder().rglob("*") if p.is_file()) <= 7_000_000
    assert "not real" in (samples.folder() / "README.md").read_text("utf-8").replace(
        "Nothing here is real", "not real"
    )


@pytest.mark.parametrize("path", LOOK)
def test_rows_as_the_manifest_counts_them(tables: dict[str, Rows], path: str) -> None:
    file = next(f for f in samples.manifest()["files"] if f["path"] == path)
    assert len(tables[path]) == file["rows"]
    assert all(None not in row and None not in row.values() for row in tables[path]), "ragged rows"


# --- times: every hour of seven local years, but for the gaps --------------------------------------------


def local_hours(texts: list[str], pattern: str, zone: str) -> list[datetime]:
    """Wall clock texts in file order -> UTC; a clock time equal to the one before is its second coming."""
    found: list[datetime] = []
    for text in texts:
        wall = datetime.strptime(text, pattern)
        moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if found and moment <= found[-1]:
            moment = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
        found.append(moment)
    return found


def without_repeats(rows: Rows) -> Rows:
    return [row for k, row in enumerate(rows) if not k or row != rows[k - 1]]


def test_estonian_table_hours_gaps_and_repeated_hours(tables: dict[str, Rows]) -> None:
    rows = tables[TARTU]
    once = without_repeats(rows)
    assert len(rows) - len(once) == wanted(TARTU, "duplicate-row") == 24
    stamps = [f"{row['Kuupäev']} {row['Kellaaeg']}" for row in once]
    times = local_hours(stamps, "%d.%m.%Y %H:%M", "Europe/Tallinn")
    check_hours(times, datetime(2018, 12, 31, 22, tzinfo=UTC), datetime(2025, 12, 31, 21, tzinfo=UTC), TARTU)
    twice = [stamps[k] for k in range(1, len(stamps)) if stamps[k] == stamps[k - 1]]
    assert twice == [f"{last_sunday_of_october(y):%d.%m.%Y} 03:00" for y in range(2019, 2026)]
    assert wanted(TARTU, "repeated-hour") == 7


def test_ecowitt_hours_gaps_and_repeated_hours(tables: dict[str, Rows]) -> None:
    stamps = [row["Zeit"] for row in tables[ECOWITT]]
    times = local_hours(stamps, "%Y-%m-%d %H:%M", "Europe/Berlin")
    first, last = datetime(2018, 12, 31, 23, tzinfo=UTC), datetime(2025, 12, 31, 22, tzinfo=UTC)
    check_hours(times, first, last, ECOWITT)
    twice = [stamps[k] for k in range(1, len(stamps)) if stamps[k] == stamps[k - 1]]
    assert twice == [f"{last_sunday_of_october(y)} 02:00" for y in range(2019, 2026)]


def last_sunday_of_october(year: int) -> date:
    day = date(year, 10, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def check_hours(times: list[datetime], first: datetime, last: datetime, path: str) -> None:
    assert (times[0], times[-1]) == (first, last)
    assert all(b > a for a, b in itertools.pairwise(times))
    expected = (last - first) // timedelta(hours=1) + 1
    assert expected - len(times) == wanted(path, "gap")


@pytest.mark.parametrize("path", [SDS, DHT, *SENSE.values()])
def test_utc_files_hours_and_gaps(tables: dict[str, Rows], path: str) -> None:
    column = "timestamp" if "timestamp" in tables[path][0] else "createdAt"
    hours = [datetime.fromisoformat(row[column]).replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
             for row in tables[path]]  # fmt: skip
    once = sorted(set(hours))
    check_hours(once, datetime(2018, 12, 31, 22, tzinfo=UTC), datetime(2025, 12, 31, 21, tzinfo=UTC), path)
    assert len(hours) - len(once) == wanted(path, "duplicate-row") + wanted(path, "empty-row")


def test_hours_of_the_files_for_single_questions(tables: dict[str, Rows]) -> None:
    stamps = [row["Time"] for row in tables[GATE]]
    times = local_hours(stamps, "%Y-%m-%d %H:%M", "Europe/Tallinn")
    check_hours(times, datetime(2024, 12, 31, 22, tzinfo=UTC), datetime(2025, 12, 31, 21, tzinfo=UTC), GATE)
    assert wanted(GATE, "repeated-hour") == len(stamps) - len(set(stamps)) == 1
    first, last = datetime(2025, 3, 9, 22, tzinfo=UTC), datetime(2025, 6, 15, 21, tzinfo=UTC)
    path = BESIDE["reference"]
    stamps = [f"{row['Kuupäev']} {row['Kellaaeg']}" for row in tables[path]]
    check_hours(local_hours(stamps, "%d.%m.%Y %H:%M", "Europe/Tallinn"), first, last, path)
    for path in (BESIDE["particles"], BESIDE["air"]):
        hours = [datetime.fromisoformat(row["timestamp"]).replace(minute=0, second=0, tzinfo=UTC)
                 for row in tables[path]]  # fmt: skip
        check_hours(sorted(set(hours)), first, last, path)
        assert len(hours) - len(set(hours)) == wanted(path, "empty-row")


def test_the_classroom_has_every_five_minutes_but_for_one_gap(tables: dict[str, Rows]) -> None:
    times = [datetime.strptime(f"{r['Kuupäev']} {r['Kellaaeg']}", "%d.%m.%Y %H:%M") for r in tables[ROOM]]
    assert (times[0], times[-1]) == (datetime(2025, 11, 3), datetime(2025, 11, 30, 23, 55))
    assert 28 * 288 - len(times) == wanted(ROOM, "gap")
    assert sum(b - a > timedelta(minutes=5) for a, b in itertools.pairwise(times)) == 1


@pytest.mark.parametrize("path", TRAILS)
def test_walks_on_the_nature_trails(tables: dict[str, Rows], path: str) -> None:
    rows = tables[path]
    date, _, _, complete, *species = rows[0]
    assert len(species) == 7
    days = [datetime.strptime(row[date], "%d.%m.%Y").date() for row in rows]
    assert days == sorted(set(days)), "one walk a day at most"
    assert all(day.weekday() < 5 and 3 <= day.month <= 6 for day in days)
    assert {day.year for day in days} == set(range(1976 if path == DIARY else 2021, 2026))
    assert {row[name] for row in rows for name in species} == {"", "x"}
    no = "nein" if complete.startswith("Voll") else "ei"
    assert sum(row[complete] == no for row in rows) == wanted(path, "incomplete-list") > 3


def test_the_diary_has_every_day_of_fifty_years(tables: dict[str, Rows]) -> None:
    days = [datetime.strptime(row["Kuupäev"], "%d.%m.%Y").date() for row in tables[COLD]]
    assert days == [date(1976, 1, 1) + timedelta(days=k) for k in range(18263)]
    assert days[-1] == date(2025, 12, 31)


def test_hobo_and_davis_hours(tables: dict[str, Rows]) -> None:
    values = [row for row in tables[HOBO] if row["Temp, °C (LGR S/N: 20990001, SEN S/N: 20990001)"]]
    times = [
        datetime.strptime(row["Date Time, GMT+02:00"], "%m/%d/%y %I:%M:%S %p").replace(tzinfo=UTC)
        for row in values
    ]
    check_hours(times, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC), HOBO)
    assert len(tables[HOBO]) - len(values) == wanted(HOBO, "event-row") == 7
    ends = local_hours([row["time"] for row in tables[DAVIS]], "%d/%m/%Y   %H:%M", "Europe/Berlin")
    check_hours(ends, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC), DAVIS)


# --- defects, counted again -------------------------------------------------------------------------------


def test_missing_codes(tables: dict[str, Rows]) -> None:
    for path, column, code in (
        (TARTU, "PM2,5 (µg/m³)", "-999"), (TARTU, "Õhutemperatuur (°C)", ""),
        (ECOWITT, "PM2.5(µg/m³)", "--"), (ECOWITT, "Temperatur Aussen(℃)", "--"),
        (DAVIS, "Wind Speed ", "--"), (DAVIS, "High Wind Speed ", "--"), (GATE, "PM2.5(µg/m³)", "--"),
        (GATE, "PM10(µg/m³)", "--"), (BESIDE["reference"], "PM2,5 (µg/m³)", ""),
    ):  # fmt: skip
        found = sum(row[column] == code for row in tables[path])
        assert found == wanted(path, "missing-code", column) > 0, (path, column)


def test_sensor_codes_stuck_humidity_lost_position(tables: dict[str, Rows]) -> None:
    sds, dht = tables[SDS], tables[DHT]
    assert sum(row["P2"] == "999.90" for row in sds) == wanted(SDS, "error-code", "P2") == 12
    assert sum(row["P1"] == "1999.90" for row in sds) == wanted(SDS, "error-code", "P1") == 12
    assert (
        sum((row["lat"], row["lon"]) == ("0.000", "0.000") for row in sds) == wanted(SDS, "no-location") == 4
    )
    assert sum(row["P2"] == "" for row in sds) == wanted(SDS, "empty-row") == 9
    assert sum(row["temperature"] == "-144.00" for row in dht) == wanted(DHT, "error-code") == 3
    assert sum(row["humidity"] == "99.90" for row in dht) == wanted(DHT, "stuck-humidity") == 2720
    for defect in defects(DHT, "stuck-humidity"):
        first, last = defect["runs"][0]
        assert last - first + 1 == defect["count"]
        assert {row["humidity"] for row in dht[first - 1 : last]} == {"99.90"}
    repeats = sum(sds[k] == sds[k - 1] for k in range(1, len(sds)))
    assert repeats == wanted(SDS, "duplicate-row") == 6


@pytest.mark.parametrize(
    ("path", "column", "height"),
    [
        (TARTU, "Õhutemperatuur (°C)", 15), (TARTU, "PM2,5 (µg/m³)", 400), (SDS, "P2", 300),
        (SENSE["pm25"], "value", 300), (SENSE["temperature"], "value", 15),
        (ECOWITT, "Temperatur Aussen(℃)", 15), (DAVIS, "Temp ", 15),
        (HOBO, "Temp, °C (LGR S/N: 20990001, SEN S/N: 20990001)", 15),
    ],
)  # fmt: skip
def test_spikes_are_where_the_manifest_says_and_nowhere_else(
    tables: dict[str, Rows], path: str, column: str, height: float
) -> None:
    values = [
        (k, number(row[column])) for k, row in enumerate(tables[path], 1) if re.search(r"\d", row[column])
    ]
    values = [(k, v) for k, v in values if v not in (-999.0, 999.9, -144.0)]
    found = [
        values[i][0]
        for i in range(2, len(values) - 2)
        if values[i][1] - median(v for _, v in values[i - 2 : i + 3]) > height
    ]
    said = sorted(run[0] for d in defects(path, "spike", column) for run in d["runs"])
    assert found == said
    assert len(found) == wanted(path, "spike", column) >= 3


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (TARTU, "Õhutemperatuur (°C)"), (DHT, "temperature"), (SENSE["pm25"], "value"),
        (SENSE["temperature"], "value"), (ECOWITT, "PM2.5(µg/m³)"),
        (HOBO, "Temp, °C (LGR S/N: 20990001, SEN S/N: 20990001)"),
    ],
)  # fmt: skip
def test_flat_lines(tables: dict[str, Rows], path: str, column: str) -> None:
    runs, start = [], 0
    texts = [row[column] for row in tables[path]]
    for k in range(1, len(texts) + 1):
        if k == len(texts) or texts[k] != texts[start]:
            if k - start >= 20:
                runs.append([start + 1, k])
            start = k
    said = sorted(d["runs"][0] for d in defects(path, "flat-line", column))
    # the value before or after may happen to be the same
    assert len(runs) == len(said)
    assert all(a[0] <= b[0] and b[1] <= a[1] <= b[1] + 1 for a, b in zip(runs, said, strict=True))


def test_second_upload_repeats_december(tables: dict[str, Rows]) -> None:
    december = [row for row in tables[TARTU] if row["Kuupäev"].endswith(".12.2025")]
    assert tables[AGAIN] == december
    assert len(december) == wanted(AGAIN, "overlap") >= 744


def test_workbook_made_by_hand() -> None:
    rows = sheet((samples.folder() / HAND).read_bytes())
    assert rows[0][0] == "Ilmavaatlused, kevad 2025"
    assert rows[2] == ["Kuupäev", "Kellaaeg", "Temperatuur (°C)", "Sademed (mm)", "Märkused"]
    body = [row for row in rows[3:] if any(cell != "" for cell in row)]
    assert len(rows) - 3 - len(body) == wanted(HAND, "blank-row") == 2
    assert len(body) == 51
    texts = [row[0] for row in body if isinstance(row[0], str)]
    assert texts == ["31.04.2025"]
    assert all(row[0].weekday() < 5 for row in body if not isinstance(row[0], str))
    warm = [row[2] for row in body]
    assert warm.count("") == wanted(HAND, "missing-code") == 3
    for kind, low, high in (("wrong-unit", 60, 95), ("decimal-slip", 30, 260)):
        for defect in defects(HAND, kind):
            for first, _ in defect["runs"]:
                assert low < rows[2 + first][2] < high, (kind, first)
    assert sum(isinstance(t, float) and t > 30 for t in warm) == 3


@pytest.mark.parametrize("path", [*BIRDS, *HABITATS])
def test_bird_surveys(tables: dict[str, Rows], path: str) -> None:
    rows = tables[path]
    assert sum(row["Arv"] == "X" for row in rows) == wanted(path, "uncounted") > 5
    assert sum(row["Täielik nimekiri"] == "ei" for row in rows) == wanted(path, "incomplete-list") > 10
    assert {row["E-post"] for row in rows} == {"teacher@example.org"}
    months = {int(row["Kuupäev"].split(".")[1]) for row in rows}
    assert not months & {7, 8}, "no surveys in the holidays"
    assert all(row["Arv"] == "X" or int(row["Arv"]) > 0 for row in rows)
    surveys = {(row["Kuupäev"], row["Kellaaeg"], row["Minutid"], row["Täielik nimekiri"]) for row in rows}
    assert len({key[0] for key in surveys}) == len(surveys), "one survey a day, one effort per survey"


def test_inaturalist_export(tables: dict[str, Rows]) -> None:
    rows = tables[WILD]
    assert sum(row["coordinates_obscured"] == "true" for row in rows) == wanted(WILD, "obscured") == 8
    assert sum(not row["observed_on"] for row in rows) == wanted(WILD, "no-date") == 5
    assert sum(not row["scientific_name"] for row in rows) == wanted(WILD, "no-taxon") == 3
    assert all(re.fullmatch(r"user\d{4}", row["user_login"]) for row in rows)
    assert "user_name" not in rows[0]
    for row in rows:
        if row["time_observed_at"]:
            utc = datetime.strptime(row["time_observed_at"], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
            local = utc.astimezone(ZoneInfo("Europe/Berlin"))
            assert row["observed_on"] == f"{local:%Y-%m-%d}"


def test_no_address_but_the_example_one(tables: dict[str, Rows]) -> None:
    text = "\n".join(",".join(row.values()) for path in (*BIRDS, *HABITATS, WILD) for row in tables[path])
    assert set(re.findall(r"[\w.]+@[\w.]+", text)) == {"teacher@example.org"}
    assert set(re.findall(r"https?://([\w.]+)", text)) == {"example.org"}


# --- the truth and the command ----------------------------------------------------------------------------


def test_truth_is_the_manifest_added_up() -> None:
    truth = samples.truth()
    assert truth["trend"]["pm25"]["per_year"] == samples.TREND["pm25"] == -0.35
    assert truth["trend"]["temperature"]["per_year"] == samples.TREND["temperature"] == 0.05
    known = {s.id: s.region for s in samples.stations()}
    for entry in truth["trend"].values():
        assert len(entry["stations"]) == 4
        assert len({known[s] for s in entry["stations"]}) == 3
    assert truth["defects"]["duplicate-row"] == 24 + 6 + 10 + 10
    assert truth["files"][DHT]["stuck-humidity"] == 2720
    assert sum(truth["files"][path].get("spike", 0) for path in truth["files"]) == truth["defects"]["spike"]


def test_command_and_another_seed(
    made: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--seed", "5"]) == 0
    assert "35 files were written" in capsys.readouterr().out
    assert samples.truth(tmp_path)["seed"] == 5
    assert all((tmp_path / path).read_bytes() != data for path, data in made["files"].items())
