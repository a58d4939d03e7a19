"""Readings in pieces on dask are the readings in memory, and analyses run on them."""

from __future__ import annotations

import importlib.util
import pickle

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.dataset import Dataset
from kit.dataset.chunked import Piece
from kit.errors import UsageError

with_dask = pytest.mark.skipif(
    importlib.util.find_spec("dask") is None, reason="needs the extra cluster: dask"
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Seven stations of three schools; one of them has data in other months, one two sensors, one none."""
    from kit.dataset import create
    from kit.model import Source, Station

    found = create(tmp_path_factory.mktemp("chunked") / "ds", school="EE-A")
    rng = np.random.default_rng(5)
    for number in range(7):
        zone = ("Europe/Tallinn", "Europe/Berlin")[number % 2]
        found.add_station(Station(f"EE-{'ABC'[number % 3]}/p{number}", "EE-79", 58 + number, 26.0, zone=zone))
        for sensor in "12" if number == 3 else "1":
            if number == 6:
                continue
            start = np.datetime64("2024-05-20" if number == 4 else "2024-01-01", "s") + 86400 * 20 * (
                sensor == "2"
            )
            times = start + np.arange(40 * 24) * np.timedelta64(3600, "s")
            value = np.round(rng.normal(10 + 20 * (sensor == "2"), 3, len(times)), 1)
            text = "time,temperature (°C),rain (mm)\n"
            text += "".join(f"{t},{v},{abs(v) // 9:.1f}\n" for t, v in zip(times, value, strict=True))
            name = f"EE-{'ABC'[number % 3]}/p{number}"
            source = Source(f"s{number}-{sensor}.csv", text.encode())
            found.upload(source, answers={"station": name, "zone": "UTC"}, accept_likely=True)
    return found


@with_dask
@pytest.mark.parametrize("freq", ["1h", "1D", "1M"])
@pytest.mark.parametrize("chunks", [1, 3, "auto"])
@pytest.mark.parametrize(
    "what", [{}, {"variable": "temperature"}, {"variable": ["rain", "co2"], "use": (1, 2)}]
)
def test_pieces_are_the_readings(shared: Dataset, freq: str, chunks: int | str, what: dict) -> None:
    lazy = shared.readings(freq=freq, chunks=chunks, **what)
    assert all(array.chunks is not None for array in lazy.data_vars.values())
    xr.testing.assert_identical(lazy.load(), shared.readings(freq=freq, **what))


@with_dask
def test_settled_or_not_is_the_same(shared: Dataset) -> None:
    before = shared.readings(freq="1D", chunks=2).load()
    shared.compact()
    lazy = shared.readings(freq="1D", chunks=2).load()
    xr.testing.assert_identical(lazy.drop_attrs(), before.drop_attrs())


@with_dask
def test_nothing_is_given_in_pieces_too(shared: Dataset) -> None:
    lazy = shared.readings("temperature", since="1999", until="1999", freq="1D", chunks=2)
    assert dict(lazy.sizes) == {"station": 0, "time": 0}


@with_dask
def test_analyses_run_on_pieces(shared: Dataset) -> None:
    import kit

    three = ["EE-A/p0", "EE-B/p1", "EE-C/p2"]
    lazy = kit.compare(shared.readings("temperature", station=three, chunks=2))
    here = kit.compare(shared.readings("temperature", station=three))
    pd.testing.assert_frame_equal(lazy.table, here.table)
    assert lazy.sentence("en") == here.sentence("en")


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs the extra cluster: distributed"
)
def test_workers_of_a_cluster_give_the_same(shared: Dataset) -> None:
    from distributed import Client, LocalCluster

    here = shared.readings(freq="1D")
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="") as cluster,
        Client(cluster.scheduler_address),
    ):
        xr.testing.assert_identical(shared.readings(freq="1D", chunks=3).load(), here)


def test_a_piece_can_be_sent() -> None:
    piece = Piece("a", 1, None, ("rain",), ("EE-A/roof",), (None, None), "1D", (1, 2, 3), None)
    assert pickle.loads(pickle.dumps(piece)) == piece


@with_dask
@pytest.mark.parametrize("chunks", [0, -1, "many", 2.5, True])
def test_other_sizes_are_refused(shared: Dataset, chunks: object) -> None:
    with pytest.raises(UsageError, match="size of a piece"):
        shared.readings(freq="1D", chunks=chunks)  # type: ignore[arg-type]
