"""The vocabulary: variables, units, the names people type, and "did you mean"."""

from kit.vocab.variables import Variable, variable, variables

__all__ = ["Variable", "variable", "variables"]
