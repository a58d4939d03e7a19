"""The limits of the checks: ``kit/tables/limits.csv``, one row per number, each with its source.

Columns: variable (``*`` for all), check, parameter, value, unit, source. The parameter
``not_applicable`` says that the check makes no sense for the variable; ``source`` then says why.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

TABLE = Path(__file__).parents[1] / "tables" / "limits.csv"
EVERY = "*"


@dataclass(frozen=True)
class Limit:
    """One row of the table."""

    variable: str
    check: str
    parameter: str
    value: float
    unit: str
    source: str


@cache
def table() -> tuple[Limit, ...]:
    """Return every row of the table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Limit(
                line["variable"], line["check"], line["parameter"],
                float(line["value"]), line["unit"], line["source"],
            )
            for line in csv.DictReader(file)
        )  # fmt: skip


@cache
def _grouped() -> Mapping[tuple[str, str], Mapping[str, tuple[float, ...]]]:
    found: dict[tuple[str, str], dict[str, tuple[float, ...]]] = {}
    for row in table():
        parameters = found.setdefault((row.variable, row.check), {})
        parameters[row.parameter] = (*parameters.get(row.parameter, ()), row.value)
    return found


class Limits:
    """The limits of one check for one variable.

    >>> limits("gross-range", "wind_direction").one("fail_max")
    360.0
    >>> limits("spike", "rain").applies, limits("spike", "no_such_variable").known
    (False, False)
    """

    def __init__(self, values: Mapping[str, tuple[float, ...]], known: bool) -> None:
        self.values = MappingProxyType(dict(values))
        self.known = known

    @property
    def applies(self) -> bool:
        """Whether the check makes sense for the variable."""
        return "not_applicable" not in self.values

    def one(self, parameter: str, default: float = float("nan")) -> float:
        """Return the number of a parameter, ``default`` if the table has none."""
        return self.values.get(parameter, (default,))[-1]

    def all(self, parameter: str) -> tuple[float, ...]:
        """Return all numbers of a parameter."""
        return self.values.get(parameter, ())


@cache
def limits(check: str, variable: str) -> Limits:
    """Return the limits of ``check`` for ``variable`` over those for all variables."""
    own = _grouped().get((variable, check))
    return Limits({**_grouped().get((EVERY, check), {}), **(own or {})}, known=own is not None)
