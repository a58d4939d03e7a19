"""Explorer, map and chart builder: what they say is what the dataset holds; their skins only call them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import kit
from kit.classroom import panel as shared_parts
from kit.dataset import Dataset
from kit.errors import NotFoundError, UsageError
from kit.text import using
from kit.widgets import ChartState, ExploreState, MapState, chart_builder, explorer, map_panel
from kit.widgets.chart_builder import KINDS, ChartPanel
from kit.widgets.explore import ExplorePanel
from kit.widgets.map_panel import MapPanel
from tests.widgets.conftest import FAR, ROOF, YARD, fields, rows, words


def test_places_steps_and_days_choose_readings(region: Dataset) -> None:
    state = ExploreState(region)
    assert list(state.variables().values()) == ["pm25", "temperature", "wind_direction", "wind_speed"]
    assert list(state.places().values()) == ["", "EE", "EE-37", "EE-79", "EE-AAA", ROOF, YARD, FAR]
    assert state.chart().kind == "timeline"
    assert state.readings().sizes["station"] == 3
    for where, there in (
        ("EE-79", [ROOF, YARD]),
        ("EE-AAA", [ROOF, YARD]),
        (FAR, [FAR]),
        ("EE", [ROOF, YARD, FAR]),
    ):
        state.where = where
        assert state.stations() == there
        assert list(state.readings()["station"].values) == there
    state.where, state.beside = ROOF, "EE-37"
    state.since, state.until, state.step = "2026-05-02", "2026-05-04", "1h"
    found = state.readings()
    assert list(found["station"].values) == [ROOF, FAR]
    assert found.sizes["time"] == 72
    state.where = "EE-XX"
    with pytest.raises(NotFoundError, match=r"no region EE-XX .*Did you mean"):
        state.readings()


def test_doubtful_readings_can_be_left_out_and_are_counted(region: Dataset) -> None:
    state = ExploreState(region, "pm25", where=ROOF, step="1h")
    assert state.words().startswith("239 values from 1 station."), "480 failed a check: it is not used"
    region.review(ROOF, "pm25", 3, "event")
    assert "239 of them rest on doubtful readings" in state.words() or "240 of them rest" in state.words()
    state.good = True
    assert state.words() == "0 values from 0 stations."


def test_the_file_holds_what_is_seen(region: Dataset, tmp_path: Path) -> None:
    state = ExploreState(region, "temperature", where=YARD, step="1h", since="2026-05-02", until="2026-05-02")
    told = state.download(tmp_path)
    (path,) = tmp_path.glob("*.csv")
    assert path.name == "temperature_EE-AAA-yard_2026-05-02_2026-05-02_1h.csv"
    assert path.name in str(told)
    held = pd.read_csv(path)
    assert held.columns.tolist() == [
        "station",
        "station_name",
        "time (UTC)",
        "temperature (°C)",
        "flag",
        "coverage",
    ]
    truth = rows(2).set_index("time")["temperature"]
    seen = held.set_index(pd.to_datetime(held["time (UTC)"]))["temperature (°C)"]
    assert seen.tolist() == pytest.approx(truth[seen.index].tolist())
    assert len(seen) == 24
    assert set(held["station_name"]) == {"'=Yard"}, "no formula for a spreadsheet"


def test_the_explorer_is_a_thin_skin(region: Dataset) -> None:
    panel = ExplorePanel(ExploreState(region))
    assert "30 values from 3 stations" in panel.said.value or "values from 3 stations" in panel.said.value
    panel.lists["where"].value = FAR
    panel.days["since"].value = date(2026, 5, 3)
    panel.lists["show"].value = "map"
    assert (panel.state.where, panel.state.since, panel.state.show) == (FAR, "2026-05-03", "map")
    assert "from 1 station" in panel.said.value
    panel.lists["variable"].value = "temperature"
    assert panel.state.chart().title() == kit.plot.map(panel.state.readings()).title()


@pytest.mark.parametrize("lang", ["en", "et"])
def test_every_control_has_words_and_none_is_only_a_picture(region: Dataset, lang: str) -> None:
    with using(lang):
        panels = [
            ExplorePanel(ExploreState(region)),
            MapPanel(MapState(region)),
            ChartPanel(ChartState(region)),
        ]
        for panel in panels:
            found = fields(panel.widget)
            assert len(found) >= 5
            assert all(any(c.isalpha() for c in field.description) for field in found)
            assert all(not field.tooltip and not getattr(field, "icon", "") for field in found)
        said = words(panels[0].widget)
    assert ("Vaata ühiseid andmeid" in said) == (lang == "et")


def test_without_a_person_each_is_its_first_chart(region: Dataset) -> None:
    assert explorer(region, region="EE-79").kind == "timeline"
    assert explorer(region, "pm25", region="EE-79", since="2026-05-02", show="map").kind == "map"
    assert map_panel(region).kind == "map"
    assert chart_builder(region, kind="box").kind == "box"


def test_what_people_noted_stands_on_the_timeline(region: Dataset) -> None:
    state = ExploreState(region, where=ROOF)
    plain = state.chart()
    region.annotate(
        ROOF, "behind the wall", what="fire", since=datetime(2026, 5, 3, 17), until=datetime(2026, 5, 3, 19)
    )
    region.annotate(FAR, what="fireworks", since=datetime(2026, 5, 4))
    marked = state.chart()
    assert len(marked.layers) == len(plain.layers) + 1
    assert marked.sentence().endswith(
        "1 note: a fire nearby (bonfire, barbecue, smoke of a stove): behind the wall."
    )
    assert marked.sentence("et").endswith("1 märkus: tuli lähedal (lõke, grill, ahjusuits): behind the wall.")
    note = marked.tables[-1].frame.iloc[0]
    assert (note["station"], str(note["since"])) == ("Roof", "2026-05-03 20:00:00"), "by the station's clock"
    assert "What people noted" in marked.words_html("en")
    assert "<svg" in marked.svg()
    state.until = "2026-05-01"
    assert len(state.chart().tables) == len(plain.tables), "another time"


def test_the_map_is_of_a_day_a_month_or_all(region: Dataset) -> None:
    state = MapState(region, "temperature")
    assert list(state.times().values()) == ["latest", "", "2026-05"]
    days = region.readings("temperature")["temperature"]
    last = days.dropna("time", how="all").isel(time=-1)
    frame = state.chart().table.set_index("station")
    assert frame["mean"]["Roof"] == pytest.approx(float(last.sel(station=ROOF)))
    state.when = "2026-05-02"
    assert state.readings().sizes["time"] == 1
    state.when = ""
    frame = state.chart().table.set_index("station")
    assert frame["mean"]["Far"] == pytest.approx(float(days.sel(station=FAR).mean()))
    assert list(state.stations().values()) == [ROOF, YARD, FAR]
    assert state.station_chart() is None
    state.station, state.when = FAR, "latest"
    chart = state.station_chart()
    assert chart is not None
    assert "Far" in chart.sentence()
    assert "Roof" not in chart.sentence()


def test_a_station_is_chosen_from_the_list_beside_the_map(region: Dataset) -> None:
    panel = MapPanel(MapState(region))
    assert "<table" in panel.table.value
    assert "Roof" in panel.table.value
    panel.station.value = YARD
    assert panel.state.station == YARD
    panel.region.value = "EE-37"
    assert panel.state.station == "", "it is not on this map"
    assert [value for _, value in panel.station.options] == ["", FAR]
    panel.day.value = date(2026, 5, 2)
    assert panel.state.when == "2026-05-02"
    panel.time.value = "2026-05"
    assert panel.state.when == "2026-05"
    assert panel.day.value is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_of_the_builder_makes_the_same_chart(region: Dataset, kind: str) -> None:
    state = ChartState(region, "pm25", kind, where=ROOF if kind in ("rose", "wind") else "")
    if kind == "trend":
        assert kind not in state.kinds().values()
        return
    assert kind in state.kinds().values()
    chart = state.chart()
    reading, drawing = state.lines().split("\n")
    known = {"kit": kit, "shared": region}
    exec(reading, known)
    same = eval(drawing, known)
    assert same.sentence() == chart.sentence()
    assert same.plotly() == chart.plotly()


def test_only_kinds_that_fit_are_offered(region: Dataset) -> None:
    kinds = set(ChartState(region, "pm25").kinds().values())
    assert kinds == set(KINDS) - {"trend"}
    assert not {"rose", "wind"} & set(ChartState(region, "pm25", where=FAR).kinds().values()), "no wind there"
    assert "map" not in ChartState(region, "pm25", where=FAR).kinds().values()
    wind = set(ChartState(region, "wind_direction").kinds().values())
    assert not wind & {"box", "scatter", "trend", "wind"}
    with pytest.raises(UsageError, match=r"no chart of the kind pie.*timeline"):
        ChartState(region, kind="pie")


def test_the_builder_offers_anew_what_fits(region: Dataset) -> None:
    panel = ChartPanel(ChartState(region, "pm25", "rose", where=ROOF))
    assert panel.lists["kind"].value == "rose"
    panel.lists["where"].value = FAR
    assert panel.state.kind == panel.lists["kind"].value == "timeline"
    assert panel.lists["other"].layout.display == "none"
    panel.lists["kind"].value = "scatter"
    assert panel.lists["other"].layout.display == ""
    assert "kit.plot.scatter(readings, &quot;temperature&quot;, &quot;pm25&quot;)" in panel.code.value
    assert panel.state.chart().words().y == "PM2.5 (fine particles) (µg/m³)"


def test_a_panel_shows_the_figure_of_the_browser_and_its_words(
    region: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from IPython import display

    shown: list[dict[str, object]] = []
    monkeypatch.setattr(display, "display", lambda data, raw: shown.append(data))
    shared_parts.present(ExploreState(region).chart())
    assert set(shown[0]) == {"application/vnd.plotly.v1+json", "text/plain"}
    assert "Line chart" in str(shown[0]["text/plain"])
    assert "<details>" in str(shown[1]["text/html"])
