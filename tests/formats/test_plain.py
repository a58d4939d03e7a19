"""The plain table: what is found out about tables that no format describes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kit import formats
from kit.formats._columns import split_unit, zone_in
from kit.model import RawTable, Source

Build = Callable[..., bytes]


def parsed(data: bytes | str, name: str = "a.csv") -> RawTable:
    return formats.parse(Source(name, data.encode() if isinstance(data, str) else data))


def roles(table: RawTable) -> dict[str, str]:
    return {column.name: column.role for column in table.columns}


def times(table: RawTable) -> list[str]:
    name = next(column.name for column in table.columns if column.role == "time")
    return table.frame[name].tolist()


@pytest.mark.parametrize(
    ("name", "label", "unit"),
    [
        ("Temp (°C)", "Temp", "°C"),
        ("PM2.5 [µg/m³]", "PM2.5", "µg/m³"),
        ("Õhuniiskus, %", "Õhuniiskus", "%"),
        ("Wind Run - km", "Wind Run", "km"),
        ("CO(GT)", "CO(GT)", ""),
        ("Global Irradiance (GHI) W/m2", "Global Irradiance (GHI)", "W/m2"),
        ("Particulate Matter 2.5 (µg/m3)", "Particulate Matter 2.5", "µg/m3"),
        ("CO2 (ppm) raw", "CO2 raw", "ppm"),
        ("PM2,5", "PM2,5", ""),
        ("NO2", "NO2", ""),
    ],
)
def test_units_inside_names(name: str, label: str, unit: str) -> None:
    assert split_unit(name) == (label, unit)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Date Time, GMT+01:00", "+01:00"), ("time (UTC)", "UTC"), ("time_utc", "UTC"),
        ("datetimeUtc", "UTC"),
        ("UTC+2", "+02:00"), ("Timezone: Europe/Tallinn", "Europe/Tallinn"), ("Temp/Hum", ""), ("Time", ""),
    ],
)  # fmt: skip
def test_zones_inside_names(text: str, zone: str) -> None:
    assert zone_in(text) == zone


def test_a_date_and_a_clock_column_become_one_time() -> None:
    table = parsed("Date;Time;T\n10/03/2004;18.00.00;13,6\n10/03/2004;19.00.00;13,3\n")
    assert times(table) == ["10/03/2004 18:00:00", "10/03/2004 19:00:00"]
    assert roles(table) == {"Date": "ignored", "Time": "ignored", "T": "value", "Date + Time": "time"}
    assert table.period == 0


def test_dates_with_points_are_not_clocks() -> None:
    table = parsed("Kuupäev;Temp\n1.05.24;13,6\n12.11.24;13,3\n")
    assert roles(table) == {"Kuupäev": "date", "Temp": "value"}
    assert table.period == 86_400


def test_year_month_day_hour_become_one_time() -> None:
    table = parsed("station,year,month,day,hour,PM2.5,wd\nA,2013,3,1,0,4,NNW\nA,2013,3,1,1,8,N\n")
    assert times(table) == ["2013-03-01 00:00", "2013-03-01 01:00"]
    assert roles(table)["station"] == "station"
    assert roles(table)["wd"] == "value"


def test_wind_directions_in_words_are_values_where_the_name_says_so() -> None:
    assert (
        roles(parsed("time;wind_dir;t\n2024-05-01 10:00;NNE;1\n2024-05-01 11:00;S;2\n"))["wind_dir"]
        == "value"
    )


def test_a_utc_column_is_preferred_and_local_ones_are_ignored_with_a_reason() -> None:
    table = parsed(
        "origin,year,month,day,hour,temp,time_hour\nEWR,2013,11,3,1,39.0,2013-11-03T05:00:00Z\n"
        "EWR,2013,11,3,1,39.1,2013-11-03T06:00:00Z\n"
    )
    assert times(table) == ["2013-11-03T05:00:00Z", "2013-11-03T06:00:00Z"]
    assert table.zone == "UTC"
    ignored = [column for column in table.columns if column.role == "ignored"]
    assert [column.name for column in ignored] == ["year", "month", "day", "hour"]
    assert all(column.reason for column in ignored)
    local = parsed(
        "Local Date/Time,UTC Date/Time,PM2.5 (μg/m³)\n2025-09-17 09:15:00,2025-09-17T02:15:00.000Z,33.8\n"
        "2025-09-17 09:20:00,2025-09-17T02:20:00.000Z,-\n"
    )
    assert times(local)[0] == "2025-09-17T02:15:00.000Z"


@pytest.mark.parametrize(("factor", "tail"), [(1, "Z"), (1000, "Z")])
def test_seconds_since_1970_become_utc(factor: int, tail: str) -> None:
    stamps = [1663711800 + 1200 * n for n in range(4)]
    body = "".join(f"149970,{stamp * factor},1.1{n}\n" for n, stamp in enumerate(stamps))
    table = parsed("id,time_stamp,pm2.5_alt_a\n" + body)
    want = [str(np.datetime64(stamp, "s")) + tail for stamp in stamps]
    assert times(table) == want
    assert table.zone == "UTC"


def test_offsets_in_cells() -> None:
    table = parsed("datetime,pm10\n2023-02-22T01:00:00-07:00,14\n2023-02-22T02:00:00-07:00,15\n")
    assert table.zone == "-07:00"


def test_dates_without_signs_and_hours() -> None:
    table = parsed("YYYYMMDD,HH,T\n20190101,1,5.5\n20190101,24,5.1\n")
    assert times(table) == ["20190101 01:00", "20190101 24:00"]


def test_months_and_years_stay_as_they_are() -> None:
    assert roles(parsed("Year-month,SO2\n2022-01,0.6\n2022-02,0.4\n"))["Year-month"] == "date"
    assert parsed("Year-month,SO2\n2022-01,0.6\n2022-02,0.4\n").period == 0


def test_the_end_of_a_period_is_seen() -> None:
    table = parsed(
        "Start;End;NO2\n2024-05-01 10:00;2024-05-01 11:00;5\n2024-05-01 11:00;2024-05-01 12:00;6\n"
    )
    assert (times(table)[0], table.stamp) == ("2024-05-01 10:00", "start")
    only = parsed("Period end;NO2\n2024-05-01 11:00;5\n2024-05-01 12:00;6\n")
    assert only.stamp == "end"


def test_a_row_of_units_goes_into_the_names() -> None:
    table = parsed("time;Temp;Wind\n;°C;m/s\n2024-05-01 10:00;5,5;3\n2024-05-01 11:00;5,7;3\n")
    assert [(c.name, c.label, c.unit) for c in table.columns[1:]] == [
        ("Temp (°C)", "Temp", "°C"),
        ("Wind (m/s)", "Wind", "m/s"),
    ]
    assert list(table.frame.index) == [1, 2]


def test_a_long_table() -> None:
    table = parsed(
        "city,location,date,parameter,value,unit\nXy,BETR801,2019-06-18 06:00:00,pm25,18,µg/m³\n"
        "Xy,BETR801,2019-06-18 06:00:00,no2,21,µg/m³\n"
    )
    assert roles(table) == {
        "city": "note", "location": "station", "date": "time", "parameter": "label", "value": "value",
        "unit": "unit",
    }  # fmt: skip


def test_missing_codes_only_where_they_are_far_from_everything_else() -> None:
    header = "time;t;lux\n"
    hot = header + "".join(f"2024-05-01 {n:02d}:00;{n},5;{9000 + 99 * n}\n" for n in range(11))
    assert parsed(hot).missing == ()
    table = parsed(header + "2024-05-01 00:00;-999;5\n2024-05-01 01:00;-999,0;6\n2024-05-01 02:00;4,5;7\n")
    assert table.missing == ("-999", "-999,0")
    assert any(params.get("n") == 2 for _, params in table.notes)
    once = parsed(header + "2024-05-01 00:00;-999;5\n2024-05-01 01:00;4,1;6\n2024-05-01 02:00;4,5;7\n")
    assert once.missing == ()
    cold = parsed(header + "2024-05-01 00:00;-99;5\n2024-05-01 01:00;-99;6\n2024-05-01 02:00;-80,5;7\n")
    assert cold.missing == ()


def test_personal_columns_are_found_by_name_and_by_content() -> None:
    table = parsed(
        "time;temp;Vaatleja;contact me;Märkused;Õpilase nimi\n"
        "2024-05-01 10:00;5;A. B.;x@example.org;nägime naabrit;C\n2024-05-01 11:00;6;A. B.;;;D\n"
    )
    assert {name for name, role in roles(table).items() if role == "personal"} == {
        "Vaatleja", "contact me", "Märkused", "Õpilase nimi",
    }  # fmt: skip


def test_coordinates_stations_sensors_and_record_numbers() -> None:
    table = parsed(
        "nr;site_id;sensor_id;latitude;lon;altitude;datetime;temp\n"
        "1;roof;7;58.1;26.1;60;2024-05-01 10:00;5\n2;roof;7;58.1;26.1;60;2024-05-01 11:00;6\n"
    )
    assert list(roles(table).values()) == [
        "ignored", "station", "sensor", "latitude", "longitude", "elevation", "time", "value",
    ]  # fmt: skip


def test_a_table_of_sightings() -> None:
    table = parsed(
        "Liik;Arv;Kuupäev;Kell;Minutid;Vaatlejaid;Täielik nimekiri;Loendus;E-post\n"
        "rasvatihane;2;09.01.2024;12:30;45;4;jah;L1;x@example.org\nharakas;X;09.01.2024;12:30;45;4;jah;L1;\n"
    )
    assert table.kind == "sightings"
    assert {column.label: column.role for column in table.columns if column.role != "personal"} == {
        "vernacularName": "taxon", "individualCount": "count", "eventDate": "date", "eventTime": "clock",
        "effort_minutes": "effort", "observers": "effort", "complete": "note", "eventID": "event",
    }  # fmt: skip
    latin = parsed("Art;Datum;Anzahl\nParus major;01.05.2024;2\nPica pica;01.05.2024;1\n")
    assert latin.columns[0].label == "scientificName"


def test_a_workbook(workbook: Callable[..., bytes]) -> None:
    rows = [["Kool X", "", ""], ["Kuupäev", "Temp (°C)", "Märkus"], ["2024-05-01", "8.25", "a"], ["", "", ""]]
    rows += [["2024-05-02", "9", "b"], ["2024-05-03", "-0.5", ""]]
    data = workbook({"Info": [["about", "this"]], "Andmed": rows})
    table = parsed(data, "a.xlsx")
    assert table.frame["Temp (°C)"].tolist() == ["8.25", "9", "-0.5"]
    assert list(table.frame.index) == [1, 3, 4]
    assert (table.blank, table.period) == (1, 86_400)
    assert ("Other sheets of the workbook that were not read: {n}.", {"n": 1}) in table.notes


def test_a_damaged_workbook_is_refused(workbook: Callable[..., bytes]) -> None:
    data = workbook({"Andmed": [["time", "t"], ["2024-05-01", "1"]]})
    with pytest.raises(formats.FileError) as caught:
        parsed(data.replace(b"PK\x01\x02", b"PK\x09\x09", 1), "a.xlsx")
    assert "a.xlsx" in caught.value.words("en")


def test_sixty_thousand_rows_take_less_than_a_second(table: Build) -> None:
    stamps = np.datetime_as_string(np.datetime64("2019-01-01T00") + np.arange(60_000), unit="m")
    rows = [[stamp.replace("T", " "), "1.5", "80", "-7.25", "1013.2"] for stamp in stamps]
    data = table(["time", "PM2.5", "RH", "Temp", "Pressure"], rows, decimal=",")
    best = 9.0
    for _ in range(3):
        begun = time.process_time()
        assert len(parsed(data).frame) == 60_000
        best = min(best, time.process_time() - begun)
    assert best < 1.0, best


@pytest.mark.fielddata
def test_uci_air_quality(field_data: Path) -> None:
    table = formats.parse(*formats.open_source(field_data / "air/uci_airquality/AirQualityUCI.csv"))
    assert (len(table.frame), table.blank, table.refused) == (9357, 114, ())
    assert table.decimal == ","
    assert set(table.missing) == {"-200", "-200,0"}
    assert times(table)[0] == "10/03/2004 18:00:00"
    assert times(table)[-1] == "04/04/2005 14:00:00"
    raw = (field_data / "air/uci_airquality/AirQualityUCI.csv").read_text().split("\n")
    assert ";".join(table.frame.iloc[4999, :15]) == raw[5000].strip().removesuffix(";;")
    assert sum(1 for column in table.columns if column.role == "value") == 13


@pytest.mark.fielddata
@pytest.mark.parametrize(
    ("path", "rows", "zone", "period"),
    [
        ("weather/nycflights13_weather_raw.csv", 26115, "UTC", 0),
        ("weather/knmi_vlissingen_prec_hourly.csv", 35064, "", 0),
        ("weather/smhi_heby_temp_daily.csv", 15007, "", 86_400),
        ("air/openaq/air_quality_long.csv", 5272, "", 0),
        ("air/aberdeen_reference/aberdeen-errol-place.csv", 14783, "", 0),
        ("air/estonia_tartu/tartu_station8_2022_hourly_first5.csv", 5, "", 0),
        ("air/estonia_tartu/tartu_station8_2022_hourly_iso_10rows.csv", 10, "UTC", 0),
        ("air/estonia_tartu/tartu_station8_2022_daily_means_first_last5.csv", 10, "", 86_400),
        ("air/estonia_tartu/tartu_station8_2022_monthly_means.csv", 12, "", 0),
        ("messy/solaranywhere_cp1252.csv", 576, "UTC", 300),
        ("known/ioos_qc/water_level_example.csv", 7241, "UTC", 0),
    ],
)
def test_real_tables(field_data: Path, path: str, rows: int, zone: str, period: int) -> None:
    raw = (field_data / path).read_bytes()
    table = formats.parse(*formats.open_source(field_data / path))
    lines = [line for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n") if line]
    assert len(table.frame) + table.blank + len(table.refused) in (len(lines) - 1, len(lines) - 2)
    assert (table.zone, table.period, table.refused) == (zone, period, ())
    assert abs(len(table.frame) - rows) <= 1


@pytest.mark.fielddata
def test_twelve_stations_in_one_zip_of_two_million_cells(field_data: Path) -> None:
    sources = formats.open_source(field_data / "big/beijing_multisite_12stations.zip")
    assert len(sources) == 12
    begun = time.process_time()
    table = formats.parse(sources[0])
    assert time.process_time() - begun < 3
    assert len(table.frame) == 35_064
    assert times(table)[:2] == ["2013-03-01 00:00", "2013-03-01 01:00"]
    assert roles(table)["station"] == "station"
    assert "NA" in set(table.frame["PM2.5"])


def test_compass_points_under_short_names() -> None:
    text = "time;wd;WSPM\n2026-05-13 10:00;NNW;1.5\n2026-05-13 11:00;E;2.0\n"
    table = formats.parse(Source("a.csv", text.encode()))
    assert [column.role for column in table.columns] == ["time", "value", "value"]
