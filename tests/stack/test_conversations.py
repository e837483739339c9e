"""A conversation in the deployed stack: found, read, answered, noted about and handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.identity import conversation_id
from tests.stack.conftest import eventually

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def test_a_conversation_from_its_first_word_to_its_handover(stack: Stack) -> None:
    customer = stack.new_customer()
    conversation = conversation_id(stack.facts["business"]["id"], customer)
    target = f"/v1/conversations/{conversation}"
    asked = stack.writes(customer, "Anybody there?", intent="conversations")["id"]

    def listed() -> list[str]:
        page: Any = stack.api("GET", "/v1/conversations?intent=conversations&state=open")[1]
        return [each["id"] for each in page["data"]]

    eventually(lambda: conversation in listed())
    status, sent = stack.api("POST", f"{target}/messages", {"body": "Yes"}, **{"Idempotency-Key": f"here-{asked}"})
    assert status == 202, sent
    assert stack.api("POST", f"{target}/typing", {"state": "end"})[0] == 204

    def said() -> list[str] | None:
        found = [each["id"] for each in stack.api("GET", f"{target}/messages?order=oldest")[1]["data"]]
        return found if len(found) >= 2 and asked in found else None

    # The demo business answers too; what was asked comes first.
    assert {asked, sent["id"]} <= set(eventually(said))
    assert asked in [each["id"] for each in stack.api("GET", "/v1/messages?direction=inbound&limit=100")[1]["data"]]

    status, note = stack.api("POST", f"{target}/notes", {"body": "Promised a call back.", "author": "desk"})
    assert status == 201, note
    assert stack.api("GET", f"{target}/notes")[1]["data"] == [note]
    assert stack.api("DELETE", f"{target}/notes/{note['id']}")[0] == 204

    status, known = stack.api(
        "PUT", f"{target}/handler", {"endpoint_id": "default", "note": "Wants a refund."}, **{"If-Match": '"0"'}
    )
    assert (status, known["handler"]) == (200, "default"), known
    assert stack.api("PUT", f"{target}/handler", {"endpoint_id": None}, **{"If-Match": '"0"'})[0] == 412

    def told() -> list[dict[str, Any]]:
        bodies = [each["body"] for each in stack.news(customer)]
        return [body["data"] for body in bodies if body["type"] == "conversation.handed_over"]

    (handed_over,) = eventually(told)
    assert (handed_over["to"], handed_over["note"]) == ("default", "Wants a refund.")
