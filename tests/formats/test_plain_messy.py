"""Plain tables as classes make them: encodings, cells, rows that are no records, columns of places."""

from __future__ import annotations

import pytest

from kit import formats
from kit.formats._by_place import by_place
from kit.formats._decode import one_byte
from kit.model import Column, RawTable, Source

HOURS = [f"2026-03-01 {hour:02d}:00" for hour in range(6)]
VALUES = ["5.0", "5.5", "6.0", "6.5", "7.0", "7.5"]


def parsed(text: str | bytes, name: str = "a.csv") -> RawTable:
    data = text if isinstance(text, bytes) else text.encode()
    return formats.parse(Source(name, data))


def table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def pairs(unit: str = "") -> list[str]:
    return [f"{hour};{value}{unit}" for hour, value in zip(HOURS, VALUES, strict=True)]


def words(found: RawTable) -> set[str]:
    return {template for template, _ in found.notes}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Дата;Время;Температура", "cp1251"), ("Дата;Время;Температура", "koi8-r"),
        ("ДАТА;ТЕМПЕРАТУРА", "cp1251"), ("ДАТА;ТЕМПЕРАТУРА", "koi8-r"), ("Дата;Температура", "iso8859-5"),
        ("Дата;Час;Вологість", "cp1251"), ("Дата;Час;Вологість", "koi8-u"),
        ("Laiks;Temperatūra;Vējš", "cp1257"), ("Kuupäev;Õhutemperatuur šokk", "cp1257"),
        ("Laikas;Drėgmė;Vėjo greitis", "cp1257"), ("Zeit;Außentemperatur;Länge", "cp1252"),
        ("Heure;Température extérieure;Humidité à côté", "cp1252"), ("Fecha;Año;Presión", "cp1252"),
        ("Tid;Temperatur på taket;Fuktighet i växthus", "cp1252"),
        ("Aeg;Temperatuur õues °C;PM µg/m³", "cp1252"),
        ("Päivä;Lämpötila;Käyrä", "cp1252"),
    ],
)  # fmt: skip
def test_an_encoding_of_one_byte_is_told_by_its_letters(text: str, encoding: str) -> None:
    assert one_byte(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "digits", ["٠١٢٣٤٥٦٧٨٩٫", "０１２３４５６７８９．", "۰۱۲۳۴۵۶۷۸۹٫"], ids=["arabic", "wide", "persian"]
)
def test_other_digits_are_digits(digits: str) -> None:
    text = table("Time;Temp (°C)", pairs()).translate(str.maketrans("0123456789.", digits))
    found = parsed(text)
    assert found.frame["Temp (°C)"].tolist() == VALUES
    assert found.frame["Time"].tolist() == HOURS


def test_a_unit_behind_every_number_goes_into_the_name() -> None:
    rows = [f"{hour};{value} °C;45 %;1 013,2" for hour, value in zip(HOURS, VALUES, strict=True)]
    found = parsed(table("Time;Temp;Humidity;Pressure (hPa)", rows))
    assert found.frame["Temp (°C)"].tolist() == VALUES
    assert [(column.name, column.unit) for column in found.columns if column.role == "value"] == [
        ("Temp (°C)", "°C"), ("Humidity (%)", "%"), ("Pressure (hPa)", "hPa"),
    ]  # fmt: skip
    again = parsed(found.frame.to_csv(index=False, sep=";"))
    assert [column.name for column in again.columns] == [column.name for column in found.columns]


def test_different_units_in_one_column_stay_where_they_are() -> None:
    rows = [f"{hour};{value} {unit}" for hour, value, unit in zip(HOURS, VALUES, "CFCFCF", strict=True)]
    with pytest.raises(formats.FileError) as caught:
        parsed(table("Time;Temp", rows))
    assert caught.value.code == "no-values"


@pytest.mark.parametrize(
    "word", ["Mean", "Total:", "Kokku", "Keskmine", "Summe", "Итого", "Середнє", "Monthly mean"]
)
def test_totals_are_no_readings(word: str) -> None:
    days = [f"2026-03-0{day};{value};0.2" for day, value in enumerate(VALUES, 1)]
    found = parsed(table("Date;Temp (°C);Rain (mm)", [*days, f"{word};6.25;1.2", f";{word};"]))
    assert len(found.frame) == 6
    note = next(params for template, params in found.notes if "totals" in template)
    assert (note["n"], note["rows"]) == (2, "7, 8")


def test_a_repeated_header_is_left_out_and_rows_keep_their_numbers() -> None:
    rows = pairs()
    found = parsed(table("Time;Temp (°C)", [*rows[:3], "Time;Temp (°C)", *rows[3:]]))
    assert list(found.frame.index) == [1, 2, 3, 5, 6, 7]
    assert "Lines that repeat the header were left out: {n}." in words(found)


@pytest.mark.parametrize("larger", ["first", "second"])
def test_of_two_tables_below_one_another_the_larger_is_read(larger: str) -> None:
    temps, damp = pairs(), [f"{hour};50" for hour in HOURS]
    temps, damp = (temps, damp[:3]) if larger == "first" else (temps[:3], damp)
    found = parsed(table("Time;Temp (°C)", [*temps, "", "", "Time;Humidity (%)", *damp]))
    assert len(found.frame) == 6
    name, cells = ("Temp (°C)", VALUES) if larger == "first" else ("Humidity (%)", ["50"] * 6)
    assert found.frame[name].tolist() == cells
    assert any("several tables" in template and params["n"] == 3 for template, params in found.notes)


def test_words_among_times_are_no_second_table() -> None:
    found = parsed(table("Time;Temp (°C);Note", [*(f"{row};" for row in pairs()), "x;;abc"]))
    assert len(found.frame) == 7


@pytest.mark.parametrize(
    ("clock", "first", "last"),
    [
        ([f"{h}30" for h in range(10, 16)], "2026-03-01 10:30", "2026-03-01 15:30"),
        (["0", "30", "100", "130", "900", "1000"], "2026-03-01 00:00", "2026-03-01 10:00"),
        ([f"{h}h" for h in range(10, 16)], "2026-03-01 10:00", "2026-03-01 15:00"),
        ([f"{h}h05" for h in range(10, 16)], "2026-03-01 10:05", "2026-03-01 15:05"),
        ([f"{h}" for h in range(7, 13)], "2026-03-01 07:00", "2026-03-01 12:00"),
        ([f"{h}.05.00" for h in range(10, 16)], "2026-03-01 10:05:00", "2026-03-01 15:05:00"),
    ],
)
def test_clocks_in_many_spellings(clock: list[str], first: str, last: str) -> None:
    rows = [f"2026-03-01;{one};{value}" for one, value in zip(clock, VALUES, strict=True)]
    cells = parsed(table("Date;Time;Temp (°C)", rows)).frame["Date + Time"].tolist()
    assert (cells[0], cells[-1]) == (first, last)


@pytest.mark.parametrize(("scale", "unit"), [(1, "s"), (10**3, "ms"), (10**6, "us"), (10**9, "ns")])
def test_counts_since_1970_in_any_unit(scale: int, unit: str) -> None:
    rows = [f"{(1772323200 + 3600 * at) * scale};{value}" for at, value in enumerate(VALUES)]
    found = parsed(table("timestamp;Temp (°C)", rows))
    assert found.frame["timestamp"].tolist()[:2] == ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z"]
    assert found.zone == "UTC"


def test_days_as_spreadsheets_count_them() -> None:
    hours = parsed(table("Date;Temp (°C)", [f"{46082 + at / 24};{value}" for at, value in enumerate(VALUES)]))
    assert hours.frame["Date"].tolist()[:2] == ["2026-03-01 00:00:00", "2026-03-01 01:00:00"]
    days = parsed(table("Date;Temp (°C)", [f"{46082 + at};{value}" for at, value in enumerate(VALUES)]))
    assert (days.frame["Date"].tolist()[-1], days.period) == ("2026-03-06", 86_400)


def test_a_group_above_repeated_names_is_a_place() -> None:
    rows = [f"{hour};{value};9;{value};9" for hour, value in zip(HOURS, VALUES, strict=True)]
    found = parsed(";Tartu;;Narva;\n" + table("Time;Temp (°C);PM10;Temp (°C);PM10", rows))
    places = {
        column.name: (column.station, column.label) for column in found.columns if column.role == "value"
    }
    assert places == {
        "Tartu Temp (°C)": ("Tartu", "Temp"), "Tartu PM10": ("Tartu", "PM10"),
        "Narva Temp (°C)": ("Narva", "Temp"), "Narva PM10": ("Narva", "PM10"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ("Direct Radiation", "Diffuse Radiation"), ("Ööpäeva sademed", "Aasta sademed"),
        ("Max temp", "Min temp"),
        ("Indoor temp", "Outdoor temp"), ("PM2.5", "PM10"), ("NO/NOx", "NO2/NOx"), ("Temp A", "Temp B"),
    ],
)  # fmt: skip
def test_kinds_of_a_quantity_are_no_places(names: tuple[str, ...]) -> None:
    columns = [Column(name, "value", label=name) for name in names]
    assert not any(column.station for column in by_place(columns, ()))
