"""Where the links in a text are, and how they are dialled."""

from __future__ import annotations

import pytest

from parley.business.links import MAX_LINKS, Piece, ascii_url, split


def shown(text: str) -> list[str]:
    """The pieces; a link in angle brackets."""
    return [f"<{piece.text}>" if piece.is_url else piece.text for piece in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "just words",
        "www.shop.example and shop.example/path",
        "write to jane@shop.example or mailto:jane@shop.example",
        "ftp://shop.example/ tel:+4912345 urn:mbid:abc",
        "https:// http://... https://?x https://-",
        "https:/shop.example https:shop.example",
        "view shttps://shop.example xhttp://shop.example",
        "https",
    ],
)
def test_a_text_without_links_stays_as_it_is(text: str) -> None:
    assert split(text) == [Piece(text)]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "http://shop.example/",
        "HTTPS://Shop.Example/Path",
        "https://shop.example:8443/a/b.html?c=d&e[]=f,g#h!i",
        "https://user@shop.example/",
        "https://en.wikipedia.example/wiki/Bike_(vehicle)",
        "https://shop.example/a_(b_(c))",
        "https://shop.example/x_~-",
        "https://web.archive.example/web/https://shop.example/",
        "https://login.example/?next=https://shop.example/",
        "https://m\u00fcnchen.example/stra\u00dfe?gr\u00f6\u00dfe=xl",
        "https://\u65e5\u672c.example/\u81ea\u8ee2\u8eca",
        "https://fr.example/wiki/L\u2019\u00c9quipe\u2013\u00c9toile",
        "https://xn--mnchen-3ya.example/",
        "https://[2001:db8::1]:8443/x",
        "https://203.0.113.7/",
    ],
)
def test_only_a_link_is_only_a_link(url: str) -> None:
    assert split(url) == [Piece(url, is_url=True)]
    assert split(f"\n {url}\t") == [Piece(url, is_url=True)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Look: https://a.example/x", ["Look:", "<https://a.example/x>"]),
        ("https://a.example is new", ["<https://a.example>", "is new"]),
        ("See https://a.example/x, it is new.", ["See", "<https://a.example/x>", "it is new."]),
        ("Do you know https://a.example/x?", ["Do you know", "<https://a.example/x>"]),
        ("Wow https://a.example!!! Really", ["Wow", "<https://a.example>", "Really"]),
        ("Wait\u2026 https://a.example\u2026 and", ["Wait\u2026", "<https://a.example>", "and"]),
        ("one\nhttps://a.example\n\ntwo\nlines", ["one", "<https://a.example>", "two\nlines"]),
        ("https://a.example :-)", ["<https://a.example>"]),
        ("https://a.example \U0001f44d", ["<https://a.example>", "\U0001f44d"]),
        ("https://a.example\U0001f44d", ["<https://a.example>", "\U0001f44d"]),
        ("\U0001f449https://a.example", ["\U0001f449", "<https://a.example>"]),
        ("\ufffchttps://a.example/\ufffc", ["\ufffc", "<https://a.example/>", "\ufffc"]),
        ("https://a.example/\u200btext", ["<https://a.example/>", "\u200btext"]),
    ],
)
def test_the_text_around_a_link_keeps_its_place(text: str, pieces: list[str]) -> None:
    assert shown(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Here (https://a.example/x).", ["Here", "<https://a.example/x>"]),
        ("Here (https://a.example/x_(y)) now", ["Here", "<https://a.example/x_(y)>", "now"]),
        ("[link](https://a.example)!", ["[link]", "<https://a.example>"]),
        ("<https://a.example>", ["<https://a.example>"]),
        (
            "say \"https://a.example\" or 'https://b.example'",
            ["say", "<https://a.example>", "or", "<https://b.example>"],
        ),
        ("He wrote \u201chttps://a.example,\u201d and left", ["He wrote", "<https://a.example>", "and left"]),
        ("\u201ehttps://a.example\u201c ist da", ["<https://a.example>", "ist da"]),
        ("\u00ab\u00a0https://a.example\u00a0\u00bb", ["<https://a.example>"]),
        ("*https://a.example*", ["<https://a.example>"]),
        ("{https://a.example}", ["<https://a.example>"]),
        ("f(x) https://a.example", ["f(x)", "<https://a.example>"]),
        ("(new! https://a.example", ["(new!", "<https://a.example>"]),
        ("|https://a.example|https://b.example|", ["<https://a.example>", "<https://b.example>"]),
    ],
)
def test_brackets_and_quotes_around_a_link_go_with_it(text: str, pieces: list[str]) -> None:
    assert shown(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "\u8bf7\u770bhttps://a.example/x\u3002\u8c22\u8c22",
            ["\u8bf7\u770b", "<https://a.example/x>", "\u8c22\u8c22"],
        ),
        ("\u300chttps://a.example\u300d\u3092\u898b\u308b", ["<https://a.example>", "\u3092\u898b\u308b"]),
        ("\uff08https://a.example/x\uff09", ["<https://a.example/x>"]),
        ("https://a.example\uff0chttps://b.example\uff01", ["<https://a.example>", "<https://b.example>"]),
        ("https://a.example\u3000\u6b21", ["<https://a.example>", "\u6b21"]),
    ],
)
def test_punctuation_of_east_asia_ends_a_link(text: str, pieces: list[str]) -> None:
    assert shown(text) == pieces


@pytest.mark.parametrize("between", [" ", "\n", ", ", ",", ";", " - ", " | ", " \u2022 ", " / ", "), (", "\u3001"])
def test_what_only_separates_links_is_not_sent(between: str) -> None:
    assert shown(f"https://a.example/x{between}https://b.example/y") == [
        "<https://a.example/x>",
        "<https://b.example/y>",
    ]


def test_the_same_link_twice_is_shown_twice() -> None:
    assert shown("https://a.example or https://a.example") == ["<https://a.example>", "or", "<https://a.example>"]


def test_a_list_of_many_links_stays_a_text() -> None:
    many = " ".join(f"https://a.example/{number}" for number in range(MAX_LINKS + 1))

    assert len(split(many.rpartition(" ")[0])) == MAX_LINKS
    assert split(many) == [Piece(many)]


@pytest.mark.parametrize(
    "text",
    [
        "https://a" + ")" * 1_000_000,
        "https://a" + "." * 1_000_000 + " x",
        "https://a" + "(" * 500_000 + ")" * 500_000,
        "https://a" + ",;" * 500_000,
        "https://" * 200_000,
        "https://a " * 100_000,
        "http" * 400_000,
        "(" * 1_000_000 + "https://a",
        "\u00fc" * 1_000_000,
    ],
)
def test_a_very_long_text_is_split_too(text: str) -> None:
    # Were the time to grow with the square of the length, this would take hours.
    assert split(text)


@pytest.mark.parametrize(
    ("url", "dialled"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:8443/A?B#C", "https://shop.example:8443/A?B#C"),
        ("https://shop.example?x=1", "https://shop.example?x=1"),
        (
            "https://m\u00fcnchen.example/stra\u00dfe?x=\u00f6#\u00fc",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe?x=%C3%B6#%C3%BC",
        ),
        ("https://fa\u00df.example/", "https://xn--fa-hia.example/"),
        ("https://M\u00dcNCHEN.example/", "https://xn--mnchen-3ya.example/"),
        ("https://mu\u0308nchen.example/", "https://xn--mnchen-3ya.example/"),
        ("https://\u65e5\u672c\u3002example/", "https://xn--wgv71a.example/"),
        ("https://shop.example/100%25/a%20b", "https://shop.example/100%25/a%20b"),
        ('https://shop.example/a b"<>\\^`{|}', "https://shop.example/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ],
)
def test_a_link_is_dialled_in_ascii(url: str, dialled: str) -> None:
    assert ascii_url(url) == dialled


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "https://",
        "https:///path",
        "ftp://shop.example/",
        "https://user:secret@shop.example/",
        "https://shop.example:port/",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://a b/",
        "https://\u2603.example/",
        "https://shop\u2215path.example/",
        "https://" + "\u00fc" * 64 + ".example/",
        "https://" + "\u00fc" * 60 + ".example/",
        "https://\ud800/",
        "https://shop.example/\ud800",
    ],
)
def test_what_is_no_link_is_not_dialled(url: str) -> None:
    assert ascii_url(url) is None
