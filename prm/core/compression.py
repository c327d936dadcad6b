"""Pages travel compressed, and so do the API's answers to programs."""

from __future__ import annotations

import gzip
import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

#: The end of an ETag's text when what it names is the compressed form: a strong ETag names bytes (RFC 9110, 8.8.3).
GZIPPED = ".gz"
#: What fits into one packet gains nothing.
SMALLEST = 1400
_TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class CompressionMiddleware(GZipMiddleware):
    """Gzip for HTML, with Django's guard against guessing secrets from lengths (random padding), and for JSON that a key asked for.

    Files are left alone, and so is JSON that a browser's session asked for. Guessing by lengths (BREACH) takes a secret in the
    answer, and a foreign page that can make the browser ask for it again and again. No browser adds an Authorization header by itself,
    and answers to keys hold neither a session's nor a form's secret; so these are compressed without padding, the same bytes each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind == "text/html":
            return super().process_response(request, response)
        if kind == "application/json" and _of_a_program(request) and isinstance(response, HttpResponse):
            return _packed(request, response)
        return response


def _of_a_program(request: HttpRequest) -> bool:
    return getattr(getattr(request, "actor", None), "key_id", None) is not None


def _packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ("Accept-Encoding",))
    if (
        not _TAKES_GZIP.search(request.headers.get("Accept-Encoding", "").lower())
        or len(response.content) < SMALLEST
        or response.has_header("Content-Encoding")
    ):
        return response
    response.content = gzip.compress(response.content, compresslevel=3, mtime=0)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    if response.has_header("ETag"):
        response["ETag"] = f'{response["ETag"][:-1]}{GZIPPED}"'
    return response
