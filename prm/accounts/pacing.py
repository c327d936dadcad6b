"""Answers that take as long whoever they are about: they leave a set moment after they were asked for, not when the work is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

#: Well above what finding an account and writing a mail take.
MOMENT = 0.15


def evenly(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page whose forms are answered no sooner than ``MOMENT`` seconds after they came."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        until = time.monotonic() + MOMENT
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, until - time.monotonic()))
        return response

    return answer
