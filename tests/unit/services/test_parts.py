"""References to large content, and what a webhook says of a message's parts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from parley.conversation.attachments import attachment_id
from parley.conversation.events import Event, Kind
from tests.support import apple_requests as apple
from tests.support.apple_store import answer, corrupted, cut, expired, slow, too_long, too_short
from tests.unit.services.transferring import CONVERSATION, Office

PLAIN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
TOLD = Event(Kind.PARTS, apple.BUSINESS, CONVERSATION, "m1")


@pytest.fixture
def office() -> Office:
    return Office()


TROUBLES = [expired, cut, corrupted, too_short, too_long, slow]


# --- references --------------------------------------------------------------------------------

CONTENT = {"bid": "b", "data": {"replyMessage": {"title": "Größe"}}}


def reference(office: Office, **changed: Any) -> Any:
    return office.receive(
        kind="interactive", interactiveDataRef=office.apple.put(b"plist", bid="b", title="Medium", **changed)
    )


def test_a_reference_is_decoded_and_its_content_kept(office: Office) -> None:
    office.apple.decoded = [CONTENT]

    (outcome,) = office.run(reference(office))

    assert outcome.result == "ready"
    assert office.apple.posted == [(b"plist", "b")]
    assert json.loads(office.stored(-1) or b"") == CONTENT
    arrived = office.arrived()
    assert arrived.settled
    assert arrived.content == CONTENT
    assert arrived.attachments == []
    assert office.events.sent == [TOLD]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_reference_apple_does_not_decode_yields_its_title(office: Office, status: int) -> None:
    office.apple.decoded = [answer(status)]

    office.settle(reference(office))

    arrived = office.arrived()
    assert arrived.content is None
    assert arrived.reference == {
        "id": attachment_id(apple.BUSINESS, "m1", -1),
        "status": "failed",
        "reason": "decode_refused",
        "title": "Medium",
    }


def test_a_decoder_that_is_away_is_asked_again_with_a_new_download(office: Office) -> None:
    office.apple.decoded = [answer(503), CONTENT]

    outcomes = office.run(reference(office))

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]
    assert len(office.apple.asked) == 2


def test_a_reference_larger_than_any_content_is_not_fetched(office: Office) -> None:
    (outcome,) = office.run(reference(office, size=9 * 1024 * 1024))

    assert (outcome.result, outcome.reason) == ("failed", "too_large")
    assert office.arrived().reference is not None


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_reference_survives_the_same_troubles(office: Office, trouble: Any) -> None:
    office.apple.decoded = [CONTENT]
    office.apple.troubles = [trouble]

    outcomes = office.run(reference(office))

    assert [outcome.result for outcome in outcomes] == ["later", "ready"]


# --- what a webhook says -----------------------------------------------------------------------


def test_until_it_settles_a_part_is_pending(office: Office) -> None:
    files = [office.apple.put(PLAIN, name="a.png"), office.apple.put(b"second", name=None, key=None)]
    note = office.receive(attachments=files)
    first, second = (attachment_id(apple.BUSINESS, "m1", place) for place in range(2))

    before = office.arrived()
    office.run(note)
    after = office.arrived()

    assert not before.settled
    assert before.pending == [first, second]
    assert before.attachments[0] == {
        "id": first,
        "name": "a.png",
        "mime_type": "image/png",
        "size": len(PLAIN),
        "status": "pending",
    }
    assert after.settled
    assert after.pending == []
    assert after.attachments == [
        before.attachments[0]
        | {"status": "ready", "content_type": "image/png", "sha256": hashlib.sha256(PLAIN).hexdigest()},
        {
            "id": second,
            "name": "attachment-2",
            "mime_type": "image/png",
            "size": 6,
            "status": "failed",
            "reason": "description_incomplete",
        },
    ]


def test_a_message_without_parts_asks_nobody(office: Office) -> None:
    office.receive()
    office.parts = type(office.parts)(attachments=None, objects=None)  # type: ignore[arg-type]

    assert office.arrived().settled


def test_content_that_is_gone_is_none(office: Office) -> None:
    office.apple.decoded = [CONTENT]
    office.run(reference(office))
    office.objects.objects.clear()

    assert office.arrived().content is None


def test_nothing_that_opens_apples_copy_is_shown(office: Office) -> None:
    file = office.apple.put(PLAIN)
    office.run(office.receive(attachments=[file]))

    shown = json.dumps(office.arrived().attachments) + repr(office.part()) + repr(office.arrived())
    assert not any(str(file[name]) in shown for name in ("key", "url", "signature"))
    assert "SECRET" not in repr(replace(office.part(), sealed_key="SECRET"))
