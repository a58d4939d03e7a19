"""``python -m benchmarks`` lists the benchmarks; ``python -m benchmarks NAME [--quick]`` runs one."""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from benchmarks import KEYS, benchmarks


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark; its last line is JSON. Returns 0, 1 if the target is missed, 2 for a wrong name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", help="which benchmark; without it they are listed")
    parser.add_argument("--quick", action="store_true", help="a smaller run, to see that it works")
    options = parser.parse_args(arguments)
    known = benchmarks()
    if not options.name:
        for name, what in known.items():
            print(f"{name:20} {what}")
        return 0
    if options.name not in known:
        print(f"There is no benchmark named {options.name}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    result = importlib.import_module(f"benchmarks.{options.name}").run(options.quick)
    print(json.dumps({key: result[key] for key in KEYS}, ensure_ascii=False), flush=True)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
