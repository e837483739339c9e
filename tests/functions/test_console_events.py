"""The sample events of the management API do what `events/README.md` says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local import events
from tests.functions.conftest import a_context
from tests.support import apple_requests as apple
from tests.support import console

if TYPE_CHECKING:
    from tests.functions.conftest import Stack


def run(name: str, message_id: str = "c0ffee00-0000-4000-8000-000000000001") -> tuple[int, Any]:
    mine = events.Identities(
        msp_id=apple.MSP_ID,
        secret=apple.SECRET,
        business_id=apple.BUSINESS,
        opaque_id=apple.CUSTOMER,
        api_key="pk_test.0123456789-0123456789",
        message_id=message_id,
    )
    path = name if "/" in name else f"console/{name}"
    asked = events.event(path, mine, now=0)
    answer = console.answering(asked["httpMethod"], asked["resource"]).handler(asked, a_context())
    return answer["statusCode"], json.loads(answer["body"])


def test_endpoints_are_listed_and_routes_replaced_and_tried(stack: Stack) -> None:
    status, listed = run("list-endpoints")
    assert (status, [each["id"] for each in listed["data"]]) == (200, ["default"])

    status, routes = run("settings/replace-routes")
    assert (status, len(routes["rules"])) == (200, 2)

    status, found = run("settings/test-routes")
    assert (status, found["rule"], found["reason"]) == (200, 0, "intent")


def test_what_is_held_is_found(stack: Stack) -> None:
    assert run("find-held") == (200, {"data": []})


def test_a_message_is_replayed_when_there_is_one(stack: Stack) -> None:
    assert run("replay")[0] == 404
    content = apple.envelope()
    stack.post(content)
    stack.route()

    status, view = run("replay", content["id"])

    assert (status, view["message_id"]) == (202, content["id"])


def test_the_starter_set_is_imported_and_previewed(stack: Stack) -> None:
    assert run("library/preview")[0] == 404

    status, imported = run("library/import-starter-set")
    assert (status, {each["version"] for each in imported["data"]}) == (200, {1})

    status, preview = run("library/preview")
    assert (status, preview["locale"], [form["form"] for form in preview["forms"]]) == (200, "de", ["text"])


def test_each_sample_is_tried_here() -> None:
    assert [name for name in events.names() if name.startswith("console/")] == [
        f"console/{each}" for each in ("find-held", "list-endpoints", "replay")
    ]
    assert [name for name in events.names() if name.startswith("settings/")] == [
        f"settings/{each}" for each in ("replace-routes", "test-routes")
    ]
    assert [name for name in events.names() if name.startswith("library/")] == [
        f"library/{each}" for each in ("import-starter-set", "preview")
    ]
