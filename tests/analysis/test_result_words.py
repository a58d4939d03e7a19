"""What people read of any result: one meaning per heading, shares in per cent, and refusals in words."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import analysis, figures
from kit.analysis.result import Result
from kit.errors import UsageError

FOLDER = Path(analysis.__file__).parent
READINGS = xr.Dataset({"pm25": (("station", "time"), np.zeros((0, 0)))})
SIGHTINGS = pd.DataFrame(columns=["scientificName", "station"])


@dataclass(frozen=True, kw_only=True)
class Some(Result):
    """A result with a given table."""

    headings = {"name": "bird"}  # noqa: RUF012  as short as a test may be
    rows: pd.DataFrame
    names: dict[str, Any]

    @property
    def table(self) -> pd.DataFrame:
        """The given table."""
        return self.rows

    def sentence(self, lang: str | None = None) -> str:
        return ""

    def caution(self, lang: str | None = None) -> str:
        return ""


def shown(names: dict[str, Any] | None = None, **columns: Any) -> dict[str, list[str]]:
    """Return what people see of some columns."""
    one = Some(method="", n=0, completeness=1.0, version="", rows=pd.DataFrame(columns), names=names or {})
    return {str(key): list(value) for key, value in one.shown_table("en").items()}


def test_decimals_are_the_same_down_a_column_and_shares_are_in_per_cent() -> None:
    assert shown(difference=[0.34, 1.1312, -0.214, np.nan]) == {"difference": ["0.34", "1.13", "−0.21", "–"]}
    assert shown(low=[1.0, 24.0, np.nan]) == {"low end": ["1", "24", "–"]}
    assert shown(share=[0.25, 0.75, np.nan]) == {"share": ["25 %", "75 %", "–"]}
    assert shown(share=[0.0049, 0.7]) == {"share": ["0.5 %", "70.0 %"]}
    assert shown(share=[], low=[]) == {"share": [], "low end": []}
    assert shown(low=[13.014, 11.111, 10.783]) == {"low end": ["13.0", "11.1", "10.8"]}, "rows are told apart"
    assert shown(low=[58.378, 58.35, 58.382]) == {"low end": ["58.38", "58.35", "58.38"]}
    assert shown(low=[58.378, 58.378]) == {"low end": ["58", "58"]}
    assert shown(low=[1013.44, 310.21]) == {"low end": ["1,013", "310"]}


def test_groups_have_their_names_and_a_result_its_own_headings() -> None:
    names = {"EE-A/x · May": (("Pond", {}), ("May", {})), "b": "Wood"}
    assert shown(names, group=["EE-A/x · May", "b"]) == {"place or time": ["Pond · May", "Wood"]}
    assert shown(name=["Pica pica"], unheard_of=[1]) == {"bird": ["Pica pica"]}


def test_a_heading_means_the_same_in_all_results() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for path in FOLDER.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for key, word in _headings(node):
                said[key].add(word)
    assert len(said) > 60
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


def _headings(node: ast.stmt) -> list[tuple[str, str]]:
    if not isinstance(node, ast.Assign | ast.AugAssign) or node.value is None:
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    texts = [ast.unparse(target) for target in targets]
    if isinstance(node.value, ast.Dict) and texts == ["HEADINGS"]:
        keys = [key for key in node.value.keys if key is not None]
        pairs = zip(keys, node.value.values, strict=True)
        return [(ast.literal_eval(key), ast.unparse(value)) for key, value in pairs]
    return [(text[10:-2], ast.unparse(node.value)) for text in texts if text.startswith("HEADINGS[")]


@pytest.mark.parametrize(
    "name", ["trend", "compare", "rolling", "missing", "wind_rose", "at_hour", "averages"]
)
def test_sightings_are_no_readings(name: str) -> None:
    with pytest.raises(UsageError, match="Readings are needed here"):
        getattr(analysis, name)(SIGHTINGS)


@pytest.mark.parametrize("name", ["diversity", "accumulation", "rank_abundance", "ordination"])
def test_readings_are_no_sightings(name: str) -> None:
    with pytest.raises(UsageError, match="Sightings are needed here"):
        getattr(analysis, name)(READINGS)


def test_an_analysis_by_parts_may_be_given_its_readings_by_name() -> None:
    with pytest.raises(UsageError, match="Readings are needed here"):
        analysis.trend(ds=SIGHTINGS, by="season")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="Sightings are needed here"):
        analysis.phenology(sightings=READINGS, taxon="Pica pica")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["timeline", "map", "calendar", "trend", "result", "rose"])
def test_a_chart_of_what_it_cannot_draw_is_refused_in_words(kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        getattr(figures, kind)(SIGHTINGS)
    assert caught.value.code in ("no-readings", "no-chart")
    assert caught.value.words("et") != caught.value.words("en")


def test_a_chart_without_any_row_has_an_empty_table() -> None:
    times = pd.date_range("2026-01-01", periods=48, freq="h").as_unit("us")
    ds = xr.Dataset(
        {"pm25": (("station", "time"), np.full((1, 48), 3.0))},
        coords={"station": ["EE-A/x"], "time": times, "zone": ("station", ["Europe/Tallinn"])},
        attrs={"freq": "1h"},
    )
    none = analysis.episodes(ds, above=500)
    assert none.table.empty
    assert "<tbody></tbody>" in figures.result(none).html("et")
