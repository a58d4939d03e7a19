"""Devices of the classroom: micro:bit, Vernier, elapsed tables of phones and Arduinos, GLOBE."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kit import formats
from kit.errors import FileError
from kit.ingest import understand
from kit.model import RawTable, Report, Source, Station

NOW = datetime(2026, 11, 1, 12)
ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")


def parse(name: str, data: bytes | str) -> RawTable:
    return formats.parse(Source(name, data if isinstance(data, bytes) else data.encode()))


def told(name: str, data: bytes | str, **answers: str) -> Report:
    """A report without questions, which its kept copy and its answers give again."""
    source = Source(name, data if isinstance(data, bytes) else data.encode())
    named = {key.replace("__", "."): text for key, text in answers.items()}
    report = understand(source, {"station": "school/roof", **named}, [ROOF], school="school", now=NOW)
    assert report.questions == ()
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    pd.testing.assert_frame_equal(again.sightings, report.sightings)
    return report


def roles(table: RawTable) -> dict[str, str]:
    return {column.name: column.role for column in table.columns}


# --- micro:bit --------------------------------------------------------------------------------------------


def image(log: bytes, *, head: bool = False, full: bool = False, old: bytes = b"") -> bytes:
    """A log-flash image as the firmware writes it: metadata, journal, log, erased rows of an older log."""
    size, page, start = 0x1F000 - 0x800, 0x800, 0x1800
    flash = bytearray(b"\xff" * size)
    flash[:40] = b"UBIT_LOG_FS_V_002\n0x0001EFFC\x000x00002000\x00"
    flash[40:45] = b"0256\x00"
    flash[page : page + 16] = b"\0" * 16
    flash[page + 16 : page + 24] = b"00000400"
    flash[start : start + len(log)] = log
    behind = start + len(log) + 500
    flash[behind : behind + len(old)] = old
    if full:
        flash[size - 3 :] = b"FUL"
    text = b'<html><head><script>if(/^UBIT_LOG_FS_V_002/.test(raw)){raw.split("FS_START")}</script></head>'
    return (text.ljust(0x800 - 12) + b"<!--FS_START" if head else b"") + bytes(flash)


LOG = b"Time (minutes),temperature\n0.00,21.5\n5.00,21.6\n10.00,21.7\n"


@pytest.mark.parametrize("head", [True, False])
def test_the_flash_memory_of_a_microbit(head: bool) -> None:
    report = told("MY_DATA.HTM", image(LOG, head=head, old=b"99,99\n" * 300), start="2026-03-01 10:15",
                  unit__temperature="C")  # fmt: skip
    assert report.format == "microbit"
    assert report.readings["value"].tolist() == [21.5, 21.6, 21.7]
    assert report.readings["time"].iloc[-1] == pd.Timestamp("2026-03-01 08:25")
    assert report.kept.data == image(LOG, head=head, old=b"99,99\n" * 300)


def test_the_page_as_a_browser_saves_it() -> None:
    saved = image(LOG, head=True).replace(b"\0", b"\xff").decode("utf-8", "replace").encode()
    assert parse("log.html", saved).frame["temperature"].tolist() == ["21.5", "21.6", "21.7"]


def test_a_page_without_its_log_says_how_to_copy_it() -> None:
    page = image(LOG, head=True).split(b"<!--FS_START")[0]
    with pytest.raises(FileError, match=r"its log is not in it.*then copy MY_DATA\.HTM"):
        parse("MY_DATA.HTM", page)


def test_the_page_with_changed_line_ends() -> None:
    other = image(LOG, head=True).replace(b"\n", b"\r\n")
    assert parse("log.htm", other).frame["temperature"].tolist() == ["21.5", "21.6", "21.7"]


def test_a_full_log_says_so() -> None:
    table = parse("MY_DATA.HTM", image(LOG, full=True))
    assert any("was full" in template for template, _ in table.notes)


def test_an_empty_log_says_what_to_do() -> None:
    with pytest.raises(FileError) as caught:
        parse("MY_DATA.HTM", image(b""))
    assert "plug it in again" in caught.value.words("en")


def test_a_log_without_names_is_refused_in_words() -> None:
    with pytest.raises(FileError) as caught:
        parse("MY_DATA.HTM", image(b"16,772\n160,880\n"))
    assert caught.value.code == "no-header"
    assert "16,772" in caught.value.words("en")


def test_another_header_in_the_middle_and_a_reset() -> None:
    log = b"Time (seconds),temp\n0.5,20\n60.5,21\nTime (seconds),temp,sound\n0.4,22,60\n60.4,23,61\n"
    table = parse("microbit.csv", log)
    assert table.frame["sound"].tolist() == ["", "", "60", "61"]
    assert table.frame.index.tolist() == [1, 2, 4, 5]
    report = told("microbit.csv", log, start__1="2026-03-01 10:00", start__2="2026-03-01 12:00",
                  unit__temp="C", unit__sound="dB")  # fmt: skip
    temps = report.readings[report.readings["variable"] == "temperature"]
    assert temps["time"].iloc[2] == pd.Timestamp("2026-03-01 10:00:00.4")


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("milliseconds", 0.001), ("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86400)],
)
def test_the_units_of_time(word: str, seconds: float) -> None:
    report = told("microbit.csv", f"Time ({word}),temp (C)\n0,20\n2,21\n", start="2026-03-01 10:00")
    assert report.readings["time"].diff().iloc[1].total_seconds() == 2 * seconds


def test_a_program_that_changed_its_unit_of_time() -> None:
    log = "Time (seconds),temp (C)\n0,20\n60,21\nTime (seconds),temp (C),Time (minutes)\n,22,3.00\n,23,4.00\n"
    report = told("microbit.csv", log, start="2026-03-01 10:00")
    assert report.readings["time"].diff().dt.total_seconds().tolist()[1:] == [60, 120, 60]


def test_after_a_spreadsheet() -> None:
    report = told(
        "microbit.csv", "Time (seconds);temp (C)\r\n0,48;21,5\r\n60,5;21,75\r\n", start="2026-03-01 10:00"
    )
    assert report.readings["value"].tolist() == [21.5, 21.75]


def test_a_light_level_is_no_illuminance_unless_a_person_says_so() -> None:
    log = "Time (seconds),light,temp (C)\n0,116,20\n60,255,21\n"
    report = told("microbit.csv", log, start="2026-03-01 10:00")
    assert set(report.readings["variable"]) == {"temperature"}
    assert "from 0 to 255" in report.ignored_columns["light"]
    said = told(
        "microbit.csv", log, start="2026-03-01 10:00", variable__light="illuminance", unit__light="lx"
    )
    assert "illuminance" in set(said.readings["variable"])


def test_rows_with_more_cells_than_names_are_refused_by_number() -> None:
    table = parse("microbit.csv", "Time (seconds),temp (C)\n0,20\n60,21,22\n120,23\n")
    assert [problem.row for problem in table.refused] == [2]


def test_a_log_that_is_cut_off() -> None:
    table = parse("MY_DATA.HTM", image(LOG)[: 0x1800 + len(LOG) - 2])
    assert table.frame["temperature"].tolist() == ["21.5", "21.6"]
    assert [(problem.code, problem.row) for problem in table.refused] == [("cut-off", 3)]


def test_a_log_in_a_workbook(workbook: Any) -> None:
    cells = [["Time (seconds)", "temp (C)"], ["0.5", "20"], ["60.5", "21"], ["0.4", "22"]]
    report = told("log.xlsx", workbook({"log": cells}), start__1="2026-03-01 10:00", start__2="none")
    assert (report.format, report.accepted, report.rejected) == ("microbit", 2, 1)
    assert report.kept.name == "log.csv"
    console = [["time (source1)", "temp (C)", "time (source1)", "humidity (%)"], ["0", "21", "5", "50"],
               ["1", "22", "65", "51"]]  # fmt: skip
    assert told("data.xlsx", workbook({"log": console}), start="2026-03-01 10:00").accepted == 4


def test_makecodes_console() -> None:
    header = "sep=\t\ntime (source1)\ttemp (C)\ttime (source1)\thumidity (%)\n"
    near = header + "0\t21\t0.01\t50\n1.02\t22\t1.03\t51\n"
    assert told("data.csv", near, start="2026-03-01 10:00").rows == 2
    apart = header + "0\t21\t5\t50\n1\t22\t65\t51\n2\t23\t\t\n"
    report = told("data.csv", apart, start="2026-03-01 10:00")
    humid = report.readings[report.readings["variable"] == "humidity"]
    assert humid["time"].tolist() == [
        pd.Timestamp("2026-03-01 08:00:05"),
        pd.Timestamp("2026-03-01 08:01:05"),
    ]
    assert humid["row"].tolist() == [11, 12]


@pytest.mark.fielddata
def test_real_flash_memories(field_data: Path) -> None:
    folder = field_data / "weather/microbit"

    def read(name: str) -> RawTable:
        return parse(name, (folder / name).read_bytes())

    dirty = read("logfs_default-dirty.txt")
    assert (list(dirty.frame)[:3], len(dirty.frame)) == (["a", "b", "c"], 11)  # README of codal: 11 rows
    series = read("logfs_default-time-series.txt")
    assert (roles(series)["Time (seconds)"], len(series.frame)) == ("elapsed", 172)  # the same README
    assert series.frame.iloc[-1].tolist() != [""] * 4
    sparse = read("logfs_nextgen-sample.txt")
    assert len(sparse.frame.columns) == 13
    assert sparse.refused == ()
    with pytest.raises(FileError) as caught:
        read("logfs_default-noheader.txt")
    assert caught.value.code == "no-header"


# --- Vernier ----------------------------------------------------------------------------------------------

SIDES = (
    "Data Set 1:Time(s),Data Set 1:Temperature(°C),Data Set 2:Time(s),Data Set 2:Temperature(°C)\n"
    "0,21.3,0,20.9\n60,21.4,60,21.1\n120,21.5,,\n"
)
STARTS = {"start__Data Set 1": "2026-03-01 10:00", "start__Data Set 2": "2026-03-02 10:00"}


def test_runs_side_by_side() -> None:
    report = told("ga.csv", SIDES, **STARTS)
    assert report.format == "vernier"
    assert (report.rows, report.accepted) == (5, 5)
    assert report.readings["row"].tolist() == [1, 2, 3, 11, 12]
    assert report.readings["value"].tolist() == [21.3, 21.4, 21.5, 20.9, 21.1]
    assert report.readings["time"].iloc[3] == pd.Timestamp("2026-03-02 08:00")


def test_runs_with_other_quantities_and_units() -> None:
    data = (
        "Yard:Time(s),Yard:Temperature(°C),Hall:Time(min),Hall:Relative Humidity(%)\n0,20,0,50\n60,21,1,51\n"
    )
    report = told("ga.csv", data, **{"start.Run 1": "2026-03-01 10:00", "start.Run 2": "2026-03-01 12:00"})
    assert "Yard" not in report.kept.data.decode(), "pupils name runs after themselves"
    assert report.readings.groupby("variable")["value"].count().to_dict() == {"humidity": 2, "temperature": 2}
    humid = report.readings[report.readings["variable"] == "humidity"]
    assert humid["time"].diff().iloc[1].total_seconds() == 60


@pytest.mark.parametrize(
    "header",
    ["Latest: Time (s),Latest: Temperature (°C)", "Remote Data: Time (s),Remote Data: Temperature (°C)",
     "Datensatz 1:Zeit(s),Datensatz 1:Temperatur(°C)", "Aias:Aeg(s),Aias:Temperatuur(°C)"],
)  # fmt: skip
def test_the_words_of_other_programs_and_languages(header: str) -> None:
    assert told("lp.csv", header + "\n0,20.5\n60,20.6\n", start="2026-03-01 10:00").accepted == 2


@pytest.mark.parametrize(
    ("header", "runs"),
    [("Time (s) Run #1,Temp (°C) Run #1,Time (s) Run #2,Temp (°C) Run #2", ("Run #1", "Run #2")),
     ("Time (s),Temp (°C),Time (s),Temp (°C)", ("1", "2"))],
)  # fmt: skip
def test_other_ways_to_name_the_runs(header: str, runs: tuple[str, str]) -> None:
    starts = {f"start__{run}": f"2026-03-0{day} 10:00" for day, run in enumerate(runs, 1)}
    report = told("runs.csv", header + "\n0,20,0,30\n60,21,60,31\n", **starts)
    assert report.readings["value"].tolist() == [20, 21, 30, 31]
    assert report.readings["time"].dt.day.tolist() == [1, 1, 2, 2]


def test_a_column_without_a_name_among_the_runs() -> None:
    data = SIDES.replace("Temperature(°C)\n", "Temperature(°C),\n").replace("20.9\n", "20.9,note\n")
    table = parse("ga.csv", data.replace("21.1\n", "21.1,\n").replace(",,\n", ",,,\n"))
    assert table.format == "vernier"
    assert len(table.frame) == 5


@pytest.mark.parametrize("decimal", [".", ","])
def test_decimal_signs(decimal: str) -> None:
    text = "Run 1: Time (s);Run 1: Temperature (°C)\n0;20.5\n0.5;20.6\n".replace(".", decimal)
    assert told("ga.csv", text, start="2026-03-01 10:00").readings["value"].tolist() == [20.5, 20.6]


def test_the_text_export() -> None:
    block = "Time\tTemperature\nt\tT\ns\t°C\n\n0\t{0}1.3\n60\t{0}1.4\n"
    text = (
        "Vernier Format 2\npond.cmbl 3/1/2026 10:12:00 .\nRun 1\n"
        + block.format(2)
        + "Run 2\n"
        + block.format(1)
    )
    report = told("lq.txt", text, **{"start__Run 1": "2026-03-01 10:00", "start__Run 2": "2026-03-01 11:00"})
    assert report.readings["value"].tolist() == [21.3, 21.4, 11.3, 11.4]
    one = told(
        "a.txt", "Vernier Format 2\nTime (s)\tTemperature (°C)\n0\t20\n1\t21\n", start="2026-03-01 10:00"
    )
    assert one.accepted == 2


def test_a_workbook_of_runs_is_kept_as_a_table_with_its_runs(workbook: Any) -> None:
    cells = [line.split(",") for line in SIDES.strip().split("\n")]
    report = told("ga.xlsx", workbook({"runs": cells}), **STARTS)
    assert report.kept.data.decode().startswith("Data Set,Time(s),Temperature(°C)\nData Set 1,0,21.3\n")
    assert report.readings["row"].tolist() == [1, 2, 3, 11, 12]


# --- elapsed tables of phones and Arduinos ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "unit"),
    [("Time (s)", "s"), ("t/ms", "ms"), ("Zeit (min)", "min"), ("aeg (s)", "s"), ("millis", "ms"),
     ("elapsed_s", "s"), ("Tiempo (h)", "h"), ("Время (с)", "s"), ("time", "")],
)  # fmt: skip
def test_elapsed_columns_of_plain_tables(header: str, unit: str) -> None:
    table = parse("a.csv", f"{header};Temp (°C)\n0;20,5\n100;20,6\n200;20,7\n")
    first = table.columns[0]
    assert (table.format, first.role, first.unit) == ("plain", "elapsed", unit)


@pytest.mark.parametrize("header", ["t (°C)", "number", "depth (m)", "level", "S"])
def test_other_columns_are_no_time(header: str) -> None:
    with pytest.raises(FileError) as caught:
        parse("a.csv", f"{header};Temp (°C)\n0;20,5\n100;20,6\n200;20,7\n")
    assert caught.value.code == "no-times"


def test_a_date_wins_over_elapsed_time() -> None:
    table = parse("a.csv", "Date;Time (s);Temp (°C)\n2026-03-01 10:00;0;20,5\n2026-03-01 10:01;60;20,6\n")
    assert roles(table)["Date"] == "time"
    assert "elapsed" not in roles(table).values()


# --- GLOBE ------------------------------------------------------------------------------------------------

ADAT = (
    "org_name, site_name, latitude, longitude, elevation, measured_on,air temps:current temp (deg C),"
    "air temps:userid,air temps:measured at,air temps:solar measured at,air temps:comments\n"
    "Kool,yard,58.38012,26.72212,60,2024-05-01,14.5,42,2024-05-01 09:12:00,2024-05-01 11:00:00,by the door\n"
)


def record(protocol: str, **data: object) -> dict[str, object]:
    place = {"siteId": 4711, "siteName": "yard", "countryCode": "EST", "latitude": 58.38, "longitude": 26.722}
    return {"protocol": protocol, "measuredDate": "2024-05-01", "organizationId": 1, **place, "data": data}


def test_the_download_tools_csv() -> None:
    report = told("adat.csv", ADAT)
    assert report.format == "globe"
    (row,) = report.readings.to_dict("records")
    assert (row["variable"], row["value"], row["time"]) == (
        "temperature",
        14.5,
        pd.Timestamp("2024-05-01 09:12"),
    )
    assert report.dropped_columns == ("air temps:userid", "air temps:comments")
    assert b"by the door" not in report.kept.data
    assert b"58.38012" not in report.kept.data


def test_the_interfaces_json_with_several_protocols() -> None:
    records = [
        record("air_temp_dailies", airtempdailiesMeasuredAt="2024-05-01T10:12:00", airtempdailiesUserid=42,
               airtempdailiesMaximumTemp=20.5, airtempdailiesMinimumTemp=2, airtempdailiesCurrentTemp=12),
        record("precipitations", precipitationsMeasuredAt="2024-05-01T10:30:00", precipitationsUserid=42,
               precipitationsLiquidAccumulationMm=3.5, precipitationsDaysAccumulated=2),
    ]  # fmt: skip
    report = told("globe.json", json.dumps({"results": records}))
    found = report.readings.dropna(subset=["value"]).set_index("variable")
    assert found["value"].to_dict() == {
        "temperature": 12,
        "temperature_max": 20.5,
        "temperature_min": 2,
        "rain": 3.5,
    }
    assert found.loc["temperature_max", "period"] == 86400
    assert found.loc["temperature_max", "time"] == pd.Timestamp("2024-04-30 10:12")
    assert found.loc["rain", "flag"] == 3  # of two days
    assert b"42" not in report.kept.data


def test_mosquito_habitats_are_sightings_with_the_date_of_the_place() -> None:
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [26.722, 58.38, 60]},
        "properties": {
            "countryCode": "EST", "siteId": 3, "protocol": "mosquito_habitat_mapper",
            "mosquitohabitatmapperMeasuredAt": "2024-06-01T22:30:00", "mosquitohabitatmapperGenus": "Aedes",
            "mosquitohabitatmapperLarvaeCount": "12", "mosquitohabitatmapperUserid": 77,
        },
    }  # fmt: skip
    report = told("mosquito.json", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (row,) = report.sightings.to_dict("records")
    assert (row["scientificName"], row["individualCount"]) == ("Aedes", 12)
    assert (row["eventDate"], row["eventTime"][:5]) == ("2024-06-02", "01:30")


def test_land_cover_is_refused_in_words() -> None:
    data = {
        "results": [
            record("land_covers", landcoversMeasuredAt="2024-06-01T10:00:00", landcoversMucCode="M41")
        ]
    }
    with pytest.raises(FileError) as caught:
        parse("land.json", json.dumps(data))
    assert "Clouds, land cover and photos" in caught.value.words("en")


DATED = "1/13/2026 10:00:0{}.000"


@pytest.mark.parametrize(
    "text",
    [
        "Run 1,,Run 2,\nTime (s),Temperature (°C),Time (s),Temperature (°C)\n0,21.3,0,20.9\n9,21.4,9,21.1\n",
        ",Run 1,,Run 2\nTime (s),Temperature (°C),Time (s),Temperature (°C)\n0,21.3,0,20.9\n9,21.4,9,21.1\n",
    ],
)
def test_runs_named_in_a_row_above_the_names(text: str) -> None:
    table = formats.parse(Source("sparkvue.csv", text.encode()))
    assert table.format == "vernier"
    assert table.frame["Temperature (°C)"].tolist() == ["21.3", "21.4", "20.9", "21.1"]
    assert [column.role for column in table.columns] == ["run", "elapsed", "value"]


def test_runs_with_date_and_time_need_no_question_about_their_start() -> None:
    text = "Date and Time Run 1,Time (s) Run 1,Temperature (°C) Run 1\n"
    text += "".join(f"{DATED.format(n)},{n}.000,{21 + n / 10}\n" for n in range(3))
    table = formats.parse(Source("capstone.csv", text.encode()))
    roles = {column.name: column.role for column in table.columns}
    assert roles == {
        "Data Set": "note",
        "Date and Time": "time",
        "Time (s)": "ignored",
        "Temperature (°C)": "value",
    }


def test_levels_of_sound_and_of_an_analogue_pin_are_no_decibels_and_no_percent() -> None:
    data = "Time (seconds),moisture,sound\n19.5,593,64\n19.6,244,240\n19.7,90,219\n"
    labels = {c.name: c.label for c in parse("microbit.csv", data).columns}
    assert labels["sound"].startswith("micro:bit level")
    assert labels["moisture"].startswith("micro:bit level")
    data = "Time (seconds),moisture,sound\n19.5,59,64.5\n19.6,24,60.1\n"
    labels = {c.name: c.label for c in parse("microbit.csv", data).columns}
    assert labels == {"Time (seconds)": "Time", "moisture": "moisture", "sound": "sound"}
