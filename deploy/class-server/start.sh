#!/bin/sh
# Starts a class server (docs/class-server.md). The first time it makes its own Python environment.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export KIT_SERVER=${KIT_SERVER:-$HOME/kit-class-server}
mkdir -p "$KIT_SERVER"
chmod 700 "$KIT_SERVER"
python=$KIT_SERVER/python/bin/python
if [ ! -x "$python" ]; then
    python3 -m venv "$KIT_SERVER/python"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$root/requirements.lock"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps "$root"
    "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
fi
export PATH="$KIT_SERVER/python/bin:$PATH"
cd "$KIT_SERVER"
exec "$python" -m jupyterhub -f "$here/jupyterhub_config.py"
