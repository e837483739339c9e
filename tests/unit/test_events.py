"""Every file in `events/` goes through the function it is for, and does there what its name says."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions.authorizer import app as authorizer
from functions.docs import app as docs
from functions.erasure import app as erasure
from functions.expiry import app as expiry
from functions.inbound import app as inbound
from functions.outbound import api, automatic, sender
from functions.rotation import app as rotation
from functions.routing import app as routing
from functions.routing import wakeups
from functions.sweeper import app as sweeper
from local import events
from parley.apple import tokens
from parley.apple.key_probe import Finding, Probed
from parley.business import keys
from parley.business.model import ApiKey
from parley.conversation.automations import Automation, Deed
from parley.conversation.events import Forgetting, Kind
from parley.conversation.identity import conversation_id
from parley.conversation.records import State
from parley.runtime import compose
from parley.services.authorize import Authorize
from parley.services.erase import Outcome
from parley.services.expire import Expire
from parley.services.history import ReadMessage
from parley.services.key_material import AppleKey, WebhookKeys
from parley.services.rotation import Rotation
from tests.support import apple_requests as apple
from tests.support.counterparts import DOWN, OK
from tests.support.memory_attachments import MemoryObjects
from tests.support.memory_secrets import OLD, Versions
from tests.support.memory_settings import ApiKeys
from tests.support.memory_table import MemoryMessages
from tests.support.template_yaml import template
from tests.support.world import CONVERSATION, World

type Handler = Callable[[dict[str, Any], Any], Any]

API_KEY = "other-key.0123456789-0123456789-0123456789"
MINE = events.Identities(
    msp_id=apple.MSP_ID,
    secret=apple.SECRET,
    business_id=apple.BUSINESS,
    opaque_id=apple.CUSTOMER,
    api_key=API_KEY,
    message_id="c0ffee00-0000-4000-8000-000000000001",
)
OTHERS = events.Identities(
    msp_id="99999999-8888-7777-6666-555555555555",
    secret=base64.b64encode(bytes(range(50, 82))).decode(),
    business_id=apple.OTHER_BUSINESS,
    opaque_id=apple.OTHER_CUSTOMER,
    api_key=API_KEY,
    message_id="c0ffee00-0000-4000-8000-000000000002",
)
HOUR = 3600
PUBLIC_TOKEN_VECTOR = "M45Q8UH6COIiZH3SdW6LeXBvpFDt7Gmxb_NKbgVzwjw"

STATUSES = {
    "text": 200,
    "text-base64": 200,
    "text-gzip": 200,
    "text-with-attachment": 200,
    "typing-start": 200,
    "close": 200,
    "interactive": 200,
    "interactive-by-reference": 200,
    "unknown-type": 200,
    "no-token": 401,
    "expired-token": 403,
    "broken-gzip": 400,
    "mismatched-ids": 400,
}


class Visibility:
    def come_back(self, receipt_handles: list[str], *, after: float) -> None:
        raise AssertionError(f"{len(receipt_handles)} notes were put back for {after} s")


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler, str], Any]:
    """Hand an event about `MINE` to a handler whose services live in memory."""
    messages = MemoryMessages(world.table, clock=world.clock)
    key_id, _, secret = API_KEY.partition(".")
    api_keys = ApiKeys()
    api_keys.put(ApiKey(key_id, apple.BUSINESS, keys.digest(secret), "usage"))
    wired = {
        "receive": world.receive,
        "deliver": world.deliver,
        "wake": world.wake,
        "accept": world.accept,
        "send": world.send,
        "sweep": world.sweep,
        "messages": messages,
        "read_message": ReadMessage(
            messages=messages, payloads=world.payloads, attachments=world.attachments, marks=world.businesses.marks
        ),
        "authorize": Authorize(api_keys=api_keys, clock=world.clock),
    }
    for name, service in wired.items():
        monkeypatch.setattr(compose, name, lambda service=service: service)
    monkeypatch.setattr(compose, "visibility", lambda _: Visibility())
    context = SimpleNamespace(aws_request_id="request", get_remaining_time_in_millis=lambda: 100_000)

    def run(handler: Handler, name: str, identities: events.Identities = MINE) -> Any:
        return handler(events.event(name, identities, now=world.clock()), context)

    return run


def test_every_function_of_the_template_has_events_and_no_others_have() -> None:
    functions = {
        resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }

    assert {name.partition("/")[0] for name in events.names()} == functions


@pytest.mark.parametrize(("case", "status"), STATUSES.items())
def test_apple_gets_the_status_that_the_readme_promises(
    run: Callable[[Handler, str], Any], world: World, case: str, status: int
) -> None:
    world.clock.advance(2 * HOUR)

    answer = run(inbound.handler, f"inbound/{case}")

    assert answer["statusCode"] == status
    assert bool(world.table.messages) is (status == 200 and case != "typing-start")


def test_every_event_for_inbound_has_such_a_status() -> None:
    assert {f"inbound/{case}" for case in STATUSES} == {name for name in events.names() if name.startswith("inbound/")}


@pytest.mark.parametrize("case", ["text", "text-base64", "text-gzip"])
def test_a_text_is_the_same_message_however_it_is_wrapped(
    run: Callable[[Handler, str], Any], world: World, case: str
) -> None:
    run(inbound.handler, f"inbound/{case}")
    world.pump_events()

    (posted,) = world.endpoint.taken
    assert posted.data["message"]["body"] == "Is the blue one in stock?"
    assert posted.data["customer"]["opaque_id"] == apple.CUSTOMER
    assert world.table.message(MINE.message_id).state is State.DELIVERED


@pytest.mark.parametrize("case", ["text-with-attachment", "interactive-by-reference"])
def test_what_has_to_be_fetched_from_apple_is_ordered(
    run: Callable[[Handler, str], Any], world: World, case: str
) -> None:
    run(inbound.handler, f"inbound/{case}")

    assert [transfer.message_id for transfer in world.transfers.sent] == [MINE.message_id]


def test_a_token_is_good_for_an_hour_after_it_was_filled_in(world: World) -> None:
    filled = events.event("inbound/text", MINE, now=world.clock())
    token = filled["headers"]["Authorization"]

    assert _verified(token, world.clock() + HOUR) == apple.CREDENTIAL
    with pytest.raises(Exception, match="older than an hour"):
        _verified(token, world.clock() + HOUR + 1)


@pytest.mark.parametrize("name", events.names())
def test_nothing_of_the_sample_is_left_when_other_identities_are_given(name: str) -> None:
    filled = events.event(name, OTHERS, now=0)

    text = json.dumps(filled) + _body(filled)
    left = [
        events.SAMPLE.business_id,
        events.SAMPLE.opaque_id,
        events.SAMPLE.api_key,
        events.SAMPLE.message_id,
        conversation_id(events.SAMPLE.business_id, events.SAMPLE.opaque_id),
        "{{",
    ]
    assert [word for word in left if word in text] == []


@pytest.mark.parametrize("name", events.names())
def test_the_files_hold_no_secret(name: str) -> None:
    text = (events.FOLDER / f"{name}.json").read_text("utf-8")

    for bearer in re.findall(r"Bearer ([^\"]+)", text):
        assert bearer in {"{{apple_token}}", events.SAMPLE.api_key} or re.search(
            f"{PUBLIC_TOKEN_VECTOR}$|^sample-key.another-secret", bearer
        )


def test_a_good_key_opens_the_stage_and_a_bad_one_does_not(run: Callable[[Handler, str], Any]) -> None:
    allowance = run(authorizer.handler, "authorizer/good-key")

    assert allowance["context"]["business_id"] == apple.BUSINESS
    assert allowance["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    with pytest.raises(PermissionError, match="Unauthorized"):
        run(authorizer.handler, "authorizer/bad-key")


def test_a_business_sends_a_text_which_the_sender_brings_to_apple(run: Callable[..., Any], world: World) -> None:
    answer = run(api.handler, "outbound-api/send-text")
    accepted = json.loads(answer["body"])
    mine = replace(MINE, message_id=accepted["id"])

    assert answer["statusCode"] == 202
    assert run(sender.handler, "outbound-sender/departure", mine) == {"batchItemFailures": []}
    assert [message.content["body"] for message in world.gateway.accepted] == ["Yes, in two sizes."]
    read = run(api.handler, "outbound-api/get-message", mine)
    assert (read["statusCode"], json.loads(read["body"])["state"]) == (200, "sent")


def test_what_a_message_sets_off_is_handed_on_as_it_was_noted(
    run: Callable[[Handler, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Automation] = []

    def react(note: Automation) -> list[Any]:
        taken.append(note)
        return []

    monkeypatch.setattr(compose, "react", lambda: react)

    assert run(automatic.handler, "automatic/greet") == {"batchItemFailures": []}
    ((note, act),) = [(note, act) for note in taken for act in note.acts]
    assert (note.business_id, note.conversation_id, note.message_id) == (apple.BUSINESS, CONVERSATION, MINE.message_id)
    assert (act.deed, CONVERSATION in (act.key or "")) == (Deed.GREET, True)


@pytest.mark.parametrize(("case", "content_type"), [("page", "text/html"), ("description", "application/json")])
def test_the_description_is_there_for_everybody(
    run: Callable[[Handler, str], Any], case: str, content_type: str
) -> None:
    answer = run(docs.handler, f"docs/{case}")

    assert (answer["statusCode"], answer["headers"]["Content-Type"].partition(";")[0]) == (200, content_type)


def test_a_step_of_an_erasure_is_handed_on_as_it_was_noted(
    run: Callable[[Handler, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Forgetting] = []

    def erase(note: Forgetting, *, deadline: float) -> Outcome:
        taken.append(note)
        return Outcome("skipped", note.business_id, note.erasure_id)

    monkeypatch.setattr(compose, "erase", lambda: erase)

    assert run(erasure.handler, "erasure/step") == {"batchItemFailures": []}
    assert [note.business_id for note in taken] == [apple.BUSINESS]


def test_a_bad_body_is_answered_with_every_fault(run: Callable[[Handler, str], Any]) -> None:
    answer = run(api.handler, "outbound-api/bad-body")

    assert answer["statusCode"] == 422
    assert {fault["path"] for fault in json.loads(answer["body"])["errors"]} == {"/to", "/body", "/colour"}


def test_routing_delivers_the_message_and_the_typing(run: Callable[[Handler, str], Any], world: World) -> None:
    for name in ("routing/typing", "routing/message"):
        assert run(routing.handler, name) == {"batchItemFailures": []}

    assert [posted.event["type"] for posted in world.endpoint.taken] == ["typing.started", "message.received"]


def test_routing_wakes_a_held_conversation(run: Callable[[Handler, str], Any], world: World) -> None:
    world.endpoint.standing = DOWN
    run(inbound.handler, "inbound/text")
    world.pump_events()
    world.endpoint.standing = OK
    world.clock.advance(HOUR)

    run(routing.handler, "routing/wake")

    assert world.table.message(MINE.message_id).state is State.DELIVERED


def test_a_due_timer_wakes_and_an_early_one_waits_on(run: Callable[[Handler, str], Any], world: World) -> None:
    run(wakeups.handler, "wakeups/early")
    assert world.events.sent == []
    assert [timer.conversation_id for timer, _ in world.timers.sent] == [CONVERSATION]

    run(wakeups.handler, "wakeups/due")
    assert [(note.kind, note.conversation_id) for note, _ in world.events.sent] == [(Kind.WAKE, CONVERSATION)]


def test_the_schedule_makes_the_sweeper_heal_what_is_overdue(run: Callable[[Handler, str], Any], world: World) -> None:
    run(inbound.handler, "inbound/text")
    world.events.groups.clear()
    world.clock.advance(HOUR)

    run(sweeper.handler, "sweeper/schedule")
    world.pump_events()

    assert world.table.message(MINE.message_id).state is State.DELIVERED


@pytest.mark.parametrize(
    ("case", "gone"),
    [("message", ["payloads/{}.json"]), ("attachment", ["attachments/{}", "renditions/{}.jpg", "uploads/{}"])],
)
def test_what_has_expired_takes_its_objects_along(
    run: Callable[[Handler, str], Any], monkeypatch: pytest.MonkeyPatch, case: str, gone: list[str]
) -> None:
    objects = MemoryObjects()
    for key in ["attachments/{}.other", *gone]:
        objects.put(key.format(f"{apple.BUSINESS}/{MINE.message_id}"), b"x", content_type="text/plain")
    monkeypatch.setattr(compose, "expire", lambda: Expire(objects=objects))

    assert run(expiry.handler, f"expiry/{case}") == {"batchItemFailures": []}

    assert list(objects.objects) == [f"attachments/{apple.BUSINESS}/{MINE.message_id}.other"]


def test_webhook_keys_are_rotated_by_four_events_and_apples_key_by_none(
    run: Callable[[Handler, str], Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {
        f"parley-local/business/{apple.BUSINESS}": Versions("business", {OLD: '{"webhook_secret": "whsec_b2xk"}'}),
        "parley-local/apple": Versions("apple", {OLD: "{}"}),
    }
    keys = WebhookKeys(
        clock=world.clock, new_secret=lambda: "whsec_bmV3", new_version=world.new_id, overlap_seconds=86_400
    )
    apples = AppleKey(probe=lambda _: Probed(Finding.TAKEN, 400), clock=world.clock, overlap_seconds=86_400)
    service = Rotation(
        versions_of=secrets.__getitem__, material_of=lambda secret: apples if secret.name == "apple" else keys
    )
    monkeypatch.setattr(compose, "rotation", lambda: service)

    for did in ("done", "already"):
        for step in ("create", "set", "test", "finish"):
            assert run(rotation.handler, f"rotation/webhook-keys-{step}") == {"did": did}
    with pytest.raises(rotation.RotationFailed, match="version_unknown"):
        run(rotation.handler, "rotation/apple-key-unstaged")

    ring = secrets[f"parley-local/business/{apple.BUSINESS}"].ring()
    assert ring.key(None).signing(world.clock()) == ["whsec_bmV3", "whsec_b2xk"]


def _verified(authorization: str, now: float) -> object:
    return tokens.verify(authorization, [apple.CREDENTIAL], now=now)


def _body(event: dict[str, Any]) -> str:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body)
    content = base64.b64decode(body)
    try:
        return (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode()
    except EOFError:
        return ""
