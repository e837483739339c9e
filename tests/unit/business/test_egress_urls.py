"""Which URLs are taken from a business at all."""

from __future__ import annotations

import socket

import pytest

from parley.business import egress
from parley.business.egress import EgressGuard
from parley.errors import Rejected, Retryable


def guard() -> EgressGuard:
    return EgressGuard(allow_loopback=False, resolve=lambda _host, _port: ["8.8.8.8"])


def code_of(url: str) -> str:
    with pytest.raises(Rejected) as caught:
        guard().check(url)
    assert caught.value.path == "/url"
    return caught.value.code


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
        ("https://hooks.example./", "hooks.example.", 443, "/", "hooks.example."),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
        ("https://[2606:2800::1]/", "2606:2800::1", 443, "/", "[2606:2800::1]"),
        ("https://[2606:2800::1]:8443/", "2606:2800::1", 8443, "/", "[2606:2800::1]:8443"),
    ],
)
def test_a_good_url_is_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = guard().check(url)

    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.authority == authority
    assert target.address == "8.8.8.8"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "//hooks.example/",
        "https://",
        "https:///path",
        "https:hooks.example",
        "https://:443/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "javascript:alert(1)",
        "unix:///run/docker.sock",
        "https+unix://hooks.example/",
        " https://hooks.example/",
        "https://hooks.example/ x",
        "https://hooks.example/\n",
        "https://hooks.example/\r\nHost: other",
        "https://hooks.example/\tx",
        "https://hooks.example/\x00",
        "https://hooks.example\\@127.0.0.1/",
        "https:\\\\hooks.example\\",
        "https://hooks.example/a\\b",
        "https://b\u00fccher.example/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://127\u30020\u30020\u30021/",
        "https://hooks.example/\u2028",
        "https://hooks.example:x/",
        "https://hooks.example:-1/",
        "https://hooks.example:65536/",
        "https://hooks.example:443:443/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://%31%32%37.0.0.1/",
        "https://hooks%2eexample/",
        "https://[::1/",
        "https://::1]/",
        "https://[not-an-address]/",
        "https://hooks.example/" + "x" * 2048,
    ],
)
def test_a_malformed_url_is_refused(url: str) -> None:
    assert code_of(url) == "url_malformed"


@pytest.mark.parametrize(
    "url",
    [
        "https://user@hooks.example/",
        "https://user:password@hooks.example/",
        "https://:password@hooks.example/",
        "https://@hooks.example/",
        "https://hooks.example@127.0.0.1/",
        "https://a@b@hooks.example/",
    ],
)
def test_credentials_do_not_belong_into_a_url(url: str) -> None:
    assert code_of(url) == "url_userinfo"


def test_an_at_sign_in_the_path_is_a_path() -> None:
    assert guard().check("https://hooks.example/@me").path == "/@me"


def test_only_https_leaves() -> None:
    assert code_of("http://hooks.example/") == "url_not_https"
    assert code_of("http://hooks.example:443/") == "url_not_https"


@pytest.mark.parametrize("port", [0, 1, 22, 25, 80, 2375, 4566, 6379, 8080, 9001, 65535])
def test_only_the_ports_of_https_are_dialled(port: int) -> None:
    assert code_of(f"https://hooks.example:{port}/") == "url_port"


def test_a_refused_url_is_never_looked_up() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    with pytest.raises(Rejected):
        EgressGuard(allow_loopback=False, resolve=resolve).check("https://user@hooks.example/")

    assert asked == []


def test_a_name_is_looked_up_once_so_that_the_checked_address_is_the_dialled_one() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    target = EgressGuard(allow_loopback=False, resolve=lambda _host, _port: next(answers)).check("https://h.example/")

    assert target.address == "8.8.8.8"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "localhost",
        "[::1]",
    ],
)
@pytest.mark.allow_hosts(["127.0.0.1"])  # the system's resolver reads numbers and its own name without the network
def test_no_spelling_of_loopback_gets_past_the_systems_own_resolver(host: str) -> None:
    with pytest.raises(Rejected) as caught:
        EgressGuard(allow_loopback=False).check(f"https://{host}/")

    assert caught.value.code == "address_forbidden"


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError()])
def test_a_name_that_does_not_resolve_may_do_so_later(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(Retryable) as caught:
        egress.resolve_system("hooks.example", 443)
    assert caught.value.code == "dns_failed"


def test_the_system_is_asked_for_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 443, 0, 2)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)

    assert egress.resolve_system("hooks.example", 443) == ["fe80::1%eth0", "8.8.8.8"]
