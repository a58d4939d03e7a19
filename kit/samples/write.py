"""Write the sample files into a folder."""

from __future__ import annotations

from pathlib import Path

from kit.samples.beside import beside
from kit.samples.classroom import classroom
from kit.samples.dust import gate
from kit.samples.inaturalist import inaturalist
from kit.samples.life import habitats, life
from kit.samples.long_series import long_series
from kit.samples.manifest import NAME, as_json, make_manifest
from kit.samples.plan import SampleFile
from kit.samples.short_series import short_series
from kit.samples.simulation import simulate
from kit.samples.spring import spring


def make(seed: int = 2026) -> list[SampleFile]:
    """Return every sample file of a seed, in the order in which they are best uploaded."""
    world = simulate(seed)
    region = [*long_series(world), *short_series(world), *life(world), inaturalist(world)]
    return [*region, gate(world), *beside(world), classroom(world), *habitats(world), *spring(world)]


def write(out: str | Path, seed: int = 2026) -> list[Path]:
    """Write the sample files and their manifest into the folder ``out``, over files of the same name.

    The same seed gives the same bytes (with the same versions of numpy and zlib). Returns the paths.
    """
    target = Path(out)
    files = make(seed)
    paths = []
    for name, data in [*((f.path, f.data) for f in files), (NAME, as_json(make_manifest(seed, files)))]:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return paths
