"""Group commit: acts of several threads share a transaction, each whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.entry import Entry
from kit.errors import DatasetError
from kit.store import acts
from kit.store import flush as flushing
from kit.store.acts import Act, Backlog, Draft, KeyTaken
from kit.store.groups import Groups, QueueFull
from kit.store.journal import Journal

Outcomes = list[list[Entry] | Exception]


def note(text: str, key: str = "", kept: bytes | None = None) -> Draft:
    return Draft("submission", "a", "", "2024-01-01T00:00:00Z", {"text": text, "key": key}, "", kept)


class Gate:
    """Holds the first group until all others stand in the queue, and counts the groups."""

    def __init__(self, journal: Journal, company: int) -> None:
        self.groups: list[int] = []
        self._do, self._journal, self._company = journal._together, journal, company
        journal._groups._do = self.together

    def together(self, group: Sequence[Act], outcomes: Outcomes) -> None:
        if not self.groups:
            while len(self._journal._groups._waiting) < self._company:
                time.sleep(0.001)
        self.groups.append(len(group))
        self._do(group, outcomes)


def give_all(act: Callable[[int], object], n: int) -> list[object]:
    def one(number: int) -> object:
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001  (looked at below)
            return error

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_acts_that_wait_share_a_transaction_and_fail_alone(tmp_path: Path) -> None:
    book = Journal(tmp_path)
    first = book.add([note("before", "taken")], key="taken")[0]
    gate = Gate(book, 23)

    def act(n: int) -> object:
        if n % 4 == 1:
            return book.add([note("again", "taken")], key="taken")
        if n % 4 == 2:
            return book.add([note(f"half {n}"), Draft("note", "a", "", "t", {"value": float("nan")})])
        if n % 4 == 3:
            return book.add([note("same", "same")], key="same")
        return book.add([note(f"one {n}"), note(f"two {n}")])

    found = give_all(act, 24)
    assert gate.groups == [1, 23]
    assert all(isinstance(one, KeyTaken) and one.ids == (first.id,) for one in found[1::4])
    assert all(isinstance(one, ValueError) for one in found[2::4])
    taken = [one.ids for one in found[3::4] if isinstance(one, KeyTaken)]
    made = [one[0].id for one in found[3::4] if isinstance(one, list)]
    assert len(made) == 1
    assert taken == [tuple(made)] * 5
    texts = [entry.content["text"] for entry in book.entries()]
    assert sorted(texts) == sorted(
        ["before", "same", *(f"{w} {n}" for w in ("one", "two") for n in range(0, 24, 4))]
    )
    assert [entry.counter for entry in book.entries()] == list(range(1, 15))
    assert book.waiting() == 14


def test_threads_and_processes_agree_on_what_was_acknowledged(tmp_path: Path) -> None:
    books = [Journal(tmp_path), Journal(tmp_path)]
    found = give_all(lambda n: [books[n % 2].add([note(f"{n} {m}")])[0].id for m in range(20)], 8)
    ids = [name for one in found for name in one]  # type: ignore[attr-defined]
    assert len(set(ids)) == 160
    assert sorted(Journal(tmp_path).ids()) == sorted(ids)


def test_a_full_queue_gives_up_with_nothing_done() -> None:
    going, go = threading.Event(), threading.Event()

    def slow(group: Sequence[int], outcomes: list[int | Exception]) -> None:
        going.set()
        go.wait(20)
        outcomes.extend(group)

    groups: Groups[int, int] = Groups(slow, most=2, patience=0.2)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(groups.give, 1)
        going.wait(20)
        others = [pool.submit(groups.give, n) for n in (2, 3, 4)]
        assert [type(one.exception(20)) for one in others] == [QueueFull] * 3
        assert not first.done(), "who is being served waits for the outcome, however long it takes"
        go.set()
        assert first.result(20) == 1
        assert groups.give(5) == 5


def test_who_waits_behind_others_is_told_that_nothing_was_stored(tmp_path: Path) -> None:
    book = Journal(tmp_path)
    book._groups._patience = 0.1
    book._groups._busy = True  # somebody is at it and does not come back
    with pytest.raises(DatasetError, match=r"busy.*Nothing was stored") as told:
        book.add([note("one")])
    assert told.value.code == "busy"
    book._groups._busy = False
    assert [entry.content["text"] for entry in book.add([note("two")])] == ["two"]
    assert len(book.ids()) == 1


def test_an_interrupted_thread_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    book = Journal(tmp_path)
    gate = Gate(book, 5)
    whole, calls = gate._do, [0]

    def interrupted(group: Sequence[Act], outcomes: Outcomes) -> None:
        calls[0] += 1
        if calls[0] == 2:  # the group of five
            raise SystemExit
        whole(group, outcomes)

    gate._do = interrupted
    found: list[object] = []

    def act(n: int) -> None:
        try:
            found.append(book.add([note(str(n))]))
        except SystemExit as error:
            found.append(error)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(isinstance(one, SystemExit) for one in found) == 1
    assert sum(isinstance(one, list) for one in found) == 5
    assert len(book.ids()) == 5


@pytest.mark.parametrize("committed", [True, False])
def test_after_an_error_at_the_commit_the_journal_looks(tmp_path: Path, committed: bool) -> None:
    book = Journal(tmp_path)

    class Unsure:
        """A connection that says that committing failed, whether it did or not."""

        def __init__(self, sql: sqlite3.Connection) -> None:
            self._sql = sql

        def __getattr__(self, name: str) -> object:
            return getattr(self._sql, name)

        def execute(self, text: str, *values: object) -> sqlite3.Cursor:
            if text == "COMMIT":
                if committed:
                    self._sql.execute("COMMIT")
                raise sqlite3.OperationalError("disk I/O error")
            return self._sql.execute(text, *values)  # type: ignore[arg-type]

    real = book._connect()
    book._connection = Unsure(real)  # type: ignore[assignment]
    if committed:
        assert len(book.add([note("one")])) == 1
    else:
        with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
            book.add([note("one")])
    book._connection = real
    assert len(book.ids()) == int(committed)


def test_too_much_that_waits_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Journal(tmp_path)
    monkeypatch.setattr(acts, "BACKLOG_BYTES", 1000)
    book.add([note("one", kept=b"x" * 999)])
    book.add([note("the last one", kept=b"x" * 5000)])  # what waits before it counts, not its own size
    with pytest.raises(Backlog, match="Nothing was stored"):
        book.add([note("too much", kept=b"x")])
    assert len(book.add([note("an act without a file")])) == 1
    monkeypatch.setattr(acts, "BACKLOG_BYTES", 10**9)
    monkeypatch.setattr(acts, "BACKLOG_ACTS", 3)
    assert len(book.add([note("third file", kept=b"x")])) == 1
    with pytest.raises(Backlog):
        book.add([note("fourth file", kept=b"x")])
    assert [entry.content["text"] for entry in book.entries()] == [
        "one", "the last one", "an act without a file", "third file",
    ]  # fmt: skip


def test_acknowledging_makes_room_or_says_what_prevents_it(
    store: flushing.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(text: str) -> None:
        kept = text.encode()
        sha256 = hashlib.sha256(kept).hexdigest()
        flushing.acknowledge(store, [Draft("submission", "a", "", "t", {"tables": {}}, sha256, kept)])

    monkeypatch.setattr(acts, "BACKLOG_ACTS", 2)
    for n in range(5):
        give(str(n))
    assert store.journal.waiting() == 1  # two, then room was made, twice

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    give("5")
    with monkeypatch.context() as patch:
        patch.setattr(store.objects, "put_raw", full)
        with pytest.raises(DatasetError) as told:
            give("6")
    assert told.value.code == "disk-full"
    assert len(store.journal.ids()) == 6
    give("6")
    assert len(store.journal.ids()) == 7
