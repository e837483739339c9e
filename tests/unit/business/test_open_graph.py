"""What a page says of itself, however badly it is written."""

from __future__ import annotations

import pytest

from parley.business import open_graph
from parley.business.open_graph import Card, clean_title

URL = "https://shop.example/bikes/cargo-9?color=red"
UTF_8 = "text/html; charset=utf-8"


def card(html: str | bytes, content_type: str = UTF_8) -> Card:
    return open_graph.read(html if isinstance(html, bytes) else html.encode(), content_type, URL)


def test_open_graph_comes_before_twitter_and_twitter_before_the_page() -> None:
    title = "<title>Page</title>"
    twitter = '<meta name="twitter:title" content="Tweet"><meta name="twitter:image" content="/t.png">'
    graph = '<meta property="og:title" content="Graph"><meta property="og:image" content="/g.png">'

    assert card(title) == Card("Page", [])
    assert card(title + twitter) == Card("Tweet", ["https://shop.example/t.png"])
    assert card(title + twitter + graph) == Card("Graph", ["https://shop.example/g.png", "https://shop.example/t.png"])


@pytest.mark.parametrize(
    "html",
    [
        '<meta property="og:title" content="Bike"><meta property="og:title" content="Second">',
        "<META CONTENT='Bike' NAME=OG:Title />",
        '<meta content = "Bike"\nproperty\n=\n"og:title">',
        '<meta property="og:title" content=""><title> Bike\n</title>',
        '<!-- <meta property="og:title" content="Old"> --><title>Bike</title>',
        '<script>var x = "<title>No</title>"</script><title>Bike</title>',
        "<title>Bike</title><body><title>Icon</title>",
        '<title>Bike</title><body><meta property="og:title" content="Comment">',
        '<meta content="nameless"><title>Bike</title>',
        "<title>Bike</title><meta property='og:title' content='cut of",
        "<title>Bike</title><![if foo]><![endif]><![[[",
    ],
)
def test_a_title_is_found_in_pages_of_all_kinds(html: str) -> None:
    assert card(html).title == "Bike"


@pytest.mark.parametrize(
    "html", ["", "<title></title>", "<title> \n </title>", "<title>cut", "no html", "<title>&#8203;</title>"]
)
def test_a_page_without_a_title_has_none(html: str) -> None:
    assert card(html).title is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Caf&eacute; &amp; Bar", "Caf\u00e9 & Bar"),
        ("a&#x202e;b\u200b &#7; &#0; c", "ab \ufffd c"),
        ("  one\r\n\ttwo\u00a0\u2028three  ", "one two three"),
        ("\U0001f469\u200d\U0001f4bb dev", "\U0001f469\u200d\U0001f4bb dev"),
    ],
)
def test_a_title_is_one_clean_line(written: str, shown: str) -> None:
    assert card(f"<title>{written}</title>").title == shown


def test_a_title_is_cut_to_what_apple_takes() -> None:
    assert clean_title("x" * 200) == "x" * 200
    assert clean_title("x" * 201) == "x" * 199 + "\u2026"
    assert clean_title("x" * 198 + " " + "y" * 10) == "x" * 198 + "\u2026"


def test_nothing_visible_is_no_title() -> None:
    assert clean_title("\u200d \u200c\u202e\ud800") == ""


def test_pictures_are_found_best_first_each_once() -> None:
    html = """
        <link rel="apple-touch-icon" sizes="180x180" href="/icon.png">
        <meta property="og:image" content="//cdn.example/g.png">
        <meta property="og:image" content="/second.png">
        <meta property="og:image:url" content="https://cdn.example/g.png">
        <meta property="og:image:secure_url" content=" ../secure.png ">
        <meta name="twitter:image:src" content="?t">
    """

    assert card(html).images == [
        "https://shop.example/secure.png",
        "https://cdn.example/g.png",
        "https://shop.example/bikes/cargo-9?t",
        "https://shop.example/icon.png",
    ]


def test_a_base_is_heeded_and_what_is_no_address_is_left_out() -> None:
    html = '<base href="/files/"><base href="/other/"><meta name="og:image" content="{}">'

    assert card(html.format("g.png")).images == ["https://shop.example/files/g.png"]
    assert card(html.format("https://[::1")).images == []
    assert card(f'<base href="https://[::1">{html.format("/g.png")}').images == ["https://shop.example/g.png"]


WORDS = "Gr\u00f6\u00dfe \u2013 caf\u00e9"


@pytest.mark.parametrize(
    ("charset", "content_type", "head"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", 'text/html; charset="UTF-8"', ""),
        ("utf-8", "text/html", ""),
        ("utf-8", "", '<meta charset="utf-8">'),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("utf-16", "text/html", ""),
        ("windows-1252", "text/html", ""),
        ("windows-1252", "text/html; charset=ISO-8859-1", ""),
        ("windows-1252", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
        ("utf-8", "text/html; charset=klingon", ""),
        ("utf-8", "text/html; charset=punycode", ""),
        ("utf-8", "text/html; charset=cp99999", ""),
        ("gb18030", "text/html", "<meta charset=gb18030>"),
    ],
)
def test_the_charset_is_told_by_the_mark_the_header_or_the_page(charset: str, content_type: str, head: str) -> None:
    html = f"{head}<title>{WORDS}</title>".encode(charset)

    assert card(html, content_type).title == WORDS


def test_a_japanese_page_is_read() -> None:
    html = "<meta charset=Shift_JIS><title>\u81ea\u8ee2\u8eca</title>".encode("shift_jis")

    assert card(html, "text/html").title == "\u81ea\u8ee2\u8eca"


def test_a_page_cut_in_the_middle_of_a_character_is_read() -> None:
    html = "<title>Gr\u00f6\u00dfe</title>\u00e4".encode()[:-1]

    assert card(html, "text/html").title == "Gr\u00f6\u00dfe"


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a b="', "<!--", "<!", "</", "<![CDATA[", "&", "<title>", "<meta ", "\0"]
)
def test_half_a_megabyte_of_nonsense_is_read_to_its_end(piece: str) -> None:
    # Were the time to grow with the square of the length, this would take hours.
    assert card("<title>Bike</title>" + piece * (512 * 1024 // len(piece))).title == "Bike"
