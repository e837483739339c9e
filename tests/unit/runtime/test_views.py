"""A stored message as the business API shows it."""

from __future__ import annotations

from typing import Any

import pytest

from parley.business.api import MessageView
from parley.conversation.records import Direction, Message, State
from parley.runtime.views import message_view, said_view
from parley.services.history import MOST_CHARS, Said, content_of
from tests.support.clock import NEW_YEAR


def message(**changed: Any) -> Message:
    facts: dict[str, Any] = {
        "id": "m1",
        "business_id": "biz",
        "conversation_id": "conv",
        "direction": Direction.OUTBOUND,
        "type": "text",
        "state": State.QUEUED,
        "received_at": NEW_YEAR,
        "ulid": "01",
        "payload": '{"body":"Hi"}',
        "opaque_id": "urn:mbid:CANARY",
        "request_hash": "CANARY",
    }
    return Message(**facts | changed)


def test_a_queued_message() -> None:
    assert message_view(message()) == {
        "id": "m1",
        "conversation_id": "conv",
        "direction": "outbound",
        "type": "text",
        "state": "queued",
        "created_at": "2026-01-01T00:00:00.000Z",
        "body": "Hi",
        "attempts": 0,
    }


def test_a_message_that_went_out() -> None:
    view = message_view(
        message(state=State.SENT, payload='{"body":"Hi","subject":"S"}', sent_at=NEW_YEAR + 1, attempts=2)
    )

    assert (view["state"], view["subject"], view["attempts"]) == ("sent", "S", 2)
    assert view["sent_at"] == "2026-01-01T00:00:01.000Z"


def test_a_message_that_failed() -> None:
    view = message_view(message(state=State.FAILED, error_code="apple_refused", error_message="400 Bad"))

    assert view["error"] == {"code": "apple_refused", "message": "400 Bad"}
    assert message_view(message(error_code="x"))["error"] == {"code": "x", "message": ""}


def test_a_message_that_came_in() -> None:
    view = message_view(
        message(
            direction=Direction.INBOUND,
            state=State.DELIVERED,
            sequence=7,
            delivered_at=NEW_YEAR + 2,
            payload='{"v":1,"sourceId":"urn:mbid:CANARY","body":"Hello"}',
        )
    )

    assert (view["direction"], view["sequence"], view["body"]) == ("inbound", 7, "Hello")
    assert view["delivered_at"] == "2026-01-01T00:00:02.000Z"


def test_a_large_message_is_shown_without_its_body() -> None:
    assert "body" not in message_view(message(payload=None, payload_key="payloads/x"))


@pytest.mark.parametrize("odd", ['{"body":5,"subject":["x"]}', '{"body":null}', '{"body":{"a":1}}', "{}"])
def test_a_customers_odd_fields_do_not_hide_the_message(odd: str) -> None:
    view = message_view(message(direction=Direction.INBOUND, payload=odd))

    assert "body" not in view
    assert "subject" not in view


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("direction", list(Direction))
def test_every_state_can_be_shown_and_nothing_inner_is(state: State, direction: Direction) -> None:
    view = message_view(message(state=state, direction=direction))

    assert "CANARY" not in str(view)
    assert MessageView.model_validate(view, strict=True).model_dump(exclude_none=True) == view


def test_all_that_can_be_shown_has_the_shape_the_api_describes() -> None:
    everything = message(
        payload='{"body":"Hi","subject":"S"}', kind="form", form="text", form_reason="why", sequence=1, attempts=2,
        sent_at=NEW_YEAR, delivered_at=NEW_YEAR, error_code="c", error_message="m", parts=["m1", "m2"],
        is_test=True, template={"name": "t", "version": 1, "locale": "en"},
    )  # fmt: skip

    view = message_view(everything, notes=[{"path": "/image", "note": "made smaller"}])

    read = {"raw", "attachments", "content", "result", "reaction", "redacted", "omitted"}
    assert view.keys() | read == MessageView.model_fields.keys()
    assert MessageView.model_validate(view, strict=True).model_dump(exclude_none=True) == view


def test_a_message_that_is_read_says_what_came_with_it_and_what_was_made_of_it() -> None:
    stored = message(
        direction=Direction.INBOUND,
        type="interactive",
        payload='{"id":"m1","sourceId":"urn:mbid:CANARY","interactiveData":{"bid":"b"}}',
        facts='{"result":{"kind":"quick_reply","in_reply_to":null},"reaction":{"kind":"love"}}',
    )
    files = [{"id": "f", "name": None, "mime_type": None, "size": None, "status": "pending"}]

    view = said_view(Said(stored, content_of(stored), files, {"id": "r", "status": "ready"}))

    assert view["raw"] == {"id": "m1", "interactiveData": {"bid": "b"}}
    assert view["result"] == {"kind": "quick_reply", "in_reply_to": None}
    assert (view["reaction"], view["attachments"], view["content"]["id"]) == ({"kind": "love"}, files, "r")
    assert "omitted" not in view
    MessageView.model_validate(view, strict=True)


@pytest.mark.parametrize("direction", list(Direction))
def test_what_is_not_read_is_said_to_be_omitted(direction: Direction) -> None:
    view = said_view(Said(message(direction=direction, payload=None, payload_key="payloads/x")))

    assert view["omitted"] is True
    MessageView.model_validate(view, strict=True)


def test_what_is_more_than_can_be_shown_is_omitted_wherever_it_lies() -> None:
    stored = message(payload='{"body":"' + "x" * MOST_CHARS + '"}')

    assert content_of(stored) is None


def test_a_notice_is_read_as_what_it_is() -> None:
    stored = message(direction=Direction.NOTICE, type="message.sent", payload='{"message":{"id":"m0"}}')

    assert said_view(Said(stored, content_of(stored))) == message_view(stored)


@pytest.mark.parametrize("payload", ['{"body":5}', '{"body":null}'])
def test_a_customers_odd_text_is_shown_without_it(payload: str) -> None:
    stored = message(direction=Direction.INBOUND, payload=payload)

    assert not {"body", "raw"} & said_view(Said(stored, content_of(stored))).keys()


def test_a_message_in_another_form_says_so() -> None:
    view = message_view(message(kind="quick_reply", form="text", form_reason="the device does not show quick_reply"))

    assert (view["kind"], view["form"], view["form_reason"]) == (
        "quick_reply",
        "text",
        "the device does not show quick_reply",
    )


def test_what_one_call_became_and_what_was_done_to_its_pictures_is_told() -> None:
    notes = [{"path": "/image/url", "note": "JPEG made a PNG"}]

    view = message_view(message(parts=["m1", "m2"]), notes=notes)

    assert (view["parts"], view["notes"]) == (["m1", "m2"], notes)
    assert not {"parts", "notes", "kind", "form"} & set(message_view(message(), notes=[]))
