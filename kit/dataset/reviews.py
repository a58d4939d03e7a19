"""Reviews: a person overrules the flags of a station's readings for a while. The value is never altered.

A review is an entry; of several about one reading the latest in the order of entries counts. What is missing
stays missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError
from kit.model import Flag
from kit.text import N_

if TYPE_CHECKING:
    import polars as pl

    from kit.dataset.state import State

#: Why a person overrules a flag: a choice, so that nothing about people is written.
WHY = {
    "event": N_("It really happened (fireworks, a fire, a storm)."),
    "device": N_("The device was faulty, moved, being cleaned or calibrated."),
    "local": N_("Something beside the device (a barbecue, a bonfire, a lawn mower, a leaking gutter)."),
    "checked": N_("It was compared with another device or another source."),
}
#: The code that stands among the reasons of a reading.
CODE = "reviewed"
VERDICTS = (Flag.GOOD, Flag.SUSPECT, Flag.FAIL)


@dataclass(frozen=True)
class Review:
    """One review: ``since`` <= time < ``until`` (naive UTC; None: open); ``sensor`` "" means all of them."""

    station: str
    variable: str
    flag: int
    why: str
    sensor: str = ""
    since: str | None = None
    until: str | None = None

    def content(self) -> dict[str, Any]:
        """Return what the entry holds."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def review_from(content: Mapping[str, Any]) -> Review:
    """Return the review that an entry holds."""
    return Review(**{name: content[name] for name in Review.__dataclass_fields__})


def utc(moment: datetime | None) -> str | None:
    """Return a moment as a review writes it: naive UTC.

    >>> utc(datetime(2026, 3, 1, 12))
    '2026-03-01T12:00:00'
    """
    if moment is None:
        return None
    return (moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment).isoformat()


def checked(review: Review) -> Review:
    """Return a review that can be given; :class:`UsageError` for an unknown flag or reason."""
    if review.flag not in VERDICTS:
        raise UsageError(
            "{flag} is not a flag that a review can give.",
            do="Give 1 (good), 3 (suspect) or 4 (fail).", code="review-flag", flag=str(review.flag),
        )  # fmt: skip
    if review.why not in WHY:
        raise UsageError(
            "{why} is not a reason for a review.",
            do="Choose one of: {known}.", code="review-why", why=review.why or "–", known=", ".join(WHY),
        )  # fmt: skip
    return review


def reviewed(rows: pl.DataFrame, state: State) -> pl.DataFrame:
    """Return the rows that count of one variable with the reviews of their stations taken in."""
    import polars as pl

    if not len(rows) or not state.reviews:
        return rows
    variable, stations = str(rows["variable"][0]), set(rows["station"].unique())
    for one in state.reviews:
        if one.variable != variable or one.station not in stations:
            continue
        mine = (pl.col("station") == one.station) & (pl.col("flag") != int(Flag.MISSING))
        mine = mine & (pl.col("sensor") == one.sensor) if one.sensor else mine
        mine = mine & (pl.col("time") >= datetime.fromisoformat(one.since)) if one.since else mine
        mine = mine & (pl.col("time") < datetime.fromisoformat(one.until)) if one.until else mine
        others = pl.col("reason").str.split(";").list.filter(~pl.element().is_in(["", CODE]))
        said = others.list.concat(pl.lit([CODE])).list.join(";")
        rows = rows.with_columns(
            pl.when(mine)
            .then(pl.lit(one.flag, dtype=rows["flag"].dtype))
            .otherwise(pl.col("flag"))
            .alias("flag"),
            pl.when(mine).then(said).otherwise(pl.col("reason")).alias("reason"),
        )
    return rows
