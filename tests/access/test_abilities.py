"""What people read of permissions: each has words, and its details go with it."""

from __future__ import annotations

from django.utils import translation

from prm.access.abilities import VERB_WORDS, abilities, area_label, keys_of, permissions_behind
from prm.access.policies import every_policy


def test_each_policy_says_what_it_is_about_or_what_it_is_a_detail_of() -> None:
    named = {policy.name for policy in every_policy() if policy.label}
    for policy in every_policy():
        assert bool(policy.label) != bool(policy.part_of), f"{policy.name}: say label or part_of"
        assert policy.label or policy.part_of in named, f"{policy.name} is part of nothing that is named"


def test_each_verb_and_each_area_has_words_in_both_languages() -> None:
    with translation.override("fr"):
        for ability in abilities():
            verb = ability.key.partition(":")[2]
            assert verb in VERB_WORDS, f"{verb} has no words"
            assert str(area_label(ability.area)), ability.area
    assert {str(ability.verb) for ability in abilities()} <= {str(words) for words in VERB_WORDS.values()}


def test_every_permission_belongs_to_one_ability_and_only_one() -> None:
    found = [permission for ability in abilities() for permission in ability.permissions]
    assert sorted(found) == sorted(f"{policy.name}:{verb}" for policy in every_policy() for verb in policy.verbs)


def test_an_ability_holds_its_details() -> None:
    assert "partners.customer_mix:edit" in permissions_behind(["partners.company:edit"])
    assert "partners.company:edit" not in keys_of({"partners.company:edit"}), "without its details it is held in part"
