"""Public ids say what they are and refuse what they are not."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.core.errors import NotFound
from prm.core.ids import typeid_decode, typeid_encode, typeid_key, typeid_keys, uuid7


def test_a_typeid_of_the_published_examples() -> None:
    assert typeid_encode("prefix", UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")) == "prefix_01h2xcejqtf2nbrexx3vqjhp41"
    assert typeid_encode("a", UUID(int=0)) == "a_" + "0" * 26


@given(st.uuids())
def test_what_is_encoded_is_decoded(key: UUID) -> None:
    assert typeid_decode("company", typeid_encode("company", key)) == key


@pytest.mark.parametrize("text", ["", "company", "deal_01h2xcejqtf2nbrexx3vqjhp41", "company_81h2xcejqtf2nbrexx3vqjhp41",
                                  "company_01h2xcejqtf2nbrexx3vqjhpl1", "company_01h2", "company_" + "0" * 27])  # fmt: skip
def test_another_things_id_or_a_broken_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a company id"):
        typeid_decode("company", text)
    with pytest.raises(NotFound) as refused:
        typeid_key("company", text)
    assert (refused.value.code, str(refused.value)) == ("not_found", "This does not exist, or is not yours to see.")


def test_an_address_names_a_key_by_itself_or_by_its_typeid() -> None:
    key = uuid7()
    assert typeid_key("company", key) == typeid_key("company", typeid_encode("company", key)) == key


def test_of_many_texts_those_that_are_ids_are_kept_in_order() -> None:
    first, second = typeid_encode("company", UUID(int=9)), typeid_encode("company", UUID(int=3))
    assert list(typeid_keys("company", [first, "Kerlan", second, first, typeid_encode("deal", UUID(int=1))]).items()) == [
        (UUID(int=9), first), (UUID(int=3), second),
    ]  # fmt: skip


def test_new_keys_are_ordered_by_time() -> None:
    keys = [uuid7() for _ in range(200)]
    assert keys == sorted(keys)
