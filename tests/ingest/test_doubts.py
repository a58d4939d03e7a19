"""A column that is doubtful is asked for, and ``--yes`` never takes what speaks against its own numbers."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Source, Station

ROOF = Station("T-1/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def questions(text: str, **answers: str) -> dict[str, tuple[str, str]]:
    """Return id -> (words, likely answer) of the open questions of a table."""
    given = {"station": ROOF.id} | answers
    report = understand(Source("a.csv", text.encode()), given, [ROOF])
    return {q.id: (q.to_dict("en")["text"], q.likely) for q in report.questions}


def hours(name: str, values: list[str]) -> str:
    rows = "".join(f"2026-05-{1 + n // 24:02d} {n % 24:02d}:00;{value}\n" for n, value in enumerate(values))
    return f"time;{name}\n{rows}"


def test_rain_in_metres_is_not_taken_for_millimetres() -> None:
    asked = questions(hours("rain", ["0", "0.0012", "0", "0.0004", "0.0102"]))
    assert asked["unit.rain"][1] == "m"
    assert questions(hours("rain", ["0", "0.2", "0", "1.4", "0.2"]))["unit.rain"][1] == "mm"
    wet = hours("temp;precip", ["71;0", "70;0.02", "68;0.01", "66;0"])
    assert questions(wet)["unit.precip"][1] == "[in_i]"


def test_hourly_rain_named_rh_is_no_humidity() -> None:
    words, likely = questions(hours("RH", ["0", "0.001", "0", "0.0004"]))["variable.RH"]
    assert likely == "ignore"
    assert "unusual for humidity" in words


def test_absolute_humidity_in_another_unit_is_not_taken() -> None:
    assert questions(hours("AH", ["0.7578", "0.7255", "0.7502"]))["variable.AH"][1] == "ignore"
    assert questions(hours("AH", ["7.5", "7.2", "7.5"]))["variable.AH"][1] == "absolute_humidity"


@pytest.mark.parametrize("turned", [False, True])
def test_a_rain_counter_is_asked_for(turned: bool) -> None:
    counter = [f"{n * 0.2:.1f}" for n in range(48)]
    words, likely = questions(hours("rain (mm)", counter[:: -1 if turned else 1]))["variable.rain (mm)"]
    assert likely == "rain-total"
    assert "counter" in words
    showers = ["0", "0.2", "1.4", "0.4", "0", "0", "0.2", "0.6"] * 8
    assert questions(hours("rain (mm)", showers)) == {}


def test_an_unknown_unit_is_asked_for_and_nothing_is_likely() -> None:
    text = hours("temp (blargs)", ["12", "13"])
    asked = questions(text)
    assert "unit.temp (blargs)" not in asked
    asked = questions(text, **{"variable.temp (blargs)": "temperature"})
    words, likely = asked["unit.temp (blargs)"]
    assert likely == ""
    assert "kit does not know the unit blargs" in words


def test_direct_and_diffuse_radiation_are_not_global_radiation() -> None:
    names = "GHI (W/m2);Direct Normal Irradiance (W/m2);Diffuse Irradiance (W/m2);Solar Radiation (W/m2)"
    report = understand(
        Source("a.csv", hours(names, ["100;400;60;101", "200;500;70;201"]).encode()),
        {"station": ROOF.id},
        [ROOF],
    )
    assert report.readings["value"].tolist() == [101.0, 201.0]


def test_rh_that_is_no_humidity_may_be_the_rain_of_knmi() -> None:
    rows = "\n".join(f"2024-05-01 {hour:02d}:00,{max(0, hour % 6 - 4) / 10}" for hour in range(24))
    report = understand(Source("a.csv", f"time,RH\n{rows}\n".encode()), {"station": "s/x", "zone": "UTC"})
    (asked,) = report.questions
    assert [value for value, _ in asked.options][:3] == ["ignore", "humidity", "rain"]
