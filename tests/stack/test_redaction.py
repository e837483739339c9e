"""A marked answer goes to the business through the deployed stack, and does not stay there."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from parley.conversation.identity import conversation_id
from tests.stack.conftest import eventually
from tests.stack.test_erasure import everything
from tests.stack.test_kinds import FORM

if TYPE_CHECKING:
    from tests.stack.conftest import Stack

CANARY = "canary-4711@example.net"


def test_a_marked_answer_is_told_once_and_kept_nowhere(stack: Stack) -> None:
    customer = stack.new_customer()
    large = f"{CANARY} " + "x" * 250_000
    marks = [{"type": "form", "field": "answers/mail"}, {"type": "text", "field": "body"}]
    assert stack.api("PUT", "/v1/privacy", {"redact": marks})[0] == 200
    try:
        time.sleep(5)  # what functions know of a business may be that old
        _, asked = stack.api("POST", "/v1/messages", {"to": customer, **FORM})
        eventually(lambda: any(each["id"] == asked["id"] for each in stack.phone(customer)))
        answers = {"kind": "cargo", "size": "m", "mail": CANARY}
        stack.control("POST", "/phones/reply", {"opaque_id": customer, "message_id": asked["id"], "answers": answers})
        text = stack.writes(customer, large)["id"]

        hooks = eventually(lambda: found if len(found := stack.webhooks(customer)) == 2 else None)
        told = [hook["body"]["data"] for hook in hooks]
        form = told[0]["message"]["id"]
        assert told[0]["result"]["answers"]["mail"] == {"type": "input", "text": CANARY}
        assert told[1]["message"]["body"] == large
        views = [eventually(lambda each=each: delivered(stack, each)) for each in (form, text)]  # type: ignore[misc]
        assert CANARY not in everything(stack)
    finally:
        stack.api("PUT", "/v1/privacy", {})
    assert [view["redacted"] for view in views] == [["answers/mail"], ["body"]]
    assert views[0]["result"]["answers"]["mail"] == "[redacted]"
    assert views[0]["result"]["answers"]["size"]["items"][0]["value"] == "m"
    conversation = conversation_id(stack.facts["business"]["id"], customer)
    done = stack.parley("export", conversation)
    assert (done.returncode, CANARY in done.stdout, "[redacted]" in done.stdout) == (0, False, True), done.stderr
    assert stack.api("POST", f"/v1/deliveries/{form}/replay")[0] == 202
    again = eventually(lambda: found[-1] if len(found := stack.webhooks(customer)) == 3 else None)
    assert again["body"]["data"]["message"]["redacted"] == ["answers/mail"]
    assert CANARY not in json.dumps(again)


def delivered(stack: Stack, message_id: str) -> dict[str, Any] | None:
    status, view = stack.api("GET", f"/v1/messages/{message_id}")
    return view if status == 200 and view["state"] == "delivered" else None
