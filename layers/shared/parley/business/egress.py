"""The egress guard: no address a business supplied ever leads inside (design §8).

Resolve once, require every address to be public, connect to exactly that address while TLS still
checks the name. `ipaddress.is_global` alone is not enough: it calls NAT64 of 127.0.0.1, 6to4 and
multicast global.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Resolve = Callable[[str, int], Sequence[str]]

HTTPS_PORTS: Final = frozenset({443, 8443})
MAX_URL_CHARS: Final = 2048

_UNICAST_V6: Final = ipaddress.ip_network("2000::/3")
# Called global by `ipaddress`, but meant for the nearest NAT or relay, carrying IPv4 inside, or never routed.
_INWARD_V4: Final = tuple(ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24"))
_INWARD_V6: Final = tuple(
    ipaddress.ip_network(net) for net in ("2002::/16", "2001::/23", "3fff::/20", "64:ff9b::/96", "64:ff9b:1::/48")
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL really leads: one checked address, and the name TLS and `Host` still use."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header: the port is shown when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def is_public(address: Address) -> bool:
    """Whether traffic to `address` leaves for the public internet, whatever is embedded in it."""
    if address.version == 4:
        return address.is_global and not address.is_multicast and not any(address in net for net in _INWARD_V4)
    if address.ipv4_mapped is not None or any(address in net for net in _INWARD_V6):
        return False
    return address in _UNICAST_V6 and address.is_global


def resolve_system(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives for `host`. Raises Retryable when it gives none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retryable("the endpoint's host name does not resolve", code="dns_failed") from None
    return [str(entry[4][0]) for entry in found]


class EgressGuard:
    """Turns a URL a business supplied into a Target, or refuses it.

    `allow_loopback` is for the local cloud only: http and https to loopback addresses, any port.
    """

    def __init__(self, *, allow_loopback: bool, resolve: Resolve = resolve_system) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def check(self, url: str) -> Target:
        """Raises Rejected (`url_*`, `address_forbidden`) or Retryable (`dns_failed`)."""
        scheme, host, port, path = _parts(url)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in self._resolve(host, port)]
        if not addresses:
            raise Retryable("the endpoint's host name does not resolve", code="dns_failed")
        if self._allow_loopback and all(address.is_loopback for address in addresses):
            return Target(scheme, host, port, str(addresses[0]), path)
        if scheme != "https":
            raise Rejected("use an https URL", code="url_not_https", path="/url")
        if port not in HTTPS_PORTS:
            raise Rejected("use port 443 or 8443", code="url_port", path="/url")
        if not all(is_public(address) for address in addresses):
            raise Rejected("the URL leads to an address that is not public", code="address_forbidden", path="/url")
        first = next((address for address in addresses if address.version == 4), addresses[0])
        return Target(scheme, host, port, str(first), path)


def _parts(url: str) -> tuple[str, str, int, str]:
    malformed = Rejected("write the URL as https://host/path", code="url_malformed", path="/url")
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise malformed
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise malformed from None
    if parts.scheme not in {"https", "http"} or not parts.hostname or "%" in parts.hostname:
        raise malformed
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Rejected("leave user and password out of the URL", code="url_userinfo", path="/url")
    path = parts.path or "/"
    default = 443 if parts.scheme == "https" else 80
    return (
        parts.scheme,
        parts.hostname,
        default if port is None else port,
        f"{path}?{parts.query}" if parts.query else path,
    )
