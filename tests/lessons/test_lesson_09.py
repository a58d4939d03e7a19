"""Lesson 9, trust a cheap sensor: right answers from the two devices' files with pandas alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, samples
from kit.dataset import Dataset, create
from kit.errors import UsageError
from kit.model import Station
from tests.lessons.conftest import Begin

NAME = "09-trust-a-sensor"
SENSOR, REFERENCE = "EE-HRJ-q5n7/sensor", "EE-HRJ-q5n7/reference"
ZONE = "Europe/Tallinn"
STANDARD = pd.Timedelta(hours=2)


def of_the_sensor(file: str, column: str) -> pd.Series:
    """Hourly means of a column of the sensor's file, by UTC."""
    raw = pd.read_csv(samples.folder() / "harju-a" / file, sep=";")
    values = raw.set_index(pd.to_datetime(raw["timestamp"], utc=True).dt.tz_localize(None))[column]
    values = values[~values.index.duplicated(keep="last")].dropna()
    return values.groupby(values.index.floor("h")).mean()


def of_the_reference() -> pd.Series:
    raw = pd.read_csv(samples.folder() / "harju-a" / "vordlusmootja_2025.csv", sep=";", decimal=",")
    local = pd.to_datetime(raw["Kuupäev"] + " " + raw["Kellaaeg"], format="%d.%m.%Y %H:%M")
    values = pd.Series(raw.iloc[:, 2].to_numpy(), index=local)
    utc = values.index.tz_localize(ZONE, ambiguous="infer", nonexistent="shift_forward").tz_convert("UTC")
    return values.set_axis(utc.tz_localize(None)).dropna()


def side_by_side() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Device, reference and humidity of the first and of the last 30 days, hour by hour (rows: UTC)."""
    every = pd.DataFrame({
        "device": of_the_sensor("2025_sds011_sensor_99301.csv.gz", "P2"),
        "humidity": of_the_sensor("2025_dht22_sensor_99302.csv.gz", "humidity"),
        "reference": of_the_reference(),
    })  # fmt: skip
    day = (every.index + STANDARD).normalize()
    both = every[["device", "reference"]].groupby(day).count().min(axis=1)
    days = both[both >= 18].index
    return every[(day >= days[0]) & (day <= days[29])], every[(day >= days[-30]) & (day <= days[-1])]


def right() -> dict[str, object]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def rmse(gap: pd.Series) -> float:
    return float(np.sqrt((gap**2).mean()))


def test_right_answers_are_those_of_the_files(begin: Begin) -> None:
    running = begin(NAME, depth="B")
    found, (first, last) = right(), side_by_side()
    assert (running.station, running.value("reference")) == (SENSOR, REFERENCE)
    assert len(running.value("first")["time"]) == len(first)
    pairs = first.dropna(subset=["device", "reference"])
    assert found["1"] == "a"
    assert found["2"] == pytest.approx(rmse(pairs["device"] - pairs["reference"]), abs=0.01)
    assert (found["3"] == "a") == (pairs["device"].corr(pairs["reference"]) ** 2 >= 0.7)
    slope, intercept = np.polyfit(pairs["device"], pairs["reference"], 1)
    seen = last.dropna()
    made = intercept + slope * seen["device"]
    assert found["6"] == pytest.approx(rmse(made - seen["reference"]), abs=0.01)
    assert found["9"] == pytest.approx(3 * rmse(made - seen["reference"]), abs=0.03)
    assert made.mean() / seen["reference"].mean() < 0.95
    assert found["7"] == "b"
    whole = first.dropna()
    design = np.column_stack([np.ones(len(whole)), whole["device"], whole["humidity"]])
    line = np.linalg.lstsq(design, whole["reference"].to_numpy(), rcond=None)[0]
    damp = line[0] + line[1] * seen["device"] + line[2] * seen["humidity"]
    errors = [rmse(one - seen["reference"]) for one in (seen["device"], made, damp)]
    assert found["8"] == "abc"[int(np.argmin(errors))]
    assert found["11"] == "a, d"
    assert found["5"] == int(first["device"].notna().sum()) - len(whole)


def test_damp_hours_read_higher_by_quarters_and_by_bins(begin: Begin) -> None:
    begin(NAME, depth="C")
    whole = side_by_side()[0].dropna()
    quarter = pd.qcut(whole["humidity"].rank(method="first"), 4, labels=False)
    means = whole.groupby(quarter)[["device", "reference"]].mean()
    times = means["device"] / means["reference"]
    assert (right()["4"] == "a") == bool(times.iloc[3] > 1.05 * times.iloc[0])
    bins = pd.cut(whole["humidity"], [0, 50, 60, 70, 80, 100])
    gaps = (whole["device"] - whole["reference"]).groupby(bins, observed=False).agg(["mean", "count"])
    assert right()["17"] == pytest.approx(gaps[gaps["count"] >= 24]["mean"].iloc[-1], abs=0.02)


def test_the_water_correction_brings_quarters_together_and_leaves_the_raw_readings(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    before = running.value("first")["pm25"].values.copy()
    raw, dried = running.value("raw").parts["times"], running.value("dried").parts["times"]
    assert dried.iloc[3] / dried.iloc[0] < raw.iloc[3] / raw.iloc[0]
    np.testing.assert_array_equal(running.value("first")["pm25"].values, before)


def test_the_rooms_file_is_read_and_never_uploaded(begin: Begin) -> None:
    running = begin(NAME, depth="B")
    raw = pd.read_csv(samples.folder() / "tartu-a" / "klassiohk_2025-11.csv.gz", sep=";")
    local = pd.to_datetime(raw["Kuupäev"] + " " + raw["Kellaaeg"], format="%d.%m.%Y %H:%M")
    hours = raw.groupby(local.dt.floor("h"))["CO2 (ppm)"].mean()
    day = hours[hours.index.normalize() == hours.idxmax().normalize()]
    assert right()["13"] == pytest.approx(day.max(), abs=0.1)
    assert right()["14"] == pytest.approx(-day.diff().min(), abs=0.1)
    assert right()["15"] == "b"
    assert running.value("low_end") == pytest.approx(raw["CO2 (ppm)"].quantile(0.02), abs=1)
    with pytest.raises(UsageError, match="stays in the school"):
        running.upload()
    held = running.shared.readings("pm25", freq="1D")
    assert not any("classroom" in str(one) for one in held["station"].values)


def test_wrong_answers_are_not_right_and_a_decimal_comma_is(begin: Begin) -> None:
    begin(NAME, depth="A")
    number = float(right()["6"])  # type: ignore[arg-type]
    assert kit.answer("6", f"{number:.1f}".replace(".", ",") + " µg/m³").state == "right"
    assert kit.answer("6", number + 1).state == "not yet"
    assert kit.answer("11", "a, b, d").state == "not yet"
    assert kit.answer("7", "a").state == "not yet"


@pytest.fixture
def school(tmp_path: Path) -> Dataset:
    """A school of its own: a sensor that shows too little, beside another one; a third far away."""
    shared = create(tmp_path / "own", school="EE-OWN-a1b2")
    near = {"region": "EE-79", "latitude": 58.4, "longitude": 26.7, "zone": ZONE, "exposure": "roof"}
    shared.add_station(Station("EE-OWN-a1b2/ours", **near))
    shared.add_station(Station("EE-OWN-a1b2/second", **near))
    shared.add_station(Station("EE-OWN-a1b2/away", **near | {"latitude": 58.5}))
    time = pd.date_range("2026-01-01", periods=24 * 40, freq="h")
    rng = np.random.default_rng(5)
    truth = 12 + 6 * np.sin(np.arange(len(time)) / 17) + rng.normal(0, 0.3, len(time))
    damp = 70 + 20 * np.sin(np.arange(len(time)) / 24 * 2 * np.pi)
    written = {"ours": 0.5 * truth + 1, "second": truth, "away": truth + 3}
    for station, values in written.items():
        columns = {"time": time.strftime("%Y-%m-%d %H:%M"), "PM2.5 (µg/m³)": values.round(2)}
        if station == "ours":
            columns["Humidity (%)"] = damp.round(1)
        file = tmp_path / f"{station}.csv"
        pd.DataFrame(columns).to_csv(file, index=False)
        receipt = shared.upload(file, station=f"EE-OWN-a1b2/{station}", accept_likely=True)
        assert receipt.status == "stored"
    return shared


def test_a_school_of_its_own_has_its_own_answers(begin: Begin, school: Dataset) -> None:
    running = begin(NAME, depth="B", dataset=school.folder, station="EE-OWN-a1b2/ours")
    assert running.source_of_data.kind == "own"
    assert running.value("reference") == "EE-OWN-a1b2/second"
    found = right()
    assert (found["1"], found["3"], found["4"], found["7"]) == ("b", "a", "c", "c")
    assert float(found["6"]) < 1  # type: ignore[arg-type]
    assert running.value("size") == 20, "half of the forty days"
    raw, plain, damp = running.value("typical")
    assert raw > plain
    assert f"{plain:.2f}" == f"{damp:.2f}", "this sensor does not feel the damp"
    assert found["8"] == "d", "what looks the same in the sentences is not told apart"
    assert "a" in str(found["11"])


def test_a_station_without_another_beside_it_works_with_the_samples_and_says_so(
    begin: Begin, school: Dataset
) -> None:
    other = next(
        one for one in kit.lesson.enough(NAME, school, "EE-OWN-a1b2/away") if one.need.whose == "beside"
    )
    assert (other.found, other.enough) == (0, False)
    running = begin(NAME, depth="A", dataset=school.folder, station="EE-OWN-a1b2/away")
    assert running.station == "EE-OWN-a1b2/ours", "another station of the same school has one beside it"


def test_the_room_of_the_samples_is_not_called_ours_in_a_classs_own_dataset(
    begin: Begin, school: Dataset, tmp_path: Path
) -> None:
    running = begin(NAME, depth="B", dataset=school.folder, station="EE-OWN-a1b2/ours")
    assert "klassiohk" not in repr(running)
    room = tmp_path / "meie_klass.csv"
    time = pd.date_range("2026-02-02", periods=288, freq="5min").strftime("%Y-%m-%d %H:%M")
    pd.DataFrame({"Aeg": time, "CO2 (ppm)": [350] * 100 + [900] * 88 + [500] * 100}).to_csv(room, index=False)
    before = len(school.submissions())
    running = begin(NAME, depth="B", dataset=school.folder, station="EE-OWN-a1b2/ours", file=room)
    assert "meie_klass.csv" in repr(running)
    assert right()["13"] == pytest.approx(900)
    assert right()["15"] == "a", "less than outdoor air has"
    assert len(school.submissions()) == before
