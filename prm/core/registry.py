"""Typed registries: how a higher package adds to a lower one without being imported by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Entries by unique key, in the order of a sort key. Registering the same key twice is a mistake and raises."""

    def __init__(self, name: str, *, key: Callable[[T], str], order: Callable[[T], object] = lambda entry: 0) -> None:
        self.name, self._key, self._order = name, key, order
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> T:
        """Adds ``entry`` and returns it, so that it can be used as a decorator."""
        key = self._key(entry)
        if key in self._entries:
            raise ValueError(f"{self.name}: {key!r} is registered twice")
        self._entries[key] = entry
        return entry

    def get(self, key: str) -> T:
        """The entry called ``key``; KeyError names the registry when there is none."""
        try:
            return self._entries[key]
        except KeyError:
            raise KeyError(f"{self.name} has no {key!r}; known: {sorted(self._entries)}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._entries.values(), key=self._order))  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self._entries)
