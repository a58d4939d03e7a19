"""Every result has its chart: what is drawn is what was found, words fit, in both languages, offline."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import analysis, figures
from kit.analysis.result import Result
from kit.errors import UsageError
from kit.figures import Chart, colours, draw_static, tables
from kit.figures.forms import MOST_PANELS
from kit.figures.layers import Table
from kit.figures.multiples import _alike
from kit.figures.results import CHARTS
from tests.figures import worlds

NAMES = [*worlds.RESULTS, *worlds.PARTED]


@cache
def made(name: str) -> Chart:
    return figures.result(worlds.found(name))


def test_every_result_has_a_chart_and_is_tried_here() -> None:
    kinds = {getattr(analysis, name) for name in analysis.__all__ if name.endswith("Result")} - {Result}
    assert kinds == set(CHARTS)
    assert {type(worlds.found(name)) for name in worlds.RESULTS} == kinds


def texts_of(picture: Any) -> Iterator[tuple[str, Any]]:
    """Every text that is seen in a drawn matplotlib figure, with its box."""
    heading = picture._suptitle
    heading.set_text(heading.get_text().rstrip())  # blank lines below it are the room of the small print
    found = [heading, *picture.texts, *(t for legend in picture.legends for t in legend.get_texts())]
    for ax in picture.axes:
        found += [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
        for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            ends = sorted((low, high))
            room = 1e-9 * (ends[1] - ends[0])
            for tick in axis.get_major_ticks():
                if ends[0] - room <= tick.get_loc() <= ends[1] + room:
                    found += [label for label in (tick.label1, tick.label2) if label.get_visible()]
    for one in {id(text): text for text in found}.values():
        if one.get_text().strip() and one.get_visible():
            yield one.get_text().strip(), one.get_window_extent()


@pytest.mark.parametrize("lang", ["en", "et"])
@pytest.mark.parametrize("name", NAMES)
def test_no_words_meet_or_leave_the_picture(name: str, lang: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    chart = made(name)
    picture = draw_static.draw(chart.panels, chart.words(lang), lang, chart.scale, chart.columns)
    FigureCanvasAgg(picture).draw()
    whole, shown = picture.bbox, list(texts_of(picture))
    assert len(shown) >= 4 + 2 * len(chart.panels)
    for words, box in shown:
        assert box.x0 >= whole.x0 - 1, words
        assert box.x1 <= whole.x1 + 1, words
        assert box.y0 >= whole.y0 - 1, words
        assert box.y1 <= whole.y1 + 1, words
    over = [(a, b) for (a, one), (b, other) in combinations(shown, 2) if _meet(one, other)]
    assert not over, over


def _meet(one: Any, other: Any) -> bool:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    slanted = min(one.width, other.width) > 15 and min(one.height, other.height) > 30
    return wide > 2 and high > 3 and not slanted


@pytest.mark.parametrize("lang", ["en", "et"])
@pytest.mark.parametrize("name", NAMES)
def test_words_and_interactive_figure(name: str, lang: str) -> None:
    chart, found = made(name), worlds.found(name)
    words = chart.words(lang)
    assert words.sentence == found.sentence(lang)
    assert found.sentence(lang) in words.alt
    assert words.alt != words.sentence
    for text in (words.title, words.alt, words.x, words.y, words.note):
        assert "{" not in text
    assert words.title[0].isupper() or not words.title[0].islower()
    figure = chart.plotly(lang)
    text = json.dumps(figure, allow_nan=False)
    assert "http" not in text
    graph = pytest.importorskip("plotly.graph_objects")
    graph.Figure(json.loads(text))
    assert len(figure["data"]) >= len(chart.panels)
    page = chart.html(lang)
    assert "<script" not in page
    held = tables.written(chart.tables[0], lang)[1]
    assert len(held) == len(found.shown_table(lang))


@pytest.mark.parametrize("name", NAMES)
def test_estonian_is_estonian(name: str) -> None:
    chart = made(name)
    one, other = chart.words("en"), chart.words("et")
    assert one.title != other.title
    assert one.alt != other.alt
    assert one.note != other.note or not one.note
    legends = {t["name"] for t in chart.plotly("en")["data"] if t.get("showlegend")}
    estonian = {t["name"] for t in chart.plotly("et")["data"] if t.get("showlegend")}
    same = {name for name in legends & estonian if "/" not in name}  # "/": a station's id, or a unit
    assert same <= {place[0] for place in worlds.PLACES.values()}


@pytest.mark.parametrize("name", ["wind", "polar", "calendar", "rarefaction", "trend-parts"])
def test_svg_is_xml_and_the_same_each_time(name: str) -> None:
    text = made(name).svg("et")
    root = ET.fromstring(text)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert text == made(name).svg("et")


def test_charts_are_saved(tmp_path: Path) -> None:
    chart = made("variation-hour")
    for end in ("png", "svg", "html", "csv"):
        path = chart.save(tmp_path / f"chart.{end}", "et")
        assert path.stat().st_size > 500
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="et">')
    assert 'charset="utf-8"' in page
    assert chart.sentence("et") in page
    assert "Järeldada ei tohi" in page or chart.words("et").caution[:20] in page
    assert "<script" not in page
    assert "src=" not in page
    back = pd.read_csv(tmp_path / "chart.csv")
    pd.testing.assert_frame_equal(back, chart.table.reset_index(drop=True), check_dtype=False)
    with pytest.raises(UsageError, match=r"end in \.png"):
        chart.save(tmp_path / "chart.pdf")


def test_a_page_holds_the_first_rows_of_a_long_table() -> None:
    page = made("calendar-years").html("en")
    assert page.count("<tr>") == tables.MOST_ROWS + 1
    assert "the first 400 of 1,826 rows" in page


def test_only_the_rows_that_a_page_shows_are_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    say = tables.cell
    monkeypatch.setattr(tables, "cell", lambda *given: asked.append(given) or say(*given))
    frame = pd.DataFrame({"n": np.arange(50_000), "value": np.linspace(0, 1, 50_000)})
    table = Table(frame, lambda _: "many", lambda _: ["n", "value"], {"value": 2})
    page = tables.html(table, "en")
    assert "the first 400 of 50,000 rows" in page
    assert page.count("<tr>") == tables.MOST_ROWS + 1
    assert len(asked) == 2 * tables.MOST_ROWS


def test_only_results_have_charts() -> None:
    with pytest.raises(UsageError, match="There is no chart of int"):
        figures.result(3)  # type: ignore[arg-type]


def test_doors_take_readings_or_results() -> None:
    ds = worlds.hourly()
    assert figures.variation(ds, "hour", "pm25").table.equals(made("variation-hour").table)
    assert figures.rose(ds, "pm25").sentence("en") == made("pollution-rose").sentence("en")
    assert figures.rose(worlds.found("wind")).kind == "rose"
    assert figures.calendar(worlds.daily().isel(station=[0])).kind == "calendar"
    assert len(figures.rose(ds, by="season").panels) == 4


# --- what is drawn is what was found


def test_wedges_and_calms_are_everything() -> None:
    found = worlds.found("wind")
    (panel,) = made("wind").panels
    inside = np.zeros(found.sectors)
    for layer in panel.layers:
        np.testing.assert_allclose(layer.low, inside)
        inside = layer.y
    assert inside.sum() + 100 * found.calms == pytest.approx(100)
    np.testing.assert_allclose(inside, 100 * found.rose["share"])
    trace = made("wind").plotly("en")["data"][-1]
    assert trace["type"] == "barpolar"
    np.testing.assert_allclose(np.add(trace["base"], trace["r"]), inside, atol=1e-5)
    polar = made("wind").plotly("en")["layout"]["polar"]["angularaxis"]
    assert (polar["direction"], polar["rotation"]) == ("clockwise", 90)
    assert dict(zip(polar["tickvals"], polar["ticktext"], strict=True))[90.0] == "east"


def test_the_polar_plot_is_read_from_the_surface() -> None:
    found = worlds.found("polar")
    (layer,) = made("polar").panels[0].layers
    far = int(np.argmax(layer.y * np.isclose(layer.x, 90)))
    surface = found.surface[found.surface["value"].notna()]
    u, v = layer.y[far] * np.sin(np.deg2rad(layer.x[far])), layer.y[far] * np.cos(np.deg2rad(layer.x[far]))
    near = surface.iloc[int(((surface["u"] - u) ** 2 + (surface["v"] - v) ** 2).to_numpy().argmin())]
    assert layer.value[far] == pytest.approx(near["value"], rel=0.1)
    assert layer.value.max() <= surface["value"].max() + 1e-9
    assert layer.value.min() >= surface["value"].min() - 1e-9
    plain = made("polar-bins").panels[0].layers[0]
    good = worlds.found("polar-bins").bins.query("~thin")
    np.testing.assert_allclose(plain.value, good["value"])
    assert (plain.y == good["speed"] - 0.5).all()


def test_a_day_stands_where_a_calendar_has_it() -> None:
    found = worlds.found("calendar").days
    march = made("calendar").panels[2]
    assert march.title is not None
    assert march.title("et") == "Märts 2021"
    (layer,) = march.layers
    day = found[found["time"] == "2021-03-15"].iloc[0]  # a Monday
    at = list(layer.written("en")).index("15")
    assert (layer.x[at], layer.y[at]) == (0, 2)
    assert layer.value[at] == day["value"]
    whole = made("calendar-years").panels[0].layers[0]
    where = np.flatnonzero((whole.x == 15) & (whole.y == 3))
    assert whole.value[where].tolist() == [day["value"]]


def test_cells_of_parts_stand_at_their_names() -> None:
    found = worlds.found("correlation-parts")
    chart = made("correlation-parts")
    orders = {one.order for one in found.results.values()}
    assert len(orders) > 1  # else the next lines say nothing
    for panel, one in zip(chart.panels, found.results.values(), strict=True):
        names = [text for _, text in panel.y.ticks("en")]
        assert names == [text for _, text in panel.x.ticks("en")]
        (layer,) = panel.layers
        shown = {analysis.result.called(name)("en"): name for name in one.order}
        for x, y, value in zip(layer.x, layer.y, layer.value, strict=True):
            assert one.matrix.loc[shown[names[int(y)]], shown[names[int(x)]]] == value


def test_parts_share_their_axes() -> None:
    chart = made("variation-parts")
    spans = {panel.y.span for panel in chart.panels}
    ((low, high),) = spans
    for panel in chart.panels:
        for layer in panel.layers:
            assert np.nanmax(layer.y) <= high
            assert np.nanmin(layer.y if layer.low is None else layer.low) >= low
    assert chart.title("en").endswith("(working days and weekend and season)")
    assert len({panel.y.span for panel in made("polar-parts").panels}) == 1
    schools = made("influence-parts")
    assert len({tuple(panel.y.ticks("en")) for panel in schools.panels}) == 1
    shown = worlds.found("influence-parts").results
    for panel, one in zip(schools.panels, shown.values(), strict=True):
        names = [text for _, text in panel.y.ticks("en")]
        points = panel.layers[-1]
        drawn = {names[int(y)]: x for x, y in zip(points.x, points.y, strict=True)}
        assert drawn == dict(zip(one.schools["school"], one.schools["slope"], strict=True))


def test_lengths_of_bars_are_values() -> None:
    for name, column in (("degree-days", "degree_days"), ("rain", "total")):
        years = worlds.found(name).years
        drawn = sorted(v for layer in made(name).layers for v in layer.y)
        np.testing.assert_allclose(drawn, sorted(years[column]))
        hatched = [layer for layer in made(name).layers if layer.hatch]
        assert sum(len(layer.y) for layer in hatched) == years["at_least"].sum() > 0
    bands = made("air-quality")
    ends: dict[float, float] = {}
    for layer in bands.layers:
        for y, low, high in zip(layer.y, layer.low, layer.x, strict=True):
            assert low == pytest.approx(ends.get(y, 0.0))
            ends[y] = high
    assert list(ends.values()) == pytest.approx([100, 100, 100])
    assert made("shuffle").layers[0].y.sum() == worlds.found("shuffle").orders


def test_special_days_of_one_full_year_are_bars() -> None:
    found = analysis.weather_days(worlds.hourly(400))
    full = found.years[found.years["full"]]
    assert set(full["year"]) == {2024}
    chart = figures.result(found)
    assert chart.alt("en").startswith("Bar chart.")
    assert {layer.kind for layer in chart.layers} == {"bars"}
    kinds = [text for _, text in chart.panels[0].y.ticks("en")]
    for panel, (_, year) in zip(chart.panels, full.iterrows(), strict=True):
        drawn = dict(zip(kinds, panel.layers[0].x, strict=True))
        assert drawn["frost days"] == year["frost"] > 0
    assert {layer.kind for layer in made("weather-days").layers} == {"line"}
    parted = figures.result(analysis.weather_days(worlds.hourly(400), by="station"))
    assert len(parted.panels) == len(chart.panels)


def test_lines_and_ranges_are_those_of_the_table() -> None:
    cells = worlds.found("variation-hour").cells
    band, line = made("variation-hour").layers
    np.testing.assert_array_equal(line.y, cells["mean"])
    np.testing.assert_array_equal(band.low, cells["low"])
    np.testing.assert_array_equal(band.y, cells["high"])
    ends, points = made("diversity").layers
    groups = worlds.found("diversity").groups
    np.testing.assert_array_equal(points.x, groups["at_equal_effort"])
    np.testing.assert_array_equal(ends.low, groups["at_equal_effort_low"])
    index = made("yearly-index").layers[-1]
    held = worlds.found("yearly-index").years.set_index("year")["index"]
    assert {int(x): y for x, y in zip(index.x, index.y, strict=True) if y == y} == held.to_dict()


def test_a_tree_joins_at_the_distances() -> None:
    found = worlds.found("similarity")
    line = made("similarity").panels[0].layers[0]
    assert set(np.round(line.x[np.isfinite(line.x)], 9)) - {0.0} <= set(np.round(found.merges[:, 2], 9))
    names = [text for _, text in made("similarity").panels[0].y.ticks("en")]
    matrix = made("similarity").panels[1].layers[0]
    own = dict(zip(found.stations["station_name"], range(3), strict=True))
    for x, y, value in zip(matrix.x, matrix.y, matrix.value, strict=True):
        assert value == found.matrix.to_numpy()[own[names[int(y)]], own[names[int(x)]]]


def test_gaps_stay_gaps_in_charts_of_results() -> None:
    layers = made("compare").layers
    assert all(np.isfinite(layer.y).any() for layer in layers)
    ds = worlds.daily().isel(time=slice(0, 200))
    here = figures.result(analysis.compare(ds, worlds.YARD)).layers[-1]
    assert np.isnan(here.y).sum() == 1  # the 35 days without readings are one gap
    assert np.isfinite(here.y).sum() == 200 - 35


# --- colours


def lightness(colour: str) -> float:
    """CIELAB lightness of an sRGB colour."""
    parts = [p / 255 for p in colours.parts(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_scales_can_be_read_in_grey() -> None:
    steps = [lightness(a) - lightness(b) for a, b in pairwise(colours.LITTLE_TO_MUCH)]
    assert min(steps) > 6
    assert max(steps) < 4 * min(steps)
    both = [lightness(c) for c in colours.BOTH_WAYS]
    assert both[3] == max(both)
    assert both[:4] == sorted(both[:4])
    assert both[3:] == sorted(both[3:], reverse=True)
    for n in (2, 4, 6):
        grey = [lightness(c) for c in colours.shades(n)]
        assert all(a - b > 6 for a, b in pairwise(grey))


def test_cells_with_two_ends_write_their_sign() -> None:
    written = made("correlation").layers[0].written("et")
    assert any(text.startswith("+0,") for text in written)
    assert any(text.startswith("−0,") for text in written)


# --- what is nasty


def crowd(n: int = 15) -> xr.Dataset:
    one = worlds.years().isel(station=[0], time=slice(0, 1100))
    many = xr.concat([one] * n, "station", coords="different", compat="equals")
    names = [f"<b>Väga pika nimega kool & gümnaasium number {k}, tagumine hoov</b>" for k in range(n)]
    return many.assign_coords(
        station=[f"EE-A/{k}" for k in range(n)], station_name=("station", names)
    ).assign_attrs(one.attrs)


def test_many_stations_with_long_names() -> None:
    for found in (analysis.rain_statistics(crowd()), analysis.growing_season(crowd())):
        chart = figures.result(found)
        assert len(chart.panels) == MOST_PANELS
        assert "the first 12 of 15" in chart.words("en").note
        assert "<b>" not in json.dumps(chart.plotly("en")["data"])
        titles = [note["text"] for note in chart.plotly("en")["layout"]["annotations"]]
        assert all(text.startswith("<b>&lt;b&gt;V") for text in titles)
        ET.fromstring(chart.svg("et"))
    lines = figures.result(analysis.averages(crowd(), "month", "temperature"))
    assert not any(layer.legend for layer in lines.layers)
    shares = figures.result(analysis.missing(crowd(45), "rain"))
    assert len(shares.panels[0].layers[0].y) == 30


def test_one_station_without_a_name_one_value_and_no_spread() -> None:
    ds = worlds.daily().isel(station=[0], time=slice(0, 3)).drop_vars("station_name")
    ds["pm25"] = xr.full_like(ds["pm25"], 4.0)
    chart = figures.calendar(ds)
    assert chart.scale is not None
    assert chart.scale.high > chart.scale.low
    assert len(chart.png("en")) > 1000
    single = figures.variation(ds, "weekday")
    assert np.isfinite(single.layers[-1].y).sum() == 3
    assert json.dumps(single.plotly("en"), allow_nan=False)


def test_nothing_above_the_bound_is_drawn_as_nothing() -> None:
    found = analysis.episodes(worlds.hourly(), "pm25", above=4000)
    chart = figures.result(found)
    assert chart.layers == ()
    assert chart.png("en")
    assert chart.plotly("et")["data"] == []


def test_maps_are_left_as_they_are_in_parts() -> None:
    panel = figures.map(worlds.daily()).panels[0]
    assert _alike((panel, panel)) == (panel, panel)


def test_a_chart_tells_what_its_result_left_out() -> None:
    times = pd.date_range("2026-01-01", periods=4, freq="h").as_unit("us")
    values = (("station", "time"), [[4.0, 5.0, 6.0, 60.0]])
    humidity = (("station", "time"), [[50.0, 60.0, 95.0, 96.0]])
    ds = xr.Dataset(
        {"pm25": values, "humidity": humidity}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"}
    )
    chart = figures.result(analysis.air_quality_index(ds))
    words = chart.words_html("en")
    assert "<li>Hours without a band because the air was damper than 85 %: 2.</li>" in words
    assert "Tunnid" in chart.words_html("et")
    assert "kit-remarks" not in figures.timeline(ds, "pm25").words_html("en")
