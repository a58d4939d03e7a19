"""From a file to readings or sightings, with every row accounted for.

>>> from kit.model import Source, Station
>>> roof = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
>>> source = Source("a.csv", b"time;temp (C)\\n2026-03-01 10:00;1.5\\n2026-03-01 11:00;2.5\\n")
>>> report = understand(source, {"station": "school/roof"}, [roof])
>>> receipt_text(receipt_record(report), "en").splitlines()[0]
'a.csv was understood: 2 rows, all of them good.'
"""

from kit.ingest.accounting import count_rows
from kit.ingest.receipt import lasting, receipt_dict, receipt_record
from kit.ingest.receipt_page import receipt_html
from kit.ingest.receipt_words import receipt_text
from kit.ingest.understand import understand

__all__ = [
    "count_rows",
    "lasting",
    "receipt_dict",
    "receipt_html",
    "receipt_record",
    "receipt_text",
    "understand",
]
