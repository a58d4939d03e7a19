"""Run the jobs of a batch in worker processes; one job that fails never stops the rest."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kit.batch import index, page
from kit.batch.jobs import Job, JobResult, notebook_path, plan
from kit.batch.parameters import check_parameters
from kit.batch.warm import Warm
from kit.errors import UsageError
from kit.text import N_, tr

#: Threads of the number libraries per worker: the workers are what runs side by side.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"}


def run(
    dataset: Any,
    jobs: Sequence[Job] | None = None,
    *,
    out: str | Path = "reports",
    notebooks: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    schools: Sequence[str] | None = None,
    languages: Sequence[str] = ("en",),
    workers: int = 2,
    progress: Callable[[str], None] | None = None,
) -> list[JobResult]:
    """Run the shared analyses and write ``out/index.html``, a page per job and the executed notebooks.

    Parameters
    ----------
    dataset
        A shared dataset (``kit.open()``).
    jobs
        What :func:`plan` returned; None plans with ``notebooks``, ``regions``, ``schools``, ``languages``.
    out
        The folder of the pages; executed notebooks go to ``out/notebooks``.
    workers
        How many jobs run side by side, each in its own process.
    progress
        Called with the words of each job when it begins.

    Returns
    -------
    list[JobResult]
        In the order of the jobs. A job that failed has its ``error`` in plain words, and a page that says so.

    Raises
    ------
    UsageError
        A parameter is unknown or of the wrong type, in any job: then nothing is run at all.
    """
    if jobs is None:
        jobs = plan(
            dataset, out=out, notebooks=notebooks, regions=regions, schools=schools, languages=languages
        )
    if workers < 1:
        raise UsageError("A batch needs at least one worker, not {workers}.", code="workers", workers=workers)
    paths = [notebook_path(job.notebook) for job in jobs]
    for job, path in zip(jobs, paths, strict=True):
        check_parameters(path, job.parameters)
    folder = Path(out)
    page.write_assets(folder)
    with Warm() as warm:
        results = _side_by_side(
            jobs, paths, folder.resolve(), workers, warm.path, progress or (lambda _: None)
        )
    index.write(dataset, results, folder)
    return results


def _side_by_side(
    jobs: Sequence[Job],
    paths: Sequence[Path],
    out: Path,
    workers: int,
    warm: str,
    progress: Callable[[str], None],
) -> list[JobResult]:
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for i in range(len(jobs)):
        waiting.put(i)
    done: dict[int, JobResult] = {}
    lock = threading.Lock()

    def work() -> None:
        with _Worker(warm) as worker:
            while True:
                try:
                    i = waiting.get_nowait()
                except queue.Empty:
                    return
                with lock:
                    progress(jobs[i].words())
                done[i] = worker.do(jobs[i], paths[i], out)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(jobs)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [done[i] for i in range(len(jobs))]


class _Worker:
    """One worker process, started when first needed and again after it died."""

    def __init__(self, warm: str) -> None:
        self.warm = warm
        self.process: subprocess.Popen[str] | None = None
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            if self.process.stdin:
                self.process.stdin.close()  # the end of its input ends the worker
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=20)
            self._end()
        self.said.close()

    def _end(self) -> None:
        """End the process, if it still lives, and close its pipes."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
            self.process = None

    def do(self, job: Job, path: Path, out: Path) -> JobResult:
        """Run one job; the death of the process is a failure of the job, not of the batch."""
        target = out / job.output.name
        order = {
            "notebook": str(path.resolve()),
            "parameters": job.parameters,
            "title": job.words(job.language),
            "executed": str(out / "notebooks" / f"{target.stem}.ipynb"),
            "page": str(target),
            "lang": job.language,
            "warm": self.warm,
        }
        answer = self._ask(order)
        if answer is None:
            words = tr(N_("The computer ended this run; perhaps its memory was full."), job.language)
            page.write_failed(target, job.words(job.language), job.language, words, self._tail())
            return JobResult(job, error=words)
        return JobResult(
            job, answer["error"], answer["seconds"], tuple(answer["figures"]), tuple(answer["answers"])
        )

    def _ask(self, order: dict[str, Any]) -> dict[str, Any] | None:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kit.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.said,
                text=True,
                encoding="utf-8",
                env={**ONE_THREAD, **os.environ},
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self._end()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def _tail(self) -> str:
        self.said.flush()
        self.said.seek(0)
        return self.said.read()[-4000:]
