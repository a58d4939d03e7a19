"""A shared dataset, in a folder of this computer or in a bucket."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset import uploading
from kit.dataset.answering import Act
from kit.dataset.deriving import derive
from kit.dataset.receipt import Receipt
from kit.dataset.saying import Said
from kit.dataset.settings import LAYOUT, Settings, find, make, place_of, read_settings
from kit.dataset.upgrading import upgrade
from kit.dataset.view import View
from kit.errors import DatasetError, UsageError
from kit.model import Source
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.journal import Journal
from kit.store.mending import look_again
from kit.store.renewing import open_journal
from kit.store.space import Space, Unreachable, space_of

if TYPE_CHECKING:
    from kit.dataset.merging import Merged


class Dataset(Said):
    """A shared dataset in a folder or a bucket. ``kit.open()`` gives one.

    Several processes may use one folder, and several computers one bucket, at the same time. What a method
    acknowledged is durable; what was interrupted is completed by whoever opens the dataset next. Of a bucket
    that cannot be reached what was acknowledged waits on this computer.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        space = space_of(place_of(folder))
        settings = read_settings(space)
        disk.refuse_network_share(space.home)
        try:
            self._open(space, settings)
        except DatasetError as error:
            if error.code != "journal-damaged":
                raise
            self._open(space, settings)  # that was noted: now a new one is made

    def _open(self, space: Space, settings: Settings) -> None:
        with disk.in_words(space.home):
            writable = space.writable()
            journal = open_journal(space) if writable else Journal(None)
            store = flushing.parts(space, derive, journal)
            Said.__init__(self, store, settings)
            if settings.layout < LAYOUT:
                upgrade(store)
            try:
                if not writable:
                    look_again(store)
                elif flushing.has_work(store):
                    flushing.flush(store)
            except DatasetError as error:
                # It opens all the same, so that verify can tell everything that is damaged.
                damaged = error.code in ("object-missing", "object-changed")
                if not writable or not (damaged or isinstance(error, Unreachable)):
                    raise
            if store.journal.erasing:
                self._complete()

    @property
    def inbox(self) -> Path:
        """The folder into which a class drops its files.

        Raises :class:`kit.errors.UsageError` for a dataset in a bucket.
        """
        if self._store.space.local is None:
            raise UsageError(
                "A dataset in a bucket has no inbox of its own.",
                why="An inbox is a folder into which a class drops its files.",
                do="Name a folder of this computer: kit upload --inbox FOLDER",
                code="no-inbox",
            )
        return self.folder / "inbox"

    # --- giving

    def upload(
        self,
        what: str | os.PathLike[str] | Source,
        *,
        station: str | None = None,
        school: str | None = None,
        answers: Mapping[str, str] | None = None,
        accept_likely: bool = False,
        now: datetime | None = None,
    ) -> Receipt:
        """Understand one file and keep it; return its receipt.

        When this returns, the file is durable: status ``stored`` (in the tables), or ``received`` (in the
        journal, the tables follow; ``receipt.trouble`` says why). The same file for the same station with the
        same answers is kept once: ``already``, or ``restored`` when it had been retracted.

        Parameters
        ----------
        what
            Path of a file (an archive with one file in it will do), or a source.
        station
            Where it was measured, ``"SCHOOL/PLACE"``; short for the answer ``station``.
        school
            The school that gives it (default: the dataset's).
        answers
            Answers to questions, by their ids.
        accept_likely
            Take the likely answer to every question that has one.

        Raises
        ------
        kit.errors.AnswerNeeded
            with the questions, when something only a person knows is missing; nothing was stored.
        kit.errors.FileError
            when the file cannot be understood; nothing was stored.
        kit.errors.DatasetError
            when it could not be stored.
        """
        self._must_be_writable()
        act = Act(
            {**(answers or {}), **({"station": station} if station else {})}, school, accept_likely, now
        )
        return uploading.settled(self, uploading.upload(self, uploading.one_source(what), act))

    def upload_all(
        self, what: str | os.PathLike[str] | Iterable[Source], *, station: str | None = None,
        school: str | None = None, answers: Mapping[str, str] | None = None, accept_likely: bool = False,
        now: datetime | None = None,
    ) -> Iterator[Receipt]:  # fmt: skip
        """Yield a receipt for every member of an archive (or for the one file), or for each of some sources.

        A member that cannot be understood has the status ``refused``, one that needs an answer ``question``;
        ``receipt.trouble`` says why; the others are stored all the same. Members go into the tables in
        groups, which is much faster than one by one.
        """
        self._must_be_writable()
        act = Act(
            {**(answers or {}), **({"station": station} if station else {})}, school, accept_likely, now
        )
        yield from uploading.upload_all(self, what, act)

    def correct(
        self, submission: str, *, station: str | None = None, answers: Mapping[str, str] | None = None,
        accept_likely: bool = False, now: datetime | None = None,
    ) -> Receipt:  # fmt: skip
        """Read a submission's kept copy with other answers, in its place; return the receipt.

        One step: the new submission and the retraction of the old one are acknowledged together.
        ``receipt.record["corrects"]`` says what changed.

        Parameters
        ----------
        submission
            Id of the submission (or its first digits), or the name of its file.
        station, answers
            What is said now; every other answer stays. An empty answer takes one back.

        Raises
        ------
        kit.errors.UsageError
            when nothing would change, or the submission was taken back or corrected already.
        kit.errors.NotFoundError
            when there is no such submission.
        kit.errors.AnswerNeeded
            when the new answers raise a question; nothing was changed.
        """
        from kit.dataset.correcting import correct

        self._must_be_writable()
        given = {**(answers or {}), **({"station": station} if station else {})}
        return uploading.settled(self, correct(self, submission, Act(given, None, accept_likely, now)))

    def at(self, version: str) -> View:
        """Return the dataset as it was in a version of this copy, or in one that was cited in any copy.

        Whatever has happened to tables and versions since: it is derived again from the entries that the
        version had. What is shown follows the rules of this kit; if it was cited under others, or entries
        were erased since, ``caution()`` and the attributes of what is read say so.

        Parameters
        ----------
        version
            The first 6 to 64 hex digits, or as it is cited: ``"3f9ac2d41b07/2"``.

        Raises
        ------
        kit.errors.NotFoundError
            when no such version is known here, or several begin with these digits.
        kit.errors.DatasetError
            when entries of a cited version are not in this copy; it says how many, and to merge.
        """
        from kit.dataset.citing import at

        return at(self, self._store, version)

    def cite(self, note: str = "", *, now: datetime | None = None) -> str:
        """Cite the newest version, so that :meth:`at` finds it in every copy that holds its entries.

        Return what a report prints, ``"3f9ac2d41b07/2"`` (version/rules). The citation is an entry, so there
        is a newer version afterwards, with the same readings; citing again before anything else was given
        returns the same citation. Addresses, telephone numbers and the like are taken out of ``note``.

        Raises :class:`kit.errors.UsageError` when nothing was ever given to the dataset.
        """
        from kit.dataset.citing import cite

        self._must_be_writable()
        return cite(self, self._store, note, now)

    def verify(self) -> dict[str, Any]:
        """Derive every submission again from its entry and kept copy and compare with the tables; then derive
        what counts, the daily values and the checks that could not run, and compare with what is settled.

        Returns the keys ok, version, rules, submissions, tables (a hash by name) and differences (sentences).
        The hashes are the same on every computer that holds the same entries and uses the same rules.
        """
        from kit.dataset.verifying import verify

        return verify(self, self._store)

    def rebuild(self) -> str:
        """Derive every table again from entries and kept copies; return the version."""
        self._must_be_writable()
        flushing.rebuild(self._store)
        return self.version

    def merge(self, other: str | os.PathLike[str], *, both: bool = False) -> Merged:
        """Take over every entry that another copy holds and this one lacks; return what was done.

        The other copy is only read: it may be on a stick, on a read-only disk or on a network share, and in
        use. What is damaged there is named and left out, all else is taken. It may be stopped at any moment
        and repeated; in which order copies merge does not matter. The settings in kit.toml (school, region,
        zone, language) are not merged: each copy keeps its own.

        Parameters
        ----------
        other
            Folder or bucket of the other copy.
        both
            Give, too: afterwards both copies hold the same.

        Raises
        ------
        kit.errors.DatasetError
            when the other copy is no dataset, cannot be read any more (what was taken over stays) or, with
            ``both``, cannot be written.
        """
        from kit.dataset.merging import merge

        self._must_be_writable()
        there = Dataset(other) if both else None
        if there is not None:
            there._must_be_writable()
        taken = merge(self._store, space_of(place_of(other)))
        if self._store.journal.erasing:
            self._complete()
        if there is None:
            return taken
        given = merge(there._store, self._store.space)
        if there._store.journal.erasing:
            there._complete()
        there.close()
        mine = {f"{self.url}: {name}" for name in given.damaged}
        return replace(taken, given=given.taken, damaged=(*taken.damaged, *sorted(mine)))

    def close(self) -> None:
        """Close the journal (it is opened again when needed)."""
        self._store.journal.close()


def open_dataset(url: str | os.PathLike[str] | None = None) -> Dataset:
    """Open a shared dataset: ``url``, else ``$KIT_DATASET``, else the folder with kit.toml found upward.

    ``url`` is a folder or a bucket (``"s3://bucket/prefix"``; ARCHITECTURE.md, "Buckets").

    Raises :class:`kit.errors.DatasetError` when there is none, when a newer kit made it, when it lies on a
    network share, or when it cannot be read.
    """
    return Dataset(find(url))


def create(
    folder: str | os.PathLike[str], school: str = "", region: str = "", zone: str = "", language: str = ""
) -> Dataset:
    """Make a shared dataset in a folder (which may exist) or a bucket (which must), and open it.

    ``school``, ``region`` and ``zone`` are given to new stations that do not say; ``language`` is "en" or
    "et".
    """
    place = place_of(folder)
    from kit.dataset.stations import check_zone

    if zone:
        check_zone(zone)
    make(space_of(place), Settings(school, region, zone, language))
    return Dataset(place)
