"""Columns of official archives beside the first one: nothing is lost, every period is its own."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Report, Source, Station

TARTU = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def read(name: str, text: str) -> Report:
    return understand(Source(name, text.encode()), {"station": "school/roof"}, [TARTU])


SMHI = (
    "Stationsnamn;Klimatnummer\nAnytown;9\n\nParameternamn;Beskrivning;Enhet\n"
    "Vindriktning;medelvärde 10 min, 1 gång/tim;grader\n"
    "Vindhastighet;medelvärde 10 min, 1 gång/tim;meter per sekund\n\n"
    "Datum;Tid (UTC);Vindriktning;Kvalitet;Vindhastighet;Kvalitet;;Tidsutsnitt:\n"
    "2024-05-01;10:00:00;180;G;3.2;Y;;\n2024-05-01;11:00:00;190;Y;4.2;G;;\n"
)


def test_wind_of_smhi_has_two_quantities_with_a_quality_each() -> None:
    table = read("wind.csv", SMHI).readings.set_index(["variable", "row"])
    assert table["value"].to_dict() == {
        ("wind_direction", 1): 180, ("wind_speed", 1): 3.2,
        ("wind_direction", 2): 190, ("wind_speed", 2): 4.2,
    }  # fmt: skip
    assert table.loc[("wind_speed", 1), "reason"] == "source-suspect"
    assert table.loc[("wind_direction", 1), "reason"] == ""
    assert set(table["period"]) == {600}


def test_the_gust_of_an_hour_stands_at_its_end() -> None:
    text = SMHI.replace("medelvärde 10 min, 1 gång/tim", "max, 1 gång/tim").replace("Vindhastighet", "Byvind")
    table = read("gust.csv", text).readings
    gust = table[table["variable"] == "wind_gust"].iloc[0]
    assert (int(gust["period"]), f"{gust['time']:%H:%M}") == (3600, "09:00")


@pytest.mark.parametrize(
    ("header", "row", "variable", "value", "period"),
    [
        ("QN_592;FD_STRAHL;FG_STRAHL;SD_STRAHL", "20240501;1;1;864;5.5", "radiation", 100.0, 86_400),
        ("QN_592;FD_STRAHL;FG_STRAHL;SD_STRAHL", "20240501;1;1;864;5.5", "sunshine", 5.5, 86_400),
        ("QN;TX_10;TX5_10;TN_10;TN5_10", "202405011010;3;12.5;11;11.5;10", "temperature_max", 12.5, 600),
        ("QN_2;V_TE002;V_TE005", "2024050110;3;1.0;9.5", "soil_temperature", 9.5, 0),
    ],
)
def test_products_of_dwd(header: str, row: str, variable: str, value: float, period: int) -> None:
    table = read("produkt_x.txt", f"STATIONS_ID;MESS_DATUM;{header};eor\n1;{row};eor\n").readings
    found = table[table["variable"] == variable].iloc[0]
    assert (found["value"], int(found["period"])) == (value, period)
    start = {86_400: "00:00", 600: "10:00", 0: "10:00"}[period]
    assert f"{found['time']:%H:%M}" == start


def test_rain_of_open_meteo_where_the_whole_is_not_there() -> None:
    head = "latitude,longitude,elevation,utc_offset_seconds,timezone\n58.38,26.72,65,0,GMT\n\n"
    alone = read("a.csv", head + "time,rain (mm)\n2024-05-01T10:00,0.4\n").readings
    assert alone["value"].tolist() == [0.4]
    both = read("b.csv", head + "time,rain (mm),precipitation (mm)\n2024-05-01T10:00,0.4,0.6\n").readings
    assert both["value"].tolist() == [0.6]


def test_the_clock_of_an_extreme_is_not_that_of_the_record() -> None:
    table = read(
        "a.csv", "fecha;tmin (°C);horatmin;tmax (°C);horatmax\n2024-05-01;5,1;06:40;15,1;14:10\n"
    ).readings
    assert set(table["period"]) == {86_400}
