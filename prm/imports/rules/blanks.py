"""What people write for "not known", and texts made clean. Pure. Unknown is None, never 0."""

from __future__ import annotations

import html
import re

#: Markers that mean "not known" in any column.
_ALWAYS = frozenset(
    "|-|--|---|–|—|−|.|..|...|…|?|??|???|*|_|__|/|n/a|#n/a|#na|n.a.|n.a|#value!|#ref!|#div/0!|#name?|#null!|#num!|#valeur!|null|(null)|<null>|nan|<na>|nil|\\n|"
    "none|unknown|(unknown)|inconnu|inconnue|inconnus|néant|neant|aucun|aucune|ninguno|ninguna|nessuno|keine|not known|non connu|non connue|non renseigné|non renseignée|non renseigne|non communiqué|non communique|"
    "non disponible|not available|not applicable|non applicable|sans objet|undefined|tbd|tbc|t.b.d.|à compléter|a completer|à définir|à renseigner|vide|(vide)|"
    "empty|(empty)|blank|(blank)|keine angabe|k.a.|k. a.|unbekannt|desconocido|sin datos|n/c|n.c.|n/d|n.d.|n/r|n.r.|s/o|s.o.|n/s|n/k".split(
        "|"
    )
)
#: Short ones that are also codes (North Carolina, North Dakota, Namibia): blanks unless the column holds codes of two letters.
_SHORT = frozenset("na nc nd nr ns nk so no data".split()) - {"no", "data"}

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_TWICE = re.compile("[ÃÂÅÄ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï»¿")
_NEUTRALISED = re.compile(r"'(?=\s*[=+\-@\t\r＝＋－＠])")


def blank_words(*, has_codes: bool = False) -> frozenset[str]:
    """All that says "not known", in small letters and as ``is_blank`` takes it; the empty cell with them."""
    return _ALWAYS | {""} if has_codes else _ALWAYS | _SHORT | {""}


def is_blank(text: str, *, has_codes: bool = False, extra: frozenset[str] = frozenset()) -> bool:
    """Whether a stripped cell says "not known". ``has_codes``: the column holds short codes, so "NC" is one."""
    if len(text) > 24:
        return False
    key = text.casefold()
    return key in _ALWAYS or (not has_codes and key in _SHORT) or key in extra


def clean_text(raw: str, *, one_line: bool = True) -> str:
    """A cell's text as it was meant: no control or invisible signs, HTML entities and text encoded twice repaired, blanks folded."""
    text = raw.strip()
    if text.isascii() and "&" not in text and text.isprintable():
        if text[:1] == "'":
            text = _NEUTRALISED.sub("", text, count=1)
        return _SPACES.sub(" ", text) if "  " in text else text
    if _TWICE.search(text):
        text = _decode_again(text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    text = _CONTROL.sub("", text)
    if text[:1] == "'":
        text = _NEUTRALISED.sub("", text, count=1)
    if one_line:
        return _SPACES.sub(" ", text).strip()
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.splitlines()).strip()


def _decode_again(text: str) -> str:
    """``SociÃ©tÃ©`` → ``Société``: UTF-8 that somebody once read as CP1252. Left alone when it is not cleanly that."""
    try:
        raw = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return text
