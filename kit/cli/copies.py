"""``kit merge``: two copies of a dataset that meet."""

from __future__ import annotations

from argparse import Namespace

from kit.cli.show import print_json
from kit.dataset import open_dataset
from kit.errors import DatasetError


def merge(options: Namespace) -> int:
    """Take over what another copy holds; 4 when something of it was damaged or could not be read."""
    shared = open_dataset(options.dataset)
    done = shared.merge(options.other, both=options.both)
    if options.json:
        print_json({**done.to_dict(), "version": shared.version})
    else:
        print(done.text())
    return DatasetError.exit_status if done.damaged or done.unread else 0
