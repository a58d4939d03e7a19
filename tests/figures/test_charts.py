"""Every figure: picture, sentence, table and alternative text agree, in both languages, offline."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import figures
from kit.analysis import trend as analyse
from kit.errors import AnalysisError, UsageError
from kit.figures import Chart, tables
from kit.figures.labels import arrange, box_around
from kit.figures.layers import MOST_POINTS, STYLES, thin
from kit.figures.series import gather

SVG = "{http://www.w3.org/2000/svg}"
#: Numbers that are part of a phrase of the trend ("of 10 tries", "10,000 tries"), not of the data.
PHRASES = {"10", "10,000", "10 000"}


Daily = Callable[..., xr.Dataset]


def chart(kind: str, ds: xr.Dataset) -> Chart:
    if kind == "trend":
        return figures.trend(analyse(ds))
    return figures.map(ds) if kind == "map" else figures.timeline(ds)


@pytest.fixture(scope="module", params=["timeline", "map", "trend"])
def made(request: pytest.FixtureRequest, daily: Daily) -> Chart:
    return chart(request.param, daily())


def numbers(text: str) -> set[str]:
    """Every number in a text as it is written, thousands separators and decimals included."""
    return {found.strip(".,") for found in re.findall(r"\d[\d.,\u00a0\u202f]*", text)}


@pytest.mark.parametrize("lang", ["en", "et"])
def test_every_number_of_the_sentence_is_in_the_table(made: Chart, lang: str) -> None:
    table = made.tables[0]
    held = " | ".join(" | ".join(line) for line in tables.written(table, lang)[1])
    held += " | " + table.caption(lang) + " | " + made.title(lang)
    held += f" | {len(made.table)} {len(made.table) - 1}"
    missing = numbers(made.sentence(lang)) - numbers(held) - PHRASES
    # a fall is told as a positive number, the table has its sign
    assert not missing, (made.sentence(lang), held)


def test_sentence_says_the_highest_value_of_the_data(daily: Daily) -> None:
    ds = daily()
    where = np.unravel_index(int(np.nanargmax(ds["pm25"].values)), ds["pm25"].shape)
    sentence = figures.timeline(ds).sentence("en")
    assert f"{float(ds['pm25'].values[where]):.1f} µg/m³" in sentence
    assert str(ds["station_name"].values[where[0]]) in sentence
    assert f"{pd.Timestamp(ds['time'].values[where[1]]):%B} " in sentence
    assert "marked as suspect" in sentence


def test_gaps_are_counted_and_stay_gaps(daily: Daily) -> None:
    made = figures.timeline(daily())
    row = made.table.set_index("station").loc["Elva kool"]
    assert row["missing"] == 35
    assert row["values"] + row["missing"] == 1826
    assert "35" in made.sentence("en")
    raw = next(t for t in made.plotly("en")["data"] if t["name"] == "Elva kool")
    gap = [x for x, y in zip(raw["x"], raw["y"], strict=True) if y is None]
    assert len(gap) == 1
    assert "2021-02-10" <= gap[0] < "2021-03-17"
    assert not any(
        "2021-02-10" <= x < "2021-03-17" for x, y in zip(raw["x"], raw["y"], strict=True) if y is not None
    )
    assert raw["connectgaps"] is False


def test_a_single_value_between_gaps_is_seen(daily: Daily) -> None:
    ds = daily("2025-01-01", "2025-03-01").isel(station=[0])
    values = np.full((1, ds.sizes["time"]), np.nan)
    values[0, [3, 4, 20]] = [1.0, 2.0, 9.0]
    ds["pm25"] = (("station", "time"), values)
    made = figures.timeline(ds)
    alone = [t for t in made.plotly("en")["data"] if t["mode"] == "markers"]
    assert [t["y"] for t in alone] == [[9.0]]
    assert made.table["missing"].tolist() == [15]


@pytest.mark.parametrize("lang", ["en", "et"])
def test_svg_is_xml_with_title_and_description(made: Chart, lang: str) -> None:
    root = ET.fromstring(made.svg(lang))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == made.title(lang)
    assert desc is not None
    assert desc.text == made.alt(lang)
    assert set(root.get("aria-labelledby", "").split()) == {title.get("id"), desc.get("id")}
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', made.svg(lang)))
    assert used <= set(ids)


def test_the_same_chart_is_drawn_the_same(made: Chart) -> None:
    assert made.svg("en") == made.svg("en")


def test_png_is_a_picture_of_readable_size(made: Chart) -> None:
    data = made.png("et")
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") > 1000


@pytest.mark.parametrize("lang", ["en", "et"])
def test_plotly_accepts_the_figure(made: Chart, lang: str) -> None:
    graph = pytest.importorskip("plotly.graph_objects")
    figure = made.plotly(lang)
    checked = graph.Figure(json.loads(json.dumps(figure, allow_nan=False)))
    assert checked.layout.xaxis.title.text
    assert checked.layout.yaxis.title.text
    assert checked.layout.title.text == made.title(lang)
    assert checked.layout.meta["alt"] == made.alt(lang)
    assert max(len(t["x"]) for t in figure["data"] if t.get("fill") != "toself") <= MOST_POINTS
    assert all(t["type"] == "scatter" for t in figure["data"])


@pytest.mark.parametrize("lang", ["en", "et"])
def test_nothing_points_outside(made: Chart, lang: str) -> None:
    plotted = json.dumps(made.plotly(lang))
    assert "http" not in plotted
    assert "//" not in plotted
    names = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")
    for text in (made.svg(lang), made.html(lang)):
        for name in names:
            text = text.replace(name, "")
        assert "http" not in text
        assert "<script" not in text
        assert "<!DOCTYPE" not in text


@pytest.mark.parametrize("lang", ["en", "et"])
def test_alternative_text_says_something(made: Chart, lang: str) -> None:
    alt = made.alt(lang)
    assert made.sentence(lang) in alt
    assert len(alt) > 60
    assert re.search(r"\d", alt)
    assert alt != made.title(lang)


def test_languages_differ_in_words_and_numbers(daily: Daily) -> None:
    made = chart("timeline", daily())
    assert "juuli 2021" in made.sentence("et")
    assert "," in made.sentence("et")
    assert made.plotly("et")["layout"]["separators"].startswith(",")
    assert made.plotly("et")["layout"]["xaxis"]["title"]["text"] == "kuupäev"
    formats = [stop["value"] for stop in made.plotly("et")["layout"]["xaxis"]["tickformatstops"]]
    assert not any("%b" in text for text in formats)
    assert ">2023<" in made.svg("et")
    assert ">kuupäev<" in made.svg("et")


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_html_has_figure_sentence_and_scoped_tables(made: Chart) -> None:
    page = made.html("en")
    parser = _Tables()
    parser.feed(page)
    tags = [tag for tag, _ in parser.seen]
    assert tags.count("table") == tags.count("caption") == len(made.tables)
    assert "details" in tags
    assert "summary" in tags
    assert all(about.get("scope") in ("col", "row") for tag, about in parser.seen if tag == "th")
    assert made.sentence("en").replace("'", "&#x27;") in page


def test_names_are_escaped(daily: Daily) -> None:
    ds = daily("2025-01-01", "2025-02-01")
    ds = ds.assign_coords(station_name=("station", ["<script>alert(1)</script>", "A & B", "C"]))
    for made in (figures.timeline(ds), figures.map(ds)):
        assert "<script>" not in made.html("en")
        ET.fromstring(made.svg("en"))
    annotations = figures.map(ds).plotly("en")["layout"]["annotations"]
    assert not any("<script>" in note["text"] for note in annotations)


def test_thinning_keeps_extremes_ends_and_gaps() -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=90_000)
    values[40_000:40_500] = np.nan
    values[777], values[88_001] = 99.0, -99.0
    keep = thin(values)
    assert len(keep) <= MOST_POINTS
    assert {0, 777, 88_001, 89_999} <= set(keep.tolist())
    assert np.isnan(values[keep]).any()
    assert (np.diff(keep) > 0).all()


def test_short_series_are_not_thinned() -> None:
    assert thin(np.arange(MOST_POINTS, dtype=float)).tolist() == list(range(MOST_POINTS))


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_lines_have_contrast_and_differ_without_colour() -> None:
    for colour, _, _ in STYLES:
        assert 1.05 / (_luminance(colour) + 0.05) >= 3, colour
    assert len({(dash, symbol) for _, dash, symbol in STYLES}) == len(STYLES)
    assert len({symbol for _, _, symbol in STYLES}) == len(STYLES)


def test_many_stations_are_grey_with_their_median(daily: Daily) -> None:
    ds = daily("2025-01-01", "2025-02-01")
    many = xr.concat(
        [ds.assign_coords(station=[f"{s}{i}" for s in ds["station"].values]) for i in range(4)], "station"
    )
    drawn = figures.timeline(many).plotly("en")["data"]
    middle = next(t for t in drawn if t["name"] == "median of the stations")
    assert middle["y"][0] == pytest.approx(float(np.median(many["pm25"].values[:, 0])), abs=1e-3)
    assert sum(t["showlegend"] for t in drawn) == 1


def test_map_is_drawn_true_to_shape(daily: Daily) -> None:
    made = chart("map", daily())
    layout = made.plotly("en")["layout"]
    assert layout["yaxis"]["scaleratio"] == pytest.approx(1 / np.cos(np.deg2rad(58.3)), abs=0.01)
    lines = [t for t in made.plotly("en")["data"] if t["name"] == ""]
    assert any(t.get("fill") == "toself" for t in lines)
    assert any("fill" not in t for t in lines)
    words = [note["text"] for note in layout["annotations"]]
    table = made.table.set_index("station")["mean"]
    assert f"Elva kool: {table['Elva kool']:.1f}" in words
    assert any("Natural Earth" in text for text in words)


def test_map_labels_never_cover_each_other() -> None:
    box = box_around([58.0, 58.6], [26.0, 27.0])
    places = arrange(
        [26.5, 26.501, 26.52], [58.3, 58.301, 58.29], ["Tartu A: 12.3", "Tartu B: 9.1", "C: 7.0"], box
    )
    assert places is not None
    assert len(set(places)) == 3
    crowd = arrange([26.5] * 60, [58.3] * 60, ["a very long name of a school: 12.3"] * 60, box)
    assert crowd is None


def test_stations_without_coordinates_are_named(daily: Daily) -> None:
    ds = daily("2025-01-01", "2025-02-01")
    ds = ds.assign_coords(latitude=("station", [58.4, np.nan, 58.2]))
    assert "1 station has no coordinates" in figures.map(ds).sentence("en")
    ds = ds.assign_coords(latitude=("station", [np.nan] * 3))
    with pytest.raises(AnalysisError, match="no station to put on a map"):
        figures.map(ds)


def test_trend_band_is_the_interval_of_the_slope(daily: Daily) -> None:
    result = analyse(daily())
    low, high = figures.trend(result).layers[0].low, figures.trend(result).layers[0].y
    assert low is not None
    days = (result.series["time"].iloc[-1] - result.series["time"].iloc[0]).days
    width = (result.high - result.low) * days / 365.2425 / 2
    assert high[0] - low[0] == pytest.approx(width, rel=0.01)
    assert high[-1] - low[-1] == pytest.approx(width, rel=0.01)


def test_nothing_to_draw_is_said_in_words(daily: Daily) -> None:
    ds = daily("2025-01-01", "2025-02-01")
    ds["pm25"] = ds["pm25"] * np.nan
    with pytest.raises(AnalysisError, match="no values of pm25 to draw"):
        figures.timeline(ds)
    with pytest.raises(UsageError, match=r"hold no rain.*They hold: pm25"):
        figures.timeline(ds, "rain")


def test_long_table_with_failed_values() -> None:
    times = pd.date_range("2026-03-01", periods=50, freq="10min")
    frame = pd.DataFrame({
        "station": "EE-TRT-7k2p/roof", "sensor": "1", "variable": "temperature", "time": times, "period": 0,
        "value": np.linspace(1, 5, 50), "flag": np.int8(1), "reason": "", "row": range(50),
    })  # fmt: skip
    frame.loc[10, ["value", "flag"]] = [86.0, 4]
    frame = frame.drop(index=range(20, 26))
    made = figures.timeline(frame)
    assert made.table["failed"].tolist() == [1]
    assert made.table["highest"].tolist() == [5.0]
    assert made.table["missing"].tolist() == [7]
    assert "failed a check and is not used" in made.sentence("en")
    assert gather(frame).variable.id == "temperature"


def test_jupyter_shows_figure_then_words(monkeypatch: pytest.MonkeyPatch, daily: Daily) -> None:
    shown: list[tuple[dict[str, object], dict[str, object]]] = []
    import IPython.display

    monkeypatch.setattr(
        IPython.display,
        "display",
        lambda bundle, metadata=None, raw=False: shown.append((bundle, metadata or {})),
    )
    made = chart("timeline", daily())
    made._ipython_display_()
    (figure, about), (words, _) = shown
    assert "application/vnd.plotly.v1+json" in figure
    assert "image/svg+xml" in figure
    assert about["image/svg+xml"] == {"alt": made.alt()}
    assert "text/html" not in figure
    assert made.sentence() in str(words["text/html"])
    assert "<details>" in str(words["text/html"])
    bundle, _ = made._repr_mimebundle_()
    assert set(bundle) >= {"application/vnd.plotly.v1+json", "image/svg+xml", "text/html", "text/plain"}


def test_map_compares_only_what_is_comparable(daily: Daily) -> None:
    ds = daily()
    assert "The highest mean is" in figures.map(ds).sentence("en")
    short = ds.copy(deep=True)
    short["pm25"][2, 400:] = np.nan
    words = figures.map(short).sentence("en")
    assert "did not measure on the same days" in words
    assert "highest" not in words
    inside = ds.assign_coords(exposure=("station", ["roof", "indoor", "roof"]))
    chart = figures.map(inside)
    assert chart.sentence("en").endswith("Left out, because they stand indoors: Elva kool.")
    assert chart.sentence("et").endswith("Välja jäid, sest need on siseruumis: Elva kool.")
    assert len(chart.table) == 2
    alone = ds.assign_coords(exposure=("station", ["indoor"] * 3))
    assert len(figures.map(alone).table) == 3


def test_a_map_of_one_day_names_that_day(daily: Daily) -> None:
    ds = daily("2025-03-01", "2025-03-01")
    words = figures.map(ds)
    assert words.sentence("en").startswith("3 stations measured PM2.5 (fine particles) on March 1, 2025. ")
    assert "1. märts 2025 mõõtis 3 jaama." in words.sentence("et")
    assert "between" not in words.sentence("en")
    days = figures.map(daily("2025-03-01", "2025-03-02")).sentence("en")
    assert "between March 1, 2025 and March 2, 2025." in days


def test_timeline_names_indoor_stations_and_incomplete_sums(daily: Daily) -> None:
    ds = daily(variable="rain", end="2021-12-31")
    assert "missing in them" not in figures.timeline(ds).sentence("en")
    ds["rain_at_least"] = xr.zeros_like(ds["rain"]).astype("int8")
    assert "missing in them" not in figures.timeline(ds).sentence("en")
    ds["rain_at_least"][0, 3] = 1
    assert "Some sums have something missing in them" in figures.timeline(ds).sentence("en")
    assert "indoors" not in figures.timeline(ds).sentence("en")
    inside = ds.assign_coords(exposure=("station", ["roof", "indoor", "roof"]))
    assert "because they stand indoors: Elva kool." in figures.timeline(inside).sentence("en")
    assert "siseruumis: Elva kool." in figures.timeline(inside).sentence("et")
