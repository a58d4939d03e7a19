"""HOBO loggers in the languages and ages of their programs, from the file to the readings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
S = "(LGR S/N: 9, SEN S/N: {})"


def taken(name: str, data: bytes, format_id: str = "hobo") -> Report:
    report = understand(Source(name, data), {"station": "school/roof"}, [ROOF])
    assert not report.questions, report.questions
    assert report.format == format_id
    return report


def export(title: str, header: list[str], rows: list[list[str]], separator: str = ",") -> bytes:
    lines = [[f"{title}: pond"], header, *rows]
    return ("\ufeff" + "\r\n".join(separator.join(f'"{cell}"' for cell in cells) for cells in lines)).encode()


LANGUAGES = {
    "en": ("Plot Title", "#", "Date Time", "RH", "Rain", "Wind Speed", "Gust Speed", "Wind Direction",
           "DewPt", "Host Connected", "Logged", "AM", "PM"),
    "fr": ("Titre de tracé", "#", "Date Heure", "HR", "Pluie", "Vitesse du vent", "Vitesse des rafales",
           "Direction du vent", "Pt rosée", "Hôte connecté", "Enregistré", "AM", "PM"),
    "de": ("Diagrammtitel", "Anz.", "Datum Zeit", "RH", "Regen", "Windgeschwindigkeit", "Böengeschwindigkeit",
           "Windrichtung", "TauPkt", "Host verbunden", "Protokolliert", "AM", "PM"),
    "es": ("Título", "N.º", "Fecha Tiempo", "HR", "Lluvia", "Velocidad del viento", "Velocidad de Ráfagas",
           "Dirección del viento", "Pt rocío", "Anfitrión conectado", "Registrado", "a. m.", "p.\u00a0m."),
    "pt": ("Título", "#", "Data Hora", "UR", "Chuva", "Velocidade do vento", "Velocidade da rajada",
           "Direção do vento", "Pt orvalho", "Hospedeiro conectado", "Registrado", "AM", "PM"),
    "sv": ("Diagramtitel", "Nr", "Datum Tid", "RH", "Regn", "Vindhastighet", "Vindbyar", "Vindriktning",
           "Daggpunkt", "Värddator ansluten", "Loggad", "fm", "em"),
}  # fmt: skip


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str, separator: str) -> None:
    title, number, time, rh, rain, wind, gust, turned, dew, host, logged, am, pm = LANGUAGES[language]
    header = [
        number, f"{time}, GMT+01:00", f"Temp., °C {S.format(1)}", f"{rh}, % {S.format(1)}",
        f"{rain}, mm {S.format(2)}", f"{wind}, m/s {S.format(3)}", f"{gust}, m/s {S.format(3)}",
        f"{turned}, ø {S.format(4)}", f"{dew}, °C {S.format(1)}", f"{host} (LGR S/N: 9)",
    ]  # fmt: skip
    rows = [
        ["1", f"07/19/18 11:30:00 {am}", "14.62", "80", "0.2", "1.1", "2.2", "180", "7.1", ""],
        ["2", f"07/19/18 12:30:00 {pm}", "14.70", "81", "0.0", "1.1", "2.2", "180", "7.1", ""],
        ["3", f"07/19/18 01:30:00 {pm}", "14.70", "81", "0.0", "1.1", "2.2", "180", "7.1", logged],
    ]
    report = taken("export.csv", export(title, header, rows, separator))
    table = report.readings.set_index(["variable", "row"])
    expected = {
        "temperature": 14.62, "humidity": 80, "rain": 0.2, "wind_speed": 1.1, "wind_gust": 2.2,
        "wind_direction": 180, "dew_point": 7.1,
    }  # fmt: skip
    assert {name: table["value"][name, 1] for name in set(report.readings["variable"])} == expected
    times = table["time"]["temperature"].dt.strftime("%d %H:%M").tolist()
    assert times == ["19 10:30", "19 11:30", "19 12:30"]
    assert table["sensor"]["rain", 1] == "2"
    assert len(report.ignored_columns) == 2


def test_date_and_clock_in_two_columns_with_decimal_commas() -> None:
    header = ["N.º", "Fecha", "Tiempo, GMT+01:00", f"Temp, °C {S.format(1)}"]
    rows = [["1", "13/05/24", "01:00:00 p. m.", "14,62"], ["2", "13/05/24", "12:00:00 a. m.", "9,5"]]
    report = taken("b.txt", export("Título", header, rows, "\t"))
    assert report.readings["value"].tolist() == [14.62, 9.5]
    assert report.readings["time"].astype(str).tolist() == ["2024-05-13 12:00:00", "2024-05-12 23:00:00"]


def test_old_exports_call_date_and_clock_time() -> None:
    header = ["#", "Time, GMT-04:00", "Temp, °F(LGR S/N: 9, SEN S/N: 1)", f"Intensity, lum/ft² {S.format(1)}",
              f"Abs Pres, kPa {S.format(1)}"]  # fmt: skip
    report = taken(
        "old.csv", export("Plot Title", header, [["1", "05/13/24 01:00:00 PM", "59", "10", "101.3"]])
    )
    table = report.readings.set_index("variable")["value"]
    assert table["temperature"] == 15
    assert table["illuminance"] == pytest.approx(107.6, abs=0.5)
    assert table["pressure"] == 1013
    assert str(report.readings["time"].iloc[0]) == "2024-05-13 17:00:00"


def test_hobolink_names_the_sensor_inside_the_name() -> None:
    text = (
        'Line#,Date,"Temperature (S-TMB 10:1), °C, Roof","Rain (S-RGB 11:2), mm",'
        '"Temperature (S-TMB 12:1), °C, soil"\n'
        "1,05/13/2024 13:00:00,14.6,0.2,9.1\n2,05/13/2024 13:05:00,14.7,0.0,9.1\n"
    )
    report = taken("link.csv", text.encode())
    table = report.readings.set_index(["variable", "row"])["value"]
    assert table.to_dict() == {
        ("temperature", 1): 14.6, ("rain", 1): 0.2, ("soil_temperature", 1): 9.1,
        ("temperature", 2): 14.7, ("rain", 2): 0.0, ("soil_temperature", 2): 9.1,
    }  # fmt: skip
    assert set(report.readings["sensor"]) == {"S-TMB 10:1", "S-RGB 11:2", "S-TMB 12:1"}


def test_a_workbook_of_hoboconnect_is_kept_as_a_table(workbook: Callable[..., bytes]) -> None:
    cells = [
        ["#", "Date-Time (EET/EEST)", "Ch: 1 - Temperature , °C", "Ch: 2 - RH , %", "Host Connected"],
        ["1", "2024-05-13 13:00:00", "14.62", "80", ""],
        ["2", "2024-05-13 14:00:00", "14.70", "81", "Logged"],
    ]
    details = [["Details", ""], ["Serial Number", "123"]]
    report = taken("MX 2024.xlsx", workbook({"Data": cells, "Details": details}))
    assert report.readings["value"].tolist() == [14.62, 80, 14.7, 81]
    assert str(report.readings["time"].iloc[0]) == "2024-05-13 10:00:00"
    again = understand(report.kept, report.answers, report.stations)
    assert again.readings.equals(report.readings)


def test_the_total_of_the_rain_is_not_rain_again() -> None:
    header = ["#", "Date Time, GMT+02:00", f"Rain, mm {S.format(1)}", f"Total: Rain, mm {S.format(1)}"]
    rows = [["1", "05/13/24 01:00:00 PM", "0.2", "0.2"], ["2", "05/13/24 02:00:00 PM", "0.4", "0.6"]]
    report = taken("rain.csv", export("Plot Title", header, rows))
    assert report.readings["value"].tolist() == [0.2, 0.4]
