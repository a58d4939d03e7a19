"""Plain tables in the manner of official archives: pollutants named species, marks, places, long tables."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Report, Source, Station
from kit.vocab import recognise

TARTU = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def read(text: str, **answers: str) -> Report:
    return understand(Source("x.csv", text.encode()), {"station": "school/roof", **answers}, [TARTU])


def means(report: Report) -> dict[str, float]:
    there = report.readings.dropna(subset=["value"])
    return {str(name): round(float(one.mean()), 3) for name, one in there.groupby("variable")["value"]}


def test_species_of_the_air_are_no_animals() -> None:
    report = read(
        "Site,Species,ReadingDateTime,Value,Units,Provisional or Ratified\n"
        "XY1,NO2,01/05/2024 13:00,20.5,ug m-3,R\nXY1,NO2,01/05/2024 14:00,21.5,ug m-3,R\n"
        "XY1,PM2.5,01/05/2024 13:00,8.0,ug m-3,P\nXY1,PM2.5,31/05/2024 14:00,,ug m-3,P\n"
    )
    assert report.kind == "readings"
    assert means(report) == {"no2": 21.0, "pm25": 8.0}


def test_species_of_birds_stay_birds() -> None:
    report = read("Date,Species,Count\n2024-05-01,Parus major,3\n2024-05-01,Turdus merula,1\n")
    assert report.kind == "sightings"


AQS = (
    '"State Code","County Code","Site Num","Parameter Code","POC","Latitude","Longitude","Parameter Name",'
    '"Date Local","Time Local","Date GMT","Time GMT","Sample Measurement","Units of Measure","Method Code"\n'
    '"01","003","0010","44201",1,58.38,26.72,"Ozone","2024-05-01","10:00","2024-05-01","07:00",0.030,'
    '"Parts per million","047"\n'
    '"01","003","0010","44201",1,58.38,26.72,"Ozone","2024-05-01","11:00","2024-05-01","08:00",0.040,'
    '"Parts per million","047"\n'
)


def test_codes_and_numbers_of_sites_are_no_readings() -> None:
    report = understand(Source("hourly.csv", AQS.encode()), {"station": "school/roof"}, [TARTU])
    assert not report.questions
    assert means(report) == {"o3": pytest.approx(70, abs=1)}
    assert {"State Code", "Site Num", "Method Code"} <= set(report.ignored_columns)


def test_a_table_of_french_monitors_is_long() -> None:
    report = read(
        "Date de début;Date de fin;nom site;Polluant;valeur;unité de mesure;validité\n"
        "2024/05/01 10:00:00;2024/05/01 11:00:00;Ville;NO2;12,5;µg-m3;1\n"
        "2024/05/01 11:00:00;2024/05/01 12:00:00;Ville;NO2;13,5;µg-m3;1\n"
    )
    assert means(report) == {"no2": 13.0}
    assert set(report.readings["period"]) == {3600}
    assert not report.questions


@pytest.mark.parametrize(
    ("label", "unit", "variable"),
    [
        ("PM<sub>10</sub> particulate matter", "µg/m3", "pm10"),
        ("Hengitettävät hiukkaset <10 µm", "µg/m3", "pm10"),
        ("KD10", "µg/m³", "pm10"),
        ("KD2.5", "µg/m³", "pm25"),
        ("HourlyDryBulbTemperature", "°F", "temperature"),
    ],
)
def test_names_of_archives(label: str, unit: str, variable: str) -> None:
    match = recognise(label, unit)
    assert match is not None
    assert (match.variable, match.sure) == (variable, True)


def test_how_long_it_rained_is_not_how_much() -> None:
    assert recognise("Period over which rainfall was measured", "days") is None


def test_the_place_of_a_site() -> None:
    report = understand(
        Source("x.csv", b"Date,Site Latitude,Site Longitude,PM2.5 (ug/m3)\n2024-05-01,58.38,26.72,5\n"),
        {},
        [TARTU],
    )
    assert not report.questions
    assert report.readings["station"].tolist() == ["school/roof"]
