"""Real files that nobody on this project wrote, counted again with the csv module alone."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from kit.formats import open_source
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Source, Station

pytestmark = pytest.mark.fielddata
NOW = datetime(2026, 6, 1)
YORK = [Station(f"us/{name}", zone="America/New_York") for name in ("EWR", "JFK", "LGA")]


def decimal_step(cell: str) -> float:
    """Return one step of the last digit of a number: 0.01 of "12,34"."""
    return 10.0 ** -len(cell.replace(",", ".").partition(".")[2])


def raw(path, separator=",", skip=0):
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=separator))[skip:]
    return lines[0], lines[1:]


def take(path, answers=None, stations=(), **more):
    return understand(open_source(path)[0], answers or {}, stations, now=NOW, **more)


def accounted(report):
    """Every row is in one class, and the kept copy gives the same again."""
    assert not report.questions
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)
    pd.testing.assert_frame_equal(again.sightings, report.sightings, check_exact=True)
    assert (again.accepted, again.flagged) == (report.accepted, report.flagged)


def values_of(report, variable):
    table = report.readings[report.readings["variable"] == variable]
    return dict(zip(table["row"].tolist(), table["value"].tolist(), strict=True))


# --- Sensor.Community -------------------------------------------------------------------------------------


def test_sensor_community_every_file_and_every_value(field_data):
    """Stations are proposed from the files' own coordinates; then every cell is compared."""
    names = {
        "P1": "pm10",
        "P2": "pm25",
        "temperature": "temperature",
        "humidity": "humidity",
        "pressure": "pressure",
    }
    stations: dict[str, Station] = {}
    total = Counter()
    for path in sorted((field_data / "air/sensor_community/daily").glob("*.csv")):
        header, rows = raw(path, ";")
        first = take(path, {}, stations.values(), school="aberdeen")
        answers = {question.id: question.likely for question in first.questions}
        assert set(answers) <= {"station"}, path.name
        report = take(path, answers, stations.values(), school="aberdeen")
        accounted(report)
        stations |= {station.id: station for station in report.stations}
        where = (float(rows[0][header.index("lat")]), float(rows[0][header.index("lon")]))
        assert (report.stations[0].latitude, report.stations[0].longitude) == where
        assert report.stations[0].zone == "Europe/London"
        assert (report.rows, report.rejected, report.blank) == (len(rows), 0, 0)
        assert set(report.readings["sensor"]) == {rows[0][0]}
        for column in set(header) & set(names):
            ours = values_of(report, names[column])
            for number, row in enumerate(rows, 1):
                text = row[header.index(column)]
                theirs = float(text) / (100 if column == "pressure" else 1) if text else None
                assert (ours[number] == pytest.approx(theirs, rel=1e-12)) if text else np.isnan(ours[number])
        stamps = report.readings.drop_duplicates("row").set_index("row")["time"]
        for number, row in enumerate(rows, 1):
            assert stamps[number].isoformat() == row[header.index("timestamp")]
        total += Counter(files=1, rows=report.rows, values=report.values)
        assert report.kept.data == path.read_bytes()
    assert total == Counter(files=41, rows=21390, values=45117)
    assert len(stations) == 21


def test_a_stuck_humidity_is_flagged_and_the_temperature_beside_it_is_not(field_data):
    path = field_data / "air/sensor_community/daily/2019-03-30_dht22_sensor_5332.csv"
    header, rows = raw(path, ";")
    stuck = {n for n, row in enumerate(rows, 1) if float(row[header.index("humidity")]) >= 99.9}
    report = take(path, {"station": "aberdeen/x"})
    flagged = report.readings[report.readings["flag"].isin((3, 4))]
    assert set(flagged["variable"]) == {"humidity"}
    assert len(stuck & set(flagged["row"])) > 0.9 * len(stuck)


# --- HOBO -------------------------------------------------------------------------------------------------


def test_hobo_temperature_logger(field_data):
    path = field_data / "weather/hobo/sensorstrings_10755220.csv"
    _, rows = raw(path)
    report = take(path, {"station": "pond/buoy", "zone": "America/Halifax"})
    accounted(report)
    assert (report.rows, report.rejected, report.values) == (852, 0, 851)
    ours = values_of(report, "temperature")
    assert [n for n, value in ours.items() if np.isnan(value)] == [852]
    stamps = report.readings.set_index("row")["time"]
    for number, row in enumerate(rows, 1):
        assert stamps[number] == pd.Timestamp(row[1]), "the header says GMT+00:00"
        assert not row[2] or ours[number] == float(row[2])
    assert set(report.readings["sensor"]) == {"10755220"}
    assert set(report.variables) == {"temperature"}
    assert report.stations[0].zone == "America/Halifax"


def test_hobo_oxygen_logger_with_events(field_data):
    path = field_data / "weather/hobo/sensorstrings_20827226_DO.csv"
    _, rows = raw(path, skip=1)
    report = take(path, {"station": "pond/buoy", "zone": "America/Halifax"})
    accounted(report)
    assert (report.rows, report.rejected, report.values) == (27, 0, 46)
    oxygen, temperature = values_of(report, "dissolved_oxygen"), values_of(report, "water_temperature")
    events = [n for n, row in enumerate(rows, 1) if not row[2] and not row[3]]
    assert events == [2, 24, 25, 27]
    for number, row in enumerate(rows, 1):
        for ours, text in ((oxygen, row[2]), (temperature, row[3])):
            assert (ours[number] == float(text)) if text else np.isnan(ours[number])
    missing = report.readings[report.readings["flag"] == 9]
    assert sorted(missing["row"].unique().tolist()) == events


# --- UCI Air Quality --------------------------------------------------------------------------------------

ROAD = Station("it/road", zone="Europe/Rome")
UCI = {
    "station": "it/road", "zone": "+01:00", "variable.AH": "ignore", "unit.CO(GT)": "mg/m3",
    "unit.NMHC(GT)": "ug/m3", "unit.C6H6(GT)": "ug/m3", "unit.NOx(GT)": "ppb", "unit.NO2(GT)": "ug/m3",
    "unit.T": "°C",
}  # fmt: skip
UCI_COLUMNS = {
    "CO(GT)": "co", "NMHC(GT)": "nmhc", "C6H6(GT)": "benzene", "NOx(GT)": "nox", "NO2(GT)": "no2",
    "T": "temperature", "RH": "humidity",
}  # fmt: skip


def uci_rows(field_data):
    header, rows = raw(field_data / "air/uci_airquality/AirQualityUCI.csv", ";")
    return header, [row for row in rows if any(row)], sum(not any(row) for row in rows)


def test_uci_asks_for_what_the_file_does_not_say(field_data):
    report = take(field_data / "air/uci_airquality/AirQualityUCI.csv", {"station": "it/road"}, [ROAD])
    likely = {question.id: question.likely for question in report.questions}
    units = {f"unit.{name}" for name in ("CO(GT)", "NMHC(GT)", "C6H6(GT)", "NOx(GT)", "NO2(GT)", "T")}
    assert set(likely) == {"variable.AH", *units}
    assert likely["unit.CO(GT)"] == "mg/m3"
    assert likely["unit.C6H6(GT)"] == "ug/m3"
    assert likely["unit.NO2(GT)"] == "ug/m3"
    assert likely["unit.T"] == "Cel"
    raw_signals = [name for name in report.ignored_columns if name.startswith("PT08.")]
    assert len(raw_signals) == 5
    assert all("raw signal" in report.ignored_columns[name] for name in raw_signals)


def test_uci_every_value_and_every_row(field_data):
    header, rows, blank = uci_rows(field_data)
    assert (len(rows), blank) == (9357, 114)
    report = take(field_data / "air/uci_airquality/AirQualityUCI.csv", UCI, [ROAD])
    accounted(report)
    assert (report.rows, report.blank, report.rejected, report.duplicate) == (9357, 114, 0, 0)
    molar_volume = 8.314462618 * 293.15 / 101.325  # litres, 20 °C and 1013.25 hPa
    lacking = set()
    for column, variable in UCI_COLUMNS.items():
        ours = values_of(report, variable)
        at = header.index(column)
        factor = 46.0055 / molar_volume if variable == "nox" else 1.0
        for number, row in enumerate(rows, 1):
            value = float(row[at].replace(",", "."))
            if value == -200:
                lacking.add(number)
                assert np.isnan(ours[number])
            else:
                step = 0 if factor == 1.0 else decimal_step(row[at]) * factor
                assert ours[number] == pytest.approx(value * factor, rel=1e-9, abs=step / 2)
    assert len(lacking) == 8530
    assert report.values == 50994
    missing = report.readings[report.readings["flag"] == 9]
    assert set(missing["row"]) == lacking
    suspect = set(report.readings.loc[report.readings["flag"].isin((3, 4)), "row"])
    assert report.flagged == len(lacking | suspect)
    assert report.accepted == 9357 - report.flagged
    stamps = report.readings.drop_duplicates("row").set_index("row")["time"]
    start = datetime(2004, 3, 10, 17)
    assert all(stamps[n] == start + timedelta(hours=n - 1) for n in range(1, 9358)), "an hour per row, no gap"


def test_uci_in_local_summer_time_has_hours_that_never_were(field_data):
    """The logger kept winter time: read as local time of Rome, two rows fall into the hour left out."""
    report = take(field_data / "air/uci_airquality/AirQualityUCI.csv", UCI | {"zone": "Europe/Rome"}, [ROAD])
    accounted(report)
    gaps = [problem for problem in report.problems if problem.code == "time-gap"]
    assert [problem.row for problem in gaps] == [417, 9153]
    assert "28/03/2004 02:00:00" in gaps[0].value
    assert "--answer zone=+01:00" in gaps[0].to_dict("en")["suggestion"]
    assert report.rejected == 2
    unsure = report.readings[report.readings["reason"].str.contains("ambiguous-time")]
    assert unsure["row"].unique().tolist() == [5625]


# --- nycflights weather -----------------------------------------------------------------------------------

NYC = {
    "station.EWR": "us/EWR", "station.JFK": "us/JFK", "station.LGA": "us/LGA", "unit.temp": "°F",
    "unit.dewp": "°F", "unit.wind_speed": "mph", "unit.wind_gust": "mph", "unit.precip": "in",
    "unit.pressure": "mb", "unit.visib": "mi",
}  # fmt: skip


def nyc(field_data):
    return field_data / "weather/nycflights13_weather_raw.csv"


def test_nycflights_asks_for_units_with_the_right_ones_first(field_data):
    report = take(nyc(field_data), {f"station.{s.id[3:]}": s.id for s in YORK}, YORK)
    likely = {question.id: question.likely for question in report.questions}
    assert likely == {
        "unit.temp": "[degF]", "unit.dewp": "[degF]", "unit.wind_speed": "[mi_i]/h",
        "unit.wind_gust": "[mi_i]/h", "unit.precip": "[in_i]", "unit.visib": "[mi_i]",
    }  # fmt: skip  # no pressure of 1013 is anything but hPa


def test_nycflights_every_value_and_every_hour_in_utc(field_data):
    header, rows = raw(nyc(field_data))
    report = take(nyc(field_data), NYC, YORK)
    accounted(report)
    assert (report.rows, report.rejected, report.duplicate, report.values) == (26115, 0, 0, 211061)
    factors = {
        "temp": ("temperature", lambda x: (x - 32) / 1.8),
        "dewp": ("dew_point", lambda x: (x - 32) / 1.8),
        "humid": ("humidity", float), "wind_dir": ("wind_direction", float), "pressure": ("pressure", float),
        "wind_speed": ("wind_speed", lambda x: x * 0.44704),
        "wind_gust": ("wind_gust", lambda x: x * 0.44704),
        "precip": ("rain", lambda x: x * 25.4), "visib": ("visibility", lambda x: x * 1.609344),
    }  # fmt: skip
    lacking = set()
    for column, (variable, convert) in factors.items():
        ours = values_of(report, variable)
        at = header.index(column)
        for number, row in enumerate(rows, 1):
            if row[at] == "NA":
                lacking.add(number)
                assert np.isnan(ours[number])
            else:
                step = decimal_step(row[at]) * (convert(1.0) - convert(0.0))
                own = convert(7.0) == 7.0  # a value in kit's own unit stays as it is
                near = 1e-9 if own or variable == "rain" else step / 2
                assert ours[number] == pytest.approx(convert(float(row[at])), rel=1e-9, abs=near)
    assert len(lacking) == 21135
    once = report.readings.drop_duplicates("row").set_index("row")
    for number, row in enumerate(rows, 1):
        assert once.at[number, "time"].isoformat() + "Z" == row[header.index("time_hour")]
        assert once.at[number, "station"] == f"us/{row[0]}"
    absurd = report.readings[(report.readings["variable"] == "wind_speed") & (report.readings["flag"] == 4)]
    assert absurd["value"].round(1).tolist() == [468.7], "1048.36 mph at Newark"
    suspect = set(report.readings.loc[report.readings["flag"].isin((3, 4)), "row"])
    assert report.flagged == len(lacking | suspect)


@pytest.mark.parametrize("newest_first", [False, True])
def test_nycflights_local_columns_give_the_same_utc_for_every_row(field_data, newest_first):
    """Without the UTC column: year, month, day, hour in New York, the hour of 2013-11-03 twice."""
    header, rows = raw(nyc(field_data))
    if newest_first:
        rows = rows[::-1]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([row[:-1] for row in [header, *rows]])
    source = Source("local.csv", out.getvalue().encode())
    report = understand(source, NYC | {"zone": "America/New_York"}, YORK, now=NOW)
    assert (report.rows, report.rejected) == (26115, 0)
    once = report.readings.drop_duplicates("row").set_index("row")["time"]
    truth = {n: row[-1] for n, row in enumerate(rows, 1)}
    assert {n: time.isoformat() + "Z" for n, time in once.items()} == truth
    twice = [n for n, row in enumerate(rows, 1) if row[1:5] == ["2013", "11", "3", "1"]]
    assert len(twice) == 6
    assert not report.readings["reason"].str.contains("ambiguous").any()
    by_zone = understand(source, NYC, YORK, now=NOW)
    assert by_zone.answers["zone"] == "America/New_York", "the stations' own zone is used and written down"
    pd.testing.assert_frame_equal(by_zone.readings, report.readings, check_exact=True)


# --- iNaturalist ------------------------------------------------------------------------------------------


def test_inaturalist_sightings_without_people(field_data):
    path = field_data / "bio/inaturalist/observations_export_redacted.csv"
    header, rows = raw(path)
    report = take(path, {"station": "la/garden"})
    accounted(report)
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (400, 400, 0, 0)
    table = report.sightings.set_index("row")
    for number, row in enumerate(rows, 1):
        cell = dict(zip(header, row, strict=True))
        assert table.at[number, "eventDate"] == cell["observed_on"], "the local date"
        assert table.at[number, "scientificName"] == cell["scientific_name"]
        assert table.at[number, "decimalLatitude"] == round(float(cell["latitude"]), 3)
        assert table.at[number, "decimalLongitude"] == round(float(cell["longitude"]), 3)
        assert table.at[number, "license"] == cell["license"]
    assert not table["complete"].any()
    assert table["effort_minutes"].isna().all()
    assert table["individualCount"].isna().all()
    obscured = sum(row[header.index("coordinates_obscured")] == "true" for row in rows)
    assert obscured == 71
    assert f"{obscured} records have coordinates that the platform obscured" in receipt_text(
        receipt_record(report), "en"
    )


def test_inaturalist_people_are_not_in_the_kept_copy(field_data):
    path = field_data / "bio/inaturalist/observations_export_redacted.csv"
    assert b"pupil_login" in path.read_bytes()
    report = take(path, {"station": "la/garden"})
    assert {"user_id", "user_login", "user_name"} <= set(report.dropped_columns)
    text = report.kept.data.decode()
    header = next(csv.reader([text.split("\n", 1)[0]]))
    assert not [name for name in header if name.startswith(("user", "private"))]
    for secret in ("pupil_login", "Pupil Name"):
        assert secret not in text
        assert secret not in report.sightings.to_csv()
    places = [row[header.index("latitude")] for row in csv.reader(text.splitlines()[1:])]
    assert all(len(place.partition(".")[2]) <= 3 for place in places)
    assert take(path, {"station": "la/garden"}).kept.data == report.kept.data


def test_checklists_of_a_whole_region_come_out_of_the_kept_copy_again(field_data):
    """323 places in one file are one question; one longitude lies between two thousandths (-92.9565)."""
    path = field_data / "bio/ebird/ebd-sample.txt"
    first = take(path, {}, school="mn")
    assert [(question.id, question.likely) for question in first.questions] == [("station", "mn/ebd-sample")]
    for answer, stations in (("mn/ebd-sample", 1), ("mn/*", 324)):
        report = take(path, {"station": answer}, school="mn")
        accounted(report)
        copies = [problem for problem in report.problems if problem.code == "shared-list"]
        assert (report.rows, report.accepted, len(copies)) == (400, 400 - len(copies), 8)
        assert len(report.stations) == stations
        assert "OBSERVER ID" in report.dropped_columns


def test_a_name_with_another_meaning_is_asked_for(field_data):
    """In hourly files of the Dutch weather service RH is rain, not relative humidity."""
    report = take(field_data / "weather/knmi_vlissingen_prec_hourly.csv", {"station": "nl/x", "zone": "UTC"})
    assert "variable.RH" in {question.id for question in report.questions}
