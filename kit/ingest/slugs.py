"""Short plain names for ids."""

from __future__ import annotations

import hashlib
import re

from kit.vocab import fold


def slug(text: str) -> str:
    """Return a short plain name for ids: letters, digits and hyphens.

    A long name is cut and, as are names without any Latin letter, told apart by a piece of its hash.

    >>> slug("Temp, °C (A)"), slug("Tõrvandi kool")
    ('temp-c-a', 'torvandi-kool')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", fold(text).encode("ascii", "ignore").decode()).strip("-")
    if plain and len(plain) <= 40:
        return plain
    return f"{plain[:33].rstrip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
