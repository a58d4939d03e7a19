"""Tables whose headers are in other languages, from the bytes to readings."""

import pytest

from kit.ingest import understand
from kit.model import Source, Station

ROOF = Station("school/roof", zone="Europe/Tallinn")


def take(text: str, **answers: str):
    answers = {"station": ROOF.id} | {key.replace("_", ".", 1): value for key, value in answers.items()}
    return understand(Source("a.csv", text.encode()), answers, [ROOF])


TABLES = [
    "Дата;Время;Температура воздуха, °C;Влажность, %;Давление, мм рт. ст.;Направление ветра"
    ";Скорость ветра, м/с",
    "Дата;Час;Температура повітря, °C;Вологість, %;Тиск, мм рт. ст.;Напрямок вітру;Швидкість вітру, м/с",
    "Päivämäärä;Kellonaika;Ilman lämpötila (°C);Suhteellinen kosteus (%);Ilmanpaine (mmHg);Tuulen suunta"
    ";Tuulen nopeus (m/s)",
    "Datums;Laiks;Gaisa temperatūra (°C);Gaisa mitrums (%);Atmosfēras spiediens (mmHg);Vēja virziens"
    ";Vēja ātrums (m/s)",
    "Data;Godzina;Temperatura powietrza (°C);Wilgotność (%);Ciśnienie (mmHg);Kierunek wiatru"
    ";Prędkość wiatru (m/s)",
    "თარიღი;დრო;ჰაერის ტემპერატურა (°C);ტენიანობა (%);წნევა (mmHg);ქარის მიმართულება;ქარის სიჩქარე (m/s)",
    "Tarix;Saat;Havanın temperaturu (°C);Nisbi rütubət (%);Atmosfer təzyiqi (mmHg);Küləyin istiqaməti"
    ";Küləyin sürəti (m/s)",
    "Date;Heure;Température extérieure (°C);Humidité relative (%);Pression atmosphérique (mmHg)"
    ";Direction du vent;Vitesse du vent (m/s)",
    "Data;Ora;Temperatura aerului (°C);Umiditatea relativă (%);Presiunea (mmHg);Direcția vântului"
    ";Viteza vântului (m/s)",
]


@pytest.mark.parametrize("header", TABLES)
def test_a_weather_table_needs_no_question(header: str) -> None:
    days = range(1, 20)
    rows = "".join(f"2026-05-{day:02d};14:00;1{day % 9},5;6{day % 9};75{day % 9};W;2,5\n" for day in days)
    report = take(header + "\n" + rows)
    assert not report.questions, report.questions
    first = report.readings[report.readings["row"] == 1].set_index("variable")["value"]
    assert first["temperature"] == 11.5
    assert first["humidity"] == 61
    assert first["pressure"] == 1001.3  # 751 mmHg is 1001.251 hPa
    assert first["wind_direction"] == 270
    assert first["wind_speed"] == 2.5
    again = understand(report.kept, report.answers, report.stations)
    assert again.readings.equals(report.readings)


def winds(*points: str, name: str = "winddir") -> str:
    return f"time;{name}\n" + "".join(f"2026-05-01 {n:02d}:00;{p}\n" for n, p in enumerate(points))


def test_an_o_that_could_be_east_or_west_is_asked_for() -> None:
    report = take(winds("N", "NO", "S", "SO"))
    question = next(q for q in report.questions if q.id == "unit.winddir")
    assert [option for option, _ in question.options] == ["compass-o-east", "compass-o-west"]
    assert question.likely == ""
    east = take(winds("N", "NO", "S", "SO"), unit_winddir="compass-o-east")
    west = take(winds("N", "NO", "S", "SO"), unit_winddir="compass-o-west")
    assert east.readings["value"].tolist() == [0, 45, 180, 135]
    assert west.readings["value"].tolist() == [0, 315, 180, 225]
    assert understand(west.kept, west.answers, west.stations).readings.equals(west.readings)
    seen = take(winds("N", "NO", "W", "SO"))
    assert not seen.questions
    assert seen.readings["value"].tolist() == [0, 45, 270, 135]
    german = take(winds("N", "NO", "S", "SO", name="Windrichtung"))
    french = take(winds("N", "NO", "S", "SO", name="Direction du vent"))
    assert not german.questions
    assert not french.questions
    assert (german.readings["value"].iloc[1], french.readings["value"].iloc[1]) == (45, 315)


def test_humidity_as_a_fraction_is_asked_for_and_converted() -> None:
    text = "time;humidity\n" + "".join(f"2026-05-01 {n:02d}:00;0.{40 + n}\n" for n in range(9))
    report = take(text)
    assert [(q.id, q.likely) for q in report.questions] == [("unit.humidity", "{fraction}")]
    assert take(text, unit_humidity="{fraction}").readings["value"].tolist() == list(range(40, 49))


def test_a_receipt_can_say_how_a_gas_and_wind_forces_were_converted() -> None:
    rows = "".join(f"2026-05-01 {n:02d}:00;1{n}.5;{n}\n" for n in range(9))
    notes = dict(take("time;NO2 (ppb);Tuule kiirus (palli)\n" + rows).notes)
    gas = next(params for template, params in notes.items() if "1013.25 hPa" in template)
    assert (gas["column"], gas["factor"], gas["unit"]) == ("NO2 (ppb)", 1.9125, "µg/m³")
    assert any("wind forces" in template for template in notes)
