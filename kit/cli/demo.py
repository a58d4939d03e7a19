"""``kit demo``: the whole way on the sample schools, in ``datasets/demo`` and nowhere else."""

from __future__ import annotations

import shutil
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import batch, samples
from kit.cli.show import Progress, print_json, table
from kit.dataset import Dataset, create
from kit.dataset.sample import fill
from kit.errors import AnalysisError, UsageError
from kit.text import language, number, tr
from kit.vocab import variable

if TYPE_CHECKING:
    from kit.analysis import TrendResult

FOLDER = Path("datasets") / "demo"


def demo(options: Namespace) -> int:
    """Upload the sample schools' files, run the shared analyses, print the regional trend."""
    if options.dataset:
        raise UsageError(
            "kit demo always works in {folder}.", why="It starts afresh each time.",
            do="Leave --dataset out; kit upload adds files to your own dataset.",
            code="demo-dataset", folder=FOLDER.as_posix(),
        )  # fmt: skip
    quiet = options.json
    about, files = samples.manifest(), samples.files()
    jobs_ahead = len(samples.stations()) + len({station.region for station in samples.stations()})
    progress = Progress(len(files) + jobs_ahead, quiet=quiet)
    _say(
        options,
        tr("kit demo: seven made-up schools in Estonia and Germany. Every number here is synthetic."),
        "",
    )
    shared = _fresh()
    for receipt in _uploads(shared, files, progress):
        if quiet:
            print_json(receipt.to_dict())
        else:
            print(receipt.text(), end="\n\n")
        if receipt.trouble:
            raise receipt.trouble
    out = Path(options.out)
    jobs = batch.plan(shared, out=out, languages=(language(),))
    results = batch.run(shared, jobs, out=out, workers=2, progress=progress.step)
    progress.clear()
    failed = [result for result in results if result.error]
    for result in failed:
        _say(options, tr("{job} failed: {why}", job=result.job.words(), why=result.error))
    summary = _compare(shared, about)
    if quiet:
        print_json({"demo": summary, "pages": len(results) - len(failed), "failed": len(failed)})
    else:
        _print_summary(summary)
        _print_next(shared, out, len(results) - len(failed))
    return 1 if failed else 0


def _say(options: Namespace, *lines: str) -> None:
    if not options.json:
        print(*lines, sep="\n")


def _fresh() -> Dataset:
    """Make the demo's dataset anew; what an earlier demo left is removed."""
    if (FOLDER / "kit.toml").exists():
        shutil.rmtree(FOLDER)
    return create(FOLDER)


def _uploads(shared: Dataset, files: list[dict[str, Any]], progress: Progress) -> Any:
    for file in files:
        progress.step(f"{file['school']}: {Path(file['path']).name}")
        for receipt in fill(shared, [file]):
            progress.clear()
            yield receipt


def _compare(shared: Dataset, about: dict[str, Any]) -> list[dict[str, Any]]:
    """Return, for each injected trend, what all stations together and each region give back."""
    found = []
    for name, injected in about["trend"].items():
        readings: Any = shared.readings(
            name, station=injected["stations"], since=injected["first"], until=injected["last"]
        )
        codes = [str(code) for code in readings["region"].values]
        regions = {"": readings} | {
            region: readings.isel(station=[place for place, code in enumerate(codes) if code == region])
            for region in sorted(set(codes))
        }
        for region, part in regions.items():
            try:
                found.append(_row(name, region, injected["per_year"], _trend(part, name)))
            except AnalysisError as error:
                found.append({"variable": name, "region": region, "why": error.words()})
    return found


def _trend(readings: Any, name: str) -> TrendResult:
    from kit.analysis import trend

    return trend(readings, name)


def _row(name: str, region: str, injected: float, result: TrendResult) -> dict[str, Any]:
    return {
        "variable": name,
        "region": region,
        "unit": result.unit,
        "stations": result.n_stations,
        "years": result.years,
        "injected": injected,
        "slope": result.slope,
        "low": result.low,
        "high": result.high,
        "covered": bool(result.low <= injected <= result.high),
        "sentence": result.sentence(),
        "caution": result.caution(),
    }


def _print_summary(summary: list[dict[str, Any]]) -> None:
    rows = []
    for row in summary:
        where = row["region"] or tr("all regions together")
        if "why" in row:
            rows.append([variable(row["variable"]).name(), where, "", "", row["why"], ""])
            continue
        digits = 2 if abs(row["injected"]) >= 0.1 else 3
        interval = f"{number(row['low'], digits)} … {number(row['high'], digits)}"
        found = [number(row["injected"], digits), number(row["slope"], digits), interval]
        rows.append(
            [variable(row["variable"]).name(), where, *found, tr("yes") if row["covered"] else tr("NO")]
        )
    print(tr("What was put into the made-up readings (change a year), and what came back:"))
    head = [tr("variable"), tr("where"), tr("put in"), tr("found"), tr("95 % interval"), tr("covered")]
    print(table(rows, head), end="\n\n")
    for row in summary:
        if "sentence" in row and not row["region"]:
            print(tr("The regional trend: {sentence}", sentence=row["sentence"]))
            print(row["caution"], end="\n\n")


def _print_next(shared: Dataset, out: Path, pages: int) -> None:
    print(
        tr(
            "The dataset is in {folder} (version {version}).",
            folder=FOLDER.as_posix(),
            version=shared.version,
        )
    )
    print(
        tr(
            "{n} pages were written. Open {index} in a browser.",
            n=pages,
            index=(out / "index.html").as_posix(),
        )
    )
    print(tr("Next: kit lab opens the lessons in JupyterLab."))
