"""What files are by their first bytes, whatever they call themselves."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.content_types import ACTIVE, UNKNOWN, sniff
from tests.support.pictures import plain, written


def zipped(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        if first is not None:
            archive.writestr(*first)
        for name in names:
            archive.writestr(name, b"content of " + name.encode())
    return whole.getvalue()


def media(major: bytes, *compatible: bytes) -> bytes:
    brands = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0\0\0\x08mdat"


OFFICE = "application/vnd.openxmlformats-officedocument."
KNOWN = [
    (b"\x89PNG\r\n\x1a\n....", "image/png"),
    (b"\xff\xd8\xff\xe1..Exif", "image/jpeg"),
    (b"GIF89a..", "image/gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
    (b"RIFF\x10\0\0\0AVI LIST", "video/x-msvideo"),
    (media(b"heic", b"mif1", b"heic"), "image/heic"),
    (media(b"mif1", b"heic"), "image/heif"),
    (media(b"avif", b"mif1"), "image/avif"),
    (media(b"qt  "), "video/quicktime"),
    (media(b"isom", b"iso2", b"mp41"), "video/mp4"),
    (media(b"mp42", b"M4A "), "audio/mp4"),
    (media(b"M4A "), "audio/mp4"),
    (media(b"3gp5"), "video/3gpp"),
    (b"caff\0\1\0\0desc", "audio/x-caf"),
    (b"ID3\x04..", "audio/mpeg"),
    (b"OggS..", "audio/ogg"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"{\\rtf1\\ansi", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), OFFICE + "wordprocessingml.document"),
    (zipped("[Content_Types].xml", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    (zipped("[Content_Types].xml", "ppt/presentation.xml"), OFFICE + "presentationml.presentation"),
    (zipped("icon.png", "pass.json"), "application/vnd.apple.pkpass"),
    (zipped("scene.usdc", "0/tex.png"), "model/vnd.usdz+zip"),
    (zipped("x", first=("mimetype", b"application/epub+zip")), "application/epub+zip"),
    (
        zipped(first=("mimetype", b"application/vnd.oasis.opendocument.text")),
        "application/vnd.oasis.opendocument.text",
    ),
    (zipped(first=("mimetype", b"text/html")), "application/zip"),
    (zipped("notes.txt", "sword/fish"), "application/zip"),
    (b"\x1f\x8b\x08..", "application/gzip"),
    (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF\x02", "application/x-elf"),
    (b"bplist00..", "application/x-plist"),
    (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "text/vcard"),
    (b"begin:vcalendar\r\n", "text/calendar"),
    (b"Just words.\n", "text/plain"),
    ("Grüße, 你好 \N{BICYCLE}\n".encode(), "text/plain"),
    (b"\xef\xbb\xbfwith a mark", "text/plain"),
    ("sixteen bits".encode("utf-16"), "text/plain"),
    (b"", UNKNOWN),
    (b"\0\0\0\0", UNKNOWN),
    (bytes(range(128, 200)), UNKNOWN),
    (b"text until here\0and then not", UNKNOWN),
]


@pytest.mark.parametrize(("head", "kind"), KNOWN, ids=[f"{number}-{kind}" for number, (_, kind) in enumerate(KNOWN)])
def test_the_first_bytes_tell(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


def test_a_real_picture_is_one() -> None:
    assert sniff(written(plain(3, 3))) == "image/png"


SCRIPTS = [
    (b"<!DOCTYPE html><p>", "text/html"),
    (b"\n\t <HTML>", "text/html"),
    (b"<!-- a --> <!-- b --><script>alert(1)</script>", "text/html"),
    (b"<script src=//x>", "text/html"),
    (b"<iframe/onload=x>", "text/html"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'>", "image/svg+xml"),
    (b"<?xml version='1.0'?><!-- c --><!DOCTYPE svg><svg:svg >", "image/svg+xml"),
    (b"<?xml version='1.0'?>\n<SVG >", "image/svg+xml"),
    (b"<?xml version='1.0'?><html xmlns='x'>", "text/html"),
    (b"<?xml version='1.0'?><?xml-stylesheet href='x'?><a>", "text/xml"),
    ("<svg onload=alert(1)>".encode("utf-16"), "image/svg+xml"),
    ("<!doctype html>".encode("utf-16-be"), "text/html"),
    (b"\xef\xbb\xbf<html>", "text/html"),
    (b"words first, then <svg onload=x>", "image/svg+xml"),
]


@pytest.mark.parametrize(("head", "kind"), SCRIPTS)
def test_what_a_browser_might_run_is_known_as_such(head: bytes, kind: str) -> None:
    if head == "<!doctype html>".encode("utf-16-be"):
        head = b"\xfe\xff" + head

    assert sniff(head) == kind
    assert kind in ACTIVE


@pytest.mark.parametrize("text", ["5 < 7 and <b", "<3 you", "a<svgx", "<html5 is not a tag", "x = <header>"])
def test_text_with_a_less_than_sign_is_text(text: str) -> None:
    assert sniff(text.encode()) == "text/plain"


def test_a_character_cut_at_the_end_of_what_is_looked_at_is_no_reason_to_doubt() -> None:
    assert sniff("é".encode() * 4096 + b"x") == "text/plain"
    assert sniff(b"x" + "é".encode() * 4096) == "text/plain"


@given(st.binary(max_size=400))
def test_every_file_is_something(head: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\0\0\0\x18ftyp", b"RIFF....", b"<?xml", b"<!--", b"\xff\xfe"):
        kind, _, subtype = sniff(start + head).partition("/")
        assert kind in {"application", "audio", "image", "model", "text", "video"}
        assert subtype
