"""Keys of attachments under a key of KMS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from parley.errors import Fatal, Retryable
from parley.storage.seals import KmsSeals

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

    from tests.support.cloud import Cloud

KEY = bytes(range(32))
WHERE = {"business_id": "b1", "attachment_id": "a1"}


@pytest.fixture
def kms(cloud: Cloud) -> KMSClient:
    client: KMSClient = boto3.client("kms", region_name="us-east-1")
    return client


@pytest.fixture
def seals(kms: KMSClient) -> KmsSeals:
    key_id = kms.create_key()["KeyMetadata"]["Arn"]
    return KmsSeals(lambda: kms, key_id=key_id)


def test_a_sealed_key_opens_where_it_belongs(seals: KmsSeals) -> None:
    sealed = seals.seal(KEY, **WHERE)

    assert seals.open(sealed, **WHERE) == KEY
    assert KEY.hex() not in sealed
    assert sealed.isascii()


@pytest.mark.parametrize("elsewhere", [{"business_id": "b2"}, {"attachment_id": "a2"}])
def test_it_does_not_open_elsewhere(seals: KmsSeals, elsewhere: dict[str, str]) -> None:
    sealed = seals.seal(KEY, **WHERE)

    with pytest.raises(Fatal):
        seals.open(sealed, **WHERE | elsewhere)


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!"])
def test_what_was_never_sealed_does_not_open(seals: KmsSeals, sealed: str) -> None:
    with pytest.raises(Fatal):
        seals.open(sealed, **WHERE)


def test_a_key_service_that_is_away_may_come_back() -> None:
    class Away:
        def encrypt(self, **_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://kms")

        decrypt = encrypt

    away: Any = Away()
    seals = KmsSeals(lambda: away, key_id="k")
    for step in (lambda: seals.seal(KEY, **WHERE), lambda: seals.open("AAAA", **WHERE)):
        with pytest.raises(Retryable):
            step()
