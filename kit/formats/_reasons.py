"""Why a column is not taken: the reasons that several formats give, each in one wording."""

from __future__ import annotations

from kit.text import N_

EMPTY = N_("a column without values")
WORDS = N_("words, not numbers")
NOT_KEPT = N_("not a quantity that kit keeps")
UNUSED = N_("kit does not need it")
SAID = N_("not needed: said by another column")
COMPUTED = N_("computed from other columns")
EXTREMES = N_("the highest or lowest value of each interval, not its mean")
TENTHS = N_("the number as it stands in the file, in tenths; kit takes it converted")
CONVERTED = N_("the number as it stands in the file; kit takes it converted")
OTHER_TIME = N_("another column gives the time")
PART = N_("put together with other columns to the time")
INTERVAL = N_("the length of the interval in minutes")
COUNTER = N_("the number of the record")
STATION_NUMBER = N_("the number of the station; its name is taken")
ABOUT = N_("a description of the place or the file, not a reading")
MARK = N_("a mark of the archive (how it was measured, from where)")
#: Columns of the role "personal".
WHO = N_("names or contacts of people")
OBSERVER = N_("says who made the observation, or where they live")
HOME = N_("can name a home, or show its exact place")
GRID = N_("coordinates of a map grid, which show the exact place; kit reads degrees only")
FREE_TEXT = N_("free text can name people")
ADDRESS = N_("the name or address of a network or device")
