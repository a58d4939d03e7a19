"""Official and reference data, from the file to the readings (invented numbers)."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kit import formats
from kit.errors import FileError
from kit.formats import eea
from kit.formats.ghcn_daily import parse as parse_ghcn
from kit.ingest import receipt_text, understand
from kit.ingest.receipt import receipt_record
from kit.model import MONTH, Report, Source, Station

ANSWERS = {"station": "s/x", "zone": "UTC"}
OFFICIAL = ["met-office", "ghcn-daily", "openaq", "open-meteo", "knmi", "smhi", "isd", "eea", "dwd"]


def read(name: str, data: bytes, **answers: str) -> Report:
    report = understand(Source(name, data), {**ANSWERS, **answers})
    assert not report.questions, report.questions
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    return report


def of(report: Report, variable: str) -> pd.DataFrame:
    return report.readings[report.readings["variable"] == variable].reset_index(drop=True)


@pytest.mark.parametrize("kind", OFFICIAL)
def test_the_kept_copy_gives_the_same_readings(kind: str, samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples[kind])
    assert report.format == kind
    assert len(report.readings)
    assert report.accepted + report.flagged + report.rejected + report.duplicate == report.rows


def test_met_office_months_and_marks(samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples["met-office"])
    low = of(report, "temperature_min")
    assert low["value"].tolist() == [3.3, 2.1]
    assert low["time"].astype(str).tolist() == ["1990-01-01", "1990-02-01"]
    assert set(report.readings["period"]) == {MONTH}
    assert low["reason"].tolist() == ["source-estimated", "source-suspect"]
    assert of(report, "temperature_max")["reason"].tolist() == ["", "source-suspect"]
    assert (report.stations[0].latitude, report.stations[0].zone) == (52.0, "Europe/London")


def test_met_office_lines_that_do_not_fit() -> None:
    text = (
        "Anytown\nyyyy mm tmax tmin rain\n1990 1 8.9 3.3 85.0\nSite moved\n1990 2 9.4\n1990 3 9.9 1.0 40.0\n"
    )
    report = read("x.txt", text.encode())
    assert [(problem.code, problem.row) for problem in report.problems] == [("ragged", 3)]
    assert of(report, "rain")["row"].tolist() == [1, 4]
    assert report.rows == 3


def dly(element: str, values: list[int], marks: str = "   ") -> str:
    cells = "".join(f"{value:5d}{marks}" for value in values)
    return f"XX000000001202402{element}{cells}" + "-9999   " * (31 - len(values))


def test_ghcn_fixed_width_lines_become_days_with_real_dates() -> None:
    text = dly("TMAX", list(range(100, 129))) + "\n" + dly("PRCP", [12] * 28 + [-9999], " I ") + "\n"
    report = read("x.dly", text.encode())
    high, rain = of(report, "temperature_max"), of(report, "rain")
    assert high["value"].tolist() == [value / 10 for value in range(100, 129)]
    assert high["time"].iloc[-1] == pd.Timestamp("2024-02-29")
    assert (high["row"].iloc[0], high["row"].iloc[-1], rain["row"].iloc[0]) == (1, 29, 32)
    assert set(rain["flag"].iloc[:28]) == {4}
    assert rain["flag"].iloc[28] == 9
    assert report.rows == 58


def test_ghcn_by_year_without_a_header_and_other_elements() -> None:
    lines = "XX000000001,20240501,TMAX,201,,,E,\nXX000000001,20240501,WT01,1,,,E,\n"
    report = read("2024.csv", lines.encode())
    assert (report.format, report.accepted, report.rejected) == ("ghcn-daily", 1, 1)
    assert report.problems[0].row == 2


ACCESS = (
    '"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","PRCP","PRCP_ATTRIBUTES"\n'
    '"XX1","2024-05-01","58.38123","26.72111","50.0","ANYTOWN, EN","{}",",,E"\n'
)


def test_ghcn_access_files_are_tenths_unless_written_with_decimals() -> None:
    report = read("XX1.csv", ACCESS.format("   12").encode())
    assert of(report, "rain")["value"].tolist() == [1.2]
    assert b"58.38123" not in report.kept.data
    assert formats.parse(Source("XX1.csv", ACCESS.format("0.12").encode())).format == "plain"


def test_ghcn_a_cut_line_is_refused_by_number() -> None:
    table = parse_ghcn(Source("x.dly", (dly("TMAX", [100]) + "\nXX0000000012024\n").encode()))
    assert [(problem.code, problem.row) for problem in table.refused] == [("cut-off", 32)]


def test_openaq_keeps_units_and_names_no_owner() -> None:
    text = (
        "location_id,location_name,parameter,value,unit,datetimeUtc,datetimeLocal,latitude,longitude,owner_name\n"
        "7,Anytown,no2,0.011,ppm,2024-05-01T01:00:00Z,2024-05-01T04:00:00+03:00,58.38123,26.72,Somebody\n"
        "7,Anytown,pm25,-999,µg/m³,2024-05-01T01:00:00Z,2024-05-01T04:00:00+03:00,58.38123,26.72,Somebody\n"
        "7,Anytown,pm25,7.5,µg/m³,2024-05-01T02:00:00Z,2024-05-01T05:00:00+03:00,58.38123,26.72,Somebody\n"
    )
    report = read("openaq.csv", text.encode())
    assert report.variables["no2"]["unit_in"] == "[ppm]"
    assert of(report, "pm25")["flag"].tolist() == [9, 1]
    assert "owner_name" in report.dropped_columns
    assert b"Somebody" not in report.kept.data


def openaq_answer(**more: object) -> bytes:
    one = {
        "value": 6, "parameter": {"name": "pm25", "units": "µg/m³"},
        "period": {"interval": "01:00:00", "datetimeFrom": {"utc": "2024-05-01T00:00:00Z"},
                   "datetimeTo": {"utc": "2024-05-01T01:00:00Z"}}, **more,
    }  # fmt: skip
    return json.dumps({"meta": {"name": "openaq-api"}, "results": [one]}).encode()


def test_openaq_answers_give_start_and_length() -> None:
    place = {"latitude": 58.381234, "longitude": 26.72}
    report = read("a.json", openaq_answer(coordinates=place, flagInfo={"hasFlags": True}))
    found = report.readings.iloc[0]
    assert (str(found["time"]), found["period"], found["value"]) == ("2024-05-01 00:00:00", 3600, 6.0)
    assert (found["flag"], found["reason"]) == (3, "source-suspect")
    assert b"58.381234" not in report.kept.data


@pytest.mark.parametrize("data", [b'{"meta": {"name": "openaq-api"}, "results": []}', openaq_answer()[:-30]])
def test_openaq_answers_without_values_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(FileError) as caught:
        formats.parse(Source("a.json", data))
    assert caught.value.code in ("no-values", "broken-json")


def test_open_meteo_has_one_offset_and_sums_of_the_hour_before(samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples["open-meteo"])
    assert of(report, "temperature")["time"].astype(str).tolist() == [
        "2024-04-30 21:00:00",
        "2024-04-30 22:00:00",
    ]
    rain = of(report, "rain")
    assert rain["time"].astype(str).tolist() == ["2024-04-30 20:00:00", "2024-04-30 21:00:00"]
    assert set(rain["period"]) == {3600}
    assert any("models" in template for template, _ in report.notes)


def test_open_meteo_several_places_and_exact_coordinates() -> None:
    text = (
        "location_id,latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n"
        "0,52.520551,13.461804,38.0,0,GMT,GMT\n1,58.375,26.75,60.0,0,GMT,GMT\n\n"
        "location_id,time,temperature_2m_max (°C)\n0,2024-05-01,21.5\n1,2024-05-01,11.5\n"
    )
    found = understand(Source("m.csv", text.encode()), {"station.0": "s/a", "station.1": "s/b"})
    assert found.readings[["station", "value", "period"]].values.tolist() == [
        ["s/a", 21.5, 86400],
        ["s/b", 11.5, 86400],
    ]
    assert b"52.520551" not in found.kept.data
    again = understand(found.kept, found.answers, found.stations)
    pd.testing.assert_frame_equal(again.readings, found.readings)


def test_open_meteo_json_is_the_same_table() -> None:
    held = {
        "latitude": 58.375, "longitude": 26.75, "generationtime_ms": 0.1, "utc_offset_seconds": 10800,
        "timezone": "Europe/Tallinn", "elevation": 65.0,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"},
        "hourly": {"time": ["2024-05-01T00:00"], "temperature_2m": [7.1], "precipitation": [None]},
        "daily": {"time": ["2024-05-01"], "temperature_2m_max": [12.0]},
    }  # fmt: skip
    report = read("m.json", json.dumps(held).encode())
    assert of(report, "temperature")[["value"]].values.tolist() == [[7.1]]
    assert str(of(report, "temperature")["time"].iloc[0]) == "2024-04-30 21:00:00"
    assert any(params.get("names") == "daily" for _, params in report.notes)


def test_knmi_tenths_traces_and_ends_of_hours(samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples["knmi"])
    rain, air = of(report, "rain"), of(report, "temperature")
    assert rain["value"].tolist() == [0.0, 0.3]
    assert [str(one) for one in rain["time"]] == ["2024-05-01 00:00:00", "2024-05-01 01:00:00"]
    assert [str(one) for one in air["time"]] == ["2024-05-01 01:00:00", "2024-05-01 02:00:00"]
    assert of(report, "wind_direction")["flag"].tolist() == [1, 9]
    assert of(report, "humidity")["value"].tolist()[0] == 87
    assert (report.stations[0].latitude, report.stations[0].longitude) == (52.0, 4.0)


def test_knmi_hour_24_is_the_last_of_its_day_and_radiation_is_a_mean() -> None:
    text = "# STN,YYYYMMDD,   HH,    Q,    T\n  999,20240501,   24,  360,   50\n"
    report = read("x.txt", text.encode())
    sun = of(report, "radiation")
    assert str(sun["time"].iloc[0]) == "2024-05-01 23:00:00"
    assert sun["value"].iloc[0] == pytest.approx(1000.0)  # 360 J/cm² in an hour = 3.6 MJ/m² in 3600 s
    assert str(of(report, "temperature")["time"].iloc[0]) == "2024-05-02 00:00:00"


def test_smhi_days_months_and_sums_of_an_hour() -> None:
    days = (
        "Från Datum Tid (UTC);Till Datum Tid (UTC);Representativt dygn;Lufttemperatur;Kvalitet\n"
        "2024-05-01 00:00:01;2024-05-02 00:00:00;2024-05-01;9.5;G\n"
    )
    report = read("d.csv", days.encode())
    assert of(report, "temperature")[["period", "flag"]].values.tolist() == [[86400, 1]]
    months = days.replace("Representativt dygn", "Representativ månad").replace(
        ";2024-05-01;9.5", ";2024-05;9.5"
    )
    assert set(read("m.csv", months.encode()).readings["period"]) == {MONTH}
    hours = (
        "Parameternamn;Beskrivning;Enhet\nNederbördsmängd;summa 1 timme, 1 gång/tim;millimeter\n\n"
        "Datum;Tid (UTC);Nederbördsmängd;Kvalitet;;Tidsutsnitt:\n2024-05-01;01:00:00;0.4;Y;;text\n"
    )
    rain = of(read("r.csv", hours.encode()), "rain").iloc[0]
    assert (str(rain["time"]), rain["period"], rain["flag"]) == ("2024-05-01 00:00:00", 3600, 3)


def test_isd_groups_and_their_quality(samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples["isd"])
    air = of(report, "temperature")
    assert air["value"].tolist() == [12.3, -1.2]
    assert "source-suspect" in air["reason"].iloc[1]
    assert of(report, "pressure_sea_level")["flag"].tolist() == [1, 9]
    assert of(report, "wind_speed")["value"].tolist() == [3.1, 0.0]
    rain = of(report, "rain").iloc[0]
    assert (str(rain["time"]), rain["value"], rain["period"]) == ("2024-04-30 23:00:00", 1.2, 3600)


def test_isd_lite() -> None:
    text = "2024 05 01 00   123    80 10132   240    31     8    -1 -9999\n" * 1
    text += "2024 05 01 01   -12 -9999 10130   240    31     8     5 -9999\n"
    report = read("999999-99999-2024", text.encode())
    assert of(report, "temperature")["value"].tolist() == [12.3, -1.2]
    assert of(report, "rain")["value"].tolist() == [0.0, 0.5]
    assert str(of(report, "rain")["time"].iloc[0]) == "2024-04-30 23:00:00"


def test_eea_invalid_values_are_kept_as_failed(samples: dict[str, tuple[str, bytes]]) -> None:
    report = read(*samples["eea"])
    assert report.readings[["value", "flag", "period"]].values.tolist() == [[12.5, 1, 3600], [99.5, 4, 3600]]
    assert str(report.readings["time"].iloc[0]) == "2024-04-30 22:00:00"
    assert set(report.readings["sensor"]) == {"SPO-X"}


def eea_parquet(steps: list[str]) -> bytes:
    import polars as pl

    count = len(steps)
    start = pd.date_range("2024-07-01", periods=count, freq="h").to_pydatetime().tolist()
    frame = pl.DataFrame({
        "Samplingpoint": ["EE/SPO-X"] * count, "Pollutant": [8] * count, "Start": start, "End": start,
        "Value": pl.Series([12.5, -999.0, *range(count)][:count]).cast(pl.Decimal(38, 18)),
        "Unit": ["ug.m-3"] * count, "AggType": steps, "Validity": [1] * count, "Verification": [1] * count,
    })  # fmt: skip
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def test_eea_parquet_asks_for_the_offset_and_takes_no_summer_time() -> None:
    roof = Station("s/x", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
    source = Source("SPO.parquet", eea_parquet(["hour", "hour", "day"]))
    asked = understand(source, {"station": "s/x"}, [roof])
    assert [(question.id, question.likely) for question in asked.questions] == [("zone", "+02:00")]
    for zone in ("+02:00", "Europe/Tallinn"):
        report = understand(source, {"station": "s/x", "zone": zone}, [roof])
        assert [str(time) for time in report.readings["time"]] == [
            "2024-06-30 22:00:00",
            "2024-06-30 23:00:00",
        ]
        assert report.readings["flag"].tolist() == [1, 9]
        assert [(problem.code, problem.row) for problem in report.problems] == [("other-step", 3)]
        said = receipt_text(receipt_record(report), "en")
        assert "The times were read in +02:00 all year, without summer time." in said
        assert "clock of the file: +02:00" in said
        assert "local time" not in said
    assert report.kept is source


def test_a_damaged_parquet_file_is_refused_in_words(capfd: pytest.CaptureFixture[str]) -> None:
    data = eea_parquet(["hour"] * 3)
    for broken in (data[:100] + data[180:], data[:4] + bytes(200) + data[-400:]):
        with pytest.raises(FileError) as caught:
            formats.parse(Source("SPO.parquet", broken))
        assert "SPO.parquet" in caught.value.words("en")
    with eea._silent():
        os.write(2, b"what the library says of its own inside")
    os.write(2, b"what comes later")
    assert capfd.readouterr().err == "what comes later"


GEOGRAPHY = (
    "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum;bis_datum;Stationsname\n"
    "999; 100.00; 51.00001; 13.00001;19340101;19991231;Altdorf\n"
    "999; 230.00; 52.12781; 14.75431;20000101; ;Neudörfel\n"
)


@pytest.fixture
def archive(tmp_path: Path, samples: dict[str, tuple[str, bytes]]) -> Callable[..., Path]:
    def make(**more: bytes) -> Path:
        path = tmp_path / "tageswerte_KL_00999_akt.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("Metadaten_Geographie_00999.txt", GEOGRAPHY.encode("latin-1"))
            out.writestr("Metadaten_Geraete_00999.html", "<html>who built it</html>")
            out.writestr("produkt_klima_tag_00999.txt", samples["dwd"][1])
            for name, data in more.items():
                out.writestr(name, data)
        return path

    return make


def test_dwd_archives_are_one_file_with_the_last_place(archive: Callable[..., Path]) -> None:
    (source,) = formats.open_source(archive())
    report = read(source.name, source.data)
    station = report.stations[0]
    assert (report.format, report.rows, station.latitude, station.longitude) == ("dwd", 2, 52.128, 14.754)
    assert report.readings["value"].tolist()[:2] == [9.8, 3.1]
    assert of(report, "wind_gust")["flag"].tolist() == [1, 9]
    assert "Neudörfel" in report.kept.data.decode()
    assert b"52.12781" not in report.kept.data


def test_dwd_in_an_archive_with_other_tables_is_unpacked_as_usual(archive: Callable[..., Path]) -> None:
    names = [
        source.name.rsplit("/", 1)[-1] for source in formats.open_source(archive(**{"x.csv": b"a,b\n1,2\n"}))
    ]
    assert "produkt_klima_tag_00999.txt" in names


@pytest.mark.parametrize(
    ("text", "variable", "time", "period"),
    [
        ("STATIONS_ID;MESS_DATUM;QN_8;  R1;eor\n999;2024050101;3; 0.4;eor\n", "rain",
         "2024-05-01 00:00:00", 3600),
        ("STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor\n999;2024050101;3;7.4;80;eor\n", "temperature",
         "2024-05-01 01:00:00", 0),
        ("STATIONS_ID;MESS_DATUM;QN;RWS_10;eor\n999;202405010110;3;0.4;eor\n", "rain",
         "2024-05-01 01:00:00", 600),
        ("STATIONS_ID;MESS_DATUM_BEGINN;MESS_DATUM_ENDE;QN_4;MO_TT;eor\n999;20240501;20240531;3;12.4;eor\n",
         "temperature", "2024-05-01 00:00:00", MONTH),
    ],
)  # fmt: skip
def test_dwd_products(text: str, variable: str, time: str, period: int) -> None:
    found = of(read("produkt_x.txt", text.encode()), variable).iloc[0]
    assert (str(found["time"]), found["period"]) == (time, period)


def test_a_month_without_one_of_its_days_is_refused_by_name() -> None:
    days = [f"VALUE{n},MFLAG{n},QFLAG{n},SFLAG{n}" for n in range(1, 32)]
    header = ",".join(["ID", "YEAR", "MONTH", "ELEMENT", *days]).replace("QFLAG8", "QFLAGX")
    line = ",".join(["EE000026038", "2020", "01", "TMAX", *["12,,,"] * 31])
    with pytest.raises(FileError) as caught:
        formats.parse(Source("a.csv", f"{header}\n{line}\n".encode()))
    assert "qflag8" in caught.value.words("en")
