"""``kit init``, ``station``, ``status``, ``retract``, ``erase``, ``verify`` and ``rebuild``."""

from __future__ import annotations

import sys
from argparse import Namespace

from kit.cli.show import print_json, table
from kit.dataset import create, open_dataset
from kit.errors import UsageError
from kit.model import Station
from kit.text import N_, number, tr, trn

MENDED = {
    "journal": N_("The journal was damaged; kit made it anew from what was given."),
    "version": N_("{name} was damaged or incomplete; kit put it aside and made it again."),
    "rows": N_("Rows were missing or damaged; kit derived them again."),
}


def init(options: Namespace) -> int:
    """Make a shared dataset."""
    folder = options.folder
    create(
        folder, school=options.school, region=options.region, zone=options.zone, language=options.lang or ""
    )
    if options.json:
        print_json({"dataset": folder})
    else:
        print(tr("A shared dataset was made in {folder}.", folder=folder))
        print(tr("Next: kit --dataset {folder} upload FILE", folder=folder))
    return 0


def station_add(options: Namespace) -> int:
    """Add or describe a station."""
    shared = open_dataset(options.dataset)
    station = shared.add_station(
        Station(
            id=options.id,
            region=options.region,
            latitude=options.latitude,
            longitude=options.longitude,
            elevation=options.elevation,
            zone=options.zone,
            exposure=options.exposure,
            name=options.name,
        )
    )
    if options.json:
        print_json(station.to_dict())
    else:
        print(
            tr("Station {id} is in the dataset (time zone {zone}).", id=station.id, zone=station.zone or "?")
        )
    return 0


def station_list(options: Namespace) -> int:
    """List the stations."""
    stations = open_dataset(options.dataset).stations()
    if options.json:
        for station in stations:
            print_json(station.to_dict())
        return 0
    head = [tr("station"), tr("region"), tr("latitude"), tr("longitude"), tr("time zone"), tr("exposure")]
    rows = [
        [s.id, s.region, _degrees(s.latitude), _degrees(s.longitude), s.zone, s.exposure] for s in stations
    ]
    print(table(rows, head))
    return 0


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def status(options: Namespace) -> int:
    """Say what the dataset holds."""
    held = open_dataset(options.dataset).status()
    if options.json:
        print_json(held)
        return 0
    words = {
        "folder": tr("Folder"),
        "version": tr("Version"),
        "schools": tr("Schools"),
        "stations": tr("Stations"),
        "submissions": tr("Submissions"),
        "readings": tr("Readings"),
        "sightings": tr("Sightings"),
        "waiting": tr("Acknowledged, not yet in the tables"),
        "unsettled": tr("Rows not yet sorted in (kit compact)"),
        "to_approve": tr("Texts that wait for a teacher"),
    }
    for key, label in words.items():
        value = held[key]
        print(f"{label + ':':38}{number(value, 0) if isinstance(value, int) else value}")
    if held["erasing"]:
        print(tr("An erasure is not finished yet; kit goes on with it whenever the dataset is opened."))
    if held["settling"] not in ("running", "due", "no"):
        print(tr("The tables could not be settled: {why}", why=held["settling"]))
    if held["left_out"]:
        print(trn("{n} submission is left out: its kept copy is not in this folder.",
                  "{n} submissions are left out: their kept copies are not in this folder.",
                  held["left_out"]), tr("Merge with the copy that this one was made from."))  # fmt: skip
    for one in held["mended"]:
        print(f"{one['time'][:10]}: {tr(MENDED[one['what']], name=one['name'])}")
    return 0


def retract(options: Namespace) -> int:
    """Take a submission back."""
    entry = open_dataset(options.dataset).retract(options.submission, reason=options.reason)
    if options.json:
        print_json({"submission": options.submission, "entry": entry})
    else:
        print(
            tr(
                "Submission {id} no longer counts. Uploading the file again restores it.",
                id=options.submission[:12],
            )
        )
    return 0


def erase(options: Namespace) -> int:
    """Remove a school or an entry for ever, and prove it; 1 if something of it is left in the folder."""
    shared = open_dataset(options.dataset)
    subject = shared.erasable(options.what, options.id)
    if not options.yes and not _typed_again(subject):
        raise UsageError(
            "Nothing was erased.", why="The id was not typed again.",
            do="Type it as it stands there, or add --yes.", code="not-erased",
        )  # fmt: skip
    done = shared.erase(subject, options.reason)
    if options.json:
        print_json(done.to_dict())
    else:
        print(done.text())
    return 0 if done.ok else 1


def _typed_again(subject: str) -> bool:
    shown = subject[:12] if len(subject) == 64 else subject
    said = tr("This cannot be undone, here and in every copy that meets this one. Type {id} again:", id=shown)
    print(said, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == shown


def verify(options: Namespace) -> int:
    """Derive every table again from entries and kept copies and compare; 1 if anything differs."""
    result = open_dataset(options.dataset).verify()
    if options.json:
        print_json(result)
        return 0 if result["ok"] else 1
    for name, digest in result["tables"].items():
        print(f"{name:12} {digest}")
    for difference in result["differences"]:
        print(tr("Differs: {what}", what=difference))
    print(
        tr("All tables follow from what was given.")
        if result["ok"]
        else tr("kit rebuild derives the tables again.")
    )
    return 0 if result["ok"] else 1


def rebuild(options: Namespace) -> int:
    """Derive every table again from entries and kept copies and replace it."""
    shared = open_dataset(options.dataset)
    shared.rebuild()
    if options.json:
        print_json({"version": shared.version})
    else:
        print(tr("The tables were derived again (version {version}).", version=shared.version))
    return 0
