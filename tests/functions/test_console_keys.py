"""API keys through the API: made, shown once, changed, rotated and revoked."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import keys
from tests.functions.conftest import KEY_ID
from tests.support.console import Console

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

NEW: dict[str, Any] = {"name": "Shop", "scopes": ["read", "send"]}


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_a_key_is_made_shown_once_and_opens_the_api(console: Console, stack: Stack, logged: Logged) -> None:
    made = console.post("/v1/keys", NEW | {"mode": "test", "expires_at": "2100-01-01T00:00:00Z"})

    shown = made.json
    whole = shown.pop("key")
    assert made.status == 201
    assert made.headers["Location"] == f"/v1/keys/{shown['id']}"
    assert shown == {
        "id": whole.partition(".")[0],
        "name": "Shop",
        "mode": "test",
        "scopes": ["read", "send"],
        "state": "active",
        "created_at": shown["created_at"],
        "expires_at": "2100-01-01T00:00:00.000Z",
    }
    assert stack.authorize(f"Bearer {whole}")["context"] == {
        "business_id": console.business,
        "key_id": shown["id"],
        "scopes": "read send",
        "mode": "test",
    }
    seen = console.get(f"/v1/keys/{shown['id']}")
    assert seen.json.pop("last_used_at") <= time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    assert {**seen.json, "last_used_at": None} == {**shown, "last_used_at": None}
    secret = whole.partition(".")[2]
    assert secret not in json.dumps(stack.cloud.items()) + logged.everything()
    (line,) = [line for line in logged.lines() if line["message"] == "key_made"]
    assert (line["key_id"], line["by"]) == (shown["id"], KEY_ID)


def test_a_repeated_call_makes_no_second_key_and_shows_no_secret(console: Console) -> None:
    first = console.post("/v1/keys", NEW, Idempotency_Key="k")
    again = console.post("/v1/keys", NEW, Idempotency_Key="k")

    assert "key" in first.json
    assert "key" not in again.json
    assert len(console.get("/v1/keys").json["data"]) == 2


def test_all_keys_are_listed_the_oldest_first(console: Console) -> None:
    made = [console.post("/v1/keys", NEW).json["id"] for _ in range(2)]

    listed = [each["id"] for each in console.get("/v1/keys").json["data"]]

    assert listed[0] == KEY_ID
    assert set(listed[1:]) == set(made)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/name", "required"), ("/scopes", "required")]),
        (NEW | {"scopes": []}, [("/scopes", "too_short")]),
        (NEW | {"name": ""}, [("/name", "too_short")]),
        (NEW | {"expires_at": "2020-01-01T00:00:00Z"}, [("/expires_at", "in_the_past")]),
    ],
)
def test_mistakes_are_named(console: Console, body: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    answer = console.post("/v1/keys", body)

    assert answer.status == 422
    assert [path for path, _ in answer.faults] == [path for path, _ in faults]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/scopes/0", NEW | {"scopes": ["admin"]}), ("/mode", NEW | {"mode": "both"}), ("/owner", NEW | {"owner": "me"})],
)
def test_what_is_unknown_is_refused(console: Console, path: str, body: dict[str, Any]) -> None:
    answer = console.post("/v1/keys", body)

    assert answer.status == 422
    assert [at for at, _ in answer.faults] == [path]


def test_a_key_is_changed_as_it_was_seen(console: Console, stack: Stack) -> None:
    made = console.post("/v1/keys", NEW)
    target = made.headers["Location"]

    changed = console.patch(target, {"name": "Till", "scopes": ["read"]}, If_Match=made.headers["ETag"])

    assert (changed.json["name"], changed.json["scopes"]) == ("Till", ["read"])
    stale = console.patch(target, {"name": "x"}, If_Match=made.headers["ETag"])
    assert (stale.status, stale.code) == (412, "precondition_failed")
    whole = f"Bearer {made.json['key']}"
    assert stack.authorize(whole)["context"]["scopes"] == "read"


def test_a_disabled_key_opens_nothing_until_it_is_enabled(console: Console, stack: Stack) -> None:
    made = console.post("/v1/keys", NEW).json
    target, whole = f"/v1/keys/{made['id']}", f"Bearer {made['key']}"

    assert console.patch(target, {"enabled": False}).json["state"] == "disabled"
    with pytest.raises(PermissionError):
        stack.authorize(whole)
    assert console.patch(target, {"enabled": True}).json["state"] == "active"
    assert stack.authorize(whole)


def test_an_expiry_is_set_and_taken_back(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    target = console.post("/v1/keys", NEW).headers["Location"]

    assert (
        console.patch(target, {"expires_at": "2100-01-01T01:00:00+01:00"}).json["expires_at"]
        == "2100-01-01T00:00:00.000Z"
    )
    with monkeypatch.context() as later:
        later.setattr("parley.runtime.console.keys.time.time", lambda: 4_102_444_800.0)
        assert console.get(target).json["state"] == "expired"
    assert "expires_at" not in console.patch(target, {"expires_at": None}).json


def test_a_revoked_key_opens_nothing_and_is_gone(console: Console, stack: Stack) -> None:
    made = console.post("/v1/keys", NEW).json

    assert console.delete(f"/v1/keys/{made['id']}").status == 204

    with pytest.raises(PermissionError):
        stack.authorize(f"Bearer {made['key']}")
    assert console.get(f"/v1/keys/{made['id']}").status == 404
    assert console.delete(f"/v1/keys/{made['id']}").status == 404


def test_while_a_rotation_overlaps_both_secrets_open(console: Console, stack: Stack) -> None:
    made = console.post("/v1/keys", NEW).json

    rotated = console.post(f"/v1/keys/{made['id']}/rotate", {"overlap_hours": 1})

    assert rotated.status == 200
    assert "previous_valid_until" in rotated.json
    assert rotated.json["key"] != made["key"]
    for whole in (made["key"], rotated.json["key"]):
        assert stack.authorize(f"Bearer {whole}")["principalId"] == made["id"]
    over = console.post(f"/v1/keys/{made['id']}/rotate", {"overlap_hours": 0}).json
    assert "previous_valid_until" not in over
    for whole in (made["key"], rotated.json["key"]):
        with pytest.raises(PermissionError):
            stack.authorize(f"Bearer {whole}")
    assert stack.authorize(f"Bearer {over['key']}")


def test_a_rotation_overlaps_a_day_when_nothing_is_said_and_a_week_at_most(console: Console) -> None:
    target = console.post("/v1/keys", NEW).headers["Location"]

    assert "previous_valid_until" in console.post(f"{target}/rotate").json
    assert console.post(f"{target}/rotate", {"overlap_hours": 169}).status == 422
    assert console.post(f"{target}/rotate", {"overlap_hours": -1}).status == 422


def test_a_key_can_give_only_what_it_has(console: Console) -> None:
    made = console.post("/v1/keys", {"name": "Keys", "scopes": ["keys", "read"]}).json
    weaker = Console(key={"key_id": made["id"], "scopes": ["keys", "read"]})

    assert weaker.post("/v1/keys", {"name": "x", "scopes": ["read"]}).status == 201
    for refused in (
        weaker.post("/v1/keys", NEW),
        weaker.post(f"/v1/keys/{KEY_ID}/rotate"),
        weaker.patch(f"/v1/keys/{made['id']}", {"scopes": ["keys", "read", "send"]}),
    ):
        assert (refused.status, refused.code) == (403, "exceeds_key")


def test_the_last_key_that_manages_keys_cannot_go(console: Console) -> None:
    for refused in (
        console.delete(f"/v1/keys/{KEY_ID}"),
        console.patch(f"/v1/keys/{KEY_ID}", {"scopes": ["read"]}),
        console.patch(f"/v1/keys/{KEY_ID}", {"enabled": False}),
    ):
        assert (refused.status, refused.code) == (409, "last_key")


def test_a_made_key_has_the_form_that_scanners_look_for(console: Console) -> None:
    whole = console.post("/v1/keys", NEW).json["key"]

    assert keys.parse(f"Bearer {whole}") is not None
    assert whole.startswith("parley_live_")
