"""The egress guard: no address a business supplied ever leads inside (design §8).

Resolve once, require every address to be public, connect to exactly that address while TLS still
checks the name. `ipaddress.is_global` alone is not enough: it calls NAT64 of 127.0.0.1, 6to4 and
multicast global.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from parley.business.lookups import Lookups
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from urllib.parse import SplitResult

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Resolve = Callable[[str, int], Sequence[str]]

HTTPS_PORTS: Final = frozenset({443, 8443})
"""No others: a guard that dials any port lets a business look for open ones in our name."""
MAX_URL_CHARS: Final = 2048
MAX_ADDRESSES: Final = 32

# `urlsplit` takes the host out of `x[::1]` and `[::1].example` as if nothing else were there.
_AUTHORITY: Final = re.compile(r"(?:\[[^\[\]]+\]|[^\[\]:]+)(?::[0-9]*)?")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAX_NAME_CHARS: Final = 253
# A name whose last label is a number is an address in disguise: 127.1, 2130706433, 0x7f.1 (WHATWG URL §3.5).
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")

# All there is of global unicast. What lies outside: mapped, compatible and translated IPv4, both NAT64 prefixes,
# unique and link local, multicast.
_UNICAST_V6: Final = ipaddress.ip_network("2000::/3")
# Called global by `ipaddress`, but meant for the nearest NAT or relay, carrying IPv4 inside, or never routed.
_INWARD_V4: Final = tuple(ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24"))
_INWARD_V6: Final = tuple(ipaddress.ip_network(net) for net in ("2002::/16", "2001::/23", "3fff::/20"))


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
    inward = any(address in net for net in _INWARD_V6)
    return address in _UNICAST_V6 and address.is_global and not inward


class EgressGuard:
    """Turns a URL a business supplied into a Target, or refuses it. One per process, shared by threads.

    `allow_loopback` is for the local cloud only: http and https to loopback addresses, any port.
    """

    def __init__(self, *, allow_loopback: bool, resolve: Resolve | None = None) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = Lookups() if resolve is None else resolve

    def check(self, url: str) -> Target:
        """Raises Rejected (`url_*`, `address_forbidden`) or Retryable (`dns_failed`)."""
        scheme, host, port, path = _parts(url)
        if not self._allow_loopback:
            _require_https(scheme, port)  # before anybody is asked for an address
        addresses = self._addresses(host, port)
        if self._allow_loopback and all(address.is_loopback for address in addresses):
            return Target(scheme, host, port, str(addresses[0]), path)
        _require_https(scheme, port)
        if not all(is_public(address) for address in addresses):
            raise Rejected("the URL leads to an address that is not public", code="address_forbidden", path="/url")
        first = next((address for address in addresses if address.version == 4), addresses[0])
        return Target(scheme, host, port, str(first), path)

    def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            found = self._resolve(host, port)
        if not found:
            raise Retryable("the host name does not resolve", code="dns_failed")
        if len(found) > MAX_ADDRESSES:
            raise Rejected(f"the host name has more than {MAX_ADDRESSES} addresses", code="url_host", path="/url")
        return [ipaddress.ip_address(text.partition("%")[0]) for text in found]


def _require_https(scheme: str, port: int) -> None:
    if scheme != "https":
        raise Rejected("use an https URL", code="url_not_https", path="/url")
    if port not in HTTPS_PORTS:
        raise Rejected("use port 443 or 8443", code="url_port", path="/url")


@lru_cache(maxsize=256)  # nothing but the URL decides, and a business has few
def _parts(url: str) -> tuple[str, str, int, str]:
    malformed = Rejected("write the URL as https://host/path", code="url_malformed", path="/url")
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise malformed
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise malformed from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise malformed
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Rejected("leave user and password out of the URL", code="url_userinfo", path="/url")
    if not _AUTHORITY.fullmatch(parts.netloc):
        raise malformed
    path = parts.path or "/"
    default = 443 if parts.scheme == "https" else 80
    return (
        parts.scheme,
        _host(parts),
        default if port is None else port,
        f"{path}?{parts.query}" if parts.query else path,
    )


def _host(parts: SplitResult) -> str:
    """The name, or the address as everybody writes it: what can be read in two ways is refused."""
    written = parts.hostname or ""
    host = written.removesuffix(".")
    if "[" in parts.netloc or _NUMBER.fullmatch(host):
        try:
            address = ipaddress.ip_address(written if "[" in parts.netloc else host)
        except ValueError:
            address = None
        if address is not None and "%" not in written:
            return str(address)
    elif len(host) <= _MAX_NAME_CHARS and _NAME.fullmatch(host):
        return host
    raise Rejected(
        "write the host as a name (letters, digits and hyphens; others as xn--…) or as a plain IP address",
        code="url_host",
        path="/url",
    )
