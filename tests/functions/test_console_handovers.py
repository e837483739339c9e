"""A conversation is handed to an endpoint, and everybody concerned hears of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.console import Console
from tests.support.talks import drain, ids, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_a_handover_is_told_to_who_gets_it_and_to_who_had_it(console: Console, stack: Stack) -> None:
    desk = console.post("/v1/endpoints", {"url": f"{stack.endpoint.url}/desk"}).json["id"]
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}"
    assert console.get(target).headers["ETag"] == '"0"'

    answer = console.put(f"{target}/handler", {"endpoint_id": desk, "note": "VIP"}, If_Match='"0"')
    drain(stack)

    assert (answer.status, answer.headers["ETag"], answer.json["handler"]) == (200, '"1"', desk)
    told = {
        request.line.split()[1]: json.loads(request.body)["data"]
        for request in stack.endpoint.requests
        if json.loads(request.body)["type"] == "conversation.handed_over"
    }
    assert told.keys() == {"/hook", "/desk"}
    assert (told["/desk"]["sequence"], "sequence" in told["/hook"]) == (2, False)
    for said in told.values():
        assert (said["from"], said["to"], said["note"], said["conversation_id"]) == (
            "default",
            desk,
            "VIP",
            CONVERSATION,
        )
    listed = console.get(f"/v1/deliveries?conversation_id={CONVERSATION}").json["data"]
    assert sorted(each["type"] for each in listed) == ["conversation.handed_over"] * 2 + ["text"]
    assert len(ids(console.get("/v1/messages"))) == 1
    assert ids(console.get("/v1/conversations")) == [CONVERSATION]


def test_who_comes_second_is_told_so(console: Console, stack: Stack) -> None:
    written(stack)
    target = f"/v1/conversations/{CONVERSATION}/handler"
    console.put(target, {"endpoint_id": "default"}, If_Match='"0"')

    late = console.put(target, {"endpoint_id": None}, If_Match='"0"')

    assert (late.status, late.code) == (412, "precondition_failed")
    assert console.get(f"/v1/conversations/{CONVERSATION}").json["handler"] == "default"
    assert console.put(target, {"endpoint_id": None}, If_Match="*").headers["ETag"] == '"2"'


@pytest.mark.parametrize("note", ["", "x" * 501, 5])
def test_words_that_are_none_are_refused(console: Console, stack: Stack, note: Any) -> None:
    written(stack)

    answer = console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": "default", "note": note})

    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["/note"])
