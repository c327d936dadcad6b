"""How much a request may bring in files, known before the first byte of it is kept; and what a small file really is."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from prm.core.errors import Invalid
from prm.core.text import typed_text

#: What a request may bring to a page that expects a large file: request → bytes, 0 for all other pages. Features with such a page add one.
allowances: list[Callable[[HttpRequest], int]] = []


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Files up to what the page at hand takes, from whom it takes them; nobody fills the disk by sending one elsewhere.

    The form around a file is read wherever somebody looks for a field of it (the token against forgery, say), also on a page that
    expects no file and before any page has said who may open it.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Raises RequestDataTooBig by the length that the request announces; a server passes no more than that on."""
        more = content_length - settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if more > 0 and (self.request is None or more > max((allowed(self.request) for allowed in allowances), default=0)):
            raise RequestDataTooBig("more than may be sent here")


#: Kinds of files that are taken: extension → (content type, extensions that people give them).
TAKEN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf", ("pdf",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",)),
    "jpg": ("image/jpeg", ("jpg", "jpeg")),
    "png": ("image/png", ("png",)),
    "webp": ("image/webp", ("webp",)),
    "csv": ("text/csv", ("csv",)),
    "txt": ("text/plain", ("txt",)),
}
_OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
#: A picture of few bytes may have many points, and each is drawn anew: those of a PNG or WebP cost five times those of a JPEG, as which
#: scanners send a page at 600 dots an inch.
MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 12_000_000, "WEBP": 12_000_000}


@dataclass(frozen=True)
class TakenFile:
    """A file that is what it says it is. A picture was drawn anew: what hid in it, place and camera included, is gone."""

    name: str
    extension: str
    content_type: str
    content: bytes


def taken_file(upload: Any, *, most: int) -> TakenFile:
    """Reads a small uploaded file. Raises Invalid (``too_big``, ``empty``, ``kind``): for what is larger than ``most`` bytes, of another
    kind than ``TAKEN``, or of another kind than its name says. SVG is none of them: it holds scripts."""
    if upload.size > most:
        raise Invalid("too_big", _("The file is larger than %(most)s MB.") % {"most": most // (1024 * 1024)}, field="file")
    content = upload.read()
    name = typed_text(str(upload.name).replace("\\", "/").rpartition("/")[2])[-150:]
    said = name.rpartition(".")[2].lower()
    extension = next((kind for kind, (_type, said_so) in TAKEN.items() if said in said_so), "")
    if not content:
        raise Invalid("empty", _("The file is empty."), field="file")
    if not extension or not _is(extension, content):
        raise Invalid(
            "kind",
            _("Send a PDF, a Word, Excel or PowerPoint file, a picture (JPEG, PNG, WebP) or plain text."),
            field="file",
        )
    if extension in _PICTURES:
        content = _drawn_anew(content, _PICTURES[extension])
    return TakenFile(name, extension, TAKEN[extension][0], content)


def _is(extension: str, content: bytes) -> bool:
    """Whether the content is of the kind that the extension says."""
    if extension == "pdf":
        return content.startswith(b"%PDF-")
    if extension in _OFFICE:
        try:
            with ZipFile(io.BytesIO(content)) as packed:
                names = packed.namelist()
        except BadZipFile:
            return False
        is_macro = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and any(n.startswith(_OFFICE[extension]) for n in names) and not is_macro
    if extension in _PICTURES:
        try:
            Image.open(io.BytesIO(content), formats=[_PICTURES[extension]])
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return False
        return True
    try:
        return "\x00" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _drawn_anew(content: bytes, kind: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(content), formats=[kind])
            if picture.width * picture.height > MOST_PIXELS[kind]:
                raise Invalid("too_big", _("The picture has too many pixels."), field="file")
            plain = _upright(picture).convert("RGB" if kind == "JPEG" else "RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("kind", _("This picture cannot be read."), field="file") from error
    out = io.BytesIO()
    plain.save(out, format=kind, quality=88)
    return out.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera says. What a camera says can be broken in more ways than its points, and breaks in whatever reads it: such a
    picture stays as it lies."""
    try:
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, struct.error):
        return picture
