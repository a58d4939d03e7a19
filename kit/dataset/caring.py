"""Looking after a dataset in a folder: settling, cleaning, backups, exports."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.background import Settler
from kit.dataset.settings import Settings
from kit.dataset.settling import clean, is_due, settle
from kit.dataset.view import View
from kit.dataset.waiting import waiting
from kit.errors import DatasetError
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store import mending, reading
from kit.store.cleaning import GRACE, Cleaned
from kit.store.flush import Parts
from kit.store.versions import Version

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.backing import Backup
    from kit.dataset.dates import Day
    from kit.dataset.erasing import Erased
    from kit.dataset.exporting import Exported
    from kit.dataset.view import Names


class Cared(View):
    """A dataset that somebody looks after. :class:`kit.dataset.saying.Said` adds speaking about it."""

    def __init__(self, store: Parts, settings: Settings) -> None:
        super().__init__(store, settings)
        self._settler = Settler(store)

    @property
    def writable(self) -> bool:
        """Whether anything can be given to this dataset."""
        return self._store.journal.path is not None

    def _must_be_writable(self) -> None:
        if not self.writable:
            raise disk.explain(PermissionError(13, "permission denied"), self.folder)

    def _flushed(self, version: Version | None) -> None:
        """Settle the tables in the background when enough has arrived."""
        if is_due(version):
            view = View(self._store, self._settings)
            view._state = self._state
            self._settler.look(view, version)

    def status(self) -> dict[str, Any]:
        """Return what the dataset holds.

        Keys folder, version, schools, stations, submissions, readings, sightings (rows stored, those of
        retracted submissions too), waiting (acknowledged, in no version yet), unsettled (rows that arrived
        since the tables were settled), to_approve (texts of pupils that wait for a teacher), settling:
        ``"running"`` in this process, ``"due"``, ``"no"``, or why it failed; erasing: whether something that
        was erased is still in the folder; left_out: submissions of which this copy lacks the kept copy;
        mended: what was damaged and was put right (dicts with time, what and name).
        """
        version, state = self._now()
        trouble = self._settler.trouble
        settling = "running" if self._settler.running else "due" if is_due(version) else "no"
        return {
            "folder": self.url,
            "version": self.version,
            "schools": len(self.schools()),
            "stations": len(state.stations),
            "submissions": len(state.live()),
            "readings": reading.count(self._store, "readings", version),
            "sightings": reading.count(self._store, "sightings", version),
            "waiting": self._store.journal.waiting(),
            "unsettled": sum(item.rows for item in version.arrivals) if version else 0,
            "to_approve": len(waiting(self)),
            "settling": trouble.words() if trouble else settling,
            "erasing": self._store.journal.erasing,
            "left_out": mending.left_out(self._store),
            "mended": mending.mended(self._store.journal),
        }

    def compact(self, patience: float = 60.0) -> bool:
        """Settle the tables: sorted, marked with what counts, rolled up by day; return whether it was done.

        What is read is the same before and after, only faster. It happens by itself from time to time.

        Raises :class:`kit.errors.DatasetError` when another process is at it for more than ``patience``
        seconds.
        """
        self._must_be_writable()
        flushing.flush(self._store)
        return settle(self, self._store, patience) is not None

    def clean(self, grace: float = GRACE, patience: float = 60.0) -> Cleaned:
        """Remove the files that no version needs any more and that are older than ``grace`` seconds.

        Nothing that was given is removed, and every version stays readable. It happens after settling by
        itself.

        Raises :class:`kit.errors.DatasetError` when another process is settling for longer than
        ``patience`` seconds.
        """
        self._must_be_writable()
        return clean(self._store, patience, grace)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is done in the background, at most so long; return whether nothing is."""
        return self._settler.wait(seconds)

    def backup(self, out: str | os.PathLike[str]) -> Backup:
        """Write everything that was given into one .zip file; others may go on working meanwhile.

        The same version always gives the same bytes. :func:`kit.dataset.backing.restore` makes a dataset of
        it.

        Parameters
        ----------
        out
            The file to make (its name ends with .zip), or a folder that exists: the file is then named
            after the school and the version.

        Raises
        ------
        kit.errors.UsageError
            when ``out`` exists already, or lies in the dataset itself.
        kit.errors.DatasetError
            when it cannot be written.
        """
        from kit.dataset.backing import backup

        if self.writable:
            flushing.flush(self._store)
        return backup(self, self._store, Path(out))

    def export(
        self, form: str, out: str | os.PathLike[str], *, station: Names = None, school: Names = None,
        region: Names = None, since: Day = None, until: Day = None, decimal_comma: bool = False,
    ) -> Exported:  # fmt: skip
        """Write what counts as files for other programs, with a README; return what was written.

        Parameters
        ----------
        form
            ``"csv"`` (for spreadsheets), ``"parquet"``, or ``"school"``: one school's tables as csv, with
            the kept copies of its files and their receipts.
        out
            A .zip file to make, or a folder.
        station, school, region, since, until
            As in :meth:`readings`.
        decimal_comma
            Write 1,5 and put ";" between columns, as spreadsheets in many countries want it.

        Raises
        ------
        kit.errors.UsageError
            when there is no such form, or ``out`` exists.
        kit.errors.NotFoundError
            for a station, school or region that does not exist.
        kit.errors.DatasetError
            when it cannot be written.
        """
        from kit.dataset.exporting import export

        return export(
            self, self._store, form, Path(out), station=station, school=school, region=region, since=since,
            until=until, comma=decimal_comma,
        )  # fmt: skip

    # --- erasing

    def erase(self, subject: str, reason: str, *, now: datetime | None = None) -> Erased:
        """Remove a school or an entry from this copy, and from every copy that this one meets, for ever.

        It is acknowledged at once; then rows, kept copies, entries, older versions, receipts and the journal
        are cleaned, and every file of the folder is decoded and searched. What was interrupted is
        completed by whoever opens the dataset next. Doing it again repeats the search.

        Parameters
        ----------
        subject
            Id of a school (all that it gave and all that is said about it, also what arrives later), or of
            an entry (or its first digits): a submission, an annotation, ...
        reason
            A key of :data:`kit.dataset.erasing.REASONS`.

        Raises
        ------
        kit.errors.NotFoundError
            when there is no such school or entry.
        kit.errors.UsageError
            for another reason; an erasure is never erased.
        kit.errors.DatasetError
            when another program keeps the tables or the journal busy; the erasure stands, and is completed
            later.
        """
        from kit.dataset.erasing import erase

        self._must_be_writable()
        return erase(self, self._store, subject, reason, now)

    def erasable(self, what: str, subject: str) -> str:
        """Return the whole id of what to erase: of a ``"school"``, a ``"submission"`` or an ``"entry"``.

        Raises :class:`kit.errors.NotFoundError` when there is none.
        """
        from kit.dataset.erasing import found

        return found(self._store, what, subject)

    def _complete(self) -> None:
        """Go on with an erasure that was interrupted, or that came with another copy."""
        from kit.dataset.erasing import complete

        with suppress(DatasetError):  # another program is at it, say, or the disk is full: status() tells
            complete(self._store)
