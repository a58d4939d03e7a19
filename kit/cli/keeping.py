"""``kit compact``, ``backup``, ``restore`` and ``export``."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from kit.cli.show import print_json
from kit.dataset import open_dataset
from kit.errors import DatasetError
from kit.text import number, tr, trn


def compact(options: Namespace) -> int:
    """Settle the tables and remove what no version needs any more."""
    shared = open_dataset(options.dataset)
    done = shared.compact()
    gone = shared.clean()
    if options.json:
        print_json({"settled": done, "version": shared.version, "removed": gone.files, "bytes": gone.size})
        return 0
    if done:
        print(tr("The tables are settled: sorted, with what counts and a roll-up by day."))
    else:
        print(tr("Nothing has arrived since the tables were settled."))
    if gone.files:
        said = trn(
            "{n} file that no version needs any more was removed ({size} MB).",
            "{n} files that no version needs any more were removed ({size} MB).",
            gone.files, size=number(gone.size / 1e6, 1),
        )  # fmt: skip
        print(said)
    return 0


def backup(options: Namespace) -> int:
    """Write everything that was given into one file; 4 when something of it is missing or damaged."""
    done = open_dataset(options.dataset).backup(options.out)
    if options.json:
        print_json(done.to_dict())
    else:
        print(done.text())
    return DatasetError.exit_status if done.damaged else 0


def restore(options: Namespace) -> int:
    """Make a dataset of a backup; 4 when something of it was missing or damaged."""
    from kit.dataset.backing import restore as make

    done = make(Path(options.backup), options.folder)
    if options.json:
        print_json(done.to_dict())
    else:
        print(done.text())
        print(tr("Next: kit --dataset {folder} status", folder=done.folder))
    return DatasetError.exit_status if done.damaged else 0


def export(options: Namespace) -> int:
    """Write what counts as files for other programs."""
    done = open_dataset(options.dataset).export(
        options.format, options.out, station=options.station, school=options.school, region=options.region,
        since=options.since, until=options.until, decimal_comma=options.decimal_comma,
    )  # fmt: skip
    if options.json:
        print_json(asdict(done))
    else:
        print(done.text())
    return 0
