"""What is shown of a link, from real pages on real servers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from parley.apple import wire
from parley.business import previews
from parley.business.egress import EgressGuard
from parley.business.fetch import GuardedFetch
from parley.business.previews import Preview, Previews
from tests.support.clock import Clock
from tests.support.http_server import Exchange, LocalServer, reply, serving
from tests.support.pictures import halves, opened, photo, written

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHORT = 0.3
HTML = "Content-Type: text/html; charset=utf-8"
JPEG = "Content-Type: image/jpeg"


class Site:
    """Answers by path; what it does not know is 404."""

    def __init__(self) -> None:
        self.server = LocalServer()
        self.pages: dict[str, bytes] = {}

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.request.line.split()[1]
        if self.pages.get(path) == b"":
            exchange.stall()
        else:
            exchange.send(self.pages.get(path, reply("404 Where")))

    def url(self, path: str = "/page", host: str = "shop.example") -> str:
        return f"http://{host}:{self.server.port}{path}"

    @property
    def asked(self) -> list[str]:
        return [request.line.split()[1] for request in self.server.requests]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with serving(made) as made.server:
        made.pages["/page"] = page("Cargo 9", image="/bike.jpg")
        made.pages["/bike.jpg"] = reply("200 OK", written(halves(64, 32), "JPEG"), JPEG)
        yield made


def page(title: str, *, image: str | None = None) -> bytes:
    picture = f'<meta property="og:image" content="{image}">' if image else ""
    return reply("200 OK", f"<title>{title}</title>{picture}<body>…".encode(), HTML)


def finder(clock: Clock | None = None) -> Previews:
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return Previews(GuardedFetch(guard), clock=clock or Clock())


def test_a_link_is_shown_with_its_title_and_picture(site: Site) -> None:
    found = finder().preview(site.url(), 5)

    assert found is not None
    assert (found.url, found.title) == (site.url(), "Cargo 9")
    assert found.image is not None
    assert opened(base64.b64decode(found.image)).size == (64, 32)


def test_what_comes_is_a_rich_link_apple_takes(site: Site) -> None:
    site.pages["/page"] = page("T" * 300 + "\u202e", image="/bike.jpg")
    site.pages["/bike.jpg"] = reply("200 OK", written(photo(1200, 630), "JPEG"), JPEG)

    found = finder().preview(site.url(), 30)

    assert found is not None
    data = {"url": found.url, "title": found.title, "assets": {"image": {"data": found.image, "mimeType": "image/png"}}}
    assert [fault for fault in wire.check_content("richLink", {"richLinkData": data}, now=0) if not fault.warning] == []


def test_a_link_in_another_script_is_dialled_and_shown_in_ascii(site: Site) -> None:
    site.pages["/stra%C3%9Fe?x=%C3%B6"] = page("Fahrr\u00e4der")

    found = finder().preview(site.url("/stra\u00dfe?x=\u00f6", "m\u00fcnchen.example"), 5)

    assert found == Preview(site.url("/stra%C3%9Fe?x=%C3%B6", "xn--mnchen-3ya.example"), "Fahrr\u00e4der")
    assert site.server.requests[0].headers["host"] == f"xn--mnchen-3ya.example:{site.server.port}"


def test_a_picture_is_looked_for_from_where_the_page_was_found(site: Site) -> None:
    site.pages["/short"] = reply("302 Found", b"", "Location: /deep/page")
    site.pages["/deep/page"] = page("Cargo 9", image="bike.jpg")
    site.pages["/deep/bike.jpg"] = site.pages["/bike.jpg"]

    found = finder().preview(site.url("/short"), 5)

    assert found is not None
    assert found.url == site.url("/short")
    assert found.image is not None


def test_the_next_picture_is_tried_when_one_is_of_no_use(site: Site) -> None:
    head = (
        '<meta property="og:image" content="/lost.png"><meta name="twitter:image" content="/drawing.svg">'
        '<link rel="apple-touch-icon" href="/bike.jpg">'
    )
    site.pages["/page"] = reply("200 OK", f"<title>Cargo 9</title>{head}".encode(), HTML)
    site.pages["/drawing.svg"] = reply("200 OK", b"<svg/>", "Content-Type: image/svg+xml")

    found = finder().preview(site.url(), 5)

    assert found is not None
    assert found.image is not None
    assert site.asked == ["/page", "/lost.png", "/drawing.svg", "/bike.jpg"]


def test_a_picture_that_is_too_large_or_leads_inside_is_left_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MAX_IMAGE_BYTES", 100)
    assert finder().preview(site.url(), 5) == Preview(site.url(), "Cargo 9")

    for inside in ("ftp://shop.example/x", "https://user@shop.example/x", "data:image/png;base64,AAAA"):
        site.pages["/page"] = page("Cargo 9", image=inside)
        assert finder().preview(site.url(), 5) == Preview(site.url(), "Cargo 9")


def test_only_the_beginning_of_a_long_page_is_read(site: Site) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Long</title>")
        exchange.drip(b"<p>more and more</p>" * 500)

    with serving(endless) as server:
        url = f"http://shop.example:{server.port}/"
        assert finder().preview(url, 10) == Preview(url, "Long")


@pytest.mark.parametrize(
    "answer",
    [
        reply("404 Where", b"<title>Not found</title>", HTML),
        reply("503 Down", b"<title>Down</title>", HTML),
        reply("200 OK", b"%PDF-1.7", "Content-Type: application/pdf"),
        reply("200 OK", b"<p>no title</p>", HTML),
        reply("302 Found", b"", "Location: https://user:secret@shop.example/"),
        b"no http at all\r\n\r\n",
    ],
)
def test_whatever_fails_there_is_no_preview(answer: bytes) -> None:
    with serving(answer) as server:
        assert finder().preview(f"{server.url}/page", 5) is None


@pytest.mark.parametrize(
    "url", ["", "no url", "https://", "ftp://shop.example/", "https://a:b@shop.example/", "https://\u2603/"]
)
def test_what_is_no_link_has_no_preview(url: str) -> None:
    assert finder().preview(url, 5) is None


def test_addresses_inside_are_not_dialled() -> None:
    with serving(page("Inside")) as server:
        outside = Previews(GuardedFetch(EgressGuard(allow_loopback=False)))
        assert outside.preview(server.url, 5) is None
        assert outside.preview(f"https://127.0.0.1:{server.port}/", 5) is None

    assert server.connections == 0


def test_a_page_that_does_not_answer_in_time_has_none(site: Site) -> None:
    site.pages["/page"] = b""

    assert finder().preview(site.url(), SHORT) is None


def test_a_picture_that_does_not_answer_in_time_is_left_out(site: Site) -> None:
    site.pages["/bike.jpg"] = b""

    assert finder().preview(site.url(), SHORT) == Preview(site.url(), "Cargo 9")


def test_a_preview_is_remembered_for_an_hour(site: Site) -> None:
    clock = Clock()
    found = finder(clock)
    first = found.preview(site.url(), 5)
    del site.pages["/page"]

    clock.now += previews.KEPT_SECONDS - 1
    assert found.preview(site.url(), 0) == first
    assert site.asked == ["/page", "/bike.jpg"]

    clock.now += 1
    assert found.preview(site.url(), 5) is None


def test_a_failure_is_remembered_for_a_minute(site: Site) -> None:
    clock = Clock()
    found = finder(clock)
    content = site.pages.pop("/page")
    assert found.preview(site.url(), 5) is None
    site.pages["/page"] = content

    clock.now += previews.KEPT_FAILURE_SECONDS - 1
    assert found.preview(site.url(), 5) is None

    clock.now += 1
    assert found.preview(site.url(), 5) is not None


def test_a_missing_picture_is_looked_for_again_soon(site: Site) -> None:
    clock = Clock()
    found = finder(clock)
    picture = site.pages.pop("/bike.jpg")
    assert found.preview(site.url(), 5) == Preview(site.url(), "Cargo 9")
    site.pages["/bike.jpg"] = picture

    clock.now += previews.KEPT_FAILURE_SECONDS
    again = found.preview(site.url(), 5)

    assert again is not None
    assert again.image is not None


def test_a_failure_for_want_of_time_is_not_remembered(site: Site) -> None:
    found = finder()

    assert found.preview(site.url(), 0) is None
    assert found.preview(site.url(), -1) is None
    assert found.preview(site.url(), 5) is not None


def test_only_so_many_previews_are_remembered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MAX_KEPT", 2)
    found = finder()
    for name in "abc":
        site.pages[f"/{name}"] = page(name)

    for name in "abcbca":
        found.preview(site.url(f"/{name}"), 5)

    assert site.asked == ["/a", "/b", "/c", "/a"]


def test_what_a_link_shows_does_not_show_in_a_log() -> None:
    assert "canary" not in repr(Preview("https://shop.example/", "title", "canary"))
