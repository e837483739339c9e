"""Every way we know of to lead a webhook inside by its URL, and what each is refused for.

A row is a URL, what the name server says of its host, and the refusal. Rows without answers must be refused before
anybody is asked. What is inside as such is the matter of `test_egress_addresses.py`.
"""

from __future__ import annotations

from typing import Final

import pytest

from parley.business.egress import MAX_ADDRESSES, EgressGuard
from parley.errors import Rejected

type Row = tuple[str, tuple[str, ...], str]

PUBLIC: Final = "93.184.216.34"
PUBLIC_6: Final = "2606:2800:220:1:248:1893:25c8:1946"

LOOPBACK: Final = [
    # as everybody writes it: an address needs nobody to look it up
    "127.0.0.1", "127.0.0.1.", "127.0.0.2", "127.1.1.1", "127.255.255.255", "0.0.0.0", "0.0.0.0.",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0001]", "[0::1]",
    # IPv4 inside IPv6, dotted and in hex: mapped, compatible, translated
    "[::ffff:127.0.0.1]", "[::FFFF:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]",
    "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]",
]  # fmt: skip

INSIDE: Final = [
    # the metadata services of clouds, and of containers
    "169.254.169.254", "169.254.169.254.", "169.254.170.2", "169.254.170.23", "169.254.169.253",
    "[fd00:ec2::254]", "[fd00:ec2::23]", "[fd20:ce::254]", "100.100.100.200", "192.0.0.192",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::a9fe:a9fe]", "[fe80::a9fe:a9fe]",
    # private, carrier-grade NAT, link-local, benchmarking, documentation, reserved, multicast, broadcast
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
    "100.64.0.1", "100.127.255.255", "169.254.0.1", "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1",
    "203.0.113.1", "192.0.0.8", "192.0.0.170", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "0.1.2.3",
    # the same for IPv6: unique local, link-local, site-local, multicast, discard, documentation
    "[fc00::1]", "[fdff::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[100::1]",
    "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[4000::1]",
    # NAT64 by the well-known and the local prefix, 6to4, Teredo: whatever they carry
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::8.8.8.8]", "[64:ff9b:1::7f00:1]",
    "[64:ff9b:1:ffff::10.0.0.1]", "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2002:a9fe:a9fe::1]", "[2002:a00:1::1]",
    "[2002:808:808::1]", "[2001::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:10::1]", "[2001:20::1]",
    "[2001:2::1]", "[::ffff:10.0.0.1]", "[::ffff:192.168.0.1]", "[::ffff:8.8.8.8]",
]  # fmt: skip

DISGUISED: Final = [
    # numbers that some programs read as addresses, and others as names
    "127.1", "127.0.1", "127.0.0.01", "127.00.0.1", "0127.0.0.1", "0177.0.0.1", "0177.0.0.01", "0177.1", "017700000001",
    "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0x7f.1", "0x7f000001", "0X7F000001", "0x7f000001.", "0x", "2130706433",
    "02130706433", "2130706433.", "4294967295", "4294967296", "18446744071562067969", "0", "00", "1", "010.0.0.1",
    "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "2852039166", "0251.0376.0251.0376", "169.254.43518", "169.16689662",
    "256.0.0.1", "127.0.0.256", "127.0.0.1.1", "1.2.3", "999.999.999.999", "hooks.example.1", "hooks.example.0x1",
    "127.0.0.1..", "..127.0.0.1", ".127.0.0.1", "127..0.1",
    # zones, and what is no address between the brackets
    "[fe80::1%eth0]", "[fe80::1%25eth0]", "[::1%1]", "[::1%25lo]", "[2606:2800:220:1::1%eth0]", "[v1.localhost]",
    "[vF.127.0.0.1]",
    # names no name server knows, and what hides in them
    "%31%32%37.0.0.1", "hooks%2eexample", "hooks%00.example", "hooks.example%0d%0aHost", "%6cocalhost", ".", "..",
    "-hooks.example", "hooks-.example", "hooks..example", ".hooks.example", "hooks.example..", "hooks,example",
    "hooks;example", "hooks!example", "hooks'example", "hooks$(id).example", "{hooks}.example", "hooks|example",
    "hooks*example", "*.example", "~hooks.example", "hooks=example", "hooks&example", "hooks+example", "(127.0.0.1)",
    "a" * 64 + ".example", ".".join(["a" * 63] * 4), "a." * 127 + "aa",
]  # fmt: skip

WRITTEN: Final = [
    # no URL of the web, or one that two programs would read differently
    "", "/", "hooks.example", "//hooks.example/", "///hooks.example", "https://", "https:///path",
    "https:hooks.example",
    "https:/", "https://:443/", "https://?x", "https://#x", "https:// /", "https:\\\\hooks.example\\",
    "https:/\\hooks.example",
    "https://hooks.example\\@127.0.0.1/", "https://hooks.example/a\\b", "https://hooks.example\\.127.0.0.1/",
    # other schemes, and what is not quite https
    "ftp://hooks.example/", "file:///etc/passwd", "file://hooks.example/etc/passwd", "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "javascript:alert(1)", "data:text/plain,x",
    "unix:///run/docker.sock",
    "http+unix://%2frun%2fdocker.sock/", "https+unix://hooks.example/", "httpss://hooks.example/",
    "ws://hooks.example/",
    "wss://hooks.example/", "jar:https://hooks.example!/", "view-source:https://hooks.example/",
    "0x68ttps://hooks.example/",
    "\uff48ttps://hooks.example/", "http\u017f://hooks.example/", "ht tps://hooks.example/", "ht\ttps://hooks.example/",
    # CR, LF and everything else that does not print
    "https://hooks.example/\r\nHost: 127.0.0.1", "https://hooks.example/\nX-Injected: 1", "https://hooks.example\r\n/",
    "https://hooks.ex\nample/", "https://hooks.ex\tample/", "https://127.0.\n0.1/", "https://hooks.example/\x00",
    "https://hooks.example\x00.127.0.0.1/", "https://hooks.example/\x7f", "https://hooks.example/\x1b[2J",
    "\x00https://hooks.example/", "\x1fhttps://hooks.example/", "https://hooks.example/\x85",
    "https://hooks.example/\u2028",
    " https://hooks.example/", "https://hooks.example/ ", "https://hooks.example/a b", "https://hooks .example/",
    # letters, digits and dots that some programs take for ASCII
    "https://\uff11\uff12\uff17.0.0.1/", "https://\u2460\u2461\u2466.0.0.1/", "https://127\u30020\u30020\u30021/",
    "https://127\uff0e0\uff0e0\uff0e1/", "https://127.0.0.\u0661/", "https://\u0661\u0662\u0667.0.0.1/",
    "https://\u2488\u2488\u2488\u2488/", "https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/",
    "https://local\u00adhost/", "https://localhos\u200bt/", "https://lo\u017fcalhost/", "https://b\u00fccher.example/",
    "https://hooks.example\uff0f@127.0.0.1/", "https://hooks.example\uff03.127.0.0.1/", "https://hooks.example\u2100/",
    "https://hooks\u3002example/", "https://\u202ehooks.example/",
    # ports
    "https://hooks.example:x/", "https://hooks.example:-1/", "https://hooks.example:65536/",
    "https://hooks.example:99999/",
    "https://hooks.example:443:443/", "https://hooks.example:4_43/", "https://hooks.example:\u0664\u0664\u0663/",
    "https://hooks.example:0x1bb/", "https://hooks.example:443.0/", "https://hooks.example:+443/",
    # brackets
    "https://[::1/", "https://::1]/", "https://::1/", "https://[not-an-address]/", "https://[127.0.0.1]/",
    "https://[]/",
    "https://[::1]x/", "https://x[::1]/", "https://[[::1]]/", "https://[::1].example/", "https://[::ffff:127.0.0.256]/",
    # too much of it
    "https://hooks.example/" + "x" * 2048, "https://" + "a" * 3000 + "/", "https://hooks.example/?" + "x" * 100_000,
]  # fmt: skip

CREDENTIALS: Final = [
    "https://user@hooks.example/", "https://user:password@hooks.example/", "https://:password@hooks.example/",
    "https://@hooks.example/", "https://:@hooks.example/", "https://hooks.example@127.0.0.1/",
    "https://a@b@hooks.example/",
    "https://hooks.example:443@127.0.0.1/", "https://hooks.example%2f@127.0.0.1/",
    "https://127.0.0.1:443@hooks.example/",
    "https://[::1]@hooks.example/", "https://hooks.example@[::1]/", "https://hooks.example&@127.0.0.1/",
]  # fmt: skip

INSECURE: Final = [
    "http://hooks.example/", "http://hooks.example:443/", "http://hooks.example:8443/", "HTTP://hooks.example/",
    "http://127.0.0.1/", "http://127.0.0.1:8080/", "http://localhost/", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/", "http://metadata.google.internal/",
]  # fmt: skip

PORTS: Final = (
    0, 1, 21, 22, 23, 25, 53, 80, 110, 143, 389, 444, 445, 465, 587, 993, 1433, 2049, 2375, 2376, 3306, 3389, 4566,
    5432,
    5985, 6379, 6443, 8080, 8444, 9000, 9001, 9200, 10250, 11211, 27017, 50070, 65535,
)  # fmt: skip

NAMED: Final = [
    # names that mean this machine or its neighbours, whoever answers for them
    ("localhost", ("127.0.0.1",)), ("localhost", ("::1", "127.0.0.1")), ("localhost.", ("127.0.0.1",)),
    ("LOCALHOST", ("127.0.0.1",)), ("localhost.localdomain", ("127.0.0.1",)), ("app.localhost", ("::1",)),
    ("localtest.me", ("127.0.0.1",)), ("127.0.0.1.nip.io", ("127.0.0.1",)), ("7f000001.nip.io", ("127.0.0.1",)),
    ("metadata", ("169.254.169.254",)), ("metadata.google.internal", ("169.254.169.254",)),
    ("instance-data", ("169.254.169.254",)), ("instance-data.ec2.internal", ("169.254.169.254",)),
    ("kubernetes.default.svc", ("10.96.0.1",)), ("host.docker.internal", ("192.168.65.2",)), ("wpad", ("10.0.0.3",)),
    ("router.local", ("192.168.1.1",)), ("intranet", ("10.0.0.80",)), ("db.internal", ("fd12:3456::1",)),
    ("xn--lclhost-hta.example", ("127.0.0.1",)), ("0x7f000001.example", ("127.0.0.1",)),
    ("_dmarc.example", ("10.0.0.1",)),
    # public names with inner addresses, in every family and disguise
    ("hooks.example", ("0.0.0.0",)), ("hooks.example", ("10.0.0.1",)), ("hooks.example", ("100.64.0.1",)),
    ("hooks.example", ("169.254.169.254",)), ("hooks.example", ("255.255.255.255",)),
    ("hooks.example", ("224.0.0.251",)),
    ("hooks.example", ("::ffff:127.0.0.1",)), ("hooks.example", ("::127.0.0.1",)), ("hooks.example", ("fe80::1%eth0",)),
    ("hooks.example", ("fd00:ec2::254",)), ("hooks.example", ("64:ff9b::7f00:1",)),
    ("hooks.example", ("2002:7f00:1::",)),
    ("hooks.example", ("2001:0:1:1:1:1:80ff:fffe",)), ("hooks.example", ("::",)), ("hooks.example", ("ff02::fb",)),
    # one inner address among public ones, wherever it stands
    ("hooks.example", (PUBLIC, "127.0.0.1")), ("hooks.example", ("127.0.0.1", PUBLIC)),
    ("hooks.example", (PUBLIC_6, "::1")), ("hooks.example", (PUBLIC, PUBLIC_6, "169.254.169.254")),
    ("hooks.example", (*(PUBLIC,) * (MAX_ADDRESSES - 1), "10.0.0.1")), ("hooks.example", (PUBLIC, "64:ff9b::a00:1")),
]  # fmt: skip

TABLE: Final[list[Row]] = [
    *((f"https://{host}/hook", (), "address_forbidden") for host in [*LOOPBACK, *INSIDE]),
    *((f"https://{host}/hook", (), "url_host") for host in DISGUISED),
    *((url, (), "url_malformed") for url in WRITTEN),
    *((url, (), "url_userinfo") for url in CREDENTIALS),
    *((url, (), "url_not_https") for url in INSECURE),
    *((f"https://hooks.example:{port}/", (), "url_port") for port in PORTS),
    *((f"https://{host}/hook", answers, "address_forbidden") for host, answers in NAMED),
    ("https://hooks.example/", (PUBLIC,) * (MAX_ADDRESSES + 1), "url_host"),
    ("https://hooks.example/", tuple(f"93.184.{n // 256}.{n % 256}" for n in range(4000)), "url_host"),
]


def test_the_list_is_long() -> None:
    assert len(TABLE) == len({(url, answers) for url, answers, _ in TABLE}) > 300


@pytest.mark.parametrize(("url", "answers", "code"), TABLE, ids=[f"{n}-{row[2]}" for n, row in enumerate(TABLE)])
def test_it_leads_nowhere(url: str, answers: tuple[str, ...], code: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return answers

    with pytest.raises(Rejected) as caught:
        EgressGuard(allow_loopback=False, resolve=resolve).check(url)

    assert caught.value.code == code, url
    assert caught.value.path == "/url"
    assert len(asked) == (1 if answers else 0)


@pytest.mark.parametrize("host", [*LOOPBACK, *INSIDE, *DISGUISED])
def test_nothing_inside_but_loopback_is_let_through_even_on_a_laptop(host: str) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise AssertionError("an address or a number needs nobody to look it up")

    local = EgressGuard(allow_loopback=True, resolve=resolve)
    try:
        target = local.check(f"http://{host}:8080/hook")
    except Rejected:
        return

    assert target.address in {"127.0.0.1", "127.0.0.2", "127.1.1.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}
