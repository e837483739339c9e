from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.business.filenames import MAX_BYTES, MAX_CHARS, disposition, safe_name

ANY_NAME = st.text(st.characters(codec=None), max_size=400) | st.text(
    "ab./\\. :\u202e\u200b\n\tCON\u00e9\U0001f600", max_size=300
)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("IMG_0042.HEIC", "IMG_0042.HEIC"),
        ("Übersicht März.pdf", "Übersicht März.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\cv.doc", "cv.doc"),
        ("/", "file"),
        ("", "file"),
        (None, "file"),
        (7, "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("report.pdf.", "report.pdf"),
        ("report.pdf ", "report.pdf"),
        ("a\x00b\r\nc\x1b[31m.txt", "ab c[31m.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200bb\ufeff\u2028.txt", "ab.txt"),
        ("\ufffcx.txt", "x.txt"),
        ('a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("com¹.txt", "_com¹.txt"),
        ("console.txt", "console.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("  a   b .txt", "a b.txt"),
        ("photo.jpg/", "photo.jpg"),
    ],
)
def test_a_name_keeps_what_is_harmless(given_name: object, kept: str) -> None:
    assert safe_name(given_name) == kept


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_name("x" * 500 + ".jpeg") == "x" * 115 + ".jpeg"
    assert safe_name("é" * 500 + ".jpeg") == "é" * 97 + ".jpeg"
    assert safe_name("a." + "x" * 500) == "a." + "x" * 118


@given(ANY_NAME)
@example("a" * 118 + " .")
@example("." * 300 + "CON")
@example("CON " * 60)
@example("\U0001f600" * 60 + ".txt")
@example("x" * 119 + "é.pdf")
def test_no_name_does_harm(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= MAX_CHARS + 1
    assert len(safe.encode()) <= MAX_BYTES + 1
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f]', safe)
    assert not {unicodedata.category(sign) for sign in safe} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe.strip(". ") == safe
    assert safe.partition(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    assert safe_name(safe) == safe


def read_back(header: str) -> str:
    """The name as a reader of today takes it: `filename*` before `filename` (RFC 6266 §4.3)."""
    extended = re.fullmatch(
        r"attachment; filename=\"[^\"\\\\]*\"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)", header
    )
    if extended:
        return unquote(extended[1])
    plain = re.fullmatch(r'attachment; filename="([^"\\\\%]*)"', header)
    assert plain, header
    return plain[1]


@given(ANY_NAME)
def test_every_name_makes_a_header_that_gives_it_back(name: str) -> None:
    header = disposition(name)

    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment; filename=")
    assert read_back(header) == safe_name(name)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.txt", 'attachment; filename="a b.txt"'),
        ("Größe.txt", "attachment; filename=\"Gro_e.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ('say "hi".txt', 'attachment; filename="say _hi_.txt"'),
        ("写真.jpg", "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E5%86%99%E7%9C%9F.jpg"),
    ],
)
def test_a_header_has_a_form_for_old_and_one_for_new_readers(name: str, header: str) -> None:
    assert disposition(name) == header
