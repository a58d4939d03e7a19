"""What is said about data in a dataset: where they come from, whether they count, what happened there.

Every act is an entry without a file, so it travels with the dataset; no reading is changed by any.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kit.dataset.caring import Cared
from kit.dataset.deriving import stamp
from kit.dataset.state import Submission
from kit.dataset.stations import complete
from kit.ingest.lines import remark
from kit.ingest.personal import without_forms
from kit.model import Station
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft
from kit.store.space import Unreachable
from kit.vocab.variables import variable as known_variable

if TYPE_CHECKING:
    from datetime import datetime


class Said(Cared):
    """A dataset about which something can be said. :class:`kit.dataset.local.Dataset` adds files."""

    def add_station(self, station: Station, *, now: datetime | None = None) -> Station:
        """Add a station or describe it anew; return it with what could be found out (its time zone).

        Raises :class:`kit.errors.UsageError` for an id that is not ``SCHOOL/PLACE`` or an unknown time zone.
        """
        station = complete(station, self._settings)
        self.act(Draft("station", station.school, station.id, stamp(now), station.to_dict(), once=True))
        return station

    def retract(self, submission_id: str, reason: str = "", *, now: datetime | None = None) -> str:
        """Take a submission back: from the next version on it does not count. Return the entry's id.

        Uploading the same file again restores it.
        """
        found = self.submission(submission_id)
        return self._verdict(found, retracted=True, reason=reason, now=now)

    def restore(self, submission_id: str, reason: str = "", *, now: datetime | None = None) -> str:
        """Let a retracted submission count again. Return the entry's id."""
        return self._verdict(self.submission(submission_id), retracted=False, reason=reason, now=now)

    def _verdict(self, found: Submission, *, retracted: bool, reason: str, now: datetime | None) -> str:
        content = {"retracted": retracted, "reason": remark(reason)}
        return self.act(Draft("retraction", found.school, found.id, stamp(now), content))

    def annotate(
        self, subject: str, text: str = "", *, what: str = "", since: datetime | None = None,
        until: datetime | None = None, now: datetime | None = None,
    ) -> str:  # fmt: skip
        """Say something about a submission or a station; return the entry's id. No reading is changed.

        Parameters
        ----------
        subject
            A station, or a submission (its id or first digits).
        text
            Words. Addresses, telephone numbers and the like are taken out of them, as everywhere.
        what
            What happened: a key of :data:`kit.dataset.annotations.WHAT`, "" if none fits.
        since, until
            When it began and ended (naive: UTC), if that is known.
        """
        from kit.dataset.annotations import content_of

        state = self._now()[1]
        school = subject.split("/", 1)[0]
        if subject not in state.stations:
            found = self.submission(subject)
            subject, school = found.id, found.school
        content = content_of(remark(text), what, since, until)
        return self.act(Draft("annotation", school, subject, stamp(now), content))

    def review(
        self, station: str, variable: str, flag: int, why: str, *, sensor: str = "",
        since: datetime | None = None, until: datetime | None = None, now: datetime | None = None,
    ) -> str:  # fmt: skip
        """Overrule the flags of a station's readings; return the entry's id. No value is altered.

        Parameters
        ----------
        station, variable, sensor
            Of which readings ("": of all sensors).
        flag
            1 (good), 3 (suspect) or 4 (fail).
        why
            A key of :data:`kit.dataset.reviews.WHY`.
        since, until
            Times since <= time < until (naive: UTC); None: open.

        Raises
        ------
        kit.errors.UsageError
            for a flag or reason that a review cannot give.
        kit.errors.NotFoundError
            for an unknown station or variable.
        """
        from kit.dataset.reviews import Review, checked, utc

        place = self.station(station)
        name = known_variable(variable).id
        one = checked(Review(place.id, name, flag, why, without_forms(sensor, False), utc(since), utc(until)))
        return self.act(Draft("review", place.school, place.id, stamp(now), one.content()))

    def act(self, *drafts: Draft) -> str:
        """Write entries that carry no file; return the id of the last one ("" if they said nothing new)."""
        self._must_be_writable()
        with disk.in_words(self.folder):
            made = flushing.acknowledge(self._store, drafts)
            with suppress(Unreachable):  # acknowledged all the same: it is delivered later
                self._flushed(flushing.flush(self._store))
        return made[-1].id if made else ""
