"""The manifest of the sample files, ``datasets/sample/sample.json``, and the truth that it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kit.errors import NotFoundError
from kit.samples import beside, classroom, dust, life, spring
from kit.samples.long_series import FIRST, LAST
from kit.samples.places import MORE, SITES
from kit.samples.plan import SampleFile
from kit.samples.simulation import TREND

NAME = "sample.json"
_PACKAGE = Path(__file__).parents[1]
#: Where the committed files are: in a checkout, or inside an installed package.
PLACES = (_PACKAGE.parent / "datasets" / "sample", _PACKAGE / "_shipped" / "datasets")

#: What a file is for -> in words, and what was put in. Lessons practise with the parts that they name; the
#: demo and whoever has no dataset of their own have the first.
PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "region": ("the schools of the region, long series and short ones", {}),
    "dust": ("wind and dust at one station", dust.TRUTH),
    "beside": ("a small sensor beside a reference instrument", beside.TRUTH),
    "classroom": ("carbon dioxide in a classroom, which stays in the school", classroom.TRUTH),
    "birds": ("bird counts of three more habitats", life.TRUTH),
    "spring": ("signs of spring along a gradient, and fifty springs at one school", spring.TRUTH),
}


def files(*parts: str, shared: bool = True) -> list[dict[str, Any]]:
    """Return the manifest's files of these parts (default: of the region), in its order.

    ``shared=False`` takes those that stay in their school, too.

    >>> [file["path"] for file in files("dust")]
    ['parnu-b/ilmajaam_varav_2025.csv.gz']
    """
    wanted = parts or ("region",)
    every = manifest()["files"]
    return [file for file in every if file["part"] in wanted and (file["shared"] or not shared)]


def folder() -> Path:
    """Return the folder of the sample files that came with kit.

    Raises :class:`NotFoundError` if there is none.
    """
    for place in PLACES:
        if (place / NAME).is_file():
            return place
    raise NotFoundError(
        "The sample files are not here.",
        why="Neither the checkout nor the installed package has a folder datasets/sample with {name}.",
        do="Make them with: python -m kit.samples datasets/sample",
        code="no-samples", name=NAME,
    )  # fmt: skip


def make_manifest(seed: int, files: Sequence[SampleFile]) -> dict[str, Any]:
    """Return the manifest as a dict that JSON can hold."""
    schools: dict[str, dict[str, Any]] = {}
    for site in (*SITES, *MORE):
        school = {
            "id": site.station.school, "name": site.station.name.split(",")[0], "region": site.station.region,
            "folder": site.folder, "sea_km": site.sea_km, "synthetic": True, "stations": [],
        }  # fmt: skip
        schools.setdefault(site.station.school, school)["stations"].append(site.station.to_dict())
    series = {
        variable: [
            f.station
            for f in files
            if f.part == "region" and variable in f.variables and (f.start[:4], f.end[:4]) == ("2018", "2025")
        ]
        for variable in TREND
    }
    return {
        "synthetic": True,
        "note": "Made by python -m kit.samples. No school, person or reading in these files is real.",
        "seed": seed,
        "trend": {
            variable: {
                "per_year": per_year, "unit": {"pm25": "ug/m3", "temperature": "Cel"}[variable],
                "first": FIRST, "last": LAST, "stations": list(dict.fromkeys(series[variable])),
            }
            for variable, per_year in TREND.items()
        },
        "truth": {part: about for part, (_, about) in PARTS.items() if about},
        "schools": list(schools.values()),
        "files": [file.to_dict() for file in files],
    }  # fmt: skip


def as_json(manifest: dict[str, Any]) -> bytes:
    """Return the manifest as UTF-8 JSON, indented, with each defect on one line."""
    text = json.dumps({**manifest, "files": []}, ensure_ascii=False, indent=1)
    files = []
    for file in manifest["files"]:
        head = json.dumps({k: v for k, v in file.items() if k != "defects"}, ensure_ascii=False, indent=3)
        each = [json.dumps(defect, ensure_ascii=False) for defect in file["defects"]]
        files.append("  " + head[:-2] + ',\n   "defects": [\n    ' + ",\n    ".join(each) + "\n   ]\n  }")
    return text.replace('"files": []', '"files": [\n' + ",\n".join(files) + "\n ]").encode() + b"\n"


@cache
def manifest(path: Path | None = None) -> dict[str, Any]:
    """Return the manifest of the sample files that came with kit, or of the folder ``path``."""
    data: dict[str, Any] = json.loads((path or folder()).joinpath(NAME).read_text(encoding="utf-8"))
    return data


def truth(path: Path | None = None) -> dict[str, Any]:
    """Return what was put into the sample files.

    Returns
    -------
    dict
        ``seed``; ``trend``: variable id -> ``per_year`` (canonical unit per 365.25 days), ``unit``,
        ``first`` and ``last`` local date, ``stations`` that have the whole series; ``defects``: kind ->
        how many in all files; ``files``: path -> kind -> how many; and for each further part (``dust`` …)
        what was put into it: see its module.

    Examples
    --------
    >>> truth()["trend"]["pm25"]["per_year"]
    -0.35
    """
    made = manifest(path)
    total: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    for file in made["files"]:
        here = counts.setdefault(file["path"], {})
        for defect in file["defects"]:
            here[defect["kind"]] = here.get(defect["kind"], 0) + defect["count"]
            total[defect["kind"]] = total.get(defect["kind"], 0) + defect["count"]
    return {**made["truth"], "seed": made["seed"], "trend": made["trend"], "defects": total, "files": counts}
