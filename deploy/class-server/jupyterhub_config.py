"""A class server on one machine: no accounts, a room code, a folder for each table (docs/class-server.md).

What may be set, all in the environment: ``KIT_SERVER`` (folder of everything), ``KIT_DATASET`` (the shared
dataset; without it the lessons practise), ``KIT_LANG``, ``KIT_PORT``, ``KIT_ROOM_CODE``,
``KIT_TEACHER_CODE``, ``KIT_PUPIL_MB`` (memory of one kernel), ``KIT_TLS_KEY`` and ``KIT_TLS_CERT``.
"""

import atexit
import hmac
import itertools
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner

from kit.batch.warm import Warm
from kit.cli.lab import copy_lessons
from kit.lab import places, session

c = get_config()  # noqa: F821  # JupyterHub gives it
SERVER = Path(os.environ.get("KIT_SERVER", "kit-class-server")).absolute()
LANG = os.environ.get("KIT_LANG", "en")
MEGABYTES = int(os.environ.get("KIT_PUPIL_MB", "1024"))
#: When codes were wrong (seconds): a program that guesses is slowed down.
WRONG: list[float] = []
PORTS = itertools.count()
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


def code(name: str) -> str:
    """Return a code that is set in the environment, or one that is made once and kept."""
    kept = SERVER / f"{name.lower()}.txt"
    if name not in os.environ and not kept.is_file():
        SERVER.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        kept.write_text("".join(secrets.choice(letters) for _ in range(8)) + "\n")
    return os.environ.get(name) or kept.read_text().strip()


def free_port():
    """Return the next port above 20000 that nobody uses; none is given twice in a row."""
    for _ in range(10_000):
        port = 20_000 + next(PORTS) % 10_000
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port between 20000 and 30000")


class RoomAuthenticator(Authenticator):
    """Whoever has the room's code comes in under the name of a table; the teacher has a code of her own."""

    def normalize_username(self, username):
        """Return a table's name as small letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", username.lower()).strip("-")

    async def authenticate(self, handler, data):
        """Return the table's name, or None. At most 30 wrong codes a minute are looked at."""
        now = time.monotonic()
        WRONG[:] = [moment for moment in WRONG if now - moment < 60]
        table, given = self.normalize_username(data["username"]), data["password"].strip().lower()
        teacher = table == "teacher"
        right = code("KIT_TEACHER_CODE" if teacher else "KIT_ROOM_CODE").lower()
        if len(WRONG) >= 30 or not NAME.fullmatch(table):
            return None
        if not hmac.compare_digest(given.encode(), right.encode()):
            WRONG.append(now)
            return None
        return {"name": table, "admin": teacher}


class TableSpawner(SimpleLocalProcessSpawner):
    """A table's JupyterLab: its own folder, the lessons in it, kernels from the warm process."""

    async def start(self):
        """Start on a port of our own range: one that the system may give to others could be gone by then."""
        self.port = free_port()
        return await super().start()

    def user_env(self, env):
        """Put the lessons into the table's folder; return the environment of its JupyterLab."""
        folder = SERVER / "tables" / self.user.name
        folder.mkdir(parents=True, exist_ok=True)
        for path in (SERVER / ("lessons-teacher" if self.user.name == "teacher" else "lessons")).iterdir():
            if not (folder / path.name).exists():  # never over a table's work
                shutil.copyfile(path, folder / path.name)
        env = {**env, **places.surroundings(SERVER / "own" / self.user.name), **CLASS, "HOME": str(folder)}
        env["IPYTHONDIR"] = CLASS["IPYTHONDIR"]
        env["TMPDIR"] = str(SERVER / "own" / self.user.name / "tmp")
        return env


LIMIT = f"""\
import resource
resource.setrlimit(resource.RLIMIT_DATA, ({MEGABYTES} << 20, {MEGABYTES} << 20))
"""
SETTINGS = SERVER / "settings"
CLASS = session.write_settings(SETTINGS) | {
    "KIT_LANG": LANG,
    "KIT_CACHE": os.environ.get("KIT_CACHE", str(SERVER / "cache")),
}
(SETTINGS / "ipython" / "profile_default" / "startup" / "01-memory.py").write_text(LIMIT)
if os.environ.get("KIT_DATASET"):
    CLASS["KIT_DATASET"] = os.environ["KIT_DATASET"]
CLASS |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"}

for folder in ("lessons", "lessons-teacher"):
    shutil.rmtree(SERVER / folder, ignore_errors=True)
    copy_lessons(SERVER / folder, LANG, teacher=folder == "lessons-teacher")

# the practice data once for all, and one warm process whose memory all kernels share
surroundings = {**os.environ, **CLASS}
subprocess.run([sys.executable, "-m", "kit.lab.prepare"], env=surroundings, check=False)
warm = Warm({**surroundings, "MPLBACKEND": "module://matplotlib_inline.backend_inline"})
warm.__enter__()
atexit.register(warm.__exit__)
if warm.path:
    CLASS["KIT_WARM_SOCKET"] = warm.path

tls = os.environ.get("KIT_TLS_CERT", "")
c.JupyterHub.bind_url = f"http{'s' if tls else ''}://:{os.environ.get('KIT_PORT', '8000')}"
if tls:
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = tls, os.environ["KIT_TLS_KEY"]
c.JupyterHub.authenticator_class = RoomAuthenticator
c.JupyterHub.spawner_class = TableSpawner
c.JupyterHub.db_url = f"sqlite:///{SERVER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(SERVER / "cookie_secret")
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = int(os.environ.get("KIT_HUB_PORT", "8081"))
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ.get('KIT_PROXY_PORT', '8001')}"
c.ConfigurableHTTPProxy.pid_file = str(SERVER / "proxy.pid")
c.JupyterHub.concurrent_spawn_limit = 60  # a class comes all at once
c.Authenticator.allow_all = True
c.Authenticator.delete_invalid_users = True
c.Spawner.http_timeout = c.Spawner.start_timeout = 180
c.Spawner.notebook_dir = "~"
c.SimpleLocalProcessSpawner.home_dir_template = str(SERVER / "tables" / "{username}")
c.Spawner.default_url = "/lab"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = [
    "--ServerApp.terminals_enabled=False", "--LabApp.extension_manager=readonly",
    "--MappingKernelManager.cull_idle_timeout=1800", "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=False",
]  # fmt: skip
if os.geteuid() == 0:
    c.Spawner.args.append("--allow-root")  # in a container; Jupyter refuses root otherwise
if warm.path:
    c.Spawner.args.append(
        "--AsyncMappingKernelManager.kernel_manager_class=kit.lab.warm_kernels.WarmServerKernelManager"
    )
c.JupyterHub.load_roles = [
    {"name": "culler", "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
     "services": ["culler"]}
]  # fmt: skip
c.JupyterHub.services = [
    {"name": "culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}
]
c.JupyterHub.template_vars = {
    "announcement_login": "Name of your table or pair (no real names), and the code of the room."
}
code("KIT_TEACHER_CODE")
sys.stderr.write(f"Room code: {code('KIT_ROOM_CODE')}. The teacher's own code is in {SERVER}.\n")
