"""50,000 damaged files of every format the whole way: kit's own errors only, no hang, every row counted.

Each file is a sample of a format (of the tests, of ``datasets/sample``, of the field data where they are)
with a few random changes: pieces cut out, inserted, swapped, repeated; the end cut off; signs replaced;
another encoding. It must be read, or refused in words without unfilled places, within 2 seconds per MiB (and
2 seconds for small ones); every row of a receipt is in exactly one class. The value is their share.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import signal
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks._measure import FIELD_DATA, ROOT

NAME = "mutations"
FILES = 50_000
#: Longer originals are cut to this many bytes, so that thousands can be tried.
CUT = 6_000
_SIGNS = (
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b'"',
    b"\x00",
    b"-",
    b".",
    b"9",
    b"\xff",
    b"\xe2\x84\x83",
    b" ",
    b"1e999",
)
_PLACE = re.compile(r"\{[a-z_]+\}")
SEED = 2026


def originals() -> list[tuple[str, bytes]]:
    """Return (name, bytes) of the samples: one per format, the sample schools' and the real files."""
    spec = importlib.util.spec_from_file_location("samples", ROOT / "tests" / "formats" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = list(module.SAMPLES.values())
    folders = [
        ROOT / "datasets" / "sample",
        *(FIELD_DATA / part for part in ("air", "weather", "bio", "messy")),
    ]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if (
                path.is_file()
                and path.stat().st_size < 20 << 20
                and path.suffix not in (".py", ".md", ".rda")
            ):
                data = path.read_bytes()
                packed = data[:2] in (b"PK", b"\x1f\x8b") or data[:4] == b"PAR1"
                found.append((path.name, data if packed and len(data) < 200_000 else data[:CUT]))
    return [(name, data) for name, data in found if data]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one to six random changes."""
    for _ in range(rng.randint(1, 6)):
        at, size = rng.randrange(len(data) + 1), rng.randrange(1, 60)
        kind = rng.randrange(9)
        if kind == 0:
            data = data[:at] + data[at + size :]
        elif kind == 1:
            data = data[:at] + rng.randbytes(rng.randrange(1, 8)) + data[at:]
        elif kind == 2:
            data = data[:at] + rng.choice(_SIGNS) + data[at:]
        elif kind == 3:
            data = data[: at + size] + data[at:]
        elif kind == 4:
            data = data[:at]
        elif kind == 5:
            data = data.replace(data[at : at + 1] or b";", rng.choice(_SIGNS))[: 4 * CUT]
        elif kind == 6:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = b"\n".join(lines)
        elif kind == 7:
            lines = data.split(b"\n")
            one = rng.randrange(len(lines))
            data = b"\n".join([*lines[:one], *([lines[one]] * rng.randrange(3)), *lines[one + 1 :]])
        else:
            data = _encoded(data, rng)
    return data


def _encoded(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        rng.choice(["utf-16", "utf-16-le", "cp1252", "latin-1", "utf-8-sig"]), errors="replace"
    )


def tried(name: str, data: bytes) -> str:
    """Read one file the whole way; return "read", "asked", "refused", or what went wrong."""
    from kit import formats, ingest
    from kit.errors import KitError
    from kit.model import Source

    clock = time.process_time()
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(60)
    try:
        kinds = {_whole_way(source, ingest) for source in formats.unpack(Source(name, data))}
        result = sorted(kinds)[0]
    except KitError as error:
        words = error.words("en")
        unfilled = set(_PLACE.findall(error.what + error.why + error.do)) & set(_PLACE.findall(words))
        result = f"bad words: {words}" if unfilled or not words else "refused"
    except Exception:  # noqa: BLE001  (this is what is looked for)
        result = "escaped: " + traceback.format_exc(limit=-2)
    finally:
        signal.alarm(0)
    took = time.process_time() - clock
    return f"slow: {took:.1f} s" if took > 2 * max(1.0, len(data) / 2**20) else result


def _give_up(*_: object) -> None:
    raise TimeoutError("60 seconds")


def _whole_way(source: Any, ingest: Any) -> str:
    report = ingest.understand(source)
    for _ in range(5):
        likely = {question.id: question.likely for question in report.questions if question.likely}
        if not report.questions or len(likely) < len(report.questions):
            break
        report = ingest.understand(source, {**report.answers, **likely})
    record = ingest.receipt_record(report)
    assert ingest.receipt_text(record, "en")
    if report.questions:
        return "asked"
    classes = report.accepted + report.flagged + report.rejected + report.duplicate
    assert classes == report.rows, f"{classes} rows in classes, {report.rows} in the file"
    assert min(report.accepted, report.flagged, report.rejected, report.duplicate) >= 0
    return "read"


def part(span: tuple[int, int]) -> list[tuple[int, str, str]]:
    """Try the files with the numbers of a span; return (number, name, result) of each."""
    known = originals()
    found = []
    for number in range(*span):
        rng = random.Random(SEED * 1_000_000 + number)
        name, data = rng.choice(known)
        found.append((number, name, tried(name, mutated(data, rng))))
    return found


def run(quick: bool) -> dict[str, Any]:
    """Try the files and return the result."""
    files, size = (500, 100) if quick else (FILES, 500)
    counts: Counter[str] = Counter()
    spans = [(first, min(first + size, files)) for first in range(0, files, size)]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for results in workers.map(part, spans):
            for number, name, result in results:
                counts[result.split(":")[0]] += 1
                if ":" in result:
                    print(f"file {number} ({name}): {result}", flush=True)
    good = sum(counts[kind] for kind in ("read", "asked", "refused"))
    print(", ".join(f"{kind} {count}" for kind, count in counts.most_common()))
    return {
        "name": NAME, "value": round(good / files, 6), "unit": "share of damaged files that behaved",
        "target": "1.0", "against": "another exception, a hang, an uncounted row", "ok": good == files,
    }  # fmt: skip
