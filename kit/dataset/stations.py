"""What is asked of a station before it is written."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kit.dataset.settings import Settings
from kit.errors import UsageError
from kit.ingest.lines import remark
from kit.model import Station
from kit.text import N_
from kit.vocab.zones import zone_at

_ID = re.compile(r"[^\s/]+/[^\s/]+")


def complete(station: Station, settings: Settings) -> Station:
    """Return a station with its time zone and region, from its coordinates or the dataset's settings.

    Traces of people are taken out of its name.
    """
    if not _ID.fullmatch(station.id):
        raise UsageError(
            "{id} cannot be a station's id.",
            why="An id is the school and the place with one / between them, without spaces.",
            do="Write it like EE-TRT-7k2p/roof.",
            code="station-id", id=station.id or '""',
        )  # fmt: skip
    for template, value, most in (
        (N_("Station {id} cannot have the latitude {value}."), station.latitude, 90),
        (N_("Station {id} cannot have the longitude {value}."), station.longitude, 180),
    ):
        if value is not None and not -most <= value <= most:
            raise UsageError(
                template, do="Write degrees with a point, such as 58.378.",
                code="coordinates", id=station.id, value=str(value),
            )  # fmt: skip
    zone = station.zone or _zone_at(station) or settings.zone
    if zone:
        check_zone(zone)
    ours = settings.school in ("", station.school)
    region = station.region or (settings.region if ours else "")
    return replace(station, zone=zone, region=region, name=remark(station.name))


def check_zone(zone: str) -> None:
    """Raise :class:`kit.errors.UsageError` for something that is no time zone."""
    if re.fullmatch(r"[+-]\d\d:\d\d", zone):
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            "{zone} is not a time zone.",
            do="Write it like Europe/Tallinn.",
            code="zone", zone=zone,
        ) from None  # fmt: skip


def _zone_at(station: Station) -> str:
    if station.latitude is None or station.longitude is None:
        return ""
    return zone_at(station.latitude, station.longitude)
