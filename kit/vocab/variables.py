"""The tables of variables: what can be measured, in which unit, under which names (``variables.csv``), and
what is worked out from readings later (``derived.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kit.errors import NotFoundError
from kit.text import RECEIPT_LANGUAGES, language, tr

TABLE = Path(__file__).parents[1] / "tables" / "variables.csv"
#: Never looked for in files. ``*_epa`` stands for any measured variable with that ending.
DERIVED = TABLE.with_name("derived.csv")
KINDS = ("mean", "sum", "max", "point", "vector")


@dataclass(frozen=True)
class Variable:
    """One variable.

    ``unit`` is the canonical unit in UCUM (https://ucum.org), ``cf_units`` the same for CF attributes;
    ``kind`` says how readings are aggregated: mean, sum, max, point (neither) or vector (wind direction);
    ``digits`` is how many decimals are shown to people.
    """

    id: str
    unit: str
    cf_units: str
    kind: str
    standard_name: str
    group: str
    digits: int
    names: Mapping[str, str]
    source: str

    def name(self, lang: str | None = None) -> str:
        """Return the name in ``lang``, in English where there is none.

        >>> variable("rain").name("et")
        'vihm'
        """
        return self.names.get(language(lang)) or tr(self.names["en"], lang)

    @property
    def symbol(self) -> str:
        """The unit as people write it ("µg/m³", "°C", "" for a plain number)."""
        return SYMBOLS.get(self.unit, self.unit)


SYMBOLS = {
    "ug/m3": "µg/m³", "mg/m3": "mg/m³", "g/m3": "g/m³", "Cel": "°C", "[ppm]": "ppm",
    "[ppb]": "ppb", "[pH]": "pH", "uS/cm": "µS/cm", "deg": "°", "W/m2": "W/m²", "1": "",
}  # fmt: skip


@cache
def variables() -> Mapping[str, Variable]:
    """Return every variable by id."""
    return _read(TABLE)


def _read(table: Path) -> Mapping[str, Variable]:
    found = {}
    with table.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            names = {code: line[code] for code in RECEIPT_LANGUAGES if line.get(code)}
            found[line["id"]] = Variable(
                id=line["id"], unit=line["unit"], cf_units=line["cf_units"], kind=line["kind"],
                standard_name=line["standard_name"], group=line["group"], digits=int(line["digits"] or 0),
                names=MappingProxyType(names), source=line["source"],
            )  # fmt: skip
    return MappingProxyType(found)


@cache
def known(name: str) -> Variable | None:
    """Return a variable that is measured or worked out from readings; None if there is none of that id.

    >>> known("heat_index").unit, known("pm10_kappa").name("en")
    ('Cel', 'PM10 (particles), corrected for moisture')
    """
    derived = _read(DERIVED)
    if name in variables():
        return variables()[name]
    if name in derived and "*" not in name:
        return derived[name]
    base, _, ending = name.rpartition("_")
    made = derived.get(f"*_{ending}")
    if base not in variables() or made is None:
        return None
    old = variables()[base]
    names = {code: text.format(name=old.name(code)) for code, text in made.names.items()}
    return replace(old, id=name, standard_name="", names=MappingProxyType(names), source=made.source)


def variable(name: str) -> Variable:
    """Return one variable by id; an unknown id raises :class:`NotFoundError` with the closest ones.

    >>> variable("pm25").symbol
    'µg/m³'
    """
    try:
        return variables()[name]
    except KeyError:
        close = get_close_matches(name, variables(), n=3, cutoff=0.4) or list(variables())
        raise NotFoundError(
            "There is no variable named {name}.", do="Did you mean: {close}?",
            code="unknown-variable", name=name, close=", ".join(close),
        ) from None  # fmt: skip
