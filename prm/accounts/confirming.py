"""Pages of sensitive acts: they ask again before they show their form, not only before they carry it out."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase

from prm.access.confirming import ask_again, is_to_confirm, place_of
from prm.access.pages import ScopedPage
from prm.access.policies import asks_again


class ConfirmedPage(ScopedPage):
    """A page of an act that asks again. Its permission is one of which the policy says so, and then the API asks as well.

    A form that comes too late is not carried out: its page is shown again after confirming.
    """

    abstract: ClassVar[bool] = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        is_whole = not inspect.isabstract(cls) and not cls.__dict__.get("abstract")
        if is_whole and not asks_again(cls.permission):
            raise ValueError(f"{cls.__module__}.{cls.__name__}: no policy says of {cls.permission} that it asks again")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = self.actor
        if actor.may(self.permission) and not actor.is_anonymous and is_to_confirm(request, self.permission):
            return ask_again(request, place_of(request))
        return super().dispatch(request, *args, **kwargs)
