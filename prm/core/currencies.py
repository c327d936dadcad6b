"""Currencies as people write them: signs, ISO codes, words in several languages, joined forms such as "k€", "MEUR", "KUSD". Pure."""

from __future__ import annotations

import re
from functools import lru_cache

#: ISO 4217 codes in use.
CODES: frozenset[str] = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC "
    "CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK "
    "JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN "
    "NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL".split()
)
_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "R$": "BRL",
    "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₪": "ILS", "zł": "PLN", "Kč": "CZK",
    "＄": "USD", "￥": "JPY", "円": "JPY", "元": "CNY", "원": "KRW",
}  # fmt: skip
#: Words of several countries ("kroner", "dirhams", "francs") are left out: a cell with one is told.
_WORDS = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "us dollars": "USD", "us dollar": "USD", "dollars us": "USD",
    "dollars americains": "USD", "dollars américains": "USD", "pound": "GBP", "pounds": "GBP", "pounds sterling": "GBP", "sterling": "GBP",
    "livre": "GBP", "livres": "GBP", "livres sterling": "GBP", "yen": "JPY", "yens": "JPY", "franken": "CHF", "francs suisses": "CHF",
    "swiss francs": "CHF", "sfr": "CHF", "fr.": "CHF", "yuan": "CNY", "rmb": "CNY", "rupees": "INR", "roupies": "INR", "rs": "INR", "reais": "BRL",
    "zloty": "PLN", "zlotys": "PLN", "kronor": "SEK", "us": "USD",
    "руб": "RUB", "рублей": "RUB", "ευρώ": "EUR",
    "fcfa": "XOF", "f cfa": "XOF", "dh": "MAD",
}  # fmt: skip
_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)))
_WORD = re.compile(
    r"(?<![^\W\d_])(" + "|".join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True)) + r")(?![^\W\d_])", re.I
)
#: What is joined to a code before or after it: "KUSD", "MEUR", "EURm".
_BEFORE, _AFTER = r"(k|K|M|m|G|T|t|MM|mm|Mio|Mrd|Mds?|bn|mn)?", r"(k|K|m|M|mn|mm|MM|mio|Mio|bn|Bn|BN|b|B)?"
_CODE = re.compile(rf"(?<![A-Za-z]){_BEFORE}(" + "|".join(sorted(CODES)) + rf"){_AFTER}(?![A-Za-z])")
_CODE_ANY_CASE = re.compile(r"(?<![A-Za-z])(k|m|t|mio)?(eur|usd|gbp|chf|jpy|cad|aud)(k|m|mn|mio|bn)?(?![A-Za-z])", re.I)
#: "keuros", "M-euros".
_JOINED_WORD = re.compile(r"(?<![^\W\d_])(k|m|t|mds?|mio|mrd)-?(euros?|dollars?)(?![^\W\d_])", re.I)


@lru_cache(maxsize=4096)
def find_currency(text: str) -> tuple[str | None, str]:
    """The ISO code named in ``text``, and the text without its mention (a joined scale letter stays: "KUSD" → "K").

    >>> find_currency("M€"), find_currency("million US dollars"), find_currency("KUSD")
    (('EUR', 'M'), ('USD', 'million '), ('USD', 'K'))
    """
    if found := _SIGN.search(text):
        rest = text[: found.start()] + " " + text[found.end() :]
        # "$ US", "$ CAD": a code beside the sign is the more exact word.
        code = _CODE.search(rest)
        if found.group() in {"$", "＄"} and code:
            return code.group(2), _without(rest, code)
        if found.group() == "$" and re.fullmatch(r"\s*(US|U\.S\.)\s*", rest):
            rest = ""
        return _SIGNS[found.group()], rest.strip() if len(rest.strip()) <= 3 else rest
    if found := _CODE.search(text) or _CODE_ANY_CASE.search(text):
        return found.group(2).upper(), _without(text, found)
    if found := _JOINED_WORD.search(text):
        return _WORDS[found.group(2).lower()], text[: found.start()] + found.group(1) + text[found.end() :]
    if found := _WORD.search(text):
        word = found.group(1).lower()
        if word not in {"us", "rs", "livre", "livres"} or text.strip().lower() == word:
            rest = text[: found.start()] + text[found.end() :]
            rest = re.sub(r"\bd['’ ]\s*$|\bde\s*$", "", rest)
            return _WORDS[word], rest
    return None, text


def _without(text: str, found: re.Match[str]) -> str:
    """The text without a code, what was joined to it left as words."""
    before, _code, after = found.groups()
    return text[: found.start()] + (before or "") + (f" {after} " if after else "") + text[found.end() :]


def read_currency(raw: str) -> str | None:
    """The currency that a cell of a currency column names, or None."""
    text = raw.strip()
    if text.upper() in CODES:
        return text.upper()
    return find_currency(text)[0]
