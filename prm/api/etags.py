"""Strong ETags: what a record looked like, so that two writers notice each other (RFC 9110)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from prm.api.problems import PreconditionFailed, PreconditionRequired
from prm.core.compression import GZIPPED


def version_of(representation: Any) -> str:
    """The version of a record: a digest of its whole representation."""
    return digest_of(JSONRenderer().render(representation))


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


def etag(version: str, variant: str = "") -> str:
    """The header. A representation that was narrowed or expanded is another text of the same version."""
    return f'"{version}.{variant}"' if variant else f'"{version}"'


def none_match(request: Request, tag: str) -> str:
    """The ETag by which the caller already holds ``tag`` (If-None-Match): itself, or that of its compressed form; empty when not."""
    held = {found.removeprefix("W/") for found in _tags(request.headers.get("If-None-Match", ""))}
    return next((one for one in (tag, f'{tag[:-1]}{GZIPPED}"') if one in held), tag if "*" in held else "")


def check_match(request: Request, version: str, *, required: bool = True) -> None:
    """Lets a change pass when it was made on ``version``. Raises 428 without If-Match, 412 for another version."""
    header = request.headers.get("If-Match", "")
    if not header:
        if required:
            raise PreconditionRequired(_("Send the ETag that you read as If-Match, so that nobody’s change is lost."))
        return
    held = _tags(header)
    versions = {tag.strip('"').split(".")[0] for tag in held if not tag.startswith("W/")}
    if "*" not in held and version not in versions:
        raise PreconditionFailed(_("Somebody changed this since you read it. Read it again and repeat your change."))


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",") if tag.strip()]
