"""A business invites people by telephone number, and asks what came of it."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from parley.conversation.identity import conversation_id
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.http_server import reply
from tests.support.talks import drain

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

KIM, LEE = "tel:+15550100", "tel:+15550111"
NEW = {"to": KIM, "reference_id": "order-9001", "brand_name": "Example Bikes"}
KIMS = "urn:mbid:AQAAYkim=="
ONE = "/v1/invitations/order-9001"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def invited(console: Console, **fields: Any) -> Any:
    answer = console.post("/v1/invitations", {**NEW, **fields})
    assert answer.status == 202, answer.text
    return answer.json


def answers(stack: Stack, word: str, *, source: str = KIMS, reference: str = "order-9001", request: str = "") -> None:
    """The person taps yes or no, and the business hears of it."""
    said = {"determinateResponse": {"title": word, "type": {word: {}}}}
    data = {"requestIdentifier": request or KIM, "referenceId": reference}
    data |= {"notification": {"id": word, "displayContent": said}}  # type: ignore[dict-item]
    stack.post(apple.envelope("interactive", sourceId=source, interactiveData={"bid": "b", "data": data}))
    drain(stack)


def closes(stack: Stack, *references: object, source: str = KIM) -> None:
    stack.post(apple.envelope("close", sourceId=source, referenceIds=list(references)))
    drain(stack)


def only(console: Console) -> Any:
    (found,) = console.get(ONE).json["data"]
    return found


def test_somebody_is_invited_and_is_known_at_once(console: Console, stack: Stack) -> None:
    answer = console.post("/v1/invitations", NEW, Idempotency_Key="k")

    view = answer.json
    assert (answer.status, answer.headers["Location"]) == (202, ONE)
    assert view == {
        "reference_id": "order-9001",
        "message_id": view["message_id"],
        "to": KIM,
        "state": "queued",
        "created_at": view["created_at"],
    }
    assert json.loads(stack.ask(view["message_id"])["body"])["kind"] == "invitation"
    assert console.get("/v1/invitations").json == {"data": [view]}
    assert console.get(ONE).json == {"data": [view]}


def test_the_same_call_invites_once(console: Console, stack: Stack) -> None:
    first, again = (console.post("/v1/invitations", NEW, Idempotency_Key="k") for _ in range(2))

    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert console.post("/v1/invitations", {**NEW, "to": LEE}, Idempotency_Key="k").code == "idempotency_conflict"
    assert len(console.get("/v1/invitations").json["data"]) == 1


def test_it_is_the_message_of_this_kind(console: Console, stack: Stack) -> None:
    stack.api({**NEW, "type": "invitation"})
    stack.send()

    (found,) = console.get("/v1/invitations").json["data"]
    assert (found["state"], found["to"]) == ("sent", KIM)
    assert found["sent_at"]


def test_a_number_without_imessage_has_failed(console: Console, stack: Stack) -> None:
    stack.gateway.answers[:] = [reply("404 Not Found", b"Not Found : No device registrations for user")]
    invited(console)
    stack.send()

    found = only(console)
    assert found["state"] == "failed"
    assert found["error"]["code"]


def test_a_yes_names_the_conversation_that_has_begun(console: Console, stack: Stack) -> None:
    invited(console)
    stack.send()

    answers(stack, "yes")

    found = only(console)
    assert (found["state"], found["conversation_id"]) == ("accepted", conversation_id(apple.BUSINESS, KIMS))
    assert found["answered_at"]
    assert console.get("/v1/invitations").json["data"] == [found]


def test_a_no_stands_whatever_is_closed_after_it(console: Console, stack: Stack) -> None:
    invited(console)
    stack.send()

    answers(stack, "no")
    closes(stack, "order-9001")

    found = only(console)
    assert found["state"] == "declined"
    assert found["closed_at"]
    assert "conversation_id" not in found


def test_who_deletes_it_has_closed_it(console: Console, stack: Stack) -> None:
    invited(console)
    invited(console, to=LEE)
    for _ in range(2):
        stack.send()

    closes(stack, "order-9001", "another", 7)

    states = {each["to"]: each["state"] for each in console.get(ONE).json["data"]}
    assert states == {KIM: "closed", LEE: "sent"}


def test_what_was_accepted_can_be_closed(console: Console, stack: Stack) -> None:
    invited(console)
    answers(stack, "yes")

    closes(stack, "order-9001", source=KIMS)

    assert only(console)["state"] == "closed"


def test_an_answer_that_says_neither_changes_nothing(console: Console, stack: Stack) -> None:
    invited(console)

    answers(stack, "maybe")

    assert only(console)["state"] == "queued"


def test_each_of_several_has_an_answer_of_their_own(console: Console, stack: Stack) -> None:
    for to in (KIM, LEE):
        invited(console, to=to)
    asked = {message["to"]: message["message_id"] for message in console.get(ONE).json["data"]}
    stored = compose.messages().get(apple.BUSINESS, asked[LEE])
    assert stored is not None

    answers(stack, "no", source="urn:mbid:AQAAYlee==", request=str(stored.request_identifier))

    states = {each["to"]: each["state"] for each in console.get(ONE).json["data"]}
    assert states == {KIM: "queued", LEE: "declined"}


def test_who_is_invited_again_is_asked_anew(console: Console, stack: Stack) -> None:
    first = invited(console)
    answers(stack, "no")

    second = invited(console, brand_name="Bikes again")

    assert only(console)["message_id"] == second["message_id"] != first["message_id"]
    assert only(console)["state"] == "queued"


def test_an_answer_to_an_older_invitation_does_not_answer_the_newer(console: Console, stack: Stack) -> None:
    first = invited(console)
    stored = compose.messages().get(apple.BUSINESS, first["message_id"])
    assert stored is not None
    invited(console, brand_name="Bikes again")

    answers(stack, "no", request=str(stored.request_identifier))

    assert only(console)["state"] == "queued"


def test_a_replayed_answer_does_not_replace_a_later_one(console: Console, stack: Stack) -> None:
    invited(console)
    questions = compose.questions()
    (view,) = console.get(ONE).json["data"]
    invitation = questions.message(apple.BUSINESS, view["message_id"])
    assert invitation is not None
    answers(stack, "yes")

    from parley.conversation.invitations import Outcome

    questions.concluded(invitation, Outcome.DECLINED, conversation_id="c", at=1.0)

    assert only(console)["state"] == "accepted"


def test_they_are_listed_the_newest_first_page_by_page(console: Console) -> None:
    made = [invited(console, reference_id=f"order {number}/{uuid.uuid4()}")["reference_id"] for number in range(5)]

    seen: list[str] = []
    target = "/v1/invitations?limit=2"
    for _ in range(4):
        page = console.get(target).json
        seen += [each["reference_id"] for each in page["data"]]
        if "next_cursor" not in page:
            break
        target = f"/v1/invitations?limit=2&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_everybody_under_one_reference_is_found_page_by_page(console: Console) -> None:
    numbers = [f"tel:+1555010{number}" for number in range(5)]
    for to in numbers:
        invited(console, to=to)

    seen: list[str] = []
    target = f"{ONE}?limit=2"
    for _ in range(4):
        page = console.get(target).json
        seen += [each["to"] for each in page["data"]]
        if "next_cursor" not in page:
            break
        target = f"{ONE}?limit=2&cursor={page['next_cursor']}"
    assert sorted(seen) == numbers


def test_a_cursor_of_another_list_is_refused(console: Console) -> None:
    from parley.business import cursors

    for number in range(3):
        invited(console, to=f"tel:+1555010{number}")
    other = console.get("/v1/invitations?limit=1").json["next_cursor"]
    nowhere = cursors.write("nowhere", business_id=apple.BUSINESS, filters={})

    for target in (f"{ONE}?cursor={other}", f"/v1/invitations?cursor={nowhere}", "/v1/invitations?cursor=x"):
        assert console.get(target).faults == [("?cursor", "cursor_invalid")]


@pytest.mark.parametrize("reference", ["nobody", "x" * 3000, "%C3%A4%20%F0%9F%9A%B2"])
def test_a_reference_nobody_was_invited_under_is_not_found(console: Console, reference: str) -> None:
    answer = console.get(f"/v1/invitations/{reference}")

    assert (answer.status, answer.code) == (404, "invitation_unknown")


def test_another_business_sees_nothing(console: Console, stack: Stack) -> None:
    invited(console)
    stranger = Console(apple.OTHER_BUSINESS)

    assert stranger.get("/v1/invitations").json == {"data": []}
    assert stranger.get(ONE).code == "invitation_unknown"


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"to": "+15550100"}, [("/to", "malformed")]),
        ({"type": "text"}, [("/type", "unknown_type")]),
        ({"reference_id": None}, [("/reference_id", "wrong_type")]),
        ({"colour": "red"}, [("/colour", "unknown_field")]),
    ],
)
def test_what_invites_nobody_is_refused(console: Console, changed: dict[str, Any], faults: list[Any]) -> None:
    answer = console.post("/v1/invitations", {**NEW, **changed})

    assert (answer.status, answer.faults) == (422, faults)


@pytest.mark.parametrize(("body", "code"), [("{", "body_not_json"), ("[]", "body_not_object")])
def test_what_is_no_object_is_refused(console: Console, body: str, code: str) -> None:
    assert console.post("/v1/invitations", body).code == code


def test_what_has_expired_is_not_listed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    invited(console)
    store = compose.invitations()._store
    monkeypatch.setattr(store, "_clock", lambda: 1e11)

    assert console.get("/v1/invitations").json == {"data": []}


def test_messages_of_a_business_are_listed_without_the_marks(console: Console) -> None:
    view = invited(console)

    assert [each["message_id"] for each in console.get("/v1/deliveries").json["data"]] == [view["message_id"]]
