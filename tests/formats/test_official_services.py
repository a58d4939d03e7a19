"""Downloads of weather and air services, end to end: values, units, starts of periods, what is asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from kit.ingest import understand
from kit.model import Report, Source, Station

TARTU = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def report_of(kind: str, samples: dict[str, tuple[str, bytes]]) -> Report:
    """The report of a sample; nothing but the station may be asked."""
    source = Source(*samples[kind])
    first = understand(source, {}, [TARTU], school="school")
    assert {question.id for question in first.questions} <= {"station"}
    done = understand(source, {"station": "school/roof"}, [TARTU], school="school")
    assert done.format == kind
    assert not done.questions
    return done


def values(report: Report) -> list[tuple[str, str, int, float, int]]:
    """(variable, start, period, value, flag) of every reading that has a value."""
    there = report.readings.dropna(subset=["value"])
    return [
        (str(one.variable), f"{one.time:%m-%d %H:%M}", int(one.period), round(float(one.value), 3), one.flag)
        for one in there.sort_values(["variable", "time"]).itertuples()
    ]  # fmt: skip


EXPECTED = {
    "nasa-power": [
        ("radiation", "05-01 10:00", 3600, 100.0, 1), ("radiation", "05-01 11:00", 3600, 200.0, 1),
        ("temperature", "05-01 10:00", 3600, 12.3, 1),
    ],
    "cams-radiation": [
        ("radiation", "05-01 10:00", 900, 100.0, 1),
        ("radiation", "05-01 10:15", 900, 200.0, 1),
    ],
    "uk-air": [("pm10", "05-01 22:00", 3600, 12.5, 1), ("pm10", "05-01 23:00", 3600, 13.5, 3)],
    "meteoswiss": [
        ("rain", "05-01 00:00", 600, 0.2, 1), ("rain", "05-01 00:10", 600, 0.0, 1),
        ("temperature", "05-01 00:10", 0, 7.4, 1), ("temperature", "05-01 00:20", 0, 7.6, 1),
        ("wind_speed", "05-01 00:00", 600, 2.0, 1), ("wind_speed", "05-01 00:10", 600, 1.0, 1),
    ],
    "meteo-france": [
        ("radiation", "05-01 09:00", 3600, 100.0, 1), ("radiation", "05-01 10:00", 3600, 200.0, 1),
        ("rain", "05-01 09:00", 3600, 0.2, 1),
        ("temperature", "05-01 10:00", 0, 12.3, 3), ("temperature", "05-01 11:00", 0, 12.9, 1),
    ],
    "fmi": [
        ("rain", "07-01 06:00", 3600, 0.0, 1), ("rain", "07-01 07:00", 3600, 0.4, 1),
        ("temperature", "07-01 06:00", 3600, 12.3, 1),
    ],
    "met-norway": [
        ("rain", "07-01 08:00", 3600, 0.2, 1),
        ("temperature", "07-01 09:00", 0, 12.3, 1), ("temperature", "07-01 10:00", 0, 12.9, 1),
    ],
    "met-eireann": [
        ("dew_point", "07-01 10:00", 0, 15.9, 1), ("dew_point", "07-01 11:00", 0, 16.0, 1),
        ("humidity", "07-01 10:00", 0, 94.0, 1),
        ("pressure_sea_level", "07-01 10:00", 0, 1004.9, 1),
        ("pressure_sea_level", "07-01 11:00", 0, 1004.5, 1),
        ("rain", "07-01 09:00", 3600, 0.1, 1), ("rain", "07-01 10:00", 3600, 0.2, 1),
        ("temperature", "07-01 10:00", 0, 16.8, 1), ("temperature", "07-01 11:00", 0, 17.0, 1),
        ("wind_speed", "07-01 09:50", 600, 5.1, 1), ("wind_speed", "07-01 10:50", 600, 6.2, 1),
    ],
    "ghcnh": [
        ("temperature", "05-01 10:20", 0, 12.3, 1), ("temperature", "05-01 11:20", 0, 12.9, 4),
        ("wind_speed", "05-01 10:20", 0, 3.1, 1), ("wind_speed", "05-01 11:20", 0, 3.6, 1),
    ],
    "rp5": [
        ("humidity", "05-01 03:00", 0, 85.0, 1), ("humidity", "05-01 06:00", 0, 83.0, 1),
        ("pressure", "05-01 03:00", 0, 999.9, 1), ("pressure", "05-01 06:00", 0, 999.9, 1),
        ("pressure_sea_level", "05-01 03:00", 0, 1007.9, 1),
        ("pressure_sea_level", "05-01 06:00", 0, 1007.9, 1),
        ("rain", "04-30 18:00", 43200, 1.2, 1),
        ("temperature", "05-01 03:00", 0, 6.1, 1), ("temperature", "05-01 06:00", 0, 7.1, 1),
        ("visibility", "05-01 06:00", 0, 4.0, 1), ("wind_direction", "05-01 05:50", 600, 225.0, 1),
        ("wind_speed", "05-01 02:50", 600, 0.0, 1), ("wind_speed", "05-01 05:50", 600, 2.0, 1),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPECTED)
def test_values_units_and_the_start_of_the_period(kind: str, samples: dict[str, tuple[str, bytes]]) -> None:
    assert values(report_of(kind, samples)) == EXPECTED[kind]


def test_local_standard_time_is_that_of_the_place_all_year(samples: dict[str, tuple[str, bytes]]) -> None:
    report = report_of("eccc", samples)
    # Newfoundland's winter time is UTC-3:30, also in July
    own = understand(Source(*samples["eccc"]), {"station": "school/new"}, [TARTU], school="school")
    assert values(own) == [
        ("rain", "07-01 13:00", 3600, 0.2, 1), ("rain", "07-01 14:00", 3600, 0.0, 1),
        ("temperature", "07-01 14:00", 0, 12.0, 1), ("temperature", "07-01 15:00", 0, 12.5, 3),
        ("wind_direction", "07-01 14:00", 0, 270.0, 1),
    ]  # fmt: skip
    assert own.time["zone"] == "-03:30"
    assert report.time["zone"] == "+02:00"  # whoever gives it to a station in Estonia means its clock


@pytest.mark.parametrize("kind", [*EXPECTED, "eccc"])
def test_the_kept_copy_says_the_same(kind: str, samples: dict[str, tuple[str, bytes]]) -> None:
    report = report_of(kind, samples)
    again = understand(report.kept, report.answers, report.stations)
    assert values(again) == values(report)


AURN = b"""Data supplied by UK-AIR on 1/6/2024
All Data GMT hour ending
,,Anytown Centre,,,Othertown Roadside,,,,,
Date,time,Nitrogen dioxide,status,unit,Nitrogen dioxide,status,unit,Modelled Temperature,status,unit
01-02-2024,01:00,12.5,R,ugm-3,30.5,P,ugm-3,7.1,R,degC
01-02-2024,02:00,,R,ugm-3,31.5,P,ugm-3,7.2,R,degC
"""


def test_sites_side_by_side_are_stations() -> None:
    answers = {"station.Anytown Centre": "school/a", "station.Othertown Roadside": "school/b", "zone": "UTC"}
    report = understand(Source("x.csv", AURN), answers, [], school="school")
    means = report.readings.dropna().groupby("station", observed=True)["value"].mean()
    assert means.to_dict() == {"school/a": 12.5, "school/b": 31.0}
    assert set(report.readings["variable"]) == {"no2"}
    assert f"{report.readings['time'].min():%Y-%m-%d %H:%M}" == "2024-02-01 00:00"


DAYS = {
    "FMI": (
        '"Havaintoasema","Vuosi","Kuukausi","Päivä","Aika [Paikallinen aika]","Sademäärä [mm]"\n'
        + "".join(
            f'"Anytown","2024","1","{day}","00:00","{rain}"\n' for day, rain in ((1, -1), (2, 3.5), (3, 0))
        )
    ),
    "MeteoSwiss": (
        "station_abbr;reference_timestamp;rre150d0\n"
        "XYZ;01.01.2024 00:00;0\nXYZ;02.01.2024 00:00;3.5\nXYZ;03.01.2024 00:00;0\n"
    ),
    "Meteo-France": (
        "NUM_POSTE;NOM_USUEL;AAAAMMJJ;RR;QRR\n1;X;20240101;0.0;1\n1;X;20240102;3.5;1\n1;X;20240103;0.0;1\n"
    ),
    "seklima": (
        "Navn;Stasjon;Tid(norsk normaltid);Nedbør (døgn)\n"
        "X;SN1;01.01.2024;0\nX;SN1;02.01.2024;3,5\nX;SN1;03.01.2024;0\n"
    ),
    "Environment Canada": (
        '"Longitude (x)","Latitude (y)","Station Name","Climate ID","Date/Time","Year","Month","Day",'
        '"Total Precip (mm)","Total Precip Flag"\n'
        + "".join(
            f'"26.72","58.38","X","1","2024-01-0{day}","2024","01","0{day}","{rain}",""\n'
            for day, rain in ((1, 0), (2, 3.5), (3, 0))
        )
    ),
    "NASA POWER": (
        "-BEGIN HEADER-\nNASA/POWER Daily Data\nDates: 01/01/2024 through 01/03/2024 in LST\n-END HEADER-\n"
        "YEAR,DOY,PRECTOTCORR\n2024,1,0\n2024,2,3.5\n2024,3,-999\n"
    ),
    "Met Eireann": (
        "date,ind,maxtp,mintp,rain\n01-jan-2024,0,9,1,0\n02-jan-2024,0,9,1,3.5\n03-jan-2024,0,9,1,0\n"
    ),
}


@pytest.mark.parametrize("name", DAYS)
def test_sums_of_days_are_of_days(name: str) -> None:
    report = understand(Source("x.csv", DAYS[name].encode()), {"station": "school/roof"}, [TARTU])
    rain = report.readings[report.readings["variable"] == "rain"].dropna(subset=["value"])
    assert not report.questions
    assert rain["value"].max() == 3.5
    assert set(rain["period"]) == {86_400}
    steps = {later - earlier for earlier, later in pairwise(rain["time"])}
    assert steps == {timedelta(days=1)}
    assert f"{rain.loc[rain['value'].idxmax(), 'time']:%m-%d}" in ("01-01", "01-02")


FROST = b"""{"@type": "ObservationResponse", "data": [
{"sourceId": "SN9:0", "referenceTime": "2024-01-01T06:00:00.000Z", "observations": [
{"elementId": "air_temperature", "value": -5.5, "unit": "degC", "qualityCode": 0},
{"elementId": "sum(precipitation_amount PT1H)", "value": 0.4, "unit": "mm", "qualityCode": 5},
{"elementId": "cloud_area_fraction", "value": 8, "unit": "octas"}]}]}"""


def test_an_answer_of_frost() -> None:
    report = understand(Source("frost.json", FROST), {"station": "school/roof"}, [TARTU])
    assert values(report) == [
        ("rain", "01-01 05:00", 3600, 0.4, 3),
        ("temperature", "01-01 06:00", 0, -5.5, 1),
    ]
    assert report.rows == 3


@pytest.mark.parametrize("kind", ["rp5", "fmi", "met-norway"])
def test_the_same_table_as_a_workbook(
    kind: str, samples: dict[str, tuple[str, bytes]], workbook: Callable[..., bytes]
) -> None:
    text = samples[kind][1].decode()
    separator = "," if kind == "fmi" else ";"
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    rows = [
        [re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for cell in row] for row in rows
    ]  # numbers, not texts
    report = understand(Source("x.xlsx", workbook({"1": rows})), {"station": "school/roof"}, [TARTU])
    assert report.format == kind
    assert values(report) == EXPECTED[kind]
