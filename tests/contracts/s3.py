"""A server that speaks S3 on this computer, for tests: SeaweedFS from its package."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUCKET = "kit-test"
KEY, SECRET = "kit-test", "kit-test-secret"
IDENTITY = {"name": "kit", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
#: Seconds that the server may take to start.
PATIENCE = 90.0


def program() -> str | None:
    """Return the server's program, None where its package cannot be installed."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def free_ports(n: int) -> list[int]:
    """Return ports that nobody uses."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    found = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return found


def environment(endpoint: str) -> dict[str, str]:
    """Return the environment variables with which a client reaches the server."""
    return {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true",
    }  # fmt: skip


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server with its files in ``folder``; give its address."""
    weed = program()
    assert weed is not None
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [IDENTITY]}))
    parts = ("master", "volume", "filer", "s3")
    ports = free_ports(2 * len(parts))
    where = dict(zip([*parts, *(f"{part}.grpc" for part in parts)], ports, strict=True))
    command = [
        weed, "server", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=20", f"-s3.config={config}",
        "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    for part in parts:
        command += [f"-{part}.port={where[part]}", f"-{part}.port.grpc={where[f'{part}.grpc']}"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            endpoint = f"http://127.0.0.1:{where['s3']}"
            _wait(endpoint, process)
            yield endpoint
        finally:
            process.kill()  # its files are for this session only


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an object can be put: the server answers long before its volumes are there."""
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    once = {"max_retries": 0}
    asked = {"timeout": "10s", "connect_timeout": "2s"}
    store = S3Store(BUCKET, config=_lower(environment(endpoint)), client_options=asked, retry_config=once)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            store.put("ready", b"yes")
            assert bytes(store.get("ready").bytes()) == b"yes"
            return
        except (BaseError, OSError):
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)


def _lower(options: dict[str, str]) -> dict[str, Any]:
    return {name.lower(): value for name, value in options.items()}
