"""Registries tell mistakes instead of hiding them."""

import pytest

from prm.core.registry import Registry


def test_entries_come_in_their_order_not_in_that_of_registration() -> None:
    registry = Registry[tuple[str, int]]("panels", key=lambda e: e[0], order=lambda e: e[1])
    registry.register(("deals", 20))
    registry.register(("facts", 10))
    assert [entry[0] for entry in registry] == ["facts", "deals"]


def test_the_same_key_twice_is_a_mistake() -> None:
    registry = Registry[str]("acts", key=str)
    registry.register("merge")
    with pytest.raises(ValueError, match="'merge' is registered twice"):
        registry.register("merge")


def test_an_unknown_key_is_told_with_what_is_known() -> None:
    registry = Registry[str]("acts", key=str)
    registry.register("merge")
    with pytest.raises(KeyError, match="known: \\['merge'\\]"):
        registry.get("split")
