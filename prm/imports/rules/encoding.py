"""Which encoding are these bytes? Byte-order marks and validity first; then the decoding that reads like words. Pure.

UTF-8 proves itself: text in another encoding is almost never valid UTF-8. The one-byte encodings never fail to decode, so they
are told apart by plausibility: ``société`` reads well as CP1252 and as ``sociŽtŽ`` when Mac Roman bytes are taken for it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from charset_normalizer import from_bytes

#: What a person may choose on the page, in this order.
ENCODINGS: tuple[str, ...] = (
    "utf-8",
    "cp1252",
    "iso-8859-15",
    "mac-roman",
    "utf-16-le",
    "utf-16-be",
    "cp850",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
    "utf-32-le",
    "utf-32-be",
)
#: What else may be asked for by name, and is only ever detected on the page.
_FURTHER = ("ascii", "latin-1", "iso-8859-2", "koi8_r", "utf-16", "utf-32", "cp932", "cp949")
_WESTERN = ("cp1252", "mac-roman", "cp850", "iso-8859-15")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH = re.compile(rb"[^\n\r]{0,24}[\x80-\xff][^\n\r]{0,24}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKED = re.compile(r"(?s)(?=(.)([^\x00-\x7f])(.))")

_LOWER = frozenset("éèêëàâäáãåçùûüúîïíìôöóòõøœæñßýÿ")
_UPPER = frozenset("ÉÈÊËÀÂÄÁÃÅÇÙÛÜÚÎÏÍÌÔÖÓÒÕØŒÆÑÝŸ")
_COMMON = frozenset("éèêàçüöäáíóúñãôâ")
_AFTER_WORD = frozenset("®™©°ºª²³…’”»")
_PUNCTUATION = frozenset("’‘“”–—…«»·•¿¡")
_MONEY = frozenset("€£¥¢")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A decided encoding. ``name`` is Python's; ``bom_bytes`` to skip; ``broken`` counts bytes that it cannot read (shown as �)."""

    name: str
    bom_bytes: int = 0
    broken: int = 0
    sure: bool = True


def detect_encoding(  # noqa: PLR0912  one decision after the other
    blocks: Iterable[bytes], *, sample_limit: int = 96_000
) -> Encoding:
    """The encoding of a file given as blocks of bytes. All blocks are read: one accent in the last row counts too."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    head, marked, valid, high, broken = b"", bytearray(), True, 0, 0
    for block in blocks:
        if len(head) < sample_limit:
            head += block[: sample_limit - len(head)]
            if len(head) <= len(block) and (found := _by_bom(head) or _by_zeros(head)):
                return found
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                valid = False
        if not block.isascii():
            count = sum(map(block.count, _HIGH_BYTES)) if len(block) < 4096 else len(block.translate(None, _ASCII))
            high += count
            if not valid:
                broken += block.decode("utf-8", errors="replace").count("\ufffd")
            if len(marked) < sample_limit:
                for found_bytes in _HIGH.finditer(block):
                    marked += found_bytes.group() + b"\n"
                    if len(marked) >= sample_limit:
                        break
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            broken, valid = 1, high < 8
        if valid:
            return Encoding("utf-8", broken=broken)
    if high >= 4 * broken:
        # UTF-8 with damaged bytes, or joined with a file in another encoding: better a few � than every accent wrong. What is not
        # UTF-8 at all hardly holds a sequence that it allows.
        return Encoding("utf-8", broken=broken, sure=False)
    return _by_plausibility(bytes(marked))


def has_binary_bytes(head: bytes) -> bool:
    """Whether the beginning of a file holds control characters that no text has, after UTF-16 and UTF-32 are ruled out."""
    if _by_bom(head) or _by_zeros(head):
        return False
    return len(_CONTROL.findall(head)) > max(4, len(head) // 500)


_ASCII = bytes(range(128))
_HIGH_BYTES = [bytes([n]) for n in range(128, 256)]


def _by_bom(head: bytes) -> Encoding | None:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, bom_bytes=len(mark))
    return None


def _by_zeros(head: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a mark: every separator and digit leaves a zero byte on the same side."""
    head = head[: len(head) // 4 * 4]
    if len(head) < 8 or head.count(0) < max(2, len(head) // 50):
        return None
    best: tuple[float, str] | None = None
    for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        try:
            text = head.decode(name)
        except UnicodeDecodeError as error:
            if error.reason not in {"unexpected end of data", "truncated data"}:
                continue
            text = head.decode(name, errors="ignore")
        if not text or "\x00" in text:
            continue
        plain = sum(1 for c in text if c in "\t\n\r" or " " <= c <= "~" or c in _LOWER or c in _UPPER)
        strange = sum(1 for c in text if c < "\t" or "\ue000" <= c <= "\uf8ff")
        score = (plain - 3 * strange) / len(text)
        if best is None or score > best[0]:
            best = (score, name)
    return Encoding(best[1], sure=best[0] > 0.5) if best and best[0] > 0.05 else None


def _by_plausibility(sample: bytes) -> Encoding:
    scores = {name: plausibility(sample, name) for name in _WESTERN}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < 0.4:
        guess = from_bytes(sample[:20_000], threshold=0.3).best()
        if guess is not None and guess.encoding not in {"ascii", "utf_8"}:
            name = guess.encoding.replace("_", "-") if guess.encoding.startswith("mac") else guess.encoding
            return Encoding(name, sure=False)
    others = [score for name, score in scores.items() if name not in {best, "iso-8859-15"}]
    return Encoding(best, sure=scores[best] - max(others) > 0.5)


def plausibility(sample: bytes, encoding: str) -> float:
    """How much ``sample`` reads like words when decoded so: the mean score of its non-ASCII characters, about -10 to +3."""
    text = "\n" + sample.decode(encoding, errors="replace") + "\n"
    total, count = 0.0, 0
    for before, char, after in _MARKED.findall(text):
        count += 1
        total += _score(before, char, after)
    return total / count if count else 0.0


def is_encoding(name: str) -> bool:
    """Whether files may be read in the encoding ``name`` (under any of its names). Python has codecs by name that are none, such
    as ``zlib`` and ``unicode_escape``."""
    try:
        return codecs.lookup(name).name in {codecs.lookup(known).name for known in (*ENCODINGS, *_FURTHER)}
    except (LookupError, ValueError):
        return False


def _score(before: str, char: str, after: str) -> float:
    in_word = before.isalpha() or after.isalpha()
    if before > "\x7f" and after > "\x7f" and char.isalpha():
        return -1.0  # three accented letters in a row are another alphabet, read with the wrong table
    if char == "°" and (before.isdigit() or before in "nN"):
        return 3.5
    if char in _LOWER:
        if before.isupper() and after.isupper():
            return -1.0
        return (3.0 if char in _COMMON else 1.5) if in_word else -0.5
    if char in _UPPER:
        if before.islower():
            return -2.5
        return 2.0 if in_word else -0.5
    if char in "\xa0\u202f":
        return 1.5 if (before.isdigit() or after in ":;!?%»€") else (0.0 if not in_word else -0.5)
    if char in _MONEY:
        # In the middle of a word no sign of money is at home.
        return -2.0 if before.isalpha() and after.isalpha() else 2.0 if char in "€£" else 0.5
    if char in "’‘":
        return 2.5 if before.isalpha() and after.isalpha() else 0.5
    if char in _PUNCTUATION or char in _AFTER_WORD:
        return -2.0 if before.isalpha() and after.isalpha() else 0.7
    if char == "\ufffd" or "\x80" <= char <= "\x9f":
        return -10.0
    if char.isalpha():
        return 0.0 if in_word else -1.0
    return -2.0
