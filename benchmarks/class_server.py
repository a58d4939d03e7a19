"""A class server and 30 simulated pupils who open a lesson within two minutes: time and memory per pupil.

JupyterHub as ``deploy/class-server`` sets it up runs on this computer. Each pupil is a real client (HTTP and
WebSocket): log in with the room's code, wait for JupyterLab, open the notebook of lesson 00, start its
kernel, run its cells up to the first chart. Pupils come at even distances over two minutes; ``--quick`` is
three pupils. The server's Python (with ``deploy/class-server/requirements.txt``) is named by
``KIT_HUB_PYTHON``; ``KIT_PUPILS`` is another number of pupils. Memory is PSS (shared pages are divided among
those who share them).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "class_server"
TARGET = 60.0
ROOT = Path(__file__).resolve().parents[1]
PUPILS, WITHIN = 30, 120.0
CODE = "air2026"
CHART = "application/vnd.plotly.v1+json"
NOTEBOOK = "00-our-air-pupil.ipynb"


@dataclass
class Pupil:
    """What one pupil met: seconds from coming in to each step, or what went wrong."""

    name: str
    steps: dict[str, float] = field(default_factory=dict)
    wrong: str = ""
    web: Any = None


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """The class server in a folder of its own."""

    def __init__(self, folder: Path, python: str, **settings: str) -> None:
        """Start it in a folder; ``settings`` are what a school may set (``KIT_DATASET`` …)."""
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        surroundings = dict(os.environ)
        surroundings.pop("KIT_DATASET", None)
        surroundings |= {
            "KIT_SERVER": str(folder), "KIT_PORT": str(self.port), "KIT_ROOM_CODE": CODE,
            "KIT_TEACHER_CODE": uuid.uuid4().hex, "KIT_HUB_PORT": str(free_port()),
            "KIT_PROXY_PORT": str(free_port()), "KIT_LANG": "en",
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}", **settings,
        }  # fmt: skip
        self.log = folder / "log.txt"
        config = ROOT / "deploy" / "class-server" / "jupyterhub_config.py"
        with self.log.open("a") as out:
            self.hub = subprocess.Popen(
                [python, "-m", "jupyterhub", "-f", str(config)], cwd=folder, env=surroundings,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def wait(self, seconds: float = 600) -> float:
        """Wait until it answers; return the seconds it took."""
        import requests

        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.hub.poll() is not None:
                break
            try:
                if requests.get(self.address + "/hub/login", timeout=5).ok:
                    return time.monotonic() - start
            except requests.RequestException:
                time.sleep(0.5)
        raise RuntimeError(self.log.read_text()[-3000:])

    def processes(self) -> dict[int, tuple[str, float, float]]:
        """Return what each process of the server is, its PSS in MiB and its CPU seconds, by its number."""
        import psutil

        found = {}
        for process in psutil.Process(self.hub.pid).children(recursive=True):
            try:
                line = process.cmdline()
                cpu = sum(process.cpu_times()[:2])
                found[process.pid] = (kind_of(line, process), process.memory_full_info().pss / 2**20, cpu)
            except psutil.Error:
                continue
        return found

    def end(self) -> None:
        """End the hub and all that it started."""
        import psutil

        if self.hub.poll() is not None:
            return
        every = psutil.Process(self.hub.pid).children(recursive=True)
        self.hub.terminate()
        psutil.wait_procs(every, timeout=20)
        for process in every:
            if process.is_running():
                process.kill()


def kind_of(line: list[str], process: Any) -> str:
    """Return what a process of the server is."""
    words = " ".join(line)
    if "kit.batch.warm" in words:
        return "kernel" if "kit.batch.warm" in " ".join(process.parent().cmdline()) else "warm process"
    known = {"ipykernel": "kernel", "singleuser": "server", "proxy": "proxy", "culler": "culler"}
    return next((kind for mark, kind in known.items() if mark in words), "other")


def visit(server: Server, pupil: Pupil, done: threading.Event) -> None:
    """Do what a pupil does, and stay until everyone has done it."""
    start = time.monotonic()
    try:
        socket_ = open_notebook(server, pupil, start)
        cells = _cells(server, pupil)
        for number, cell in enumerate(cells):
            shown = execute(socket_, cell)
            if number == 1:
                pupil.steps["setup cell"] = time.monotonic() - start
            if any(CHART in one.get("data", {}) for one in shown):
                pupil.steps["first chart"] = time.monotonic() - start
                break
        done.wait(600)
        socket_.close()
    except Exception as error:  # noqa: BLE001  # what went wrong is the result
        pupil.wrong = f"{type(error).__name__}: {error}"[:300]


def log_in(server: Server, pupil: Pupil, code: str = CODE) -> Any:
    """Type the table's name and a code; return the answer. ``pupil.web`` keeps the cookies."""
    import requests

    pupil.web = requests.Session()
    pupil.web.get(server.address + "/hub/login", timeout=120).raise_for_status()
    xsrf = pupil.web.cookies.get("_xsrf", path="/hub/")
    given = {"username": pupil.name, "password": code, "_xsrf": xsrf}
    return pupil.web.post(server.address + "/hub/login?next=", data=given, timeout=120)


def open_notebook(server: Server, pupil: Pupil, start: float, notebook: str = NOTEBOOK) -> Any:
    """Log in, wait for JupyterLab, start a notebook's kernel; return the WebSocket to it."""
    import websocket

    answer = log_in(server, pupil)
    answer.raise_for_status()
    web = pupil.web
    pupil.steps["logged in"] = time.monotonic() - start
    base = f"{server.address}/user/{pupil.name}/"
    while not answer.url.startswith(base):
        time.sleep(1.5)
        answer = web.get(base + "lab", timeout=120)
        answer.raise_for_status()
        if time.monotonic() - start > 300:
            raise TimeoutError(answer.url)
    pupil.steps["JupyterLab"] = time.monotonic() - start
    head = {"X-XSRFToken": web.cookies.get("_xsrf", path=f"/user/{pupil.name}/") or ""}
    order = {"path": notebook, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
    made = web.post(base + "api/sessions", json=order, headers=head, timeout=180)
    made.raise_for_status()
    kernel = made.json()["kernel"]["id"]
    cookies = "; ".join(
        f"{one.name}={one.value}" for one in web.cookies if one.path in ("/", f"/user/{pupil.name}/")
    )
    channel = f"{base.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    link = websocket.create_connection(channel, timeout=300, cookie=cookies, origin=server.address)
    pupil.steps["kernel"] = time.monotonic() - start
    return link


def _cells(server: Server, pupil: Pupil) -> list[str]:
    found = pupil.web.get(f"{server.address}/user/{pupil.name}/api/contents/{NOTEBOOK}", timeout=120).json()
    return ["".join(cell["source"]) for cell in found["content"]["cells"] if cell["cell_type"] == "code"]


def execute(link: Any, code: str) -> list[dict[str, Any]]:
    """Run a cell; return what it showed. Raises :class:`RuntimeError` for an error and for an error card."""
    about = {
        "msg_id": uuid.uuid4().hex, "username": "", "session": uuid.uuid4().hex,
        "msg_type": "execute_request", "version": "5.3", "date": "",
    }  # fmt: skip
    content = {
        "code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False,
    }  # fmt: skip
    message = {"header": about, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    link.send(json.dumps({**message, "buffers": []}))
    shown: list[dict[str, Any]] = []
    while True:
        got = json.loads(link.recv())
        if got["parent_header"].get("msg_id") != about["msg_id"]:
            continue
        if got["msg_type"] in ("stream", "display_data", "execute_result"):
            shown.append(got["content"])
        if got["msg_type"] == "error" or 'role="alert"' in json.dumps(got["content"]).replace('\\"', '"'):
            said = got["content"].get("evalue") or got["content"]
            raise RuntimeError(f"{code[:60]} … {said}"[:300])
        if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
            return shown


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    python = os.environ.get("KIT_HUB_PYTHON", sys.executable)
    count = 3 if quick else int(os.environ.get("KIT_PUPILS", PUPILS))
    within = 15.0 if quick else WITHIN
    folder = Path(tempfile.mkdtemp(prefix="kit-hub-"))
    server = Server(folder, python)
    try:
        print(f"the server is there after {server.wait():.0f} s (practice data included)", flush=True)
        before = server.processes()
        pupils = [Pupil(f"table-{number}") for number in range(1, count + 1)]
        done = threading.Event()
        threads = []
        for pupil in pupils:
            threads.append(threading.Thread(target=visit, args=(server, pupil, done), daemon=True))
            threads[-1].start()
            time.sleep(within / count)
        limit = time.monotonic() + 600
        while time.monotonic() < limit and not all(one.wrong or "first chart" in one.steps for one in pupils):
            time.sleep(0.5)
        after = server.processes()
        done.set()
        if any(pupil.wrong for pupil in pupils):
            print(server.log.read_text(encoding="utf-8")[-4000:])
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
    return _report(pupils, before, after)


def _report(pupils: list[Pupil], before: dict[int, Any], after: dict[int, Any]) -> dict[str, Any]:
    for step in ("logged in", "JupyterLab", "kernel", "setup cell", "first chart"):
        times = [pupil.steps[step] for pupil in pupils if step in pupil.steps]
        if times:
            middle = statistics.median(times)
            print(f"{step:12} median {middle:6.1f} s, worst {max(times):6.1f} s ({len(times)} pupils)")
    for kind in ("server", "kernel", "warm process", "proxy", "other"):
        found = [(pss, cpu) for what, pss, cpu in after.values() if what == kind]
        if found:
            pss, cpu = (sum(values) / len(found) for values in zip(*found, strict=True))
            print(f"{kind:12} {len(found):3} x {pss:6.0f} MiB PSS, CPU {cpu:5.1f} s each")
    total = sum(pss for _, pss, _ in after.values())
    base = sum(pss for _, pss, _ in before.values())
    each = (total - base) / len(pupils)
    cpu = (sum(cpu for *_, cpu in after.values()) - sum(cpu for *_, cpu in before.values())) / len(pupils)
    print(f"the server alone {base:.0f} MiB; per pupil {each:.0f} MiB and {cpu:.1f} s of one core until then")
    wrong = [f"{pupil.name}: {pupil.wrong}" for pupil in pupils if pupil.wrong]
    print("\n".join(wrong) or f"in 16 GB, 2 GB of it for the system: {int((14 * 1024 - base) / each)} pupils")
    ready = [pupil.steps.get("first chart", 600.0) for pupil in pupils]
    median = statistics.median(ready)
    return {
        "name": NAME, "value": round(median, 1), "unit": "s to the first chart (median pupil)",
        "target": f"<= {TARGET:.0f}, nobody fails", "against": "thirty pupils within two minutes",
        "ok": median <= TARGET and not wrong,
    }  # fmt: skip
