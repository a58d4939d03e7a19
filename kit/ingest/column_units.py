"""In which unit each column is: answered, stated, proven by its numbers, the only one, or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kit.errors import UsageError
from kit.ingest.doubts import middle, strange_unit, typical
from kit.ingest.meanings import Columns, Meaning
from kit.ingest.slugs import slug
from kit.model import Column, Question
from kit.text import N_
from kit.vocab import Unit, convert, convertible, unit, units, units_for

ASK_UNIT = N_("In which unit is {column} ({variable})? The file does not say.")
PROVEN = N_("Units that follow from the numbers themselves: {units}.")
#: Lowest and highest middle of a column (hPa) where units lie so far apart that it proves one: from what the
#: highest towns have (5,100 m) to the record at sea level (1084.8 hPa, World Meteorological Organization).
_PROOF = {"pressure": (520.0, 1090.0), "pressure_sea_level": (870.0, 1090.0)}
ASK_STRANGE = N_("kit does not know the unit {unit} of {column} ({variable}). Which one is it?")
ASK_O = N_("What does the letter O among the wind directions of {column} mean?")
O_IS = {
    "compass-o-east": N_("O is east (Ost in German)"),
    "compass-o-west": N_("O is west (ouest in French, oeste in Spanish)"),
}


def ucum(text: str) -> str:
    """Return the UCUM code of a unit as people write it ("" if there is none that kit knows)."""
    known = unit(text) if text.strip() else None
    return known.id if known else ""


def find_units(found: Columns, columns: Mapping[str, Column], answers: Mapping[str, str]) -> None:
    """Give every meaning its unit: answered, stated, the only possible one, or a question."""
    open_units = []
    for part in found.meanings:
        question = next((q for q in (f"unit.{part.name}", _unit_id(part, columns)) if answers.get(q)), "")
        if question:
            part.unit = _answered(part, answers[question])
            found.used[question] = answers[question]
        elif part.unclear_o and part.variable == "wind_direction":
            options = tuple(O_IS.items())
            found.questions.append(Question(f"unit.{part.name}", ASK_O, options, "", {"column": part.name}))
        elif not part.unit or not convertible(part.unit, part.variable):
            choices = _possible(part)
            if len(choices) == 1:
                part.unit = choices[0].id
                if part.variable in _PROOF:
                    found.proven[part.name] = choices[0].symbol
            else:
                open_units.append((part, choices))
    if not open_units:
        return
    stated = {part.unit for part in found.meanings}
    imperial = "[degF]" in stated or any(_likely(p, c, False)[0].id == "[degF]" for p, c in open_units)
    for part, choices in open_units:
        ordered = _likely(part, choices, imperial, ucum(columns[part.name].usual))
        options = tuple((one.id, one.symbol) for one in ordered)
        params = {"column": part.name, "variable": part.variable}
        strange = strange_unit(columns[part.name])
        text, likely = (ASK_STRANGE, "") if strange else (ASK_UNIT, options[0][0])
        params |= {"unit": strange} if strange else {}
        question = _unit_id(part, columns)
        if question != f"unit.{part.name}":
            params["column"] = columns[part.name].label
            if question in {asked.id for asked in found.questions}:
                continue
        found.questions.append(Question(question, text, options, likely, params))


def _unit_id(part: Meaning, columns: Mapping[str, Column]) -> str:
    """Return the question for a unit: one for all columns of one quantity at several places or sensors."""
    column = columns[part.name]
    if column.station == column.name or column.sensor == slug(column.name):
        return "unit.*"
    label = column.label if column.station else part.name
    return f"unit.{label or part.name}"


def _possible(part: Meaning) -> Sequence[Unit]:
    """Return the units that a variable may come in: above 1 is no fraction, 1013 no pressure in kPa."""
    fraction = len(part.values) > 0 and np.nanmax(part.values, initial=0.0) <= 1
    usual = [one for one in units_for(part.variable) if fraction or one.id != "{fraction}"]
    low, high = _PROOF.get(part.variable, (np.inf, -np.inf))
    centre = middle(part.values, part.variable)
    proven = [one for one in usual if len(centre) and low <= convert(centre, one, part.variable)[0] <= high]
    return proven if len(proven) == 1 else usual


def _answered(part: Meaning, given: str) -> str:
    known = unit(given)
    if known is None or not convertible(known, part.variable):
        raise UsageError(
            "{unit} is not a unit of {variable} (column {column}).", do="Use one of: {usual}.",
            code="unknown-unit", unit=given, variable=part.variable, column=part.name,
            usual=", ".join(u.id for u in units_for(part.variable)),
        )  # fmt: skip
    return known.id


_IMPERIAL = ("[degF]", "[in_i'Hg]", "[mi_i]/h", "[in_i]", "[in_i]/h", "[mi_i]")


def _likely(part: Meaning, choices: Sequence[Unit], imperial: bool, usual: str = "") -> list[Unit]:
    """Return units: that of such devices, those under which the values are usual, of the other columns."""
    centre = middle(part.values, part.variable)
    low, high = typical().get(part.variable, (-np.inf, np.inf))

    def rank(one: Unit) -> tuple[bool, bool, bool]:
        fits = not len(centre) or low <= convert(centre, one, part.variable)[0] <= high
        return one.id != usual, not fits, imperial and one.id not in _IMPERIAL

    return sorted(choices, key=rank)


def symbol_of(unit_id: str) -> str:
    """Return how people write a unit ("" for a plain number)."""
    known = units().get(unit_id)
    return known.symbol if known else unit_id
