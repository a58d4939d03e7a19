"""``kit batch``: the shared analyses, for every region and school of the dataset."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from kit import batch
from kit.cli.show import Progress, print_json
from kit.dataset.sample import open_shared
from kit.text import language, tr


def plan(options: Namespace) -> int:
    """Say what would run."""
    shared = open_shared(options.dataset)
    for job in batch.plan(shared, out=Path(options.out), regions=options.region, schools=options.school):
        if options.json:
            print_json(job.to_dict())
        else:
            print(f"{job.notebook}  {job.words()}  →  {job.output}")
    return 0


def run(options: Namespace) -> int:
    """Run the analyses, write the pages and the index; 1 if any failed."""
    shared = open_shared(options.dataset)
    languages = (language(),)
    jobs = batch.plan(
        shared, out=Path(options.out), regions=options.region, schools=options.school, languages=languages
    )
    progress = Progress(len(jobs), quiet=options.json)
    results = batch.run(shared, jobs, out=Path(options.out), workers=options.workers, progress=progress.step)
    progress.clear()
    failed = [result for result in results if result.error]
    for result in results if options.json else failed:
        if options.json:
            print_json(result.to_dict())
        else:
            print(tr("{job} failed: {why}", job=result.job.words(), why=result.error))
    if not options.json:
        print(
            tr(
                "{n} pages. Start at {index}.",
                n=len(results) - len(failed),
                index=Path(options.out) / "index.html",
            )
        )
    return 1 if failed else 0
