"""Which addresses count as the public internet (design §8)."""

from __future__ import annotations

import ipaddress

import pytest

from parley.business.egress import EgressGuard, is_public
from parley.errors import Rejected, Retryable

INSIDE = [
    # loopback, unspecified, "this network"
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.0.0.1", "0.255.255.255",
    # private, carrier-grade NAT, link-local (the metadata service), benchmarking, documentation
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
    "100.64.0.1", "100.127.255.255", "169.254.0.1", "169.254.169.254", "169.254.170.2",
    "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1",
    # protocol assignments (the nearest NAT's own address among them), 6to4 relay
    "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.170", "192.88.99.1",
    # multicast, reserved, broadcast
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.254", "255.255.255.255",
    # IPv6: unspecified, loopback, link-local, site-local, unique local (the metadata service), multicast
    "::", "::1", "fe80::1", "fe80::a9fe:a9fe", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fdff::1",
    "ff02::1", "ff0e::1",
    # IPv4 in disguise: mapped, compatible, translated, NAT64 (well-known and local), 6to4, Teredo
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    # IPv6 that is not the internet either: documentation, discard, ORCHID, SRv6, unassigned
    "2001:db8::1", "3fff::1", "100::1", "2001:10::1", "2001:1::1", "2001:20::1",
    "5f00::1", "4000::1", "1::1", "a000::1",
]  # fmt: skip

OUTSIDE = [
    "8.8.8.8", "1.1.1.1", "93.184.216.34", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
    "192.169.0.1", "100.63.255.255", "100.128.0.1", "169.253.255.255", "169.255.0.1", "223.255.255.254",
    "126.255.255.255", "128.0.0.1", "198.17.255.255", "198.20.0.0", "192.88.98.255", "192.88.100.0",
    "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2620:fe::fe",
]  # fmt: skip


def guard(*addresses: str, allow_loopback: bool = False) -> EgressGuard:
    return EgressGuard(allow_loopback=allow_loopback, resolve=lambda _host, _port: addresses)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_the_internet_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))

    with pytest.raises(Rejected) as caught:
        guard(address).check("https://hooks.example/x")
    assert caught.value.code == "address_forbidden"


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_the_internet_is_let_through(address: str) -> None:
    assert guard(address).check("https://hooks.example/x").address == address


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::1", "fd00::1", "64:ff9b::7f00:1"])
@pytest.mark.parametrize("outside", ["8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_one_inner_address_among_public_ones_is_enough_to_refuse(inside: str, outside: str) -> None:
    for addresses in ([inside, outside], [outside, inside], [outside, outside, inside]):
        with pytest.raises(Rejected) as caught:
            guard(*addresses).check("https://hooks.example/x")
        assert caught.value.code == "address_forbidden"


@pytest.mark.parametrize("address", ["fe80::1%eth0", "fe80::1%1", "::1%lo", "fd00::1%25eth0"])
def test_a_zone_does_not_hide_an_address(address: str) -> None:
    with pytest.raises(Rejected):
        guard(address).check("https://hooks.example/x")


def test_a_public_address_is_dialled_without_its_zone() -> None:
    assert guard("2606:2800:220:1::1%eth0").check("https://h.example/").address == "2606:2800:220:1::1"


def test_ipv4_is_preferred_and_otherwise_the_first_is_taken() -> None:
    six, other_six, four = "2606:2800:220:1::1", "2620:fe::fe", "8.8.8.8"

    assert guard(six, four).check("https://h.example/").address == four
    assert guard(six, other_six).check("https://h.example/").address == six


@pytest.mark.parametrize("loopback", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("url", ["http://h.example/x", "https://h.example/x", "http://h.example:4590/x"])
def test_the_local_cloud_may_reach_its_own_machine_in_any_way(loopback: str, url: str) -> None:
    target = guard(loopback, allow_loopback=True).check(url)

    assert ipaddress.ip_address(target.address) == ipaddress.ip_address(loopback)
    assert url.startswith(target.scheme + ":")


@pytest.mark.parametrize("address", [address for address in INSIDE if not ipaddress.ip_address(address).is_loopback])
def test_the_local_cloud_may_reach_no_other_inner_address(address: str) -> None:
    with pytest.raises(Rejected) as caught:
        guard(address, allow_loopback=True).check("https://hooks.example/x")
    assert caught.value.code == "address_forbidden"


@pytest.mark.parametrize("others", [["8.8.8.8"], ["10.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_is_only_partly_loopback_is_refused_even_locally(others: list[str]) -> None:
    with pytest.raises(Rejected):
        guard("127.0.0.1", *others, allow_loopback=True).check("https://hooks.example/x")
    with pytest.raises(Rejected):
        guard("127.0.0.1", *others, allow_loopback=True).check("http://hooks.example/x")


def test_even_locally_the_internet_is_reached_by_https_alone() -> None:
    with pytest.raises(Rejected) as caught:
        guard("8.8.8.8", allow_loopback=True).check("http://hooks.example/x")

    assert caught.value.code == "url_not_https"


def test_a_name_without_addresses_may_have_some_later() -> None:
    with pytest.raises(Retryable) as caught:
        guard().check("https://hooks.example/x")

    assert caught.value.code == "dns_failed"
