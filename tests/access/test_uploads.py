"""Small files are taken from anybody who holds a link: whatever is broken in one is told, and breaks nothing of ours."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from prm.access.uploads import taken_file


def photograph(kind: str, said: bytes) -> SimpleUploadedFile:
    """A picture with what its camera said of it."""
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(out, format=kind, exif=(b"Exif\x00\x00" if kind == "JPEG" else b"") + said)
    return SimpleUploadedFile(f"from-a-telephone.{kind.lower()}", out.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("said", [b"no such header at all", b"\xffMM\x00*\x00\x00\x00\x08"], ids=["other", "moved"])
def test_a_picture_whose_camera_wrote_nonsense_is_taken_as_it_lies(kind: str, said: bytes) -> None:
    taken = taken_file(photograph(kind, said), most=10_000)
    assert Image.open(io.BytesIO(taken.content)).size == (4, 3)
    assert said not in taken.content


def test_only_the_reader_of_the_kind_that_a_name_says_looks_at_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others read documents and rare formats of old; none of them gets a byte from a stranger."""
    asked: list[object] = []
    open_ = Image.open
    monkeypatch.setattr(Image, "open", lambda file, formats=None: asked.append(formats) or open_(file, formats=formats))
    taken_file(photograph("JPEG", b"MM\x00*\x00\x00\x00\x08\x00\x00"), most=10_000)
    assert asked == [["JPEG"], ["JPEG"]]
