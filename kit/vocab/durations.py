"""Units of elapsed time as people and devices write them: "seconds", "sek", "ms", "Minuten"."""

from __future__ import annotations

from kit.vocab.words import fold

#: Seconds in each unit of elapsed time.
SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_WRITTEN = {
    "ms": "ms msec msecs millis millisecond milliseconds millisekund millisekundit millisekundid"
    " millisekunden millisekunder millisecondes milisegundos milisekundy мс миллисекунды мілісекунди",
    "s": "s sec secs second seconds sek sekund sekundit sekundid sekunde sekunden sekunder sekunti sekuntia"
    " seconde secondes segundo segundos secondi sekundes sekundės сек секунды секунда секунди",
    "min": "min mins minute minutes minut minutit minutid minuten minuter minuutti minuuttia minuto minutos"
    " minuti minūtes minutės мин минуты минута хв хвилини",
    "h": "h hr hrs hour hours tund tundi tunnid std stunde stunden heure heures hora horas timme timmar tunti"
    " tuntia ora ore stundas valandos ч час часы часов год години",
    "d": "d day days päev päeva päevad tag tage tagen jour jours dia dias dygn dag dagar päivä päivää dienas"
    " dienos сут дни день дней доба дні",
}
_UNITS = {fold(word): unit for unit, words in _WRITTEN.items() for word in words.split()}


def duration_unit(text: str) -> str:
    """Return "ms", "s", "min", "h" or "d" for the spelling of a unit of time, "" for anything else.

    >>> duration_unit("Seconds"), duration_unit("päeva"), duration_unit("°C")
    ('s', 'd', '')
    """
    word = text.strip(" .()[]")
    return "s" if word.casefold() == "с" else _UNITS.get(fold(word), "")  # a Russian es looks like a c
