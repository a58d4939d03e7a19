"""What is worked out from readings has names people understand, and is never looked for in files."""

from __future__ import annotations

import pytest

from kit.analysis.result import named, symbol
from kit.analysis.weather import FORMULAS, Formula
from kit.text import RECEIPT_LANGUAGES
from kit.vocab.variables import known, variables


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))
def test_what_the_weather_gives_has_a_name_and_the_formulas_unit(formula: Formula) -> None:
    found = known(formula.name)
    assert found is not None
    assert found.cf_units == formula.attrs["units"]
    assert len({found.name(code) for code in RECEIPT_LANGUAGES}) > 2


@pytest.mark.parametrize("name", ["pm25_epa", "pm10_kappa", "no2_calibrated"])
def test_a_corrected_value_is_called_so(name: str) -> None:
    base = name.rpartition("_")[0]
    found = known(name)
    assert found is not None
    assert name not in variables()
    for code in RECEIPT_LANGUAGES:
        assert variables()[base].name(code) in found.name(code)
        assert found.name(code) != variables()[base].name(code)
    assert symbol(name) == variables()[base].symbol
    assert named(name, "et")[0].isupper()


@pytest.mark.parametrize("name", ["nonsense", "nonsense_epa", "pm25_", "_epa", "*_epa"])
def test_nothing_else_is_known(name: str) -> None:
    assert known(name) is None
