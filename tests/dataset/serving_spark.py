"""A Sail server on loopback, and a script that asks it: ``python serving_spark.py SCRIPT FOLDER VARIABLE``.

It runs in the environment of ``requirements-sail.lock``, where kit is not installed.
"""

import runpy
import sys

from pysail.spark import SparkConnectServer


def main() -> None:
    """Start the server on a free port, run the script with its address, and stop."""
    script, folder, variable = sys.argv[1:]
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    sys.argv = [script, folder, f"sc://127.0.0.1:{server.listening_address[1]}", variable]
    try:
        runpy.run_path(script, run_name="__main__")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
