"""Logos as they may be kept: whatever was sent is looked at, read within bounds and drawn anew as a PNG."""

from __future__ import annotations

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from prm.core.errors import Invalid

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
#: What fits the head of the portal twice over, for sharp screens.
BOX = (480, 160)
#: Pictures of points only: an SVG is a document, with scripts and addresses of its own.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def logo_png(data: bytes) -> bytes:
    """``data`` as a small PNG without anything that came with it. What it is called or claims to be does not count, only what it is.

    Raises Invalid (``logo``) for what is too large, is no picture of ``FORMATS``, or is broken.
    """
    if len(data) > MOST_BYTES:
        raise Invalid("too_large", _("A logo is at most 2 MB."), field="logo")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise Invalid("too_large", _("This picture has too many points: 4,000 by 4,000 is the most."), field="logo")
            drawn = sent.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(
            "not_a_picture", _("Choose a PNG, JPEG, WebP or GIF picture. Others are refused, SVG too."), field="logo"
        ) from error
    drawn.thumbnail(BOX)
    clean = Image.new("RGBA", drawn.size)
    clean.paste(drawn)
    out = BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
