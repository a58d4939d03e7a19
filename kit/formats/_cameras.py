"""What formats of camera traps say of pictures that are no sightings."""

from __future__ import annotations

import pandas as pd

from kit.model import Problem
from kit.text import N_

NO_ANIMAL = N_("Row {row} is no sighting of an animal: an empty picture, people or a vehicle.")
MEND = N_("Nothing to do: kit keeps sightings of animals only.")


def no_animals(cells: pd.Series) -> list[Problem]:
    """Return a problem for each row of ``cells``, which say what is in the picture.

    >>> [(one.row, one.value) for one in no_animals(pd.Series(["Blank", ""], index=[2, 5], dtype="str"))]
    [(2, 'Blank'), (5, '?')]
    """
    name = str(cells.name or "")
    return [
        Problem("no-animal", NO_ANIMAL, int(str(row)), name, str(text) or "?", MEND)
        for row, text in cells.items()
    ]
