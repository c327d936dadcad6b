"""Texts by language: what is required, what one reads instead, what publishing misses."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError

from prm.core.translated import Said, TranslatedField, TranslatedFormField, languages_missing, said, texts_of


def test_the_readers_language_is_read_where_there_is_one() -> None:
    assert said({"en": "Needs", "fr": "Besoins"}, "fr") == Said("Besoins", "fr", False)
    assert said({"en": "Needs", "fr": "Besoins"}, "fr-CH") == Said("Besoins", "fr", False)


def test_a_fallback_says_which_language_it_is_in() -> None:
    assert said({"en": "Needs"}, "fr") == Said("Needs", "en", True)
    assert said({"fr": "Besoins"}, "en") == Said("Besoins", "fr", True)
    assert said({}, "fr") == Said("", "fr", False)


def test_what_is_written_in_no_language_lacks_none() -> None:
    assert languages_missing({"en": "Needs", "fr": " "}, ["en", "fr"]) == ["fr"]
    assert languages_missing({"en": "Needs", "fr": "Besoins"}, ["en", "fr"]) == []
    assert languages_missing({}, ["en", "fr"]) == []


@pytest.mark.parametrize("wrong", [["Needs"], {"xx": "Needs"}, {"en": 3}, {"en": "x" * 11}])
def test_what_is_no_text_by_language_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        texts_of(wrong, max_length=10)


def test_the_default_language_is_required() -> None:
    field = TranslatedField(max_length=20)
    assert field.clean({"en": " Needs ", "fr": ""}, None) == {"en": "Needs"}
    with pytest.raises(ValidationError) as refused:
        field.clean({"fr": "Besoins"}, None)
    assert refused.value.code == "required"
    assert TranslatedField(blank=True).clean({}, None) == {}


def test_a_form_asks_for_each_language_in_a_tab_of_its_own() -> None:
    class Asked(forms.Form):
        title = TranslatedFormField(max_length=20)
        intro = TranslatedFormField(required=False, rows=3)

    page = str(Asked({"title_en": "Needs", "title_fr": "Besoins & <b>"}))
    assert page.count('class="lang-tab') == 4
    assert 'lang="fr"' in page
    assert "Besoins &amp; &lt;b&gt;" in page
    assert page.count("<textarea") == 2
    sent = Asked({"title_en": "Needs", "title_fr": "Besoins"})
    assert sent.is_valid()
    assert sent.cleaned_data == {"title": {"en": "Needs", "fr": "Besoins"}, "intro": {}}
    assert Asked({"title_fr": "Besoins"}).errors["title"]
