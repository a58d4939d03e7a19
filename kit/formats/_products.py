"""Archives that hold one table of a weather service and files about its station: they stay together."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The file with the values in an archive of the German weather service (DWD).
PRODUCT = re.compile(r"(?:^|/)produkt_[^/]*\.txt$", re.I)


def is_product(names: Iterable[str]) -> bool:
    """Tell whether an archive holds one product and nothing else but what is said about it.

    >>> is_product(["produkt_klima_tag_x.txt", "Metadaten_Geographie_x.txt"]), is_product(["a.csv"])
    (True, False)
    """
    listed = [name for name in names if not name.endswith("/")]
    products = [name for name in listed if PRODUCT.search(name)]
    others = [name for name in listed if "metadaten_" not in name.lower() and name not in products]
    return len(products) == 1 and not others
