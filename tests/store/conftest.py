"""A store in a folder, and acts to put into it. No format, check or ingest is involved."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.entry import Entry
from kit.model import READINGS, empty
from kit.store import flush as flushing
from kit.store.acts import Draft
from kit.store.frames import pack


def rows_of(text: str) -> pd.DataFrame:
    """The rows that a test's kept copy "station,variable,first value,number" stands for."""
    station, variable, first, n = text.split(",")
    count = int(n)
    frame = empty(READINGS).reindex(range(count))
    frame["station"], frame["sensor"], frame["variable"], frame["reason"] = station, "1", variable, ""
    frame["time"] = np.datetime64("2024-01-01", "us") + np.arange(count) * np.timedelta64(3600, "s")
    frame["value"] = float(first) + np.arange(count)
    frame["row"] = np.arange(1, count + 1)
    frame["period"], frame["flag"] = 0, 1
    return frame.astype(READINGS)


def derive(entry: Entry, kept: bytes) -> Mapping[str, bytes]:
    """Derive rows again, as a dataset would do with ingest."""
    return {"readings": pack(rows_of(kept.decode()), READINGS)}


def draft(text: str) -> Draft:
    """A submission of :func:`rows_of`."""
    kept = text.encode()
    sha256 = hashlib.sha256(kept).hexdigest()
    frame = rows_of(text)
    content = {"key": sha256, "tables": {"readings": len(frame)}}
    rows = {"readings": pack(frame, READINGS)}
    return Draft("submission", "a", "", "2024-01-01T00:00:00Z", content, sha256, kept, rows)


@pytest.fixture
def open_store() -> Callable[[Path], flushing.Parts]:
    """Open the store in a folder (made if absent)."""

    def make(folder: Path) -> flushing.Parts:
        folder.mkdir(exist_ok=True)
        return flushing.parts(folder, derive)

    return make


@pytest.fixture
def store(tmp_path: Path, open_store: Callable[[Path], flushing.Parts]) -> flushing.Parts:
    """An empty store."""
    return open_store(tmp_path / "data")


@pytest.fixture
def give() -> Callable[[flushing.Parts, str], str]:
    """Acknowledge a submission "station,variable,first value,number of rows"; return its id."""

    def act(store: flushing.Parts, text: str) -> str:
        made = draft(text)
        return store.journal.add([made], key=str(made.content["key"]))[0].id

    return act


@pytest.fixture
def held() -> Callable[[flushing.Parts], dict[str, list[float]]]:
    """Read the newest version: submission -> its values, in the order of rows."""
    from kit.store import reading

    def look(store: flushing.Parts) -> dict[str, list[float]]:
        version = store.versions.newest()
        if version is None:
            return {}
        frame = reading.rows(store, "readings", version, lambda lazy: lazy)
        found: dict[str, list[float]] = {}
        for submission, value in frame.sort("submission", "row").select("submission", "value").iter_rows():
            found.setdefault(submission, []).append(value)
        return found

    return look


@pytest.fixture(scope="session")
def orders() -> Iterator[Callable[..., list[int]]]:
    """Let processes of their own do something at once; return their exit codes (see ``zygote.py``)."""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    script = Path(__file__).with_name("zygote.py")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def send(*wanted: Mapping[str, object]) -> list[int]:
        stdin.write(json.dumps(wanted) + "\n")
        stdin.flush()
        return list(json.loads(stdout.readline()))

    yield send
    stdin.close()
    process.wait(30)


@pytest.fixture
def killed_at(orders: Callable[..., list[int]]) -> Callable[[Path, str], None]:
    """Flush in a process that dies at a step."""

    def act(folder: Path, step: str) -> None:
        assert orders({"do": "flush", "folder": str(folder), "step": step}) == [9], step

    return act
