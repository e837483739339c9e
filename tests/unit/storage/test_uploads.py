"""Signed uploads, our own copy, and the scanner's tag."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from parley.errors import Fatal, NotFound, Retryable
from parley.storage.uploads import S3Uploads
from tests.support.cloud import BUCKET

if TYPE_CHECKING:
    from tests.support.cloud import Cloud


@pytest.fixture
def uploads(cloud: Cloud) -> S3Uploads:
    """Signs as the deployed function does."""
    signer = botocore.session.get_session().create_client(
        "s3",
        region_name="eu-central-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    return S3Uploads(lambda: signer, bucket=BUCKET)  # type: ignore[arg-type, return-value]


@pytest.fixture
def stored(cloud: Cloud) -> S3Uploads:
    return S3Uploads(lambda: cloud.s3, bucket=BUCKET)


def test_a_put_is_signed_for_its_length_and_type_in_the_buckets_own_region(uploads: S3Uploads) -> None:
    url, headers = uploads.put_url("uploads/b/a", size=12, content_type="image/png", seconds=900)

    parts = urlsplit(url)
    signed = parse_qs(parts.query)
    assert (parts.netloc, parts.path) == (f"{BUCKET}.s3.eu-central-1.amazonaws.com", "/uploads/b/a")
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert signed["X-Amz-Expires"] == ["900"]
    assert headers == {"Content-Length": "12", "Content-Type": "image/png"}


def test_a_form_is_good_for_one_key_one_type_and_one_length(uploads: S3Uploads) -> None:
    url, fields = uploads.form("uploads/b/a", size=12, content_type="image/png", seconds=900)

    policy = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert url == f"https://{BUCKET}.s3.eu-central-1.amazonaws.com/"
    assert ["content-length-range", 12, 12] in policy
    assert {"key": "uploads/b/a"} in policy
    assert {"Content-Type": "image/png"} in policy
    assert {"bucket": BUCKET} in policy
    assert (fields["key"], fields["Content-Type"]) == ("uploads/b/a", "image/png")


def test_a_copy_is_an_object_of_its_own(cloud: Cloud, stored: S3Uploads) -> None:
    cloud.s3.put_object(Bucket=BUCKET, Key="uploads/b/a", Body=b"one", ContentType="text/html", Metadata={"x": "y"})

    stored.copy("uploads/b/a", "attachments/b/a")
    cloud.s3.put_object(Bucket=BUCKET, Key="uploads/b/a", Body=b"two")

    copy = cloud.s3.get_object(Bucket=BUCKET, Key="attachments/b/a")
    assert (copy["Body"].read(), copy["ContentType"], copy["Metadata"]) == (b"one", "application/octet-stream", {})


def test_a_copy_of_nothing_is_told(stored: S3Uploads) -> None:
    with pytest.raises(NotFound):
        stored.copy("uploads/b/a", "attachments/b/a")


def test_an_object_is_found_with_its_size_or_not_at_all(cloud: Cloud, stored: S3Uploads) -> None:
    cloud.s3.put_object(Bucket=BUCKET, Key="renditions/b/a.jpg", Body=b"12345")

    assert stored.find("renditions/b/a.jpg") == 5
    assert stored.find("renditions/b/b.jpg") is None


class Refusing:
    """An S3 that says no in a way of its own."""

    def __init__(self, code: str) -> None:
        self._code = code

    def head_object(self, **_: str) -> None:
        raise ClientError({"Error": {"Code": self._code}}, "HeadObject")

    copy_object = head_object


def test_without_the_right_to_list_a_missing_object_looks_forbidden() -> None:
    assert S3Uploads(lambda: Refusing("403"), bucket=BUCKET).find("k") is None  # type: ignore[arg-type, return-value]


def test_other_refusals_are_not_taken_for_absence() -> None:
    with pytest.raises(Retryable):
        S3Uploads(lambda: Refusing("500"), bucket=BUCKET).find("k")  # type: ignore[arg-type, return-value]
    with pytest.raises(Fatal):
        S3Uploads(lambda: Refusing("AccessDenied"), bucket=BUCKET).copy("a", "b")  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("verdict", ["NO_THREATS_FOUND", "THREATS_FOUND"])
def test_the_scanners_verdict_is_a_tag(cloud: Cloud, stored: S3Uploads, verdict: str) -> None:
    cloud.s3.put_object(Bucket=BUCKET, Key="attachments/b/a", Body=b"1")
    assert stored.verdict("attachments/b/a") is None

    tags = [{"Key": "other", "Value": "x"}, {"Key": "GuardDutyMalwareScanStatus", "Value": verdict}]
    cloud.s3.put_object_tagging(Bucket=BUCKET, Key="attachments/b/a", Tagging={"TagSet": tags})  # type: ignore[typeddict-item]

    assert stored.verdict("attachments/b/a") == verdict
