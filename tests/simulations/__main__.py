"""``python -m tests.simulations [NAME ...] [--runs N] [--seed S] [--method M] [--only WHAT=VALUE ...]``.

The long form. Prints a line for every scenario of the tables named (default: all) and method, then the worst
of each method; ends with 1 if a promise is broken. Percentages in brackets: where the true share lies
(Wilson, 95 %).
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from kit.stats import fast
from tests.simulations.running import Measured, Scenario, measure, scenarios, tables, worst


def chosen(names: Iterable[str], method: str, only: Iterable[str]) -> list[Scenario]:
    """Return the scenarios of the tables (with the method) that have all of these numbers."""
    return [
        scenario
        for name in names
        for scenario in scenarios(name)
        if method in ("", *scenario.rules["methods"])
        and {f"{what}={value}" for what, value in scenario.given.items()} >= set(only)
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="tables: " + ", ".join(tables()))
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", default="", help="only this one")
    parser.add_argument("--only", nargs="+", default=[], metavar="WHAT=VALUE", help="only these scenarios")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(tables()):
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    some = chosen(asked.names or tables(), asked.method, asked.only)
    if not some or asked.runs < 2:
        parser.error("no scenario is like that" if not some else "at least two runs")
    fast.WORTH_COMPILING = (
        1_000_000  # the same numbers; so many runs are worth the start of the compiled code
    )
    found: list[Measured] = []
    for scenario in some:
        for one in measure(scenario, asked.runs, asked.seed, asked.method):
            print(one.line(), flush=True)
            found.append(one)
    for one in worst(found):
        print("worst:", one.line())
    broken = [one for one in found if one.verdict == "BROKEN"]
    for one in broken:
        print("a promise is broken:", one.line())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
