"""A dataset's objects in a bucket that speaks S3 (the package ``obstore``, extra ``bucket``).

Endpoint and credentials come from the usual environment variables (``AWS_ENDPOINT_URL``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ALLOW_HTTP`` ...). What a server
writes about an error may repeat keys and signatures: of it only the code is told, and the URL that people
named.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kit.errors import DatasetError, UsageError
from kit.store import folder as disk
from kit.store.space import BUCKET, Item, Unreachable
from kit.text import N_

if TYPE_CHECKING:
    from obstore.store import S3Store

#: A file of the home: the store was found to create objects only if absent.
PROBED = "probed"
#: After a failure of the network nobody waits for it again for so long (seconds).
PAUSE = 5.0
#: A request is repeated so often, for so long (seconds); so many are under way at once.
RETRIES, PATIENCE, AT_ONCE = 3, 20.0, 16
#: A request may take so long.
SLOWEST = "60s"
#: Objects larger than this are sent in pieces.
PIECE = 5 * 1024 * 1024
T = TypeVar("T")
#: The process that made a client first: obstore's threads do not live on in one that is forked from it.
_user: int | None = None

SAYS = N_("Its server says: {said}")
SLOW = N_("Its server did not answer in time.")
AWAY = N_("There is no connection to its server.")
_CODE = re.compile(r"<Code>(\w{1,40})</Code>")
_STATUS = re.compile(r"\b([45]\d\d) ([A-Z][a-z]+(?: [A-Z][a-z]+){0,3})")
_SLOW = ("timed out", "timeout error", "deadline has elapsed")
_AWAY = (
    "sending request", "tcp connect", "connection", "dns error", "broken pipe", "reset by peer",
    "closed before", "incompletemessage", "decoding response body", "request or response body",
    "error reading a body",
)  # fmt: skip
_REFUSED = ("lacked the necessary privileges", "lacked valid authentication", "403 forbidden", "401 unauth")


class Bucket:
    """A prefix in a bucket; ``s3://bucket/prefix``."""

    local: Path | None = None

    def __init__(self, url: str) -> None:
        bucket, _, prefix = url.removeprefix(BUCKET).rstrip("/").partition("/")
        if not bucket or any(mark in url for mark in "@?#") or "" in prefix.split("/")[:-1]:
            raise UsageError(
                "This is no address of a bucket.",
                why="An address is s3://BUCKET or s3://BUCKET/FOLDER, with nothing else in it.",
                do="Put keys and the server's address into the environment (AWS_ACCESS_KEY_ID, "
                "AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL).",
                code="bucket-address",
            )
        self.url = f"{BUCKET}{bucket}/{prefix}".rstrip("/")
        self._bucket, self._prefix = bucket, prefix
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        self.options: dict[str, str] | None = {"aws_endpoint_url": endpoint} if endpoint else {}
        if _http_allowed():
            self.options["aws_allow_http"] = "true"
        self.delta_options: dict[str, str] | None = {
            **self.options, "max_retries": str(RETRIES), "retry_timeout": f"{PATIENCE:.0f}s",
            "timeout": SLOWEST,
        }  # fmt: skip
        self.home = homes() / _home_name(self.url, endpoint)
        disk.make_folder(self.home)
        disk.CALLED[self.home] = self.url
        self._mutex = threading.Lock()
        self._made: S3Store | None = None
        self._trouble: tuple[float, Unreachable] | None = None

    def place(self, name: str) -> str:
        """Return the URL of an object."""
        return f"{self.url}/{name}"

    def _store(self) -> S3Store:
        global _user
        _user = _user or os.getpid()
        if _user != os.getpid():
            raise DatasetError(
                "This process cannot reach the bucket {url}.",
                why="It was forked from one that used a bucket already, and the connection does not survive "
                "that.",
                do='Start it anew instead: multiprocessing.get_context("spawn").',
                code="forked", url=self.url,
            )  # fmt: skip
        with self._mutex:
            if self._made is None:
                self._made = _client(self._bucket, self._prefix)
            return self._made

    def _ask(self, act: Callable[[Any, S3Store], T]) -> T:
        """Do something with the bucket; errors in words, without anything that the server wrote."""
        if self._trouble and time.monotonic() < self._trouble[0]:
            raise self._trouble[1]
        obstore, store = _package(), self._store()
        try:
            found = act(obstore, store)
        except (FileNotFoundError, FileExistsError):
            raise
        except (obstore.exceptions.BaseError, OSError, ValueError) as error:
            told = in_words(error, self.url)
            if isinstance(told, Unreachable):
                self._trouble = time.monotonic() + PAUSE, told
            raise told from None
        self._trouble = None
        return found

    # --- what a space does

    def writable(self) -> bool:
        """Return whether anything may be written there; a store that cannot be trusted with it is refused.

        Away from the network nothing is known: then it is believed, and looked at before anything is written.
        """
        try:
            self._probe()
        except Unreachable:
            return True
        except DatasetError as error:
            if error.code != "bucket-refused":
                raise
            return False
        return True

    def _probe(self) -> None:
        """Put one object twice, only if absent: the second time must fail. Once for each home."""
        mark = self.home / PROBED
        if mark.exists():
            return
        name = f".probe/{os.urandom(8).hex()}"
        try:
            first, second = self._put_new(name, b"kit"), self._put_new(name, b"another")
        finally:
            with suppress(DatasetError):
                self.delete([name])
        if not first or second:
            raise DatasetError(
                "The bucket {url} cannot hold a shared dataset.",
                why="Its server does not honour 'only if there is none yet' (If-None-Match): of two "
                "computers that write at the same time, one would lose what it wrote.",
                do="Use another object store, or a newer version of this one.",
                code="bucket-unsafe", url=self.url,
            )  # fmt: skip
        disk.create(mark, b"")

    def _put_new(self, name: str, data: bytes) -> bool:
        try:
            self._put(name, data, mode="create", use_multipart=False)
        except FileExistsError:
            # Perhaps by ourselves: the answer to the first attempt was lost, and obstore tried again.
            return self.get(name) == data
        return True

    def _put(self, name: str, data: bytes, **how: Any) -> None:
        """Put an object; ``FileExistsError`` if it was to be made and is there."""

        def put(obstore: Any, store: S3Store) -> None:
            try:
                obstore.put(store, name, data, **how)
            except obstore.exceptions.AlreadyExistsError:
                raise FileExistsError(name) from None
            except FileNotFoundError as error:  # there is no such bucket
                raise ValueError(str(error)) from None

        self._ask(put)

    def create(self, name: str, data: bytes, *, durable: bool = True) -> bool:
        """Write an object only if there is none; return whether it, or its equal, is there by this call."""
        self._probe()
        return self._put_new(name, data)

    def keep(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """Put an object that is named after its content: it is the same whoever does it, however often."""
        self.replace(name, data)

    def replace(self, name: str, data: bytes) -> None:
        """Put an object in the place of another; in pieces if it is large."""
        large = len(data) > PIECE
        self._probe()
        self._put(name, data, use_multipart=large)

    def get(self, name: str) -> bytes:
        """Return an object."""
        return self._ask(lambda obstore, store: bytes(obstore.get(store, name).bytes()))

    def get_all(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield objects, several of which are under way at once."""

        def one(name: str) -> tuple[str, bytes | None]:
            try:
                return name, self.get(name)
            except FileNotFoundError:
                return name, None

        wanted = list(names)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(wanted), AT_ONCE):  # no more than these are in memory
                yield from pool.map(one, wanted[start : start + AT_ONCE])

    def exists(self, name: str) -> bool:
        """Return whether there is such an object."""
        try:
            self._ask(lambda obstore, store: obstore.head(store, name))
        except FileNotFoundError:
            return False
        return True

    def items(self, prefix: str) -> Iterator[Item]:
        """Yield the objects below a prefix."""
        for one in self._ask(lambda obstore, store: obstore.list(store, prefix or None).collect()):
            yield Item(one["path"], int(one["size"]), one["last_modified"].timestamp())

    def delete(self, names: Iterable[str]) -> None:
        """Remove some objects."""
        for name in names:
            with suppress(FileNotFoundError):
                self._ask(lambda obstore, store, name=name: obstore.delete(store, name))  # type: ignore[misc]

    def now(self) -> float:
        """Return the server's time."""
        name = f".probe/{os.urandom(8).hex()}"
        self.replace(name, b"now")
        try:
            found = self._ask(lambda obstore, store: obstore.head(store, name))
        finally:
            self.delete([name])
        return float(found["last_modified"].timestamp())


def _package() -> Any:
    try:
        import obstore
    except ImportError:
        raise DatasetError(
            "Datasets in buckets need the package obstore.",
            do="Install it with: pip install 'school-envkit[bucket]'",
            code="no-obstore",
        ) from None
    return obstore


def _client(bucket: str, prefix: str) -> S3Store:
    from datetime import timedelta

    from obstore.store import S3Store

    patience = timedelta(seconds=PATIENCE)
    backoff: Any = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2)}
    return S3Store(
        bucket, prefix=prefix or None,
        client_options={"connect_timeout": "5s", "timeout": SLOWEST, "allow_http": _http_allowed()},
        retry_config={"max_retries": RETRIES, "retry_timeout": patience, "backoff": backoff},
    )  # fmt: skip


def _http_allowed() -> bool:
    return os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes", "on")


def homes() -> Path:
    """Return where the homes of buckets stand: ``$KIT_OUTBOX``, else in the user's data folder."""
    from platformdirs import user_data_path

    named = os.environ.get("KIT_OUTBOX")
    return Path(named) if named else user_data_path("school-envkit", appauthor=False) / "buckets"


def _home_name(url: str, endpoint: str) -> str:
    """Return the name of the home of a bucket.

    >>> _home_name("s3://schools/air", "")
    'schools-air-bcd49f5242'
    """
    words = re.sub(r"[^a-z0-9]+", "-", url.removeprefix(BUCKET).lower()).strip("-")[:60]
    return f"{words}-{sha256(f'{endpoint} {url}'.encode()).hexdigest()[:10]}"


def code_of(text: str) -> str:
    """Return the code or status that a server's answer names ("" if it names none), and nothing else of it.

    >>> code_of("403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>A</AWSAccessKeyId>")
    'SignatureDoesNotMatch'
    >>> code_of("non-2xx status code: 503 Service Unavailable: busy"), code_of("by key ABC")
    ('503 Service Unavailable', '')
    """
    found = _CODE.search(text) or None
    status = _STATUS.search(text)
    return found[1] if found else f"{status[1]} {status[2]}" if status else ""


def in_words(error: BaseException, url: str) -> DatasetError:
    """Return what an error of obstore, deltalake or Polars means for the dataset at ``url``."""
    text = str(error)
    small, code = text.lower(), code_of(text)
    status = _STATUS.search(text)
    slow = any(mark in small for mark in _SLOW)
    if any(mark in small for mark in _REFUSED):
        return DatasetError(
            "The bucket {url} refuses access.",
            why=SAYS,
            do="Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and ask whoever keeps the bucket.",
            code="bucket-refused", url=url, said=code or "403",
        )  # fmt: skip
    if slow or (status and status[1][0] == "5") or (not code and any(mark in small for mark in _AWAY)):
        return Unreachable(
            N_("The bucket {url} cannot be reached now."),
            why=SAYS if code else SLOW if slow else AWAY,
            do=N_("Nothing that was acknowledged is lost: kit delivers it when the dataset is opened again "
                  "and the network is back."),
            code="unreachable", url=url, said=code,
        )  # fmt: skip
    return DatasetError(
        "The bucket {url} cannot be read or written.",
        why=SAYS,
        do="Check the address, AWS_ENDPOINT_URL and AWS_REGION (and AWS_ALLOW_HTTP for a server without "
        "https).",
        code="bucket", url=url, said=code or type(error).__name__,
    )  # fmt: skip
