"""From an entry and its kept copy to rows: the same when uploading, rebuilding and verifying."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from kit.dataset.state import station_from
from kit.entry import Entry, canonical_json
from kit.model import READINGS, SIGHTINGS, Report, Source
from kit.store.frames import pack

if TYPE_CHECKING:
    import pandas as pd


def stamp(now: datetime | None) -> str:
    """Return a moment (default: this one) as an entry writes it: UTC, whole seconds.

    >>> stamp(datetime(2026, 3, 1, 12, 30, 5, 999, tzinfo=UTC))
    '2026-03-01T12:30:05Z'
    """
    moment = now or datetime.now(UTC)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(made: str) -> datetime:
    """Return what :func:`stamp` wrote."""
    return datetime.strptime(made, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def key_of(report: Report) -> str:
    """Return what makes a submission the same one: its kept copy, stations and answers.

    Of the zone counts what the times were read with, whether it was answered now or stood with the station.
    """
    stations = sorted({station.id for station in report.stations})
    answers = {name: value for name, value in report.answers.items() if name != "zone"}
    zone = report.time.get("zone", "")
    return sha256(canonical_json([report.kept.sha256, stations, answers, zone])).hexdigest()


def frames(report: Report) -> dict[str, pd.DataFrame]:
    """Return the rows of a report by name of table."""
    return {"readings": report.readings, "sightings": report.sightings}


def packed(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return rows as the store wants them."""
    columns = {"readings": READINGS, "sightings": SIGHTINGS}
    found = {name: pack(frame, columns[name]) for name, frame in tables.items()}
    return {name: data for name, data in found.items() if data}


def derive_report(entry: Entry, kept: bytes) -> Report:
    """Understand a kept copy again, exactly as when it was given."""
    from kit import ingest

    content = entry.content
    stations = [station_from(item) for item in content["stations"]]
    return ingest.understand(
        Source(content["file"], kept), content["answers"], stations,
        school=entry.school, now=moment(entry.made),
    )  # fmt: skip


def derive(entry: Entry, kept: bytes) -> dict[str, bytes]:
    """Return the packed rows of a submission (what :class:`kit.store.flush.Parts` asks for)."""
    return packed(frames(derive_report(entry, kept)))
