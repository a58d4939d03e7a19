"""Annotations: what happened beside a station, kept as entries, read by every copy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.dataset import Dataset, create
from kit.errors import NotFoundError, UsageError
from tests.dataset.conftest import ROOF, DayFile


def test_what_happened_is_kept_and_read_again(shared: Dataset, day_file: DayFile) -> None:
    shared.upload(day_file([5.0, 6.0]), station=ROOF.id)
    before = shared.readings("pm10", freq=None)
    begin, end = datetime(2026, 5, 1, 18), datetime(2026, 5, 1, 22, tzinfo=UTC)
    made = shared.annotate(ROOF.id, "behind the wall, ask a@b.ee", what="fire", since=begin, until=end)
    (one,) = shared.annotations(ROOF.id)
    assert (one.id, one.what, one.text) == (made, "fire", "behind the wall, ask [e-mail]")
    assert (one.since, one.until) == (begin, datetime(2026, 5, 1, 22))
    assert shared.readings("pm10", freq=None).equals(before)
    assert Dataset(shared.folder).annotations() == [one]


def test_words_alone_are_the_entry_that_they_always_were(shared: Dataset) -> None:
    entry = shared._store.journal.entry(shared.annotate(ROOF.id, "new battery"))
    assert entry is not None
    assert dict(entry.content) == {"text": "new battery"}
    (one,) = shared.annotations()
    assert (one.what, one.text, one.since, one.until) == ("", "new battery", None, None)
    assert not one.meets(None, None), "it speaks of no time"


def test_nonsense_is_refused(shared: Dataset) -> None:
    with pytest.raises(UsageError, match=r"volcano is nothing .* Choose one of: fire, "):
        shared.annotate(ROOF.id, what="volcano")
    with pytest.raises(UsageError, match="cannot end before"):
        shared.annotate(ROOF.id, what="fire", since=datetime(2026, 5, 2), until=datetime(2026, 5, 1))
    with pytest.raises(NotFoundError):
        shared.annotate("EE-NONE/roof", what="fire")
    assert shared.annotations() == []


def test_other_copies_have_it_and_an_erasure_takes_it(shared: Dataset, tmp_path: Path) -> None:
    made = shared.annotate(ROOF.id, what="fireworks", since=datetime(2026, 1, 1))
    other = create(tmp_path / "other")
    other.merge(shared.folder)
    assert [one.what for one in other.annotations(ROOF.id)] == ["fireworks"]
    other.erase(made, "mistake")
    assert other.annotations() == []
