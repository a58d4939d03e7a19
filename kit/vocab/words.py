"""Words as people type them, made comparable: case, accents, other alphabets' look-alikes, punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

#: Letters of other alphabets that look like (or were typed for) Latin ones, and letters without accents
#: that Unicode does not take apart. Both sides of a comparison are folded, so Russian words stay words.
_LOOKALIKES = str.maketrans({
    "а": "a", "в": "b", "е": "e", "ё": "e", "і": "i", "к": "k", "м": "m", "н": "h", "о": "o", "п": "n",
    "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "ј": "j",
    "α": "a", "β": "b", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "χ": "x",
    "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe",
})  # fmt: skip
_PM = re.compile(
    r"\bpm[\s_\-]*0*(2[.,_pd\-]?5|10|4|1)(?:[.,_pd]0)?(?!\d)|\bpm0*(2[.,_pd]?5|10|4|1)(?:[.,_pd]0)?(?=[a-z])"
)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ]{2})(?=[A-ZÀ-Þ])")
_BETWEEN = re.compile(r"[^\w%°]+|_")


@lru_cache(maxsize=4096)  # the names in the files of one device come again with each of them
def fold(text: str) -> str:
    """Return ``text`` in lower case without accents, in one alphabet, with single spaces.

    >>> fold("  Õhutemperatuur "), fold("Außen  ℃"), fold("Teмnepaтypa") == fold("Температура")
    ('ohutemperatuur', 'aussen °c', True)
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace("μ", "u").replace("µ", "u")
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n")
    return " ".join(plain.translate(_LOOKALIKES).split())


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a label; sizes of particles become one word.

    >>> tokens("PM2.5_ATM"), tokens("windSpeed (avg)"), tokens("PT08.S1(CO)")
    (('pm25', 'atm'), ('wind', 'speed', 'avg'), ('pt08', 's1', 'co'))
    """
    split = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text))
    folded = _PM.sub(_one_size, fold(split))
    return tuple(word for word in _BETWEEN.split(folded) if word)


def _one_size(found: re.Match[str]) -> str:
    size = re.sub(r"\D", "", found[1] or found[2])
    return f"pm{size} "


def suggest(word: str, choices: Iterable[str], n: int = 3) -> list[str]:
    """Return up to ``n`` of ``choices`` that look most like ``word``, best first ([] if none does).

    >>> suggest("temperatur", ["humidity", "temperature", "pressure"])
    ['temperature']
    """
    wanted = fold(word)
    if not wanted:
        return []
    scored = []
    for place, choice in enumerate(choices):
        other = fold(choice)
        ratio = SequenceMatcher(None, wanted, other).ratio()
        if other and (wanted in other or other in wanted):
            ratio = max(ratio, 0.75)
        scored.append((-ratio, place, choice))
    return [choice for ratio, _, choice in sorted(scored) if ratio <= -0.6][:n]
