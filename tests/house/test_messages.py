"""The check of translations catches what a reader would see in one language only."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from tests.house.house import ROOT

CODE = '_("%(n)s house of planks")\nngettext("%(n)s plank", "%(n)s planks", n)\n'
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
HOUSE = 'msgid "%(n)s house of planks"\nmsgstr "%(n)s maison de planches"\n\n'
PLANK = 'msgid "%(n)s plank"\nmsgid_plural "%(n)s planks"\nmsgstr[0] "%(n)s planche"\nmsgstr[1] "%(n)s planches"\n'


@pytest.fixture
def problems_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What the check says of a small tree with these French texts."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    assert spec
    assert spec.loader
    messages: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "prm").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "prm" / "planks.py").write_text(CODE)
    parts = tmp_path / "locale" / "fr" / "parts"
    parts.mkdir(parents=True)

    def problems(french: str) -> list[str]:
        (parts / "planks.po").write_text(HEAD + french)
        found: list[str] = messages.problems()
        return found

    return problems


def test_a_whole_translation_is_found_whole(problems_of: Callable[[str], list[str]]) -> None:
    assert problems_of(HOUSE + PLANK) == []


def test_a_text_inside_an_f_string_is_told(problems_of: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "prm" / "hidden.py").write_text("words = f\"{amount} {_('a year')}\"\n")
    assert problems_of(HOUSE + PLANK) == ["prm/hidden.py: _('a year') stands in an f-string"]


@pytest.mark.parametrize(("french", "said"), [
    (HOUSE, "no fr for '%(n)s plank'"),
    (HOUSE + PLANK.replace('msgstr[1] "%(n)s planches"\n', 'msgstr[1] ""\n'), "not every fr plural of '%(n)s plank'"),
    (HOUSE + 'msgid "%(n)s plank"\nmsgstr "%(n)s planche"\n', "not every fr plural of '%(n)s plank'"),
    (HOUSE + PLANK.replace("%(n)s planks", "%(n)s boards"), "not every fr plural of '%(n)s plank', '%(n)s planks'"),
    (HOUSE.replace("%(n)s maison", "une maison") + PLANK, "lacks or adds a placeholder"),
    (HOUSE.replace("de planches", "de planches :") + PLANK, "spacing of"),
    (HOUSE.replace("de planches", "« de planches »") + PLANK, "spacing of"),
    (HOUSE.replace("de planches", "pleine à 5 %") + PLANK, "spacing of"),
    (HOUSE.replace("de planches", "de planches!") + PLANK, "spacing of"),
    (HOUSE + PLANK + 'msgid "Nobody says this"\nmsgstr "Personne"\n', "is used nowhere"),
])  # fmt: skip
def test_each_lack_is_told(problems_of: Callable[[str], list[str]], french: str, said: str) -> None:
    found = problems_of(french)
    assert any(said in problem for problem in found), found


#: Words that end as French infinitives do and are none.
NO_INFINITIVES = {
    "Votre", "Notre", "Leur", "Entre", "Contre", "Outre", "Autre", "Premier", "Dernier",
    "Nécessaire", "Fichier", "Chiffre", "Titre", "Nombre", "Hier", "Offre",
}  # fmt: skip


def test_help_and_errors_address_the_reader_and_only_buttons_are_infinitives() -> None:
    """A French sentence, with its full stop, says « Choisissez … »; « Choisir … » is a button, a link or a heading, without one."""
    found = []
    for path in sorted((ROOT / "locale" / "fr" / "parts").glob("*.po")):
        with path.open("rb") as file:
            texts = [
                text
                for message in read_po(file)
                for text in (message.string if isinstance(message.string, tuple) else [message.string])
            ]
        found += [
            text
            for text in texts
            if (first := re.match(r"([A-ZÉÊ]\w+(?:er|ir|re))\b.*\.$", text)) and first[1] not in NO_INFINITIVES
        ]
    assert found == []


def test_no_french_sentence_ends_in_a_day_whose_month_may_end_in_a_stop() -> None:
    """« le 28 nov.. »: where a day may be shortened, the sentence goes on after it."""
    texts = "".join(path.read_text() for path in sorted((ROOT / "locale" / "fr" / "parts").glob("*.po")))
    assert re.findall(r'^msgstr.*%\(day\)s\.(?:"| ).*$', texts, re.M) == []
