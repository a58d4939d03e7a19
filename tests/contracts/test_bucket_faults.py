"""A bucket behind a bad network: nothing acknowledged is lost or doubled; the message says what happened."""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.errors import DatasetError, UsageError
from kit.model import Source
from kit.store import bucket as buckets
from kit.store.bucket import code_of, in_words
from kit.store.space import Unreachable
from tests.contracts.conftest import Place
from tests.contracts.proxy import FAULTS, Plan, Proxy
from tests.contracts.s3 import SECRET

DayFile = Callable[..., Source]
Network = Place


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits long here."""
    for name, value in (("PAUSE", 0.0), ("PATIENCE", 3.0), ("RETRIES", 1), ("SLOWEST", "1s")):
        monkeypatch.setattr(buckets, name, value)
    return iter([None])


def away(method: str, path: str) -> str:
    """The network is gone."""
    return "refused"


def every(n: int, fault: str, first: int = 0, methods: str = "PUT") -> Plan:
    """Every n-th request of some methods fails."""
    count = itertools.count(first)
    return lambda method, path: fault if method in methods.split() and next(count) % n == 0 else ""


def values(shared: Dataset) -> list[float]:
    return sorted(shared.readings("pm10", freq=None)["value"])


def trouble(act: Callable[[], object]) -> str:
    """Do something; return the code of the error that it ends with."""
    try:
        act()
    except DatasetError as error:
        return error.code
    return ""


def test_an_upload_while_the_network_is_away(network: Network, proxy: Proxy, day_file: DayFile) -> None:
    shared = network.make()
    shared.upload(day_file([1, 2]))
    proxy.plan = away
    given = shared.upload(day_file([3, 4], "2024-03-02T00:00"))
    assert given.status == "received"
    assert isinstance(given.trouble, Unreachable)
    said = given.trouble.words("en")
    assert f"The bucket {network.url} cannot be reached now." in said
    assert "There is no connection to its server." in said
    assert "Nothing that was acknowledged is lost" in said
    assert shared.upload(day_file([3, 4], "2024-03-02T00:00")).status == "received"
    assert shared._store.journal.waiting() == 1
    proxy.plan = lambda method, path: ""
    assert shared.upload(day_file([5, 6], "2024-03-03T00:00")).status == "stored"
    assert values(network.on("two")) == [1, 2, 3, 4, 5, 6]
    assert len(network.on("two").submissions()) == 3


def test_opened_while_the_network_is_away(network: Network, proxy: Proxy, day_file: DayFile) -> None:
    network.make().upload(day_file([1, 2]))
    proxy.plan = away
    with pytest.raises(Unreachable):
        network.on("that never saw it")
    shared = network.on()
    assert [station.id for station in shared.stations()] == ["EE-A/roof"]
    assert shared.upload(day_file([3, 4], "2024-03-02T00:00")).status == "received"
    shared.retract(shared.submissions()[0].id)
    assert shared.status()["waiting"] == 2
    with pytest.raises(Unreachable):
        shared.readings("pm10")
    shared.close()
    proxy.plan = lambda method, path: ""
    assert network.on().status()["waiting"] == 0
    assert values(network.on("two")) == [3, 4]


@pytest.mark.parametrize("fault", FAULTS)
def test_requests_that_fail_now_and_then(
    network: Network, proxy: Proxy, day_file: DayFile, fault: str
) -> None:
    """obstore asks again: what the user sees is as if nothing had been."""
    shared = network.make()
    proxy.plan = every(3, fault, first=1)
    for day in (1, 2):
        receipt = shared.upload(day_file([day, day + 10], f"2024-03-0{day}T00:00"))
        assert receipt.status in ("stored", "received")
    assert fault in {asked[2] for asked in proxy.asked}
    proxy.plan = lambda method, path: ""
    assert network.on().status()["waiting"] == 0
    two = network.on("two")
    assert values(two) == [1, 2, 11, 12]
    assert len(two.submissions()) == 2
    assert two.verify()["ok"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("what", ["raw", "entries", "arrivals", "versions"])
def test_every_step_of_a_flush_fails(
    network: Network, proxy: Proxy, day_file: DayFile, what: str, fault: str
) -> None:
    shared = network.make()
    proxy.plan = lambda method, path: fault if method == "PUT" and f"/{what}/" in path else ""
    receipt = shared.upload(day_file([1, 2]))
    # The last object that counts is the version: where it was put and only the answer is lost, all is there.
    assert receipt.status == "received"
    assert isinstance(receipt.trouble, Unreachable)
    proxy.plan = lambda method, path: ""
    assert shared.upload(day_file([1, 2])).status == "already"
    assert network.on().status()["waiting"] == 0
    two = network.on("two")
    assert values(two) == [1, 2]
    assert len(two.versions()) == 2
    assert two.verify()["ok"]


def test_an_answer_is_lost_after_success(network: Network, proxy: Proxy, day_file: DayFile) -> None:
    """The version was made, the second attempt is refused: it is ours all the same."""
    shared = network.make()
    lost = iter([True])
    proxy.plan = lambda method, path: (
        "lost" if method == "PUT" and "/versions/" in path and next(lost, False) else ""
    )
    receipt = shared.upload(day_file([1, 2]))
    assert (receipt.status, receipt.trouble) == ("stored", None)
    assert [asked[2] for asked in proxy.asked if "/versions/2.json" in asked[1] and asked[0] == "PUT"] == [
        "lost", "",
    ]  # fmt: skip
    assert len(network.on("two").versions()) == 2


def test_reading_fails_and_nothing_is_mended(network: Network, proxy: Proxy, day_file: DayFile) -> None:
    """An object that does not come is not one that is missing: nothing is put aside or discarded."""
    shared = network.make()
    shared.upload(day_file([1, 2]))
    shared.compact()
    shared.upload(day_file([3], "2024-03-02T00:00"))
    before = {item.name for item in shared._store.space.items("")}
    for pattern in ("/entries/", "/versions/", "/arrivals/", "/tables/"):
        proxy.plan = lambda method, path, pattern=pattern: (  # type: ignore[misc]
            "503" if method in ("GET", "HEAD") and pattern in path else ""
        )
        for act in (shared.verify, shared.rebuild, shared.compact, lambda: network.on("new").verify()):
            assert trouble(act) in ("", "unreachable", "settling"), pattern
    proxy.plan = lambda method, path: ""
    assert before <= {item.name for item in shared._store.space.items("")}
    assert network.on().verify()["ok"]
    assert values(network.on("three")) == [1, 2, 3]


def test_settling_and_erasing_are_taken_up_again(network: Network, proxy: Proxy, day_file: DayFile) -> None:
    shared = network.make()
    gone = shared.upload(day_file([1, 2]))
    shared.upload(day_file([3], "2024-03-02T00:00"))
    for fault in FAULTS:
        proxy.plan = every(4, fault, methods="PUT DELETE")
        assert trouble(shared.compact) in ("", "unreachable", "settling")
        proxy.plan = lambda method, path: ""
        assert values(network.on("two")) == [1, 2, 3]
    proxy.plan = every(3, "503", methods="PUT DELETE")
    assert trouble(lambda: shared.erase(gone.submission, "wish")) in ("", "unreachable")
    proxy.plan = lambda method, path: ""
    again = network.on()
    assert again.status()["erasing"] is False
    assert again.erase(gone.submission, "wish").ok
    assert values(network.on("two")) == [3]
    assert not any(gone.submission in item.name for item in again._store.space.items(""))


def test_merging_is_stopped_and_goes_on(
    network: Network, proxy: Proxy, day_file: DayFile, tmp_path: Path
) -> None:
    network.make().upload(day_file([1, 2]))
    here = create(tmp_path / "here")
    proxy.plan = lambda method, path: "503" if "/raw/" in path else ""
    with pytest.raises(DatasetError, match="can no longer be read") as caught:
        here.merge(network.url)
    assert caught.value.code == "merge-stopped"
    proxy.plan = lambda method, path: ""
    here.merge(network.url)
    assert values(here) == [1, 2]


# --- what is refused, in words


def test_a_store_that_makes_what_is_there_is_refused(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import obstore

    real = obstore.put

    def put(*arguments: object, mode: str = "overwrite", **more: object) -> object:
        return real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(obstore, "put", put)
    with pytest.raises(DatasetError, match="does not honour 'only if there is none yet'") as caught:
        bucket.make()
    assert caught.value.code == "bucket-unsafe"
    monkeypatch.undo()


def test_it_is_probed_once(network: Network, proxy: Proxy) -> None:
    shared = network.make()
    network.on()
    assert len([1 for asked in proxy.asked if asked[0] == "PUT" and "/.probe/" in asked[1]]) == 2
    assert list(shared._store.space.items(".probe")) == []


def test_keys_are_never_told(bucket: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bucket.make()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    monkeypatch.setenv("KIT_OUTBOX", str(tmp_path / "x"))
    with pytest.raises(DatasetError, match="refuses access") as caught:
        open_dataset(bucket.url)
    assert caught.value.code == "bucket-refused"
    assert "SignatureDoesNotMatch" in caught.value.words("en")
    shown = "".join(traceback.format_exception(caught.value))
    assert "another-secret" not in shown
    assert SECRET not in shown
    assert "AWSAccessKeyId" not in shown


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///a", "s3://key:secret@bucket/a", "s3://bucket/a?key=secret", "s3://bucket//a/b"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a bucket") as caught:
        create(url)
    assert "secret@" not in caught.value.words("en")


def test_there_is_no_such_bucket(bucket: Place) -> None:
    with pytest.raises(DatasetError, match=r"cannot be read or written|is not a shared dataset"):
        Dataset("s3://x/" + bucket.url[5:])


def test_an_old_journal_is_not_taken_for_a_new_dataset(bucket: Place, day_file: DayFile) -> None:
    shared = bucket.make()
    shared.upload(day_file([1, 2]))
    space = shared._store.space
    space.delete(item.name for item in list(space.items("")))
    with pytest.raises(DatasetError, match="still keeps the journal of another dataset") as caught:
        bucket.make()
    assert str(space.home) in caught.value.words("en")


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *more: object) -> object:
        if name.split(".")[0] == "obstore":
            raise ModuleNotFoundError(name)
        return real(name, *more)  # type: ignore[arg-type]

    monkeypatch.setenv("KIT_OUTBOX", str(tmp_path))
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DatasetError, match=r"pip install 'school-envkit\[bucket\]'"):
        create("s3://a/b")


def test_no_inbox_in_a_bucket(bucket: Place) -> None:
    shared = bucket.make()
    with pytest.raises(UsageError, match="no inbox of its own"):
        assert shared.inbox


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Server returned non-2xx status code: 503 Service Unavailable: <Code>SlowDown</Code>",
            "unreachable",
        ),
        ("HTTP error: error sending request: client error (Connect): tcp connect error", "unreachable"),
        ("HTTP error: error sending request: operation timed out", "unreachable"),
        ("status code: 403 Forbidden: <Code>AccessDenied</Code> key AKIA", "bucket-refused"),
        ("status code: 404 Not Found: <Code>NoSuchBucket</Code>", "bucket"),
        ("something else altogether with a key AKIA", "bucket"),
    ],
)
def test_what_errors_mean(text: str, code: str) -> None:
    told = in_words(RuntimeError(text), "s3://a/b")
    assert told.code == code
    assert "AKIA" not in told.words("en")
    assert isinstance(told, Unreachable) == (code == "unreachable")
    assert code_of(text) in told.words("en")


def test_a_forked_process_says_so_instead_of_waiting_for_ever(network: Network) -> None:
    """The client's threads do not live on in it."""
    shared = network.make()
    child = os.fork()
    if child == 0:
        os._exit(7 if trouble(lambda: open_dataset(shared.url)) == "forked" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
