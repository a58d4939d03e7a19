"""The new checks on real files with a known truth, and how often they are wrong on good ones."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest

from kit.checks import run
from kit.checks.context import run_context
from kit.model import Station

pytestmark = pytest.mark.fielddata
BEIJING = {
    "Aotizhongxin": (39.98, 116.40), "Changping": (40.22, 116.23), "Dingling": (40.29, 116.22),
    "Dongsi": (39.93, 116.42), "Guanyuan": (39.93, 116.34), "Gucheng": (39.91, 116.18),
    "Huairou": (40.33, 116.63), "Nongzhanguan": (39.94, 116.46), "Shunyi": (40.13, 116.66),
    "Tiantan": (39.89, 116.41), "Wanliu": (39.99, 116.29), "Wanshouxigong": (39.88, 116.35),
}  # fmt: skip
HERE = {
    f"b/{name}": Station(f"b/{name}", latitude=lat, longitude=lon, region="CN-BJ")
    for name, (lat, lon) in BEIJING.items()
}


@pytest.fixture(scope="module")
def beijing(request):
    folder = request.getfixturevalue("field_data")
    with zipfile.ZipFile(folder / "big/beijing_multisite_12stations.zip") as archive:
        parts = [pd.read_csv(archive.open(name)) for name in archive.namelist() if name.endswith(".csv")]
    data = pd.concat(parts, ignore_index=True)
    data["time"] = pd.to_datetime(data[["year", "month", "day", "hour"]]).dt.as_unit("us")
    return data


def long(data, **names):
    parts = [
        pd.DataFrame({
            "station": "b/" + data["station"], "sensor": "1", "variable": variable, "period": 3600,
            "time": data["time"], "value": data[column].astype(float), "submission": "x",
        })
        for variable, column in names.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_beijing_has_21312_rows_with_more_fine_dust_than_dust(beijing):
    table = long(beijing, pm25="PM2.5", pm10="PM10")
    done = run(table, HERE)
    hit = np.array(["part-above-whole" in text for text in done.reason]).reshape(2, -1)
    impossible = (beijing["PM2.5"] > beijing["PM10"]).to_numpy()
    assert impossible.sum() == 21312
    assert (hit[0] == hit[1]).all()
    assert not (hit[0] & ~impossible).any()
    beyond = (beijing["PM2.5"] - beijing["PM10"] > 7 + 0.05 * beijing["PM10"]).to_numpy()
    assert hit[0].sum() == beyond.sum() == 14334


@pytest.mark.parametrize(
    ("variable", "column", "most"),
    [("pm25", "PM2.5", 5e-4), ("temperature", "TEMP", 5e-5), ("pressure", "PRES", 1e-3)],
)
def test_twelve_good_neighbours_are_hardly_ever_suspect(beijing, variable, column, most):
    table = long(beijing, **{variable: column})
    table["flag"] = run(table, HERE).flag
    done = run_context(table, HERE, {})
    share = float((done.reason != "").mean())
    assert 0 < share < most
    lonely = {one.station for one in done.not_run if one.check == "neighbours"}
    assert len(lonely) <= 3  # the hills in the north are 30 km away


def test_a_fault_put_into_a_real_station_is_found(beijing):
    data = beijing[(beijing["year"] == 2015) & (beijing["month"] == 7)].reset_index(drop=True)
    table = long(data, temperature="TEMP")
    at = np.flatnonzero((table["station"] == "b/Wanliu") & table["time"].dt.hour.between(9, 14))
    table.loc[at, "value"] += 12.0  # the sun on the sensor
    table["flag"] = np.int8(1)
    reason = run_context(table, HERE, {}).reason
    hit = np.array(["neighbours" in text for text in reason])
    assert hit[at].mean() > 0.9
    assert not np.delete(hit, at).any()


@pytest.mark.parametrize(
    ("name", "column", "variable", "factor", "place"),
    [
        ("weather/knmi_vlissingen_prec_hourly.csv", 1, "rain", 1000, (51.44, 3.6, "NL-ZE")),
        ("weather/smhi_heby_temp_daily.csv", 1, "temperature", 1, (59.93, 16.87, "SE-U")),
    ],
)
def test_good_series_of_weather_services_have_no_flag(field_data, name, column, variable, factor, place):
    data = pd.read_csv(field_data / name)
    station = Station("w/x", latitude=place[0], longitude=place[1], region=place[2])
    table = pd.DataFrame({
        "station": "w/x", "sensor": "1", "variable": variable,
        "time": pd.to_datetime(data.iloc[:, 0]).dt.as_unit("us"),
        "period": 3600 if variable == "rain" else 86400,
        "value": pd.to_numeric(data.iloc[:, column], errors="coerce") * factor,
        "row": np.arange(1, len(data) + 1),
    })  # fmt: skip
    done = run(table, {"w/x": station})
    assert set(done.flag) <= {1, 9}


def test_reference_dust_of_aberdeen(field_data):
    rates = {}
    for path in sorted((field_data / "air/aberdeen_reference").glob("*.csv")):
        data = pd.read_csv(path, sep=";", encoding="latin-1")
        time = pd.to_datetime(data.iloc[:, 0], errors="coerce", dayfirst=True)
        table = pd.concat([
            pd.DataFrame({
                "station": "a/x", "sensor": "1", "variable": variable, "period": 3600, "time": time,
                "value": pd.to_numeric(data[column], errors="coerce"),
            })
            for variable, column in (("pm25", "PM2.5"), ("pm10", "PM10"))
        ], ignore_index=True).dropna(subset="time")  # fmt: skip
        done = run(table, {"a/x": Station("a/x", latitude=57.15, longitude=-2.1, region="GB-ABE")})
        rates[path.stem] = float(np.isin(done.flag, (3, 4)).mean())
        peak = table["value"].to_numpy() == 630
        if peak.any():
            assert (done.flag[peak] >= 3).all()
    assert max(rates.values()) < 0.005
