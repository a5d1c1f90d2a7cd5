"""Who signed a certificate, out of its bytes: also of one that nobody trusts."""

from __future__ import annotations

#: Object identifiers of the parts of a name: CN is 2.5.4.3, O is 2.5.4.10.
_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")


def issuer_of(certificate: bytes) -> str:
    """The issuer's organisation and name ("Zscaler Inc., Zscaler Root CA"); "" where it cannot be read.

    X.509 (RFC 5280): a sequence that holds a sequence: [version], serial number, algorithm, issuer, ...
    """
    try:
        return _read(certificate)
    except (IndexError, ValueError):
        return ""


def _read(certificate: bytes) -> str:
    _, outer, _ = _element(certificate, 0)
    _, inner, _ = _element(outer, 0)
    position = 0
    tag, _, after = _element(inner, position)
    position = after if tag == 0xA0 else 0  # the version may be left out
    for _ in range(2):  # serial number, algorithm
        _, _, position = _element(inner, position)
    _, name, _ = _element(inner, position)
    parts = _parts(name)
    wanted = (parts.get(_ORGANISATION, ""), parts.get(_COMMON_NAME, ""))
    return ", ".join(dict.fromkeys(part for part in wanted if part))[:200]


def _parts(name: bytes) -> dict[bytes, str]:
    """Object identifier -> text of a name: a sequence of sets of pairs."""
    found: dict[bytes, str] = {}
    position = 0
    while position < len(name):
        _, group, position = _element(name, position)
        _, pair, _ = _element(group, 0)
        _, key, after = _element(pair, 0)
        _, text, _ = _element(pair, after)
        shown = text.decode("utf-8", errors="replace")
        found[key] = "".join(letter for letter in shown if letter.isprintable())
    return found


def _element(data: bytes, position: int) -> tuple[int, bytes, int]:
    """Tag, content, and where the next element starts (DER)."""
    tag, length, start = data[position], data[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("no length of DER")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ValueError("cut off")
    return tag, data[start : start + length], start + length
