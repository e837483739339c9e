"""Which URLs are taken from a business, and how they are read."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.business.egress import MAX_ADDRESSES, EgressGuard, is_public
from parley.errors import Rejected, Retryable

PUBLIC: Final = "93.184.216.34"
PUBLIC_6: Final = "2606:2800:220:1:248:1893:25c8:1946"


def guard() -> EgressGuard:
    return EgressGuard(allow_loopback=False, resolve=lambda _host, _port: ["8.8.8.8"])


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://hooks.example", "hooks.example", 443, "/", "hooks.example"),
        ("https://hooks.example/", "hooks.example", 443, "/", "hooks.example"),
        ("https://hooks.example:443/a", "hooks.example", 443, "/a", "hooks.example"),
        ("https://hooks.example:8443/a?b=c&d=%20", "hooks.example", 8443, "/a?b=c&d=%20", "hooks.example:8443"),
        ("HTTPS://HOOKS.example/Path", "hooks.example", 443, "/Path", "hooks.example"),
        ("https://hooks.example/a#fragment", "hooks.example", 443, "/a", "hooks.example"),
        ("https://hooks.example:/a", "hooks.example", 443, "/a", "hooks.example"),
        ("https://hooks.example?x=1", "hooks.example", 443, "/?x=1", "hooks.example"),
        ("https://hooks.example//double", "hooks.example", 443, "//double", "hooks.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
        ("https://hooks.example./", "hooks.example", 443, "/", "hooks.example"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
    ],
)
def test_a_good_url_is_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = guard().check(url)

    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.authority == authority
    assert target.address == "8.8.8.8"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://hooks.example./", "hooks.example"),
        ("https://HOOKS.Example/", "hooks.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://my_hooks.example/", "my_hooks.example"),
        ("https://1.hooks.example/", "1.hooks.example"),
        ("https://127.0.0.1.example/", "127.0.0.1.example"),
        ("https://0x7f.example/", "0x7f.example"),
        ("https://a--b.example/", "a--b.example"),
        (f"https://{'a' * 63}.example/", "a" * 63 + ".example"),
        ("https://hooks.example/#@127.0.0.1", "hooks.example"),
        ("https://hooks.example?@127.0.0.1/", "hooks.example"),
        ("https://hooks.example/@127.0.0.1", "hooks.example"),
        ("https://hooks.example/%0d%0aHost:%20x", "hooks.example"),
        ("https://hooks.example/https://127.0.0.1/", "hooks.example"),
        ("https://hooks.example/" + "x" * (2048 - 22), "hooks.example"),
    ],
)
def test_what_only_looks_nasty_is_let_through_to_its_public_address(url: str, host: str) -> None:
    target = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [PUBLIC]).check(url)

    assert (target.host, target.address, target.port) == (host, PUBLIC, 443)


def test_as_many_addresses_as_anybody_needs_are_taken() -> None:
    answers = [f"93.184.216.{n}" for n in range(MAX_ADDRESSES)]

    target = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: answers).check("https://h.example/")

    assert target.address == answers[0]


def test_public_addresses_need_no_name_server() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise AssertionError

    guard = EgressGuard(allow_loopback=False, resolve=resolve)

    assert guard.check("https://93.184.216.34/").address == PUBLIC
    assert guard.check(f"https://[{PUBLIC_6}]/").address == PUBLIC_6
    assert guard.check("https://[2606:2800:0220:1:248:1893:25C8:1946]:8443/").authority == f"[{PUBLIC_6}]:8443"


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60) | st.from_regex(r"https://[^/]{1,20}/"))
def test_any_text_is_taken_to_a_public_address_or_refused(url: str) -> None:
    guard = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [PUBLIC])
    try:
        target = guard.check(url)
    except Rejected:
        return

    assert (target.scheme, target.port in {443, 8443}) == ("https", True)
    assert target.address in {PUBLIC, target.host}
    assert target.host.isascii()
    assert target.path.startswith("/")


@given(st.ip_addresses())
def test_an_address_is_judged_alike_in_a_url_and_from_a_name_server(address: object) -> None:
    text = str(address)
    host = f"[{text}]" if ":" in text else text
    by_name = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [text])
    nobody = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: [])

    verdicts = []
    for guard, url in ((by_name, "https://h.example/"), (nobody, f"https://{host}/")):
        try:
            verdicts.append(guard.check(url).address == text)
        except Rejected:
            verdicts.append(False)

    assert verdicts == [is_public(address)] * 2  # type: ignore[arg-type]


def test_a_name_that_has_no_address_yet_may_have_one_later() -> None:
    with pytest.raises(Retryable):
        EgressGuard(allow_loopback=False, resolve=lambda _host, _port: []).check("https://hooks.example/")


def test_a_name_is_looked_up_once_so_that_the_checked_address_is_the_dialled_one() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    target = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: next(answers)).check("https://h.example/")

    assert target.address == "8.8.8.8"
