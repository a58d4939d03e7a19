"""The full output of iNEXT (three curves, three orders, 200 bootstrap replicates) for the spider data.

Both samples that iNEXT brings (Ellison et al. 2010, doi:10.1111/j.1365-2745.2009.01604.x), from the field
data: 40 sizes up to twice the sample, orders 0, 1 and 2, limits by size and by coverage, and the asymptotic
estimates with theirs. The figure is seconds; where R with iNEXT is there, its time is printed beside it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from typing import Any

import numpy as np

from benchmarks._measure import FIELD_DATA
from kit.stats.rarefaction import Curves, curves

NAME = "rarefaction"
TARGET = 1.0
REPLICATES = 200
IN_R = """
suppressMessages(library(iNEXT)); data(spider)
cat(system.time(iNEXT(spider, q = c(0, 1, 2), datatype = "abundance", knots = 40, nboot = %d))[["elapsed"]])
"""


def samples() -> dict[str, list[int]]:
    """Return the spiders; where the field data are not there, two drawn samples of the same size."""
    path = FIELD_DATA / "known" / "inext" / "spider.json"
    if path.is_file():
        return {name: [int(x) for x in counts] for name, counts in json.loads(path.read_text()).items()}
    print("the spider data are not here: two samples drawn from a lognormal community instead")
    rng = np.random.default_rng(1)
    share = np.exp(rng.normal(0, 1.5, 45))
    return {f"drawn {n}": rng.multinomial(n, share / share.sum()).tolist() for n in (170, 250)}


def both(spiders: dict[str, list[int]], replicates: int) -> list[Curves]:
    """Return the curves of both samples."""
    return [curves(counts, replicates=replicates) for counts in spiders.values()]


def in_r(replicates: int) -> float | None:
    """Return the seconds that iNEXT needs, None where R or iNEXT is not there."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run([program, "-e", IN_R % replicates], capture_output=True, text=True, check=False)
    return float(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.strip() else None


def run(quick: bool) -> dict[str, Any]:
    """Compute both samples' curves several times and take the fastest."""
    replicates, spiders, times = 20 if quick else REPLICATES, samples(), []
    found = both(spiders, 2)
    for _ in range(3 if quick else 7):
        start = time.perf_counter()
        found = both(spiders, replicates)
        times.append(time.perf_counter() - start)
    seconds = min(times)
    print(f"{len(found[0].sizes)} sizes, 3 orders, {replicates} replicates, 2 samples: {seconds:.3f} s "
          f"(all runs: {', '.join(f'{one:.3f}' for one in times)})")  # fmt: skip
    for name, one in zip(spiders, found, strict=True):
        print(f"{name}: {one.asymptote.round(2).tolist()} species in all, of orders 0, 1, 2")
    theirs = in_r(replicates)
    against = "R with iNEXT is not here" if theirs is None else f"R's iNEXT: {theirs:.2f} s"
    print(against)
    return {
        "name": NAME, "value": round(seconds, 3), "unit": "seconds", "target": f"<= {TARGET}",
        "against": against, "ok": seconds <= TARGET,
    }  # fmt: skip
