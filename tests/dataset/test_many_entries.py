"""Many entries at once: put by several hands, and nothing in a version before all of them are on the disk."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.dataset.answering import Act, meets
from kit.dataset.deriving import stamp
from kit.dataset.uploading import understand
from kit.errors import DatasetError
from kit.model import Source
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft

DayFile = Callable[..., Source]
MANY = 40


def annotations(shared: Dataset, count: int) -> None:
    text = [{"text": f"remark {number}"} for number in range(count)]
    shared._store.journal.add([Draft("annotation", "EE-A", "EE-A/roof", stamp(None), one) for one in text])


def test_many_are_put_at_the_same_time(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    hands: set[int] = set()
    meet = threading.Barrier(2, timeout=30)
    keep = disk.keep

    def noted(path: Path, data: bytes, **how: bool) -> None:
        if threading.get_ident() not in hands and len(hands) < 2:
            hands.add(threading.get_ident())
            meet.wait()  # two of them are at it at this moment
        keep(path, data, **how)

    monkeypatch.setattr(disk, "keep", noted)
    annotations(shared, MANY)
    before = len(shared.versions())
    flushing.flush(shared._store)
    assert len(hands) == 2
    assert len(shared.versions()) == before + 1
    assert shared.verify()["ok"]


def test_one_that_cannot_be_put_keeps_all_out_of_the_version(
    shared: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, keep, count = shared.version, disk.keep, iter(range(10**6))

    def full(path: Path, data: bytes, **how: bool) -> None:
        if next(count) == MANY // 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        keep(path, data, **how)

    annotations(shared, MANY)
    monkeypatch.setattr(disk, "keep", full)
    with pytest.raises(DatasetError, match="full"):
        flushing.flush(shared._store)
    assert (shared.version, shared._store.journal.waiting()) == (version, MANY)
    monkeypatch.setattr(disk, "keep", keep)
    shared.close()
    again = open_dataset(shared.folder)
    assert again._store.journal.waiting() == 0
    assert len(list(again._store.objects.entry_ids())) == MANY + 1
    other = create(tmp_path / "other")
    assert other.merge(shared.folder).taken == MANY + 1
    assert other.version == again.version


def test_only_what_may_be_the_same_is_looked_for(shared: Dataset, day_file: DayFile) -> None:
    """Another variable, another day or another station cannot hold the same reading."""
    dust = shared.upload(day_file([10, 12]))
    entry = shared._store.journal.entry(dust.submission)
    assert entry is not None

    def met(source: Source, **answers: str) -> bool:
        act = Act({"station": "EE-A/roof", "zone": "UTC", **answers}, accept_likely=True)
        return meets(entry, understand(shared, source, act, stamp(None)).report)

    warm = Source("warm.csv", b"time,temperature (C)\n2024-03-01T00:00:00,3.5\n2024-03-01T00:01:00,4.5\n")
    same = Source("dust.csv", b"time,pm10 (ug/m3)\n2024-03-01T00:01:00,3.5\n2024-03-01T00:02:00,4.5\n")
    later = Source("late.csv", b"time,pm10 (ug/m3)\n2024-03-02T00:01:00,3.5\n2024-03-02T00:02:00,4.5\n")
    assert met(same)
    assert met(day_file([10, 12, 14]))
    assert not met(warm)
    assert not met(later)
    assert not met(same, station="EE-A/yard")
