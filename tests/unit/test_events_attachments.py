"""The events about files go through the functions they are for, and do there what the README says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from functions.attachments import api, uploads
from functions.renditions import app as renditions
from local import events
from parley.conversation import attachments as parts
from parley.conversation.attachments import Attachment, PartState
from parley.conversation.records import Direction
from parley.runtime import compose
from parley.services.open_upload import OpenUpload
from parley.services.read_attachment import ReadAttachment
from parley.services.render import Render
from parley.services.upload import Outcome
from tests.support import pictures
from tests.support.clock import Clock
from tests.support.memory_attachments import MemoryAttachments, MemoryObjects
from tests.unit.services.test_attachments_api_services import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.conversation.arrivals import Arrival

CONTEXT: Any = SimpleNamespace(aws_request_id="request", get_remaining_time_in_millis=lambda: 900_000)


@dataclass
class Desk:
    clock: Clock = field(default_factory=Clock)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    arrived: list[Arrival] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attachments = MemoryAttachments(self.clock)

    def upload(self, arrival: Arrival, *, deadline: float) -> Outcome:
        assert deadline > 0
        self.arrived.append(arrival)
        return Outcome("ready", arrival.attachment_id)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk, signer = Desk(), Uploads()
    open_upload = OpenUpload(
        attachments=desk.attachments,
        uploads=signer,  # type: ignore[arg-type]
        clock=desk.clock,
        new_id=lambda: "id",
    )
    read_attachment = ReadAttachment(
        attachments=desk.attachments,
        downloads=signer,
        uploads=signer,  # type: ignore[arg-type]
        scanned=False,
        clock=desk.clock,
    )
    render = Render(objects=desk.objects)
    wired: dict[str, Callable[[], object]] = {
        "open_upload": lambda: open_upload,
        "read_attachment": lambda: read_attachment,
        "upload": lambda: desk.upload,
        "render": lambda: render,
    }
    for name, made in wired.items():
        monkeypatch.setattr(compose, name, made)
    return desk


def known(desk: Desk) -> Attachment:
    made = Attachment(
        id=events.SAMPLE.message_id,
        business_id=events.SAMPLE.business_id,
        direction=Direction.OUTBOUND,
        state=PartState.READY,
        created_at=desk.clock(),
        s3_key="attachments/x",
    )
    desk.attachments.put(made)
    return made


def run(handler: Callable[[dict[str, Any], Any], Any], name: str) -> Any:
    return handler(events.event(name, now=0), CONTEXT)


def test_a_file_is_announced_once(desk: Desk) -> None:
    first, again = run(api.handler, "attachments-api/create"), run(api.handler, "attachments-api/create")

    assert (first["statusCode"], again["statusCode"]) == (201, 201)
    assert json.loads(first["body"])["id"] == json.loads(again["body"])["id"]
    assert json.loads(first["body"])["upload"]["headers"]["Content-Length"] == "48231"


@pytest.mark.parametrize(("case", "status"), [("get", 200), ("content", 302)])
def test_a_file_is_shown_and_downloaded_or_unknown(desk: Desk, case: str, status: int) -> None:
    assert run(api.handler, f"attachments-api/{case}")["statusCode"] == 404

    known(desk)

    assert run(api.handler, f"attachments-api/{case}")["statusCode"] == status


def test_a_file_on_its_way_is_asked_for_again_later(desk: Desk) -> None:
    made = known(desk)
    desk.attachments.items[made.business_id, made.id] = replace(made, state=PartState.PROCESSING)

    assert run(api.handler, "attachments-api/content")["statusCode"] == 202


@pytest.mark.parametrize(("case", "verdict"), [("object-created", None), ("scan-result", "THREATS_FOUND")])
def test_a_file_in_the_bucket_is_handed_to_the_worker(desk: Desk, case: str, verdict: str | None) -> None:
    assert run(uploads.handler, f"uploads/{case}") == {"batchItemFailures": []}

    (arrival,) = desk.arrived
    assert (arrival.business_id, arrival.attachment_id) == (events.SAMPLE.business_id, events.SAMPLE.message_id)
    assert arrival.verdict == verdict


def test_a_heic_picture_is_made_a_jpeg(desk: Desk) -> None:
    names = (events.SAMPLE.business_id, events.SAMPLE.message_id)
    run(renditions.handler, "renditions/object-created")
    assert desk.objects.objects == {}

    desk.objects.put(parts.object_key(*names), pictures.written(pictures.plain(8, 8), "HEIF"), content_type="x/y")
    run(renditions.handler, "renditions/object-created")

    assert desk.objects.objects[parts.rendition_key(*names)][0].startswith(b"\xff\xd8")
