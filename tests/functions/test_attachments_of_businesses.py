"""Files of a business, through the deployed functions: announced, uploaded to the local Apple gateway, downloaded."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import functions.attachments.api
import functions.attachments.uploads
import functions.renditions.app
from local.gateway import attachment_cipher
from local.gateway.app import create_app
from local.gateway.config import Config
from local.gateway.gateway import Gateway
from parley.business import renditions
from parley.business.operations.attachments import AttachmentView
from parley.conversation.arrivals import upload_key
from parley.conversation.attachments import object_key, rendition_key, wanted_key
from parley.errors import ParleyError
from parley.runtime import compose
from tests.functions.conftest import Context
from tests.support import apple_requests as apple
from tests.support import pictures
from tests.support.callers import caller
from tests.support.cloud import BUCKET
from tests.unit.local.running import call, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.cloud import Cloud
    from tests.support.fixtures import Logged

REASONS = {"apple_unavailable", "store_expired", "store_status", "store_cut", "checksum_mismatch"}
CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 2000


@dataclass
class Desk:
    """The functions for files, with moto for AWS and the local gateway for Apple."""

    cloud: Cloud
    gateway: Gateway
    gateway_url: str
    context: Any = field(default_factory=Context)

    def ask(self, method: str, resource: str, *, business: str = apple.BUSINESS, **fields: Any) -> Any:
        query = fields.get("query") or {}
        event = {
            "httpMethod": method,
            "resource": resource,
            "headers": fields.get("headers") or {},
            "body": json.dumps(fields.get("body")) if "body" in fields else None,
            "isBase64Encoded": False,
            "pathParameters": {"id": fields["id"]} if "id" in fields else None,
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
            "requestContext": {"authorizer": caller(business)},
        }
        return functions.attachments.api.handler(event, self.context)

    def announce(self, content: bytes = CONTENT, **fields: Any) -> dict[str, Any]:
        body = {"name": "receipt.pdf", "size": len(content), **fields}
        answer = self.ask("POST", "/v1/attachments", body=body)
        assert answer["statusCode"] == 201, answer
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    def keys(self, prefix: str) -> list[str]:
        """What lies in the bucket below it."""
        found = self.cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def upload(self, attachment_id: str, content: bytes = CONTENT) -> None:
        """What S3 and EventBridge do with a PUT."""
        key = upload_key(apple.BUSINESS, attachment_id)
        self.cloud.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        detail = {"bucket": {"name": BUCKET}, "object": {"key": key, "size": len(content)}}
        self.note({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})

    def note(self, body: dict[str, Any]) -> None:
        self.cloud.sqs.send_message(QueueUrl=self.cloud.queue_urls["UPLOADS_QUEUE_URL"], MessageBody=json.dumps(body))

    def work(self) -> Any:
        return self.cloud.pump("UPLOADS_QUEUE_URL", functions.attachments.uploads.handler, self.context)

    def show(self, attachment_id: str, **fields: Any) -> dict[str, Any]:
        answer = self.ask("GET", "/v1/attachments/{id}", id=attachment_id, **fields)
        assert answer["statusCode"] == 200, answer
        shown: dict[str, Any] = json.loads(answer["body"])
        return shown

    def content(self, attachment_id: str, **fields: Any) -> Any:
        return self.ask("GET", "/v1/attachments/{id}/content", id=attachment_id, **fields)

    def fault(self, **order: Any) -> None:
        assert call("POST", f"{self.gateway_url}/control/faults", order).status == 201

    def ready(self, content: bytes = CONTENT, **fields: Any) -> str:
        made = self.announce(content, **fields)
        self.upload(made["id"], content)
        self.work()
        return str(made["id"])


@pytest.fixture
def desk(cloud: Cloud, fresh_composition: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    config = Config(msp_id=apple.MSP_ID, secrets=[apple.SECRET], businesses=[apple.BUSINESS])
    gateway = Gateway(config, tmp_path)
    with serving(create_app(gateway)) as url:
        for name, value in {**cloud.environment, "APPLE_GATEWAY_URL": f"{url}/v1"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield Desk(cloud, gateway, url)


def test_a_file_is_announced_uploaded_brought_to_apple_and_shown(desk: Desk) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    made = desk.announce(name="../Größe.pdf", content_type="application/pdf", sha256=sha256)
    assert (made["state"], made["direction"], made["name"]) == ("awaiting_upload", "outbound", "Größe.pdf")
    assert made["upload"]["method"] == "PUT"
    assert desk.content(made["id"])["statusCode"] == 202

    desk.upload(made["id"])
    answer = desk.work()

    assert answer == {"batchItemFailures": []}
    shown = desk.show(made["id"])
    AttachmentView.model_validate(shown)
    assert (shown["state"], shown["content_type"], shown["size"]) == ("ready", "application/pdf", len(CONTENT))
    assert shown["sha256"] == sha256
    assert "upload" not in shown
    assert desk.cloud.objects() == [object_key(apple.BUSINESS, made["id"])]
    kept = desk.cloud.s3.get_object(Bucket=BUCKET, Key=object_key(apple.BUSINESS, made["id"]))["Body"].read()
    assert kept == CONTENT


def test_what_apple_has_is_opened_by_the_sealed_key_alone(desk: Desk) -> None:
    attachment_id = desk.ready()

    stored = compose.attachments().get(apple.BUSINESS, attachment_id)

    assert stored is not None
    mmcs, sealed = (stored.mmcs or {}), stored.sealed_key or ""
    blob = desk.gateway.store.find(owner=mmcs["owner"], url=mmcs["url"])
    assert blob is not None
    assert blob.signature_base64 == mmcs["signature-base64"]
    key = compose.seals().open(sealed, business_id=apple.BUSINESS, attachment_id=attachment_id)
    encrypted = desk.gateway.store.blob(blob).read_bytes()
    assert encrypted != CONTENT
    assert attachment_cipher.apply("00" + key.hex(), encrypted) == CONTENT
    item = json.dumps([item for item in desk.cloud.items() if item["pk"]["S"].startswith("ATT#")])
    assert key.hex() not in item.lower()


def test_a_sealed_key_opens_for_its_own_attachment_only(desk: Desk) -> None:
    sealed = compose.seals().seal(bytes(32), business_id="b", attachment_id="a")

    for business_id, attachment_id in (("b", "x"), ("x", "a")):
        with pytest.raises(ParleyError):
            compose.seals().open(sealed, business_id=business_id, attachment_id=attachment_id)


def test_a_download_is_a_redirect_to_a_url_that_saves_the_file(desk: Desk) -> None:
    attachment_id = desk.ready(name="写真 <1>.html")

    answer = desk.content(attachment_id)

    assert answer["statusCode"] == 302
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["headers"]["Cache-Control"] == "no-store"
    url = urlsplit(answer["headers"]["Location"])
    query = parse_qs(url.query)
    assert unquote(url.path).endswith(object_key(apple.BUSINESS, attachment_id))
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-type"] == ["application/pdf"]
    (disposition,) = query["response-content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert unquote(disposition.rpartition("''")[2]) == "写真 _1_.html"
    shown = urlsplit(desk.show(attachment_id)["download_url"])
    assert (shown.path, parse_qs(shown.query)["X-Amz-Expires"]) == (url.path, ["300"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "a"}, "/size"),
        ({"name": "a", "size": 0}, "/size"),
        ({"name": "a", "size": 104_857_601}, "/size"),
        ({"name": "a", "size": "5"}, "/size"),
        ({"name": "a", "size": 1.5}, "/size"),
        ({"name": "", "size": 5}, "/name"),
        ({"name": "x" * 1025, "size": 5}, "/name"),
        ({"size": 5}, "/name"),
        ({"name": "a", "size": 5, "content_type": "pdf"}, "/content_type"),
        ({"name": "a", "size": 5, "content_type": "a/b\r\nx: y"}, "/content_type"),
        ({"name": "a", "size": 5, "sha256": "00"}, "/sha256"),
        ({"name": "a", "size": 5, "upload": "ftp"}, "/upload"),
        ({"name": "a", "size": 5, "key": "x"}, "/key"),
    ],
)
def test_what_cannot_be_announced_is_told_by_its_path(desk: Desk, body: dict[str, Any], path: str) -> None:
    answer = desk.ask("POST", "/v1/attachments", body=body)

    assert answer["statusCode"] == 422
    assert [fault["path"] for fault in json.loads(answer["body"])["errors"]] == [path]
    assert desk.cloud.item_keys("ATT#") == []


@pytest.mark.parametrize("size", [1, 104_857_600])
def test_the_smallest_and_the_largest_file_are_taken(desk: Desk, size: int) -> None:
    assert desk.ask("POST", "/v1/attachments", body={"name": "a", "size": size})["statusCode"] == 201


def test_a_browser_gets_a_form_with_its_exact_bounds(desk: Desk) -> None:
    upload = desk.announce(upload="form")["upload"]

    assert upload["method"] == "POST"
    assert upload["fields"]["key"].startswith(f"uploads/{apple.BUSINESS}/")
    assert "headers" not in upload


def test_the_same_call_twice_makes_one_file(desk: Desk) -> None:
    body, headers = {"name": "a.pdf", "size": 5}, {"Idempotency-Key": "k1"}
    first = desk.ask("POST", "/v1/attachments", body=body, headers=headers)
    again = desk.ask("POST", "/v1/attachments", body=body, headers=headers)
    other = desk.ask("POST", "/v1/attachments", body={**body, "size": 6}, headers=headers)

    assert json.loads(first["body"])["id"] == json.loads(again["body"])["id"]
    assert ("Idempotent-Replayed" in first["headers"], "Idempotent-Replayed" in again["headers"]) == (False, True)
    assert (first["statusCode"], again["statusCode"], other["statusCode"]) == (201, 201, 409)
    assert len(desk.cloud.item_keys("ATT#")) == 1


@pytest.mark.parametrize("key", ["", "ü", "x" * 256])
def test_a_malformed_idempotency_key_is_refused(desk: Desk, key: str) -> None:
    answer = desk.ask("POST", "/v1/attachments", body={"name": "a", "size": 1}, headers={"Idempotency-Key": key})

    assert answer["statusCode"] == 400


@pytest.mark.parametrize("resource", ["/v1/attachments/{id}", "/v1/attachments/{id}/content"])
def test_another_businesss_file_is_as_unknown_as_none(desk: Desk, resource: str) -> None:
    attachment_id = desk.ready()

    asked = [
        desk.ask("GET", resource, id=attachment_id, business=apple.OTHER_BUSINESS),
        desk.ask("GET", resource, id="nothing"),
        desk.ask("GET", resource, id="x" * 5000),
    ]

    assert [answer["statusCode"] for answer in asked] == [404, 404, 404]
    assert {json.loads(answer["body"])["code"] for answer in asked} == {"attachment_unknown"}


def test_the_same_event_twice_uploads_once(desk: Desk) -> None:
    made = desk.announce()
    desk.upload(made["id"])
    desk.upload(made["id"])

    desk.work()
    desk.work()

    assert desk.show(made["id"])["state"] == "ready"
    posts = call("GET", f"{desk.gateway_url}/control/posts").json["posts"]
    assert [post["path"] for post in posts] == ["/v1/preUpload", "/mmcs/upload"]


@pytest.mark.parametrize(
    "order",
    [
        {"path": "/v1/preUpload", "status": 503},
        {"path": "/v1/preUpload", "drop": "before"},
        {"path": "/v1/preUpload", "url_seconds": 0},
        {"path": "/mmcs/upload", "status": 500},
        {"path": "/mmcs/upload", "drop": "before"},
        {"path": "/mmcs/upload", "drop": "after"},
        {"path": "/mmcs/upload", "cut_after": 100_000},
        {"path": "/mmcs/upload", "corrupt_at": 17},
    ],
    ids=str,
)
@pytest.mark.parametrize("times", [2, 0])
def test_every_fault_of_apples_ends_well_or_with_a_reason(
    desk: Desk, order: dict[str, Any], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.conversation.schedule.SEND_WAITS", (0.0,) * 6)
    desk.fault(**order, times=times)
    made = desk.announce()
    desk.upload(made["id"])

    while desk.work() is not None:
        pass

    shown = desk.show(made["id"])
    if times:
        assert shown["state"] == "ready"
    else:
        assert shown["state"] == "failed"
        assert shown["reason"] in REASONS
        gone = desk.content(made["id"])
        assert (gone["statusCode"], json.loads(gone["body"])["code"]) == (410, "content_gone")


def test_a_refusal_of_apples_is_final(desk: Desk) -> None:
    desk.fault(path="/v1/preUpload", status=400)

    shown = desk.show(desk.ready())

    assert (shown["state"], shown["reason"]) == ("failed", "apple_refused")


def test_a_file_that_has_to_wait_comes_back_when_it_is_due(desk: Desk, logged: Logged) -> None:
    desk.fault(path="/v1/preUpload", status=503, times=3)
    made = desk.announce()
    desk.upload(made["id"])

    answer = desk.work()

    assert len(answer["batchItemFailures"]) == 1
    assert desk.show(made["id"])["state"] == "processing"
    (waiting,) = (line for line in logged.lines() if line["message"] == "upload_waits")
    assert (waiting["error"], waiting["after"]) == ("Apple answers 503", 1.0)


def test_a_note_about_another_object_is_passed_over(desk: Desk) -> None:
    desk.note({"source": "aws.s3", "detail": {"object": {"key": "payloads/x/y.json"}}})

    assert desk.work() == {"batchItemFailures": []}


def test_a_scanned_installation_hands_out_what_is_clean(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALWARE_SCAN", "guardduty")
    attachment_id = desk.ready()
    states = [desk.show(attachment_id)["state"]]
    statuses = [desk.content(attachment_id)["statusCode"]]

    for verdict in ("NO_THREATS_FOUND", "THREATS_FOUND"):
        desk.cloud.s3.put_object_tagging(
            Bucket=BUCKET,
            Key=object_key(apple.BUSINESS, attachment_id),
            Tagging={"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": verdict}]},
        )
        states.append(desk.show(attachment_id)["state"])
        statuses.append(desk.content(attachment_id)["statusCode"])

    assert states == ["scanning", "ready", "quarantined"]
    assert statuses == [202, 302, 410]


def test_a_heic_picture_can_be_had_as_jpeg(desk: Desk) -> None:
    attachment_id = desk.ready(pictures.written(pictures.halves(32, 24), "HEIF"), name="IMG_1.HEIC")
    names = (apple.BUSINESS, attachment_id)
    early = desk.content(attachment_id, query={"rendition": "jpeg"})

    (wanted,) = desk.keys("wanted/")
    functions.renditions.app.handler({"detail": {"object": {"key": wanted}}}, desk.context)
    assert desk.keys("wanted/") == []

    late = desk.content(attachment_id, query={"rendition": "jpeg"})
    assert (early["statusCode"], early["headers"]["Retry-After"]) == (202, "2")
    assert late["statusCode"] == 302
    assert rendition_key(*names) in unquote(late["headers"]["Location"])
    jpeg = desk.cloud.s3.get_object(Bucket=BUCKET, Key=rendition_key(*names))["Body"].read()
    assert pictures.opened(jpeg).format == "JPEG"


def test_no_jpeg_is_left_of_a_picture_that_is_forgotten_while_it_is_drawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment_id = desk.ready(pictures.written(pictures.halves(32, 24), "HEIF"), name="IMG_1.HEIC")
    names = (apple.BUSINESS, attachment_id)
    draw = renditions.jpeg

    def forgotten(content: bytes) -> bytes:
        desk.cloud.s3.delete_object(Bucket=BUCKET, Key=object_key(*names))
        return draw(content)

    monkeypatch.setattr(renditions, "jpeg", forgotten)

    functions.renditions.app.handler({"detail": {"object": {"key": wanted_key(*names)}}}, desk.context)

    assert desk.keys("renditions/") == desk.keys("wanted/") == []


@pytest.mark.parametrize(("query", "path"), [({"rendition": "m4a"}, "?rendition"), ({"size": "1"}, "?size")])
def test_another_rendition_is_refused(desk: Desk, query: dict[str, str], path: str) -> None:
    answer = desk.content(desk.announce()["id"], query=query)

    assert answer["statusCode"] == 422
    assert [fault["path"] for fault in json.loads(answer["body"])["errors"]] == [path]


def test_no_key_no_url_and_no_byte_of_a_file_is_logged(desk: Desk, logged: Logged) -> None:
    attachment_id = desk.ready(b"canary-content-" * 1000, name="canary-name.txt")
    desk.content(attachment_id)
    stored = compose.attachments().get(apple.BUSINESS, attachment_id)
    assert stored is not None

    said = logged.everything()

    assert "announced" in said
    assert "upload" in said
    for secret in ("canary", "X-Amz-Signature", (stored.mmcs or {})["owner"], (stored.mmcs or {})["url"]):
        assert secret not in said


def test_our_own_faults_keep_their_words(desk: Desk, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("canary")

    monkeypatch.setattr(compose, "open_upload", broken)

    answer = desk.ask("POST", "/v1/attachments", body={"name": "a", "size": 1})

    assert answer["statusCode"] == 500
    assert "canary" not in logged.everything() + answer["body"]


def test_the_api_loads_neither_ciphers_nor_pictures() -> None:
    code = (
        "import sys, functions.attachments.api\n"
        "from parley.runtime import compose\n"
        "compose.open_upload(), compose.read_attachment()\n"
        "print([name for name in ('cryptography', 'PIL', 'boto3', 'parley.apple.mmcs') if name in sys.modules])\n"
    )
    told = {"TABLE_NAME": "t", "BUCKET_NAME": "b", "RETENTION_DAYS": "1", "MALWARE_SCAN": "off"}
    env = os.environ | told | {"AWS_DEFAULT_REGION": "us-east-1"}

    loaded = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"
