"""Answers that a page carries so that they cannot be read by chance; no secret is kept.

A page that checks answers without a server must hold them. Whoever reads its script can find them; a pupil
who looks at the source sees letters and digits only. The same is written in ``template/page.js``.

The text is UTF-8, combined (XOR) with the bytes of Marsaglia's xorshift32
(https://doi.org/10.18637/jss.v008.i14) that starts at the FNV-1a hash of a salt
(https://datatracker.ietf.org/doc/draft-eastlake-fnv/), and written as base64.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator


def sealed(text: str, salt: str) -> str:
    """Return ``text`` sealed with ``salt``.

    >>> unsealed(sealed("12,5 µg/m³", "A1"), "A1")
    '12,5 µg/m³'
    """
    return base64.b64encode(_mixed(text.encode(), salt)).decode()


def unsealed(text: str, salt: str) -> str:
    """Return what was sealed."""
    return _mixed(base64.b64decode(text), salt).decode()


def _mixed(data: bytes, salt: str) -> bytes:
    return bytes(one ^ other for one, other in zip(data, _stream(salt), strict=False))


def _stream(salt: str) -> Iterator[int]:
    state = fnv1a(salt) or 1
    while True:
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        yield state & 0xFF


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash of a text's UTF-8 bytes.

    >>> hex(fnv1a("a"))
    '0xe40c292c'
    """
    found = 0x811C9DC5
    for byte in text.encode():
        found = ((found ^ byte) * 0x01000193) & 0xFFFFFFFF
    return found
