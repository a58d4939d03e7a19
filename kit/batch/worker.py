"""A worker of a batch: ``python -m kit.batch.worker`` reads jobs as JSON lines and answers each in one.

A process of its own per worker, because papermill changes the working directory and a kernel may take its
parent down. It runs one job after the other, so papermill and nbconvert are imported once.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from kit.text import N_, tr

#: Of jsonschema's optional imports, this one costs about a second and checks a format that no notebook uses.
#: jsonschema does without it. Blocked in this process only.
SLOW = "rfc3987_syntax"
#: Seconds that one cell may take.
CELL_LIMIT = 600
STARTS = 3


def execute(job: dict[str, Any]) -> dict[str, Any]:
    """Run one job and write its notebook and page; return ``error``, ``figures``, ``answers``, ``seconds``.

    ``job`` holds ``notebook`` (path), ``parameters``, ``executed`` (path of the executed notebook), ``page``
    (path of the page), ``title``, ``lang``, ``warm`` (socket of the warm process, "" for cold kernels). A
    failed run is written too, with a note in plain words.
    """
    import nbformat
    import papermill as pm

    from kit.batch import page as pages
    from kit.batch.warm import manager

    began = time.perf_counter()
    error = trace = ""
    warm = {"kernel_manager_class": manager(job["warm"])} if job.get("warm") else {}
    executed = Path(job["executed"])
    executed.parent.mkdir(parents=True, exist_ok=True)
    for start in range(1, STARTS + 1):
        try:
            error = trace = ""
            pm.execute_notebook(
                job["notebook"],
                str(executed),
                parameters=job["parameters"],
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=str(executed.parent),
                start_timeout=120,
                execution_timeout=CELL_LIMIT,
                **warm,
            )
        except pm.PapermillExecutionError as failed:
            error = in_words(failed.ename, failed.evalue, job["lang"])
            trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(failed.traceback))
        except (RuntimeError, OSError, TimeoutError) as failed:
            # two kernels can be given one port: jupyter_client frees it before the kernel takes it
            error, trace = in_words(type(failed).__name__, str(failed), job["lang"]), repr(failed)
            if start < STARTS and not executed.exists():
                continue
        break
    found: Any = pages.empty_notebook()
    if executed.exists():
        found = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    text = pages.page(found, title=job["title"], lang=job["lang"], failed=error, trace=trace)
    Path(job["page"]).write_text(text, encoding="utf-8")
    figures = [
        {key: about.get(key, "") for key in ("chart", "title", "sentence")}
        for about in pages.displays(found, "chart")
    ]
    told = pages.displays(found, "answer")
    answers = [{"sentence": about["answer"], "none": bool(about.get("none"))} for about in told]
    seconds = time.perf_counter() - began
    return {"error": error, "figures": figures, "answers": answers, "seconds": seconds}


def in_words(name: str, value: str, lang: str) -> str:
    """Return an error of a run in plain words: kit's own as they are, others with their name.

    >>> in_words("NotFoundError", "There is no variable named pm3.", "en")
    'There is no variable named pm3.'
    """
    from kit import errors

    own = getattr(errors, name, None)
    if isinstance(own, type) and issubclass(own, errors.KitError):
        return value
    template = N_("Something unexpected happened: {name}: {value}. This is not the fault of your data.")
    return tr(template, lang, name=name, value=value)


def main() -> None:
    """Answer the jobs on the standard input until it ends."""
    sys.modules[SLOW] = None  # type: ignore[assignment]
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no answer
    for line in sys.stdin:
        answers.write(json.dumps(execute(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
