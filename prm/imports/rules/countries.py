"""Countries as people write them → ISO 3166-1 alpha-2: codes of two and three letters, names in many languages and scripts,
usual short forms. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from prm.core.countries import COUNTRIES
from prm.core.text import text_key

_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
#: Read when the first ones know nothing: their names take 40 MB and a quarter of a second to load.
_MORE_LANGUAGES = (
    "da sv nb fi is et lv lt pl cs sk hu ro bg sl hr sr sr_Latn bs mk sq el ca tr az ka hy ru uk kk ar he fa hi th vi id ms ja ko zh"
    " zh_Hant"
).split()
#: A name of three plain letters is more often a code of somebody's own: "Cad" is Chad to a Czech.
_SHORTEST = 4
#: Names that people write and the locale data does not have.
_FORMAL = {
    "대한민국": "KR", "한국": "KR", "ประเทศไทย": "TH", "中华人民共和国": "CN", "中華人民共和國": "CN", "日本国": "JP", "アメリカ": "US", "香港": "HK", "홍콩": "HK", "澳門": "MO", "澳门": "MO",
    "Ελλάς": "GR", "Hellas": "GR", "Ελληνική Δημοκρατία": "GR", "Российская Федерация": "RU", "РФ": "RU", "США": "US", "السعودية": "SA",
    "الإمارات": "AE", "Česká republika": "CZ", "Slovenská republika": "SK", "Rzeczpospolita Polska": "PL", "Bundesrepublik Deutschland": "DE",
    "BRD": "DE", "Schweizerische Eidgenossenschaft": "CH", "Confédération suisse": "CH", "République française": "FR", "Reino de España": "ES",
    "Repubblica Italiana": "IT", "Republik Österreich": "AT", "Koninkrijk der Nederlanden": "NL", "Konungariket Sverige": "SE", "Éire": "IE",
}  # fmt: skip
_OFTEN = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "angleterre": "GB",
    "grande bretagne": "GB", "royaume uni": "GB", "united kingdom of great britain and northern ireland": "GB", "usa": "US", "us": "US",
    "u s a": "US", "u s": "US", "u k": "GB", "etats unis d amerique": "US", "etats unis": "US", "united states of america": "US", "america": "US", "eua": "US",
    "eeuu": "US", "holland": "NL", "hollande": "NL", "the netherlands": "NL", "pays bas": "NL", "south korea": "KR", "republic of korea": "KR",
    "korea": "KR", "coree": "KR", "coree du sud": "KR", "korea republic of": "KR", "north korea": "KP", "coree du nord": "KP",
    "russia": "RU", "russian federation": "RU", "russie": "RU", "uae": "AE", "emirats": "AE", "united arab emirates": "AE", "dubai": "AE",
    "viet nam": "VN", "vietnam": "VN", "czech republic": "CZ", "czechia": "CZ", "republique tcheque": "CZ", "tchequie": "CZ", "slovak republic": "SK",
    "cote d ivoire": "CI", "ivory coast": "CI", "hong kong": "HK", "hong kong sar": "HK", "macau": "MO", "macao": "MO", "taiwan": "TW",
    "taiwan province of china": "TW", "republic of china": "TW", "prc": "CN", "p r china": "CN", "people s republic of china": "CN", "mainland china": "CN",
    "turkiye": "TR", "turkey": "TR", "burma": "MM", "macedonia": "MK", "swaziland": "SZ", "cape verde": "CV", "cap vert": "CV", "eire": "IE",
    "republic of ireland": "IE", "rep of ireland": "IE", "iran islamic republic of": "IR", "iran": "IR", "syria": "SY", "syrian arab republic": "SY",
    "moldova": "MD", "republic of moldova": "MD", "moldova republic of": "MD", "tanzania united republic of": "TZ", "venezuela": "VE",
    "venezuela bolivarian republic of": "VE", "bolivia": "BO", "bolivia plurinational state of": "BO", "lao": "LA", "laos": "LA",
    "lao people s democratic republic": "LA", "brunei": "BN", "brunei darussalam": "BN", "palestine": "PS", "palestine state of": "PS",
    "palestinian territory": "PS", "vatican": "VA", "holy see": "VA", "congo": "CG", "republic of the congo": "CG", "drc": "CD", "rdc": "CD", "dr congo": "CD",
    "democratic republic of the congo": "CD", "congo the democratic republic of the": "CD", "republique democratique du congo": "CD",
    "micronesia": "FM", "micronesia federated states of": "FM", "federated states of micronesia": "FM", "east timor": "TL", "timor leste": "TL",
    "the bahamas": "BS", "bahamas": "BS", "the gambia": "GM", "gambia": "GM", "kosovo": "XK", "allemagne": "DE", "deutschland": "DE", "suisse": "CH",
    "belgique belgie": "BE", "schweiz": "CH", "osterreich": "AT", "espana": "ES", "italia": "IT", "brasil": "BR", "bresil": "BR", "nippon": "JP", "saint martin": "MF",
    "st lucia": "LC", "st kitts and nevis": "KN", "st vincent and the grenadines": "VC", "reunion": "RE", "la reunion": "RE", "virgin islands british": "VG",
    "virgin islands us": "VI", "british virgin islands": "VG", "us virgin islands": "VI", "falkland islands": "FK", "libyan arab jamahiriya": "LY",
    "republic of serbia": "RS", "republic of north macedonia": "MK", "kingdom of saudi arabia": "SA", "ksa": "SA", "fr metropole": "FR",
    "france metropolitaine": "FR", "bosnia": "BA", "bosnie": "BA", "trinidad": "TT", "antigua": "AG", "sao tome": "ST", "aland": "AX", "curacao": "CW",
    "macedonia the former yugoslav republic of": "MK", "palestinian territory occupied": "PS", "ecosse": "GB", "pays de galles": "GB",
}  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in COUNTRIES:
                names.setdefault(text_key(name), code)
                names.setdefault(text_key(name.replace("&", "and")), code)
    for alpha3, code in _alpha3().items():
        names.setdefault(alpha3.lower(), code)
    names.update(_OFTEN)
    names.update({code.lower(): code for code in sorted(COUNTRIES) if code.lower() not in names})
    return names


@lru_cache(maxsize=1)
def _more_names() -> dict[str, str]:
    """Names in further languages; what means two countries ("टग": some marks are no letters to a key) is left out."""
    found = defaultdict(set)
    for language in _MORE_LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            key = text_key(name)
            if code in COUNTRIES and (len(key) >= _SHORTEST or not key.isascii()):
                found[key].add(code)
    names = {key: next(iter(meant)) for key, meant in found.items() if len(meant) == 1}
    return names | {text_key(name): code for name, code in _FORMAL.items()}


def _alpha3() -> dict[str, str]:
    """Three-letter codes, from the territory aliases that the locale data carries."""
    aliases = get_global("territory_aliases")
    return {
        old: new[0] for old, new in aliases.items() if len(old) == 3 and old.isalpha() and len(new) == 1 and len(new[0]) == 2
    }


@lru_cache(maxsize=8192)
def read_country(raw: str) -> str | None:
    """The code of a country, or None when it is not known.

    >>> read_country("Royaume-Uni"), read_country("DEU"), read_country("fr"), read_country("Ελλάδα"), read_country("日本")
    ('GB', 'DE', 'FR', 'GR', 'JP')
    """
    key = text_key(raw)
    names = _names()
    if found := names.get(key):
        return found
    for prefix in (
        "the ",
        "republic of ",
        "republique de ",
        "republique du ",
        "kingdom of ",
        "state of ",
        "la ",
        "le ",
        "l ",
    ):
        if key.startswith(prefix) and (found := names.get(key[len(prefix) :])):
            return found
    # "France (FR)", "FR - France", "France, FR": every readable part says the same.
    parts = [
        part
        for part in raw.replace("(", "|").replace(")", "|").replace(" - ", "|").replace("/", "|").split("|")
        if text_key(part)
    ]
    if len(parts) > 1:
        codes = {names.get(text_key(part)) for part in parts} - {None}
        if len(codes) == 1:
            return codes.pop()
    return _more_names().get(key)
