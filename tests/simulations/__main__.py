"""``python -m tests.simulations [NAME ...] [--runs N] [--seed S] [--method M] [--only WHAT=VALUE ...]``.

The long form. Prints a line for every scenario of the tables named (default: all) and method, then the worst
of each method; ends with 1 if a promise is broken. Percentages in brackets: where the true share lies
(Wilson, 95 %).
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import sys

from kit.stats import fast
from tests.simulations.running import Measured, measure, scenarios, tables, worst


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *tables()], help="tables")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", default="", help="only this one")
    parser.add_argument("--only", nargs="+", default=[], metavar="WHAT=VALUE", help="only these scenarios")
    asked = parser.parse_args()
    fast.WORTH_COMPILING = (
        1_000_000  # the same numbers; so many runs are worth the start of the compiled code
    )
    broken: list[Measured] = []
    for name in asked.names or tables():
        found: list[Measured] = []
        for scenario in scenarios(name):
            if not {f"{what}={value}" for what, value in scenario.given.items()} >= set(asked.only):
                continue
            for one in measure(scenario, asked.runs, asked.seed, asked.method):
                print(one.line(), flush=True)
                found.append(one)
        for one in worst(found):
            print("worst:", one.line(), flush=True)
        broken += [one for one in found if one.verdict == "BROKEN"]
    for one in broken:
        print("a promise is broken:", one.line())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
