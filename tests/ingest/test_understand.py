"""The whole way of a file: questions, stations, units, accounting, the same again from the kept copy."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import FileError, UsageError
from kit.ingest import count_rows, understand
from kit.model import READINGS, SIGHTINGS, Source, Station

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
YARD = Station("school/yard", latitude=59.437, longitude=24.745, zone="Europe/Tallinn")
AT = {"station": "school/roof"}


def take(text, answers=AT, stations=(ROOF,), name="a.csv", **more):
    data = text if isinstance(text, bytes) else text.encode()
    return understand(Source(name, data), answers, stations, now=NOW, **more)


def again(report):
    return understand(report.kept, report.answers, report.stations, now=NOW)


def same(one, two):
    assert not two.questions
    pd.testing.assert_frame_equal(one.readings, two.readings, check_exact=True)
    pd.testing.assert_frame_equal(one.sightings, two.sightings, check_exact=True)
    counts = ("rows", "accepted", "flagged", "rejected", "duplicate", "values")
    assert [getattr(one, name) for name in counts] == [getattr(two, name) for name in counts]


WIDE = """time;temp (°C);RH (%);Pressure (hPa);Wind (km/h)
2026-03-01 10:00;1,5;80;1013,2;36
2026-03-01 11:00;2,5;78;1013,0;18
2026-03-01 12:00;;77;1012,8;9
"""
SENSOR = (
    "sensor_id;sensor_type;location;lat;lon;timestamp;P1;P2\n5;SDS011;7;{place};2026-03-01T10:00:00;20;10\n"
)


def test_a_wide_table_in_canonical_units_and_utc():
    report = take(WIDE)
    table = report.readings
    assert list(table.columns) == list(READINGS)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == READINGS
    assert report.rows == 3
    assert (report.accepted, report.flagged, report.values) == (2, 1, 11)
    wind = table[table["variable"] == "wind_speed"]
    assert wind["value"].tolist() == [10.0, 5.0, 2.5]
    assert str(table["time"][0]) == "2026-03-01 08:00:00"
    missing = table[table["flag"] == 9]
    assert missing[["variable", "row", "reason"]].values.tolist() == [["temperature", 3, "missing"]]
    assert report.variables["wind_speed"] == {
        "unit_in": "km/h", "unit": "m/s", "count": 3, "min": 2.5, "max": 10.0, "columns": ["Wind (km/h)"],
    }  # fmt: skip
    assert report.time == {
        "start": "2026-03-01T08:00:00Z", "end": "2026-03-01T10:00:00Z", "zone": "Europe/Tallinn",
    }  # fmt: skip
    assert report.answers == {"station": "school/roof", "zone": "Europe/Tallinn"}
    assert report.kept.data == WIDE.encode()
    same(report, again(report))


def test_a_long_table_with_several_stations_and_sensors():
    text = (
        "station,sensor,parameter,unit,value,time\n"
        "A,s1,pm10,µg/m³,20,2026-03-01T10:00:00Z\n"
        "B,s2,PM2.5,µg/m³,10,2026-03-01T10:00:00Z\n"
        "A,s1,temperature,°F,50,2026-03-01T10:00:00Z\n"
        "A,s1,bananas,kg,5,2026-03-01T10:00:00Z\n"
    )
    answers = {"station.A": "school/roof", "station.B": "school/yard"}
    report = take(text, answers, (ROOF, YARD))
    found = report.readings[["station", "sensor", "variable", "value"]].values.tolist()
    assert found == [
        ["school/roof", "s1", "pm10", 20.0],
        ["school/yard", "s2", "pm25", 10.0],
        ["school/roof", "s1", "temperature", 10.0],
    ]
    assert (report.rows, report.accepted, report.rejected) == (4, 3, 1)
    assert [(p.row, p.code) for p in report.problems] == [(4, "not-collected")]
    assert "bananas" in report.ignored_columns
    same(report, again(report))


def test_questions_stop_nothing_and_the_likely_answer_is_first():
    text = "time,temp,wind speed\n" + "".join(
        f"2026-03-01 {h:02d}:00,{55 + h % 3},{8 + h % 4}\n" for h in range(24)
    )
    report = take(text, {})
    ids = {question.id: question for question in report.questions}
    assert set(ids) == {"station", "unit.temp", "unit.wind speed"}
    assert ids["unit.temp"].likely == "[degF]"
    assert ids["unit.wind speed"].likely == "[mi_i]/h"
    assert report.readings.empty
    answers = {"station": "school/roof", "unit.temp": "°F", "unit.wind speed": "mph"}
    report = take(text, answers)
    assert not report.questions
    assert report.readings["value"][0] == 12.8  # 12.777…, and 12.8 °C is 55 °F again
    assert {**answers, "zone": "Europe/Tallinn"} == report.answers


def test_celsius_is_offered_first_for_celsius():
    report = take("time,temp\n2026-03-01 10:00,12\n2026-03-01 11:00,13\n", {})
    assert next(q for q in report.questions if q.id == "unit.temp").likely == "Cel"


def test_utc_is_never_guessed():
    text = "time,temp (°C)\n2026-03-01 10:00,12\n"
    zone = take(text, {"station": "new/one"}, ()).questions[0]
    assert (zone.id, zone.likely) == ("zone", "")
    zone = take(text, {"station": "new/one"}).questions[0]
    assert (zone.id, zone.likely) == ("zone", "Europe/Tallinn"), "as all known stations"


def test_an_unsure_name_is_a_question_with_leaving_out_among_the_options():
    text = "time,temp (°C),Barometer (hPa)\n2026-03-01 10:00,12,1010\n"
    report = take(text)
    question = report.questions[0]
    assert question.id == "variable.Barometer (hPa)"
    assert question.likely == "pressure_sea_level"
    assert {"pressure", "ignore"} <= {value for value, _ in question.options}
    left = take(text, AT | {"variable.Barometer (hPa)": "ignore"})
    assert set(left.variables) == {"temperature"}
    assert left.ignored_columns["Barometer (hPa)"] == "you said that it should be left out"
    named = take(text, AT | {"variable.Barometer (hPa)": "pressure"})
    assert named.variables["pressure"]["unit_in"] == "hPa"
    same(named, again(named))


def test_columns_that_nobody_knows_are_left_out_with_the_reason():
    report = take("time,temp (°C),PT08.S1(CO),Flux\n2026-03-01 10:00,12,1300,4\n2026-03-01 11:00,13,1301,5\n")
    assert "raw signal" in report.ignored_columns["PT08.S1(CO)"]
    assert "does not know" in report.ignored_columns["Flux"]
    assert set(report.variables) == {"temperature"}


def test_a_table_of_unknown_columns_asks_instead_of_failing():
    report = take("time,value\n2026-03-01 10:00,12\n2026-03-01 11:00,13\n")
    assert [question.id for question in report.questions] == ["variable.value"]
    assert report.questions[0].likely == "", "nothing is guessed"
    report = take("time,value\n2026-03-01 10:00,12\n", AT | {"variable.value": "co2"})
    assert report.readings["variable"].tolist() == ["co2"]


def test_two_columns_of_one_variable_are_two_sensors():
    report = take("time,Temp 1 (°C),Temp 2 (°C)\n2026-03-01 10:00,12,13\n")
    assert report.readings[["sensor", "value"]].values.tolist() == [["temp-1-c", 12.0], ["temp-2-c", 13.0]]


def test_a_station_is_known_by_its_exact_rounded_coordinates():
    text = SENSOR.format(place="58.380;26.720")
    assert take(text, {}).readings["station"].tolist() == ["school/roof"] * 2
    assert take(text, {}).answers == {"station": "school/roof"}
    near = Station("school/near", latitude=58.381, longitude=26.72, zone="Europe/Tallinn")
    asked = take(text, {}, (near,), school="EE-7").questions[0]
    assert asked.id == "station"
    assert asked.likely == "EE-7/location-7"
    assert asked.to_dict("en")["options"][0]["label"] == "new station at 58.380, 26.720 (SDS011 5)"
    assert asked.to_dict("et")["options"][0]["label"] == "uus jaam kohas 58.380, 26.720 (SDS011 5)"
    twins = (ROOF, Station("school/twin", latitude=58.38, longitude=26.72, zone="Europe/Tallinn"))
    assert [v for v, _ in take(text, {}, twins).questions[0].options][:2] == ["school/roof", "school/twin"]


def test_a_new_station_gets_place_and_zone_from_the_file():
    text = SENSOR.format(place="58.380;26.720")
    report = take(text, {"station": "EE-7/gate"}, ())
    assert report.stations == (Station("EE-7/gate", latitude=58.38, longitude=26.72, zone="Europe/Tallinn"),)
    assert report.answers == {"station": "EE-7/gate"}
    same(report, again(report))


@pytest.mark.parametrize("place", ["0.0;0.0", "95.0;26.7", "58.3;200.5"])
def test_impossible_places_are_named_and_their_readings_suspect(place):
    text = SENSOR.format(place=place)
    report = take(text, {"station": "EE-7/gate", "zone": "Europe/Tallinn"}, ())
    assert report.stations[0].latitude is None
    assert {problem.code for problem in report.problems} == {"impossible-location"}
    assert report.problems[0].row == 1
    assert set(report.readings["flag"]) == {3}
    assert set(report.readings["reason"]) == {"impossible-location"}


def test_readings_from_a_lost_position_stay_with_their_station():
    lines = SENSOR.format(place="58.380;26.720").splitlines()
    lines.append(lines[-1].replace("58.380;26.720", "0.000;0.000").replace("T10:", "T11:"))
    report = take("\n".join(lines) + "\n", {"station": "school/roof"})
    assert set(report.readings["station"]) == {"school/roof"}
    lost = report.readings["row"] == 2
    assert set(report.readings.loc[lost, "reason"]) == {"impossible-location"}
    assert not report.readings.loc[~lost, "reason"].str.contains("location").any()


def test_the_only_station_of_the_school_is_the_likely_one():
    far = Station("other/yard", latitude=53.0, longitude=12.0, zone="Europe/Berlin")
    question = take(WIDE, {}, (far, ROOF), school="school").questions[0]
    assert question.likely == "school/roof"
    assert question.options[0][0] == "school/roof"


def test_surveys_are_told_apart_and_stand_at_their_station():
    text = "Liik;Arv;Kuupäev;Kellaaeg;Minutid;Täielik nimekiri\n" + "".join(
        f"Parus major;{n};09.01.2024;{clock};30;jah\n"
        for n, clock in ((1, "11:30"), (2, "11:30"), (3, "12:30"))
    )
    table = take(text, {"station": "school/roof"}).sightings
    assert table["eventID"].nunique() == 2
    assert table["eventID"].iloc[0] == table["eventID"].iloc[1]
    assert set(table["decimalLatitude"]) == {ROOF.latitude}


def test_the_place_may_be_named_alone():
    assert take(WIDE, {"station": "roof"}).answers["station"] == "school/roof"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"station": "nowhere"}, "is not a station"),
        ({"station": "school/roof", "zone": "Mars/Olympus"}, "is not a time zone"),
        ({"station": "school/roof", "unit.temp (°C)": "hPa"}, "is not a unit of temperature"),
        ({"station": "school/roof", "date_order": "xyz"}, "no order of dates"),
        ({"station": "school/roof", "variable.temp (°C)": "temprature"}, "no variable named temprature"),
    ],
)
def test_impossible_answers_say_what_is_possible(answers, words):
    with pytest.raises((UsageError, LookupError), match=words):
        take(WIDE, answers)


def test_a_value_that_is_no_number_spoils_only_itself():
    rows = ["10:00,abc,80", "11:00,1,81", "12:00,xx,yy", "13:00,2,82", "14:00,3,83"]
    report = take("time,temp (°C),RH (%)\n" + "".join(f"2026-03-01 {row}\n" for row in rows))
    assert (report.accepted, report.flagged, report.rejected) == (3, 1, 1)
    problem = next(p for p in report.problems if p.row == 1)
    assert (problem.code, problem.column, problem.value) == ("unreadable", "temp (°C)", "abc")
    spoilt = report.readings[report.readings["row"] == 1]
    assert spoilt[["variable", "flag", "reason"]].values.tolist() == [
        ["temperature", 9, "unreadable"],
        ["humidity", 1, ""],
    ]
    assert 3 not in set(report.readings["row"])


def test_did_you_mean_fahrenheit():
    report = take("time,temp (°C)\n2026-03-01 10:00,21\n2026-03-01 11:00,86\n2026-03-01 12:00,22\n")
    problem = next(p for p in report.problems if p.row == 2)
    assert problem.to_dict("en")["suggestion"] == "86 °C: did you mean 86 °F = 30.0 °C?"
    assert "kas mõtlesid 86 °F = 30,0 °C" in problem.to_dict("et")["suggestion"]


def test_compass_points_become_degrees():
    rows = ("10:00,NNE,1", "11:00,SW,1", "12:00,---,1")
    report = take("time,Wind Direction,temp (°C)\n" + "".join(f"2026-03-01 {row}\n" for row in rows))
    winds = report.readings[report.readings["variable"] == "wind_direction"]
    assert winds["value"].tolist()[:2] == [22.5, 225.0]
    assert winds["flag"].tolist()[2] == 9


def test_rows_in_the_repeated_hour_are_kept_and_flagged():
    report = take("time,temp (°C)\n2025-10-26 02:30,1\n2025-10-26 03:30,1.1\n2025-10-26 04:30,1.2\n")
    row = report.readings.iloc[1]
    assert (row["flag"], row["reason"]) == (3, "ambiguous-time")
    assert (report.accepted, report.flagged) == (2, 1)


def test_a_table_of_dates_is_daily():
    report = take("date,temp (°C)\n2026-03-01,1\n2026-03-02,2\n")
    assert report.readings["period"].tolist() == [86400, 86400]
    assert str(report.readings["time"][0]) == "2026-02-28 22:00:00"


def test_duplicates_inside_the_file_and_against_what_is_stored():
    text = "time,temp (°C)\n2026-03-01 10:00,1\n2026-03-01 10:00,1\n2026-03-01 11:00,2\n2026-03-01 12:00,\n"
    report = take(text)
    assert (report.accepted, report.duplicate, report.flagged, report.rejected) == (2, 1, 1, 0)
    stored = report.readings[report.readings["row"] == 3]
    recount = count_rows(report, stored[["station", "sensor", "variable", "time", "period", "value"]])
    assert (recount.accepted, recount.duplicate, recount.flagged) == (1, 2, 1)
    whole = count_rows(report, report.readings)
    assert (whole.accepted, whole.duplicate, whole.flagged) == (0, 3, 1)
    other = stored.assign(value=stored["value"] + 1)
    assert count_rows(report, other).duplicate == 1


def test_no_times_is_a_clear_error():
    with pytest.raises(FileError, match="time"):
        take("temp,rh\n1,2\n3,4\n")


def test_only_missing_values_are_no_readings():
    with pytest.raises(FileError):
        take("time,temp (°C)\n2026-03-01 10:00,\n2026-03-01 11:00,\n")


def test_stations_without_a_station_column_but_two_zones():
    helsinki = Station("school/yard", zone="America/New_York")
    text = "station,time,temp (°C)\nA,2026-03-01 10:00,1\nB,2026-03-01 10:00,1\n"
    report = take(text, {"station.A": "school/roof", "station.B": "school/yard"}, (ROOF, helsinki))
    assert [str(t)[11:16] for t in report.readings["time"]] == ["08:00", "15:00"]
    assert "zone" not in report.answers
    same(report, again(report))


# --- sightings ------------------------------------------------------------------------------------------

BIRDS = """date,species,count,duration minutes,complete list
2026-05-01,Parus major,3,60,yes
2026-05-02,Parus major,X,60,yes
2000-04-31,Corvus corax,1,,no
2026-05-03,Corvus corax,q7,30,no
"""


def test_sightings_with_counts_effort_and_complete_lists():
    report = take(BIRDS)
    table = report.sightings
    assert {name: str(kind) for name, kind in table.dtypes.items()} == SIGHTINGS
    assert table["eventDate"].tolist() == ["2026-05-01", "2026-05-02", "2026-05-03"]
    assert table["individualCount"].isna().tolist() == [False, True, True]
    assert table["complete"].tolist() == [True, True, False]
    assert table["effort_minutes"].tolist() == [60.0, 60.0, 30.0]
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (4, 2, 1, 1)
    assert table["reason"].tolist() == ["", "", "odd-count"]
    codes = {problem.row: problem.code for problem in report.problems}
    assert codes == {3: "impossible-date", 4: "bad-count"}
    assert "there is no such day as 2000-04-31" in report.problems[0].to_dict("en")["message"]
    same(report, again(report))


# --- every row is in exactly one class --------------------------------------------------------------------

CELL = st.sampled_from(["1.5", "2", "", "abc", "-999", "86", "NaN", "50", "1e9"])
TIME = st.sampled_from([
    "2026-03-01 10:00", "2026-03-01 10:10", "2026-03-29 03:30", "2025-10-26 03:30", "", "2026-02-30 10:00",
    "x", "2030-01-01 00:00", "2026-03-01 10:00", "1500-01-01 00:00",
])  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TIME, CELL, CELL), min_size=1, max_size=12))
def test_every_row_is_in_exactly_one_class(rows):
    good = [(f"2026-02-{1 + h // 24:02d} {h % 24:02d}:00", "1", "50") for h in range(40)]
    lines = [",".join(row) for row in [*good, *rows]]
    report = take("time,temp (°C),RH (%)\n" + "\n".join(lines) + "\n")
    assert report.rows + report.blank == len(lines)
    assert report.accepted + report.flagged + report.rejected + report.duplicate == report.rows
    stored = set(report.readings["row"])
    named = {problem.row for problem in report.problems}
    blank = {number for number, line in enumerate(lines, 1) if not line.strip(",")}
    lost = set(range(1, len(lines) + 1)) - stored - blank
    assert report.rejected == len(lost)
    assert lost <= named, "every refused row is named"
    wrong = report.readings[report.readings["flag"].isin((3, 4, 9))]
    assert report.flagged <= wrong["row"].nunique()
    assert report.values == int(report.readings["value"].notna().sum())
    assert np.isfinite(report.readings["value"].dropna()).all()
    same(report, again(report))


def test_long_names_of_places_stay_different():
    from kit.ingest.slugs import slug

    ends = [
        slug("A very long name of a nature reserve near the old town, " + end) for end in ("north", "south")
    ]
    assert ends[0] != ends[1]
    assert all(len(end) <= 40 for end in ends)
    assert slug("станция") != slug("школа")
