"""What a shared analysis says around its figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kit.batch import sheet
from kit.batch.jobs import held_variables, trend_variable
from kit.errors import AnalysisError, UsageError
from kit.model import RULES
from kit.text import use


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Everything that was displayed: (bundle, metadata["kit"])."""
    import IPython.display

    found: list[tuple[dict[str, str], dict[str, Any]]] = []

    def display(bundle: dict[str, str], metadata: dict[str, Any], raw: bool) -> None:
        found.append((bundle, metadata["kit"]))

    monkeypatch.setattr(IPython.display, "display", display)
    yield found
    use(None)


def test_a_language_that_kit_does_not_speak() -> None:
    with pytest.raises(UsageError, match=r"does not speak the language 'xx'.*en, et"):
        sheet.begin("xx")


def test_only_an_analysis_error_is_an_answer(shown: Any) -> None:
    def too_short() -> int:
        raise AnalysisError("Three years are <too> few.")

    def broken() -> int:
        raise ValueError("other")

    assert sheet.attempt(lambda: 3) == 3
    assert sheet.attempt(too_short) is None
    bundle, about = shown[-1]
    assert "Three years are &lt;too&gt; few." in bundle["text/html"]
    assert about["none"]
    with pytest.raises(ValueError, match="other"):
        sheet.attempt(broken)


def test_facts_are_those_of_the_data(shared: Any, shown: Any) -> None:
    ds = shared.readings("pm25", region="EE-79")
    ds["pm25"][0, 10:120] = np.nan
    sheet.begin("et")
    sheet.about(shared, ds, ["pm25"])
    bundle, about = shown[-1]
    size = ds["pm25"].size
    assert f"Väärtusi: {size - 110:,}".replace(",", "\u00a0") in bundle["text/plain"]
    assert f"Täielikkus: {100 * (size - 110) / size:.1f} %".replace(".", ",") in bundle["text/plain"]
    assert "Ajavahemik: 1. jaanuar 2020 – " in bundle["text/plain"]
    assert about["version"] == f"{shared.version}/{RULES}"
    assert "Väljamõeldud" not in bundle["text/plain"]


def test_facts_of_nothing(shared: Any, shown: Any) -> None:
    sheet.about(shared, shared.readings("pm25", school="EE-CCC-3ccc", since="2031"), ["pm25"])
    assert "Completeness: –" in shown[-1][0]["text/plain"]


def test_title_in_two_languages(shown: Any) -> None:
    for lang, text in (("en", "Trend of the region EE-79: rain"), ("et", "Piirkonna EE-79 suundumus: vihm")):
        sheet.begin(lang)
        sheet.title("regional_trend", "EE-79", "rain")
        assert shown[-1][0] == {"text/html": f"<h1>{text}</h1>", "text/plain": text}


def test_variables_of_regions_and_schools_come_from_the_receipts(shared: Any) -> None:
    assert held_variables(shared) == {
        "EE-79": {"pm25"}, "EE-37": {"pm25"}, "EE-AAA-1aaa": {"pm25"}, "EE-BBB-2bbb": {"pm25"},
        "EE-CCC-3ccc": {"pm25"},
    }  # fmt: skip
    assert trend_variable({"temperature", "pm10", "humidity"}) == "pm10"
    assert trend_variable({"noise", "humidity"}) == "humidity"
