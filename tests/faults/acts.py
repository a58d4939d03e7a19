"""Acts on a shared dataset that are killed: each gives the calls, and what becomes of which files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pandas as pd

from kit.dataset import open_dataset
from kit.dataset.backing import restore as unpack
from tests.faults.killing import ABSENT, BACK, GARDEN, ROOF, SAID, Broken, Calls, Change, World


def upload(world: World) -> tuple[Calls, Change]:
    paths = world.fresh(3)
    return [["upload", path] for path in paths], {Path(path).name: (ABSENT, ROOF.id) for path in paths}


def flush(world: World) -> tuple[Calls, Change]:
    paths = world.fresh(world.chance.choice([1, 4]))
    done = world.calm([["upload", path] for path in paths], hold=True)
    assert {item["status"] for item in done} == {"received"}
    world.may |= {Path(path).name: {ROOF.id} for path in paths}
    return [["status"]], {}


def settle(world: World) -> tuple[Calls, Change]:
    (path,) = world.fresh(1)
    world.calm([["upload", path]])
    world.may[Path(path).name] = {ROOF.id}
    return [["compact"]], {}


def clean(world: World) -> tuple[Calls, Change]:
    settle(world)
    world.calm([["compact"]])
    return [["clean", 0.0]], {}


def merge(world: World) -> tuple[Calls, Change]:
    paths = world.fresh(2)
    world.calm([["upload", path] for path in paths], world.other)
    new = {name: (next(iter(may)), next(iter(may))) for name, may in world.elsewhere.items()}
    for path in paths:
        world.elsewhere[Path(path).name] = {ROOF.id}
        new[Path(path).name] = (ABSENT, ROOF.id)
    for name, (_, then) in new.items():
        world.may.setdefault(name, {ABSENT, then})
    return [["merge", str(world.other)]], {
        name: (ABSENT, then) for name, (_, then) in new.items()
        if ABSENT in world.may[name] and name not in world.erased
    }  # fmt: skip


def correct(world: World) -> tuple[Calls, Change]:
    name = world.one(world.chance.choice([ROOF.id, GARDEN.id]))
    (now,) = world.may[name]
    if now == BACK:
        return retract(world)
    then = GARDEN.id if now == ROOF.id else ROOF.id
    return [["correct", world.submission(name), {"station": then}]], {name: (now, then)}


def retract(world: World) -> tuple[Calls, Change]:
    name = world.one()
    (now,) = world.may[name]
    if now == BACK:
        return [["upload", str(world.drop / name)]], {name: (BACK, ROOF.id)}
    return [["retract", world.submission(name)]], {name: (now, BACK)}


def erase(world: World) -> tuple[Calls, Change]:
    if world.chance.random() < 0.5:
        settle(world)
    shared = open_dataset(world.folder)
    files = [item.file for item in shared.submissions()]
    shared.close()
    name = world.chance.choice([name for name in files if files.count(name) == 1])
    world.erased.add(name)
    (now,) = world.may[name]
    return [["erase", world.submission(name), "mistake"]], {name: (now, ABSENT)}


def cite(world: World) -> tuple[Calls, Change]:
    settle(world)
    return [["cite"]], {}


def rebuild(world: World) -> tuple[Calls, Change]:
    return [["rebuild"]], {}


def review(world: World) -> tuple[Calls, Change]:
    if world.chance.random() < 0.5:
        settle(world)
    times = [datetime(2024, 1, 1) + timedelta(minutes=len(world.said) + n) for n in range(3)]
    change = {time.isoformat(): (ABSENT, SAID) for time in times}
    world.said |= {time: {ABSENT} for time in change}
    flag = world.chance.choice([1, 3, 4])
    return [["review", ROOF.id, "pm10", flag, "device", {"since": time}] for time in change], change


def backup(world: World) -> tuple[Calls, Change]:
    if world.chance.random() < 0.5:
        settle(world)
    world.fresh_place("restored")
    return [["backup", str(world.fresh_place("backup.zip"))]], {}


def restore(world: World) -> tuple[Calls, Change]:
    world.calm([["backup", str(world.fresh_place("backup.zip"))]])
    world.fresh_place("restored")
    return [["unpack", str(world.place / "backup.zip"), str(world.place / "restored")]], {}


ACTS: dict[str, Callable[[World], tuple[Calls, Change]]] = {
    "upload": upload, "flush": flush, "settle": settle, "merge": merge, "correct": correct,
    "retract": retract, "review": review, "erase": erase, "cite": cite, "clean": clean, "rebuild": rebuild,
    "backup": backup, "restore": restore,
}  # fmt: skip


# --- what else must hold afterwards


def no_trace(world: World) -> None:
    """What is erased has left the folder."""
    shared = open_dataset(world.folder)
    for name in world.erased:
        if world.may[name] == {ABSENT}:
            kept = shared._store.objects.raw_path(sha256((world.drop / name).read_bytes()).hexdigest())
            if kept.exists() or shared._store.journal.erasing:
                raise Broken("repair", f"{name} is erased and still in the folder")
    shared.close()


def a_whole_backup(world: World) -> None:
    """A backup is whole or not there; of a half restored one the same command makes a dataset."""
    place, folder = world.place / "backup.zip", world.place / "restored"
    if not place.exists():
        return
    if not (folder / "kit.toml").exists():
        unpack(place, folder)
    copy, shared = open_dataset(folder), open_dataset(world.folder)
    if copy.version != shared.version:
        raise Broken("lost", "the restored copy has another version")
    pd.testing.assert_frame_equal(copy.readings(freq=None), shared.readings(freq=None))
    copy.close()
    shared.close()


AFTERWARDS: dict[str, Callable[[World], None]] = {
    "erase": no_trace, "backup": a_whole_backup, "restore": a_whole_backup,
}  # fmt: skip
