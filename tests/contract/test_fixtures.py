"""Every message of `events/messages/` is what it says it is: Apple's, or ready to be sent, with the result it gives."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from local.lint import faults_of
from local.trigger.fixtures import FOLDER, RESULT
from parley.apple import replies, tapbacks, wire
from parley.business import sends
from parley.business.kinds import MODULES
from tests.support.fixture_webhooks import (
    CAPABLE,
    INBOUND,
    NOW,
    OUTBOUND,
    expected,
    flat,
    name_of,
    prepared,
    read,
    webhook,
)

if TYPE_CHECKING:
    from local.trigger import Fixture

every_inbound = pytest.mark.parametrize("fixture", INBOUND, ids=name_of)
every_outbound = pytest.mark.parametrize("fixture", OUTBOUND, ids=name_of)
BODIES = [fixture for fixture in OUTBOUND if "v" not in fixture.message()]
REPLIES = [fixture for fixture in INBOUND if fixture.message()["type"] == "interactive"]
TEXTS = [fixture for fixture in INBOUND if isinstance(fixture.message().get("body"), str)]
SHOWN_RAW = [one for one in INBOUND if one.message()["type"] not in {"text", "typing_start", "typing_end"}]
"""A text is shown as its fields, and a typing indicator says nothing."""
QUESTIONS = [
    fixture
    for fixture in BODIES
    if fixture.message().get("type") in {"quick_reply", "list_picker", "time_picker"}
    and fixture.message().get("fallback") != "reject"
]
SECRETS = ("SplxlOBeZQQYbYS6WxSbIA", "BExhbXBsZQ==", "0000112233445566778899aabbccddeeff")


@every_outbound
def test_an_outbound_message_is_good(fixture: Fixture) -> None:
    found = [fault for fault in faults_of(fixture.message(), now=NOW) if not fault.warning]

    assert found == []


@pytest.mark.parametrize("fixture", BODIES, ids=name_of)
def test_a_body_for_the_api_becomes_what_apple_takes(fixture: Fixture) -> None:
    kind = getattr(sends.read(fixture.file.read_bytes()), "type", None)

    parts = prepared(fixture.name, request_identifier=str(uuid.uuid4())).parts

    assert fixture.case.startswith(str(kind).replace("_", "-"))
    assert [wire.check_content(part.type, part.content, now=NOW) for part in parts if part.kind != "text"] == [
        [] for part in parts if part.kind != "text"
    ]
    if kind not in {"apple", "typing", "text"}:
        assert wire.kind_of(parts[0].content) == {"constructed_link": "rich_link"}.get(str(kind), kind)


@every_inbound
def test_an_inbound_message_reaches_a_business_as_the_result_beside_it_says(fixture: Fixture) -> None:
    wanted = expected(fixture)
    asked = wanted.pop("asked", None)

    assert flat(webhook(fixture, asked)) == wanted


@pytest.mark.parametrize("fixture", SHOWN_RAW, ids=name_of)
def test_nothing_apple_sent_is_withheld_except_what_opens_something(fixture: Fixture) -> None:
    raw = fixture.message()

    shown = webhook(fixture, expected(fixture).get("asked"))["data"]["message"]["raw"]

    assert shown.keys() == raw.keys() - {"sourceId", "destinationId", "attachments"}
    assert all(shown[key] == raw[key] for key in shown.keys() - {"interactiveData", "interactiveDataRef"})


@every_inbound
def test_no_webhook_holds_a_key_a_code_or_a_token(fixture: Fixture) -> None:
    event = json.dumps(webhook(fixture, expected(fixture).get("asked")))

    assert not [secret for secret in SECRETS if secret in event]


@pytest.mark.parametrize("fixture", REPLIES, ids=name_of)
def test_a_reply_is_read_as_the_kind_it_is_named_after(fixture: Fixture) -> None:
    reply = replies.read(read(fixture).raw)

    kind = reply.kind.replace("_", "-")
    assert fixture.case.startswith(kind) or (fixture.case.startswith(("reference-", "imessage-app-reference")))


@pytest.mark.parametrize("fixture", TEXTS, ids=name_of)
def test_a_text_is_a_reaction_when_it_is_named_so(fixture: Fixture) -> None:
    message = read(fixture)

    is_reaction = tapbacks.detect(str(message.raw["body"]), message.locale) is not None

    assert is_reaction == (fixture.case.startswith("tapback-") and fixture.case != "tapback-look-alike")


def test_every_kind_is_there_in_both_directions() -> None:
    sent = {str(getattr(sends.from_object(fixture.message()), "type", "")) for fixture in BODIES}
    wired = {wire.kind_of(fixture.message()) for fixture in OUTBOUND if fixture not in BODIES}
    replied = {replies.read(read(fixture).raw).kind for fixture in REPLIES}

    assert sent == set(MODULES)
    assert wired >= {"text", "typing", "rich_link", "quick_reply", "list_picker", "time_picker", "form", "invitation"}
    assert replied == {
        "quick_reply",
        "list_picker",
        "time_picker",
        "form",
        "authentication",
        "apple_pay",
        "imessage_app",
        "invitation",
        "unknown",
    }
    assert {fixture.message()["type"] for fixture in INBOUND} >= {"text", "typing_start", "typing_end", "close"}


def test_there_are_enough_and_no_id_is_used_twice() -> None:
    ids = [fixture.message()["id"] for fixture in [*INBOUND, *OUTBOUND] if "id" in fixture.message()]

    assert len(INBOUND) + len(OUTBOUND) >= 60
    assert len(set(ids)) == len(ids)


def test_every_result_belongs_to_a_message_and_names_questions_that_exist() -> None:
    results = {file.name.removesuffix(RESULT) for file in FOLDER.glob(f"*/*{RESULT}")}
    questions = [asked for fixture in INBOUND if (asked := expected(fixture).get("asked"))]

    assert results == {fixture.case for fixture in INBOUND}
    assert {asked["fixture"] for asked in questions} <= {fixture.name for fixture in OUTBOUND}
    assert all(set(asked.get("capabilities", [])) <= set(CAPABLE) for asked in questions)


@pytest.mark.parametrize("device", [[], ["LIST"], ["QUICK"], ["LIST", "QUICK", "TIME"]], ids=str)
@pytest.mark.parametrize("fixture", QUESTIONS, ids=name_of)
def test_a_question_reaches_any_device_in_some_form(fixture: Fixture, device: list[str]) -> None:
    whole = prepared(fixture.name, device, request_identifier=str(uuid.uuid4()))

    assert [part.kind for part in whole.parts] == [whole.form]
