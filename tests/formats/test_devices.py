"""Formats of devices and platforms: what each defines, on small samples and on real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit import formats
from kit.errors import FileError
from kit.formats.inaturalist import local_clock
from kit.formats.opensensemap import phenomenon_of
from kit.formats.weatherlink import rain_unit, temperature_unit, wind_unit
from kit.model import Column, RawTable, Source

Samples = dict[str, tuple[str, bytes]]


def parsed(name: str, data: bytes | str) -> RawTable:
    return formats.parse(Source(name, data.encode() if isinstance(data, str) else data))


def by_name(table: RawTable) -> dict[str, Column]:
    return {column.name: column for column in table.columns}


# Sensor.Community


def test_sensor_community_defines_variables_units_and_utc(samples: Samples) -> None:
    table = parsed(*samples["sensor-community"])
    found = by_name(table)
    assert (found["P1"].variable, found["P2"].variable) == ("pm10", "pm25")
    assert found["P1"].unit == "µg/m³"
    assert (found["location"].role, found["sensor_id"].role) == ("station", "sensor")
    assert found["durP1"].role == "ignored"
    assert (table.zone, table.stamp, table.period) == ("UTC", "start", 0)
    assert table.frame.loc[2, "P1"] == ""


def test_sensor_community_pressure_is_in_pa_and_computed_columns_are_ignored() -> None:
    table = parsed(
        "x.csv",
        "sensor_id;sensor_type;location;lat;lon;timestamp;pressure;altitude;pressure_sealevel;temperature;humidity\n"
        "1;BME280;2;58.1;26.1;2016-08-13T00:00:26.053188+00:00;96913.02;100;98000;12.75;63.35\n",
    )
    found = by_name(table)
    assert (found["pressure"].variable, found["pressure"].unit) == ("pressure", "Pa")
    assert [name for name, column in found.items() if column.role == "ignored"] == [
        "altitude",
        "pressure_sealevel",
    ]
    assert table.frame.loc[1, "timestamp"] == "2016-08-13T00:00:26.053188+00:00"


def test_sensor_community_joined_files_repeat_the_header(samples: Samples) -> None:
    name, data = samples["sensor-community"]
    table = parsed(name, data + data.replace(b"4711", b"4712"))
    assert len(table.frame) == 6
    assert set(table.frame["sensor_id"]) == {"4711", "4712"}
    assert any(params.get("n") == 1 for _, params in table.notes)


def test_sensor_community_long_shape() -> None:
    table = parsed(
        "x.csv",
        "sensor_id;sensor_type;location;lat;lon;timestamp;value_type;value\n"
        "1;SDS011;2;58.1;26.1;2024-03-01T00:00:26;P1;9.5\n"
        "1;SDS011;2;58.1;26.1;2024-03-01T00:00:26;P2;NULL\n"
        "1;SDS011;2;58.1;26.1;2024-03-01T00:00:26;durP1;77\n",
    )
    assert table.frame["value_type"].tolist() == ["pm10", "pm25", "durP1"]
    assert table.frame["unit"].tolist() == ["µg/m³", "µg/m³", ""]
    assert [by_name(table)[name].role for name in ("value_type", "value", "unit")] == [
        "label",
        "value",
        "unit",
    ]
    assert "NULL" in table.missing


@pytest.mark.fielddata
def test_sensor_community_every_real_daily_file(field_data: Path) -> None:
    paths = sorted((field_data / "air/sensor_community/daily").glob("*.csv"))
    assert len(paths) == 41
    for path in paths:
        table = formats.parse(*formats.open_source(path))
        lines = [line for line in path.read_text().split("\n")[1:] if line]
        assert table.format == "sensor-community"
        assert len(table.frame) == len(lines)
        assert table.blank == 0
        assert table.refused == ()
        assert [";".join(cells) for cells in table.frame.to_numpy()] == lines


# openSenseMap


def test_opensensemap_of_one_sensor_takes_the_variable_from_the_name(samples: Samples) -> None:
    table = parsed(*samples["opensensemap"])
    assert by_name(table)["value"].label == "PM2.5"
    assert (table.zone, len(table.frame)) == ("UTC", 2)
    unnamed = parsed("5f0000000000000000000001.csv", samples["opensensemap"][1])
    assert by_name(unnamed)["value"].label == ""


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("opensensemap_Temperature_2019-2025.csv.gz!/opensensemap_Temperature_2019-2025.csv", "Temperature"),
        ("opensensemap_org-download-rel. Luftfeuchte-20240501.csv", "rel. Luftfeuchte"),
        ("Lufttemperatur.csv", "Lufttemperatur"),
        ("2024-05-01.csv", ""),
    ],
)
def test_opensensemap_names_of_files(name: str, label: str) -> None:
    assert phenomenon_of(name) == label


@pytest.mark.parametrize("separator", [",", ";"])
def test_opensensemap_of_many_boxes(separator: str) -> None:
    text = (
        "sensorId,createdAt,value,lat,lon,height,boxName,exposure,phenomenon,unit,sensorType\n"
        "s1,2015-02-23T22:36:18.843Z,4.1,49.57165903690524,7.1,101,Perekond,outdoor,Temperatur,°C,HDC1008\n"
        "s2,2015-02-23T22:36:18.843Z,81,49.5721,7.1,101,Perekond,outdoor,Luftfeuchte,%,HDC1008\n"
    ).replace(",", separator)
    table = parsed("boxes.csv", text)
    found = by_name(table)
    assert found["boxName"].role == "personal"
    assert (found["phenomenon"].role, found["unit"].role, found["sensorId"].role) == (
        "label",
        "unit",
        "sensor",
    )
    assert (found["height"].role, found["height"].unit) == ("elevation", "m")
    assert table.frame["lat, lon"].tolist() == ["49.572, 7.100", "49.572, 7.100"]
    assert found["lat, lon"].role == "station"


def test_opensensemap_and_sensor_community_read_copies_that_hold_their_made_columns() -> None:
    first = parsed("b.csv", "sensorId,createdAt,value,lat,lon\ns1,2024-02-23T22:36:18Z,4.1,49.571659,7.1\n")
    copy = parsed("b.csv", first.frame.to_csv(index=False))
    assert copy.columns == first.columns
    assert copy.frame.equals(first.frame)
    long = "sensor_id;sensor_type;location;lat;lon;timestamp;value_type;value\n"
    first = parsed("l.csv", long + "1;SDS011;2;58.1;26.1;2024-03-01T00:00:26;P1;9.5\n")
    copy = parsed("l.csv", first.frame.to_csv(index=False))
    assert copy.columns == first.columns
    assert copy.frame.equals(first.frame)


# Davis WeatherLink


def test_weatherlink_finds_the_units_that_the_header_does_not_state(samples: Samples) -> None:
    table = parsed(*samples["weatherlink"])
    units = {column.label: column.unit for column in table.columns if column.role == "value"}
    assert units == {
        "Barometer": "hPa", "Temp": "°C", "Hum": "%", "Dew Point": "°C", "Wind Speed": "km/h",
        "Wind Direction": "", "High Wind Speed": "km/h", "Rain": "mm", "Rain Rate": "mm/h",
    }  # fmt: skip
    assert by_name(table)["Barometer"].variable == "pressure_sea_level"
    assert (table.stamp, table.period, table.decimal) == ("end", 900, ",")
    ignored = {column.label for column in table.columns if column.role == "ignored"}
    assert ignored == {"High Temp", "Low Temp", "Wind Run", "THW Index"}


def test_weatherlink_states_units_in_newer_headers_and_two_row_exports() -> None:
    table = parsed(
        "new.csv",
        '"Date & Time","Barometer - mb","Temp - °C","High Temp - °C","Hum - %",'
        '"Wind Speed - km/h","THW Index - °C"\n'
        '"1/5/24 0:15","1013.2","8.1","8.3","91","3.2","8.0"\n',
    )
    assert {c.label: c.unit for c in table.columns if c.role == "value"} == {
        "Barometer": "mb", "Temp": "°C", "Hum": "%", "Wind Speed": "km/h",
    }  # fmt: skip
    classic = parsed(
        "classic.txt",
        "\t\tTemp\tHi\tLow\tOut\tDew\tWind\tTHW\t\n"
        "Date\tTime\tOut\tTemp\tTemp\tHum\tPt.\tSpeed\tIndex\tRain\n"
        "01.05.24\t0:30\t8.1\t8.4\t7.9\t91\t6.7\t3.2\t8.0\t0.0\n",
    )
    assert classic.format == "weatherlink"
    assert classic.frame["Date + Time"].tolist() == ["01.05.24 0:30"]
    assert "Temp Out" in by_name(classic)


def test_weatherlink_units_follow_only_where_they_are_certain() -> None:
    celsius = np.array([-5.0, 8.0, 21.0, 30.0])
    humidity = np.array([85.0, 60.0, 45.0, 30.0])
    # dew points of the World Meteorological Organization's formula (Magnus, other constants than the code's)
    vapour = humidity / 100 * 6.112 * np.exp(17.62 * celsius / (243.12 + celsius))
    dew = 243.12 * np.log(vapour / 6.112) / (17.62 - np.log(vapour / 6.112))
    assert temperature_unit(celsius, humidity, dew.round(1)) == "°C"
    assert temperature_unit(celsius * 1.8 + 32, humidity, (dew * 1.8 + 32).round(1)) == "°F"
    assert temperature_unit(celsius, humidity, dew + 9) == ""
    speed = np.array([16.0, 8.0, 24.0])
    assert wind_unit(speed, speed / 2, "km") == "km/h"
    assert wind_unit(speed, speed * 3.6 / 4, "km") == "m/s"
    assert wind_unit(speed, speed * 0.31, "km") == ""
    assert rain_unit(pd.Series(["0,0", "0,0"]), ",") == ""


# Ecowitt


def test_ecowitt_units_stand_in_the_names_and_counters_are_running_totals(samples: Samples) -> None:
    table = parsed(*samples["ecowitt"])
    found = by_name(table)
    assert (found["Outdoor Temperature(℃)"].label, found["Outdoor Temperature(℃)"].unit) == (
        "Outdoor Temperature",
        "℃",
    )
    assert (found["Daily Rain(mm)"].role, found["Daily Rain(mm)"].counter) == ("value", "day")
    assert found["Rain Rate(mm/hr)"].role == "value"
    assert found["Soil Moisture CH2(%)"].sensor == "ch2"
    assert "--" in table.missing


def test_ecowitt_in_german_with_decimal_commas() -> None:
    table = parsed(
        "wetter.csv",
        "Zeit;Temperatur Innen(℃);Temperatur Aussen(℃);Luftfeuchtigkeit Aussen(%);Absoluter Luftdruck(hPa);"
        "Tagesregen(mm);Stündlicher Regen(mm)\n2024-05-01 06:05;21,4;8,1;91;1009,2;0,6;0,0\n",
    )
    assert (table.format, table.decimal) == ("ecowitt", ",")
    counters = {column.name: column.counter for column in table.columns if column.counter}
    assert counters == {"Tagesregen(mm)": "day", "Stündlicher Regen(mm)": "hour"}
    assert [column.name for column in table.columns if column.role == "time"] == ["Zeit"]


def test_ecowitt_workbook_with_a_row_of_groups(workbook: Callable[..., bytes]) -> None:
    rows = [
        ["", "Outdoor", "", "Indoor"],
        ["Time", "Temperature(℃)", "Humidity(%)", "Temperature(℃)"],
        ["2024-05-01 06:05", "8.1", "91", "21.4"],
    ]
    table = parsed("export.xlsx", workbook({"About": [["Device", "GW1000"]], "All": rows}))
    assert table.format == "ecowitt"
    assert [c.label for c in table.columns] == [
        "Time", "Outdoor Temperature", "Outdoor Humidity", "Indoor Temperature",
    ]  # fmt: skip
    assert table.frame.loc[1].tolist() == ["2024-05-01 06:05", "8.1", "91", "21.4"]


# HOBO


def test_hobo_fixed_offset_serials_and_events(samples: Samples) -> None:
    table = parsed(*samples["hobo"])
    value = next(column for column in table.columns if column.role == "value")
    assert (value.label, value.unit, value.sensor) == ("Temp", "°C", "7654321")
    assert (table.zone, len(table.frame)) == ("+02:00", 2)
    assert [column.role for column in table.columns] == ["ignored", "time", "value", "ignored"]


def test_hobo_in_spanish_with_two_columns_of_time() -> None:
    table = parsed(
        "estacion.txt",
        '"Título de trazado: 1"\n"N.º"\t"Fecha"\t"Tiempo, GMT+01:00"\t"Temp., °C (LGR S/N: 7, SEN S/N: 8)"\n'
        '1\t01/05/24\t10:00:00\t"14,62"\n2\t01/05/24\t11:00:00\t"14,70"\n',
    )
    assert (table.format, table.zone, table.decimal) == ("hobo", "+01:00", ",")
    assert table.frame["Fecha + Tiempo, GMT+01:00"].tolist() == ["01/05/24 10:00:00", "01/05/24 11:00:00"]


def test_hobo_newer_header() -> None:
    table = parsed(
        "new.csv",
        "#,Date-Time (EET/EEST),Temperature   (°C) \n1,05/01/2024 12:00:00,14.6\n2,05/01/2024 13:00:00,15\n",
    )
    assert table.format == "hobo"
    assert [(column.role, column.unit) for column in table.columns] == [
        ("ignored", ""),
        ("time", ""),
        ("value", "°C"),
    ]
    assert table.zone == "EET", "winter and summer time are named"


@pytest.mark.fielddata
@pytest.mark.parametrize(
    ("name", "rows", "values"),
    [
        ("sensorstrings_10755220.csv", 852, ["Temp"]),
        ("sensorstrings_20827226_DO.csv", 27, ["DO conc", "Water temperature"]),
    ],
)
def test_hobo_real_files(field_data: Path, name: str, rows: int, values: list[str]) -> None:
    table = formats.parse(*formats.open_source(field_data / "weather/hobo" / name))
    assert (table.format, len(table.frame), table.zone) == ("hobo", rows, "UTC")
    found = [column for column in table.columns if column.role == "value"]
    assert [column.label for column in found] == values
    assert {column.sensor for column in found} == {name.split("_")[1].removesuffix(".csv")}
    assert [column.unit for column in found] == ["mg/L", "°C"][-len(values) :]


# iNaturalist


def test_inaturalist_terms_and_personal_columns(samples: Samples) -> None:
    table = parsed(*samples["inaturalist"])
    found = by_name(table)
    assert table.kind == "sightings"
    assert {c.label for c in table.columns} >= {
        "occurrenceID",
        "eventDate",
        "eventTime",
        "scientificName",
        "license",
    }
    personal = {name for name, column in found.items() if column.role == "personal"}
    assert personal == {"user_id", "user_login", "description", "private_latitude"}
    assert table.frame.loc[1, "eventTime"] == "19:02:39"
    assert found["scientific_name"].role == "taxon"


def test_inaturalist_without_the_species_says_which_column_to_tick() -> None:
    with pytest.raises(FileError) as caught:
        parsed("o.csv", "id,observed_on,quality_grade\n1,2024-05-01,research\n")
    assert "scientific_name" in caught.value.words("en")


def test_inaturalist_five_ways_of_writing_the_time() -> None:
    texts = [
        "2019-06-01 2:50:19 PM PDT", "2019/03/03 12:39 AM PST", "Tue Jun 04 2019 14:30:29 GMT-0700 (PDT)",
        "2019-04-11 14:18:24", "2019-05-21", "2023-01-20T08:28:06.000+02:00", "2019-06-01 21:50:19 UTC",
    ]  # fmt: skip
    assert local_clock(pd.Series(texts)).tolist() == [
        "14:50:19",
        "00:39",
        "14:30:29",
        "14:18:24",
        "",
        "08:28:06",
        "",
    ]


@pytest.mark.fielddata
def test_inaturalist_real_export_clock_agrees_with_utc(field_data: Path) -> None:
    path = field_data / "bio/inaturalist/observations_export_redacted.csv"
    table = formats.parse(*formats.open_source(path))
    frame = table.frame
    assert len(frame) == 400
    # independent: the UTC column converted by the zone that the framework's name means
    zones = {
        "Pacific Time (US & Canada)": "America/Los_Angeles",
        "Eastern Time (US & Canada)": "America/New_York",
    }
    checked = 0
    for row in frame.index[frame["time_observed_at"] != ""]:
        utc = pd.Timestamp(frame.loc[row, "time_observed_at"].removesuffix(" UTC"), tz="UTC")
        local = utc.tz_convert(zones[frame.loc[row, "time_zone"]])
        assert frame.loc[row, "eventTime"] == local.strftime("%H:%M:%S")[: len(frame.loc[row, "eventTime"])]
        assert frame.loc[row, "observed_on"] == str(local.date())
        checked += 1
    assert checked == 396
    personal = [column.name for column in table.columns if column.role == "personal"]
    assert {"user_id", "user_login", "user_name", "private_latitude", "place_guess"} <= set(personal)
    kept = [column.name for column in table.columns if column.role != "personal"]
    assert not frame[kept].isin(["pupil_login", "Pupil Name"]).any(axis=None)
