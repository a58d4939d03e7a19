"""Every analysis says of readings in pieces what it says of those in memory, also on a cluster."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import analysis
from kit.dataset import Dataset, create
from kit.dataset.view import View
from kit.errors import AnalysisError
from kit.model import Source, Station

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs the extra cluster: dask, distributed"
)
ROOT = Path(__file__).resolve().parents[2]
STATIONS, YEARS = 6, 6


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Six stations: days over six years, and three weeks of hours with wind and dust; settled."""
    made = create(tmp_path_factory.mktemp("cluster") / "ds", school="EE-A")
    rng = np.random.default_rng(8)
    for number in range(STATIONS):
        name = f"EE-{'AB'[number % 2]}/p{number}"
        made.add_station(Station(name, "EE-79", 58 + number / 2, 26.0, zone="Europe/Tallinn"))
        days = np.datetime64("2018-01-01") + np.arange(YEARS * 365 + 2)
        warm = 6 - 10 * np.cos(np.arange(len(days)) / 365.25 * 2 * np.pi) + 0.1 * np.arange(len(days)) / 365
        rows = zip(days, np.round(warm + rng.normal(0, 2, len(days)), 1), strict=True)
        table = "date,temperature (°C)\n" + "".join(f"{day},{value}\n" for day, value in rows)
        given(made, name, "days.csv", table)
        hours = np.datetime64("2024-03-01T00", "s") + np.arange(21 * 24) * np.timedelta64(3600, "s")
        columns = [
            np.round(rng.gamma(3, 4, len(hours)), 1), np.round(rng.gamma(3, 6, len(hours)), 1),
            np.round(rng.uniform(40, 95, len(hours))), np.round(rng.uniform(0, 359, len(hours))),
            np.round(rng.gamma(2, 2, len(hours)), 1),
        ]  # fmt: skip
        table = "time,pm2.5 (ug/m3),pm10 (ug/m3),humidity (%),wind direction (deg),wind speed (m/s)\n"
        table += "".join(",".join(map(str, row)) + "\n" for row in zip(hours, *columns, strict=True))
        given(made, name, "hours.csv", table)
    made.compact()
    return made


def given(shared: Dataset, station: str, file: str, table: str) -> None:
    source = Source(f"{station.replace('/', '-')}-{file}", table.encode())
    receipt = shared.upload(source, answers={"station": station, "zone": "UTC"}, accept_likely=True)
    assert receipt.status == "stored"


AIR = {"variable": ["pm25", "pm10", "humidity", "wind_direction", "wind_speed"], "freq": "1h"}
ONE = {**AIR, "station": "EE-A/p0"}
MONTHS = {"variable": "temperature", "freq": "1M"}
#: Of which readings an analysis is asked (else of ``AIR``), and with which other arguments.
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "anomaly": (MONTHS, {}),
    "averages": (AIR, {"variable": "pm25"}),
    "calendar": (ONE, {"variable": "pm25"}),
    "calibrate": (AIR, {"station": "EE-A/p0", "reference": "EE-B/p1", "variable": "pm25"}),
    "compare": ({"variable": "pm25", "station": ["EE-A/p0", "EE-B/p1", "EE-A/p2"]}, {}),
    "deviations": (AIR, {"station": "EE-A/p0", "reference": "EE-B/p1", "variable": "pm25"}),
    "correct": (AIR, {"method": "epa", "variable": "pm25"}),
    "episodes": (AIR, {"variable": "pm25", "above": 15.0}),
    "linear_relation": (AIR, {"x": "pm25", "y": "pm10", "over": "day"}),
    "trend": (MONTHS, {}),
    "variation": (AIR, {"variable": "pm25"}),
}
for _name in ("air_statistics", "normalise", "percentile_rose", "polar", "pollution_rose", "rolling"):
    ASKED[_name] = (ONE, {"variable": "pm25"})
ASKED["wind_rose"] = (ONE, {})
DAYS = {"variable": "temperature", "freq": "1D"}
ASKED |= {name: (DAYS, {}) for name in ("climatology", "degree_days", "growing_season")}
ASKED["derive"] = ({"variable": ["temperature", "humidity"], "freq": "1D"}, {"what": "dew_point"})
ASKED |= {name: (DAYS, {}) for name in ("missing", "similarity")}
ASKED |= {
    name: (MONTHS, {})
    for name in ("change_point", "homogeneity", "influence", "mixed_trend", "shuffle", "smooth_trend")
}
ASKED["before_after"] = (DAYS, {"when": "2020-06-01", "treated": "EE-A"})
ASKED["gradient"] = (DAYS, {"along": "latitude"})
OUT = pd.DataFrame({"eventDate": np.datetime_as_string(np.datetime64("2020-01-01") + np.arange(0, 365, 2))})
ASKED["join"] = (DAYS, {"taxon": "Parus major", "sightings": OUT.assign(
    station="EE-A/p0", eventID=OUT["eventDate"], eventTime="08:30", complete=True, individualCount=1.0,
    flag=1, scientificName=np.where(np.arange(len(OUT)) % 3 == 1, "Parus major", "Pica pica"),
    effort_minutes=20.0, occurrenceStatus="present", vernacularName="",
)})  # fmt: skip
#: Every public analysis that takes readings as a dataset gives them (``lost`` takes what was corrected).
ANALYSES = [
    name for name in analysis.__all__
    if name.islower() and name != "lost"
    and next(iter(inspect.signature(getattr(analysis, name)).parameters)) == "ds"
]  # fmt: skip
#: What a cluster is asked: daily and hourly readings, one station and many.
FEW = ("air_quality_index", "anomaly", "compare", "trend", "wind_rose")


def answer(shared: Dataset, name: str, **pieces: int) -> Any:
    """Return the result of an analysis, or the words in which it says that these readings do not allow it."""
    what, more = ASKED.get(name, (AIR, {}))
    try:
        return getattr(analysis, name)(shared.readings(**what, **pieces), **more)
    except AnalysisError as error:
        return error


def same(lazy: Any, here: Any) -> None:
    assert type(lazy) is type(here)
    if isinstance(here, AnalysisError):
        assert str(lazy) == str(here)
    elif isinstance(here, xr.Dataset):
        xr.testing.assert_identical(lazy.load(), here)
    elif isinstance(here, pd.DataFrame):
        pd.testing.assert_frame_equal(lazy, here)
    else:
        assert lazy.sentence("en") == here.sentence("en")
        assert lazy.caution("en") == here.caution("en")
        pd.testing.assert_frame_equal(lazy.table, here.table)


def test_the_analyses_are_there() -> None:
    assert set(FEW) <= set(ANALYSES)


@pytest.mark.parametrize("name", ANALYSES)
def test_analyses_in_pieces_are_those_in_memory(shared: Dataset, name: str) -> None:
    here = answer(shared, name)
    assert name not in FEW or not isinstance(here, AnalysisError)
    same(answer(shared, name, chunks=2), here)


# --- a cluster of processes of its own, on loopback


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}
    started = subprocess.Popen(
        [sys.executable, "-m", "dask", *command],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.terminate()
        started.wait(30)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process as its command starts it."""
    from distributed import Client

    url = f"tcp://127.0.0.1:{free_port()}"
    quiet = ("--no-dashboard",)
    worker = ("worker", url, "--nthreads", "1", "--no-nanny", *quiet)
    port = ("--host", "127.0.0.1", "--port", url.rpartition(":")[2])
    with running("scheduler", *port, *quiet), running(*worker), running(*worker):
        last = time.monotonic() + 120
        while True:
            try:
                with Client(url, timeout="5s", set_as_default=False) as client:
                    client.wait_for_workers(2, timeout=60)
                break
            except OSError:
                assert time.monotonic() < last, "no scheduler"
                time.sleep(0.2)
        yield url


@pytest.mark.slow
def test_a_cluster_given_by_its_address_says_the_same(shared: Dataset, address: str) -> None:
    from distributed import Client

    expected = {name: answer(shared, name) for name in FEW}
    with Client(address) as client:
        for name in FEW:
            same(answer(shared, name, chunks=2), expected[name])
        lazy = shared.readings("temperature", freq="1M", chunks=1)
        there = lazy["temperature"].data.map_blocks(_process, dtype=np.float64)
        assert os.getpid() not in set(there.compute().ravel().astype(int).tolist())
        workers = client.scheduler_info()["workers"]
        assert len(workers) == 2


def _process(block: Any) -> Any:
    return np.full(block.shape, float(os.getpid()))


# --- nothing loads all at once


def test_no_step_holds_more_than_a_piece(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    asked: list[int] = []
    piece = View.piece

    def counted(self: View, what: Any) -> Any:
        asked.append(len(what.stations))
        return piece(self, what)

    monkeypatch.setattr(View, "piece", counted)
    lazy = shared.readings("temperature", freq="1D", chunks=2)
    assert max(asked) == 2
    assert lazy["temperature"].data.numblocks == (STATIONS // 2, 1)
    asked.clear()
    with dask.config.set(scheduler="synchronous"):
        whole = float(lazy["temperature"].mean())
    assert (max(asked), len(asked)) == (2, STATIONS // 2)  # each piece once
    assert whole == pytest.approx(float(shared.readings("temperature", freq="1D")["temperature"].mean()))
    asked.clear()
    with dask.config.set(scheduler="synchronous"):
        lazy["temperature"].isel(station=[0]).load()
    assert asked == [2]  # only the piece that holds it


@pytest.mark.slow
def test_the_document_says_how(shared: Dataset, address: str) -> None:
    from distributed import Client, default_client

    text = (ROOT / "docs" / "beyond-one-machine.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(import kit\nfrom distributed.*?)```", text, re.DOTALL)
    assert found
    code = found[1].replace("tcp://192.0.2.10:8786", address).replace("/data/region", str(shared.folder))
    code = code.replace('"pm25"', '"temperature"')
    names: dict[str, Any] = {}
    exec(compile(code, "docs/beyond-one-machine.md", "exec"), names)
    assert isinstance(names["client"], Client)
    assert default_client() is names["client"]
    names["client"].close()
