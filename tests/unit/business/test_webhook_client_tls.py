"""Over TLS the name is checked although the address is dialled."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parley.business.egress import EgressGuard
from parley.business.webhook_client import WebhookAnswer, WebhookClient
from tests.support.http_server import LocalServer, reply, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NAME = "hooks.example.test"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for NAME that only those trust who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def post(server: LocalServer, host: str = NAME) -> WebhookAnswer:
    guard = EgressGuard(allow_loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    return WebhookClient(guard).post(f"https://{host}:{server.port}/hook", body=b"{}", headers={})


def test_a_trusted_certificate_for_the_name_is_taken(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server)

    assert answer.ok
    assert server.requests[0].headers["host"] == f"{NAME}:{server.port}"


@pytest.mark.parametrize("host", ["other.example.test", "127.0.0.1", "example.test"])
def test_a_trusted_certificate_for_another_name_is_not(
    host: str, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server, host)

    assert (answer.status, answer.reason) == (0, "connection_failed")
    assert server.requests == []


def test_an_untrusted_certificate_is_not(certificate: tuple[Path, Path]) -> None:
    with serving(reply("200 OK"), certificate=certificate) as server:
        answer = post(server)

    assert (answer.status, answer.reason) == (0, "connection_failed")
    assert server.requests == []
