"""The vocabulary: variables, units, the names people type, and "did you mean"."""

from kit.vocab.aliases import Match, also, recognise, why_not, word_group
from kit.vocab.counters import SLIDING, counter_of, sliding_hours
from kit.vocab.directions import compass, o_in_name, unclear_o
from kit.vocab.units import Unit, convert, convertible, unit, units, units_for
from kit.vocab.variables import Variable, variable, variables
from kit.vocab.words import fold, suggest, tokens
from kit.vocab.written import usual_time

__all__ = [
    "SLIDING", "Match", "Unit", "Variable", "also", "compass", "convert", "convertible", "counter_of", "fold",
    "o_in_name", "recognise", "sliding_hours", "suggest", "tokens", "unclear_o", "unit", "units", "units_for",
    "usual_time", "variable", "variables", "why_not", "word_group",
]  # fmt: skip
