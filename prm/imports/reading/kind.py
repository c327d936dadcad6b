"""What an uploaded file is, by its content: a table of text, a workbook, or something that is told by its name. Pure."""

from __future__ import annotations

import zipfile
from pathlib import Path

from prm.imports.reading.text import Unreadable
from prm.imports.rules.encoding import has_binary_bytes

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel"),
    (b"%PDF", "file_pdf"),
    (b"\x89PNG", "file_image"),
    (b"\xff\xd8\xff", "file_image"),
    (b"GIF8", "file_image"),
    (b"\x1f\x8b", "file_compressed"),
    (b"7z\xbc\xaf", "file_compressed"),
    (b"Rar!", "file_compressed"),
    (b"BZh", "file_compressed"),
    (b"\xfd7zXZ", "file_compressed"),
    (b"PAR1", "file_binary"),
    (b"SQLite format 3", "file_binary"),
    (b"\x7fELF", "file_binary"),
    (b"MZ\x90", "file_binary"),
    (b"{\\rtf", "file_binary"),
)


#: A workbook with a password is kept in a container of the old format, under this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def _end_of(path: Path, size: int = 65_536) -> bytes:
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - size))
        return handle.read()


def file_kind(path: Path) -> str:
    """``"csv"`` or ``"xlsx"``, from the content and never from the name. Raises ``Unreadable`` for anything else."""
    if path.stat().st_size == 0:
        raise Unreadable("file_empty")
    with path.open("rb") as handle:
        head = handle.read(65_536)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    for magic, code in _MAGIC:
        if head.startswith(magic):
            raise Unreadable("file_locked" if _ENCRYPTED in head or _ENCRYPTED in _end_of(path) else code)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise Unreadable("file_html" if b"html" in head[:2000].lower() or b"<table" in head[:2000].lower() else "file_xml")
    if start.startswith((b"{", b"[{", b"[\n", b"[\r")) and b'"' in start:
        raise Unreadable("file_json")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise Unreadable("file_empty")
    if has_binary_bytes(head):
        raise Unreadable("file_binary")
    return "csv"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names or any(n.startswith("xl/worksheets/") for n in names):
                return "xlsx"
            if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:80]:
                raise Unreadable("file_opendocument")
            if "xl/workbook.bin" in names:
                raise Unreadable("file_xlsb")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise Unreadable("file_damaged") from None
    raise Unreadable("file_compressed")
