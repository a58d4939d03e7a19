"""What schools measure in water, as hydrologists and probes call it."""

import numpy as np
import pytest

from kit.ingest import understand
from kit.model import Source
from kit.vocab import convert, recognise


@pytest.mark.parametrize(
    ("label", "unit", "variable", "sure"),
    [("Waterhoogte", "cm", "water_level", True), ("Wasserstand", "cm", "water_level", True),
     ("Veetase", "cm", "water_level", True), ("Gage height", "ft", "water_level", True),
     ("sea_surface_height_above_sea_level", "", "water_level", True), ("Level", "", "water_level", False),
     ("Turbidity", "FNU", "turbidity", True), ("Salinity", "PSU", "salinity", True),
     ("Dissolved oxygen", "%", "oxygen_saturation", True), ("DO", "mg/L", "dissolved_oxygen", True),
     ("Discharge", "cfs", "river_flow", True), ("Flow rate", "L/s", "river_flow", False),
     ("Sea level pressure", "hPa", "pressure_sea_level", True), ("Sound level", "dB", "noise", True)],
)  # fmt: skip
def test_names(label: str, unit: str, variable: str, sure: bool) -> None:
    match = recognise(label, unit)
    assert match is not None
    assert (match.variable, match.sure) == (variable, sure)


def test_units() -> None:
    assert convert(np.array([628.0]), "cm", "water_level").tolist() == [6.28]
    assert convert(np.array([100.0]), "[cft_i]/s", "river_flow").round(4).tolist() == [2.8317]


def test_a_file_of_a_gauge() -> None:
    text = (
        "time;Wasserstand (cm);Wassertemperatur (°C)\n2024-05-01 10:00;628;12,5\n2024-05-01 11:00;602;12,6\n"
    )
    report = understand(Source("pegel.csv", text.encode()), {"station": "s/x", "zone": "UTC"})
    level = report.readings[report.readings["variable"] == "water_level"]
    assert (level["value"].tolist(), level["flag"].tolist()) == ([6.28, 6.02], [1, 1])
