"""Translations: French lives in ``locale/fr/parts/<area>.po``, one file an area; this merges, compiles and checks them.

python scripts/messages.py compile     parts → locale/fr/LC_MESSAGES/django.mo (no gettext programs needed)
python scripts/messages.py check       every text of code and templates has its French, and nothing is left over
python scripts/messages.py missing     what lacks a translation, as a .po to fill in
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ["fr"]
#: Phrases of the frameworks in the product's words, also where ours is English (tests/house/test_messages.py has them complete).
FRAMEWORK = "framework.po"
CODE = ["prm", "profiling"]
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?[\d.]*[a-z]|%[sd]|\{\w*\}")
_DYNAMIC = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
_BLOCKS = re.compile(r"\{%\s*(blocktrans|blocktranslate|comment|verbatim)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.S)
_LETTERS = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_SPOKEN = {"title", "placeholder", "aria-label", "alt", "label", "aria-description", "summary"}

Key = tuple[str | None, str]


def parts(language: str) -> list[Path]:
    return sorted((ROOT / "locale" / language / "parts").glob("*.po"))


def merged(language: str) -> tuple[Catalog, list[str]]:
    """All parts of a language as one catalogue, and what two parts translate differently."""
    whole, clashes = Catalog(locale=language, fuzzy=False), []
    for path in parts(language):
        with path.open("rb") as file:
            part = read_po(file, locale=language, abort_invalid=True)
        for message in part:
            if not message.id or message.fuzzy or not message.string:
                continue
            known = whole.get(message.id, message.context)
            if known is not None and known.string != message.string:
                clashes.append(f"{path.name}: {message.id!r} is translated differently elsewhere")
            if known is None:
                whole.add(message.id, message.string, context=message.context)
    return whole, clashes


def framework_texts(language: str) -> dict[str, Message]:
    """The phrases of the frameworks that a language has in the product's words."""
    path = ROOT / "locale" / language / "parts" / FRAMEWORK
    if not path.exists():
        return {}
    with path.open("rb") as file:
        part = read_po(file, locale=language, abort_invalid=True)
    return {message.id[0] if isinstance(message.id, tuple) else str(message.id): message for message in part if message.id}


#: French sets a narrow no-break space before high punctuation and per cent, and inside quotation marks.
_SPACING = re.compile(
    r"[ \u00a0](?:[:;!?»](?![\w/])|%(?![(\w]))|[a-zà-ÿ)][;!?](?!\w)|[a-zà-ÿ)]: |«(?!\u202f)|(?<!\u202f)»|\d%(?![(\w])"
)


def spacing_faults(text: str) -> list[str]:
    """Where a French text is not set as French is."""
    return [text[max(0, m.start() - 12) : m.end() + 8] for m in _SPACING.finditer(text)]


def compile_all() -> None:
    for language in ["en", *LANGUAGES]:
        catalogue, _clashes = merged(language)
        target = ROOT / "locale" / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)


def python_messages(source: str) -> Iterator[tuple[object, str | None]]:
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield message, context


def hidden_in_f_strings(source: str) -> list[str]:
    """Texts asked for inside an f-string: nobody finds them there, so that they would stay untranslated.

    A text as a key of something (``{words[_("x")]}``) hides as well.
    """
    return [
        ast.unparse(call)
        for outer in ast.walk(ast.parse(source))
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]


def template_source(path: Path) -> str:
    """A template as Python-like calls, by Django's own reader; indentation dropped, it means nothing there."""
    return "\n".join(line.strip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


class Use(NamedTuple):
    """Where a text is used first, and its plural, if it has one anywhere."""

    place: str
    plural: str | None


def used() -> dict[Key, Use]:
    """Every text of code and templates."""
    found: dict[Key, Use] = {}
    sources = [(p, p.read_text()) for folder in CODE for p in sorted((ROOT / folder).rglob("*.py"))]
    sources += [(p, template_source(p)) for p in sorted((ROOT / "templates").rglob("*.*")) if p.is_file()]
    for path, source in sources:
        for message, context in python_messages(source):
            singular, plural = message[:2] if isinstance(message, tuple) else (message, None)
            if singular:
                key = (context, str(singular))
                known = found.setdefault(key, Use(str(path.relative_to(ROOT)), plural))
                found[key] = known._replace(plural=known.plural or plural)
    return found


def lacks_a_form(message: Message, plural: str, forms: int) -> bool:
    """Whether a text with a plural has less than one text for each of the language's forms."""
    if not isinstance(message.id, tuple) or message.id[1] != plural:
        return True
    return len(message.string) < forms or not all(message.string[:forms])


def is_known_to_django(text: str) -> bool:
    """Texts that Django, DRF or allauth translate themselves need no line of ours."""
    with translation.override("fr"):
        return translation.gettext(text) != text


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text.replace("%%", "")))


class _Untranslated(HTMLParser):
    """Finds words of a template that no translation tag surrounds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "kbd", "code", "pre"}:
            self.silent += 1
        self.found += [f'{name}="{value}"' for name, value in attrs if name in _SPOKEN and _LETTERS.search(value or "")]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "kbd", "code", "pre"}:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent and _LETTERS.search(data):
            self.found.append(data.strip()[:60])


def untranslated(text: str) -> list[str]:
    """Words a reader would see in one language only."""
    parser = _Untranslated()
    parser.feed(_DYNAMIC.sub("", _BLOCKS.sub("", text)))
    return parser.found


def problems() -> list[str]:
    if not settings.configured:
        # Not our settings: our own compiled texts may not answer for themselves.
        packages = ["django.contrib.contenttypes", "django.contrib.auth", "allauth", "allauth.account", "rest_framework"]
        settings.configure(
            USE_I18N=True,
            LANGUAGE_CODE="en",
            INSTALLED_APPS=packages,
            MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
        )
        django.setup()
    found, texts = [], used()
    for path in (p for folder in CODE for p in sorted((ROOT / folder).rglob("*.py"))):
        found += [f"{path.relative_to(ROOT)}: {text} stands in an f-string" for text in hidden_in_f_strings(path.read_text())]
    for language in LANGUAGES:
        catalogue, clashes = merged(language)
        found += clashes
        have = {(m.context, m.id[0] if isinstance(m.id, tuple) else m.id): m for m in catalogue if m.id}
        for key, use in texts.items():
            if key not in have and not is_known_to_django(key[1]):
                found.append(f"{use.place}: no {language} for {key[1]!r}")
            elif key in have and use.plural and lacks_a_form(have[key], use.plural, catalogue.num_plurals):
                found.append(f"{use.place}: not every {language} plural of {key[1]!r}, {use.plural!r}")
        frameworks = framework_texts(language)
        for key, message in have.items():
            if key not in texts and key[1] not in frameworks:
                found.append(f"locale/{language}: {key[1]!r} is used nowhere")
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            if language == "fr":
                found += [f"locale/fr: spacing of …{fault}…" for text in strings for fault in spacing_faults(text)]
            allowed = {tuple(placeholders(text)) for text in ids}
            found += [
                f"locale/{language}: {text!r} lacks or adds a placeholder"
                for text in strings
                if tuple(placeholders(text)) not in allowed
                # Of what a framework tells, not all needs saying.
                and not (key[1] in frameworks and set(placeholders(text)) <= {name for names in allowed for name in names})
            ]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found += [f"{path.relative_to(ROOT)}: {text!r} is not translatable" for text in untranslated(path.read_text())]
    return found


def print_missing() -> None:
    catalogue = Catalog(locale="fr", fuzzy=False)
    have, _clashes = merged("fr")
    for (context, text), use in used().items():
        known = have.get(text, context)
        if known is None or (use.plural and lacks_a_form(known, use.plural, have.num_plurals)):
            catalogue.add((text, use.plural) if use.plural else text, context=context, locations=[(use.place, 1)])
    write_po(sys.stdout.buffer, catalogue)


def main() -> int:
    action = sys.argv[1] if len(sys.argv) > 1 else "check"
    if action == "compile":
        compile_all()
        return 0
    if action == "missing":
        print_missing()
        return 0
    found = problems()
    print("\n".join(found) if found else "Every text has its French.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
