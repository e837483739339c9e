from __future__ import annotations

import json
from typing import Any

import pytest

from parley.conversation import arrivals
from parley.conversation.arrivals import Arrival, upload_key


def s3_event(key: str) -> str:
    detail: dict[str, Any] = {
        "version": "0",
        "bucket": {"name": "parley-bucket"},
        "object": {
            "key": key,
            "size": 5,
            "etag": "b1946ac92492d2347c6235b4d2611184",
            "sequencer": "0062E99A88DC407460",
        },
        "reason": "PutObject",
    }
    return json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})


def scan_result(key: str, verdict: str) -> str:
    detail = {
        "schemaVersion": "1.0",
        "scanStatus": "COMPLETED",
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {"bucketName": "parley-bucket", "objectKey": key, "eTag": "b1946a", "versionId": "null"},
        "scanResultDetails": {"scanResultStatus": verdict, "threats": None},
    }
    kind = "GuardDuty Malware Protection Object Scan Result"
    return json.dumps({"source": "aws.guardduty", "detail-type": kind, "detail": detail})


def test_a_file_in_the_bucket_is_told_by_its_key() -> None:
    assert arrivals.read(s3_event(upload_key("b1", "a1"))) == Arrival("b1", "a1")


@pytest.mark.parametrize("verdict", ["NO_THREATS_FOUND", "THREATS_FOUND"])
def test_a_scan_result_brings_its_verdict(verdict: str) -> None:
    assert arrivals.read(scan_result(upload_key("b1", "a1"), verdict)) == Arrival("b1", "a1", verdict)


@pytest.mark.parametrize(
    "key", ["payloads/b1/m1.json", "uploads/b1", "uploads/b1/a1/more", "uploads//a1", "uploads/b1/"]
)
def test_another_object_is_nobodys_upload(key: str) -> None:
    assert arrivals.read(s3_event(key)) is None


@pytest.mark.parametrize("arrival", [Arrival("b1", "a1"), Arrival("b1", "a1", "NO_THREATS_FOUND")])
def test_our_own_note_comes_back_as_it_was_written(arrival: Arrival) -> None:
    assert arrivals.read(arrivals.write(arrival)) == arrival


@pytest.mark.parametrize("text", ["", "[]", '{"x": 1}', '{"detail": {}}', '{"source": "aws.guardduty", "detail": {}}'])
def test_what_is_no_note_is_not_guessed_at(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        arrivals.read(text)
