"""Kills acts at random moments: half of the kills come at a random time, half before a change of a file."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.acts import ACTS, AFTERWARDS
from tests.faults.killing import Broken, Uploader, World, said, uploading

#: After so many kills a world is looked at in every detail and a new one is begun.
AGE = 40


@dataclass
class Tally:
    """What came of the kills of one act; ``acknowledged`` are its calls that had returned before."""

    act: str
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    repair: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.lost or self.doubled or self.repair)


class Killer:
    """Kills one act after another and counts what comes of it."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place, self.chance = place, random.Random(seed)
        self.lengths = dict.fromkeys(ACTS, 0.6)
        self.ops = dict.fromkeys(ACTS, 30)
        self.worlds = 0
        self.age = 0

    def run(
        self, tallies: dict[str, Tally], kills: int, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        """Kill each act ``kills`` times."""
        with uploading() as uploader:
            world = self._world(uploader)
            left = [name for name in tallies for _ in range(kills)]
            self.chance.shuffle(left)
            while left:
                name = left[-1]
                try:
                    if self._kill(world, name, tallies[name]):
                        left.pop()
                        tell(f"{sum(item.kills for item in tallies.values())} {name}")
                    if self.age >= AGE or not left:
                        world.examine()
                except Broken as error:
                    left = left[:-1]
                    tally = tallies[name]
                    setattr(tally, error.kind, getattr(tally, error.kind) + 1)
                    tally.notes.append(f"{world.place}: {error}")
                    tell(f"{name}: {error.kind}: {error} ({world.place})")
                    self.age = AGE
                else:
                    if self.age >= AGE:
                        shutil.rmtree(world.place)
                if left and self.age >= AGE:
                    world = self._world(uploader)

    def _world(self, uploader: Uploader) -> World:
        self.worlds, self.age = self.worlds + 1, 0
        return World(self.place / f"world-{self.worlds}", self.chance, uploader)

    def _kill(self, world: World, act: str, tally: Tally) -> bool:
        """Do one act and kill it; return False if it came to its end before that."""
        calls, change = ACTS[act](world)
        ops = world.place / "ops"
        order = world.order(calls, ops=str(ops))
        after = None
        if self.chance.random() < 0.5:
            order["die_at"] = self.chance.randint(1, self.ops[act])
        else:
            after = self.chance.uniform(0, self.lengths[act])
        codes, took = world.uploader.run([order], after)
        found = said(Path(order["output"]))
        killed = codes == [-signal.SIGKILL]
        if not killed and codes != [0]:
            raise Broken("repair", f"{calls}: {codes} {found}")
        if not killed:
            self.ops[act] = int(ops.read_text())
            self.lengths[act] = took if after is None else (self.lengths[act] + took) / 2
        sure = not killed or len(found) == len(calls)
        world.note(change, found, sure)
        world.look()
        if act in AFTERWARDS:
            world.must(lambda: AFTERWARDS[act](world))
        self.age += killed
        tally.kills += killed
        tally.acknowledged += sum("did" in item for item in found)
        return killed
