"""What waits for a teacher and what was approved, in a folder and in a bucket."""

from __future__ import annotations

from collections.abc import Callable

from kit.dataset import waiting
from kit.dataset.findings import keep_finding, keep_plan
from kit.model import Source
from tests.contracts.conftest import Place

DayFile = Callable[..., Source]


def test_only_what_was_approved_is_seen_elsewhere(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    plan = keep_plan(shared, "10-x", question="Moonshadow?", expectation="Yes.", rule="More.")
    found = keep_finding(shared, "10-x", plan=plan.id, sentence="It is 2 more.", limits="Not why.")
    if shared._store.space.local is None:
        assert waiting.there(place.on("two")) == [], "it waits on the computer where it was written"
        stored = (shared._store.space.get(item.name) for item in shared._store.space.items(""))
        assert not any(b"Moonshadow" in data for data in stored)
    place.on("one")
    waiting.approve(shared, plan.id)
    waiting.approve(shared, found.id)
    (one,) = place.on("two").findings()
    assert one.plan is not None
    assert (one.plan.question, one.sentence) == ("Moonshadow?", "It is 2 more.")
    assert len(place.on("two").at(one.citation).readings("pm10", freq=None)) == 2
    place.on("one")
    assert waiting.there(shared) == []
    assert shared.erase("EE-A", "wish").ok
    assert place.on("two").findings() == []
