"""A business's API keys, made and taken away by the command line, shown to the deployed API."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.conftest import eventually
from tests.support import template_yaml

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def keys(stack: Stack, *words: str) -> Any:
    """One `parley keys …` that has to work: the JSON it prints."""
    done = stack.parley("keys", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def remembered_seconds() -> int:
    """For so long API Gateway may go on taking a key that is good no more: what docs/api/keys.md says."""
    auth = template_yaml.template()["Resources"]["BusinessApi"]["Properties"]["Auth"]
    (authorizer,) = auth["Authorizers"].values()
    seconds: int = authorizer["Identity"]["ReauthorizeEvery"]
    assert seconds == 60
    return seconds


def asks(stack: Stack, key: str) -> int:
    """The status of a call that needs the scope `read`."""
    return stack.api("GET", "/v1/conversations", key=key)[0]


@pytest.fixture
def made(stack: Stack) -> dict[str, Any]:
    """A key that may read, and nothing else."""
    found: dict[str, Any] = keys(stack, "create", "--name", "Reports", "--scope", "read", "--expires", "30d")
    return found


def test_a_key_opens_what_its_scopes_name_and_nothing_else(stack: Stack, made: dict[str, Any]) -> None:
    assert asks(stack, made["key"]) == 200

    status, refusal = stack.api(
        "POST", "/v1/messages", {"to": stack.facts["customer"]["opaque_id"], "body": "Hello"}, key=made["key"]
    )
    assert (status, refusal["code"]) == (403, "scope_missing")
    assert asks(stack, made["key"][:-1] + "~") == 401

    shown = keys(stack, "show", made["id"])
    assert (shown["scopes"], shown["mode"], shown["state"]) == (["read"], "live", "active")
    assert "key" not in shown


def test_a_key_cannot_manage_keys_without_the_scope_and_is_told_what_to_do(stack: Stack, made: dict[str, Any]) -> None:
    done = stack.parley("keys", "list", "--api", stack.facts["business_api_url"], "--api-key", made["key"])

    assert (done.returncode, done.stdout) == (1, "")
    assert "403" in done.stderr
    assert "Show a key that has the scope keys" in done.stderr


def test_both_secrets_open_in_the_overlap_and_none_of_a_revoked_key_or_after_a_rotation_without(
    stack: Stack, made: dict[str, Any]
) -> None:
    other = keys(stack, "create", "--name", "Leaked", "--scope", "read")
    assert [asks(stack, key) for key in (made["key"], other["key"])] == [200, 200]

    rotated = keys(stack, "rotate", made["id"], "--overlap-hours", "1")
    assert rotated["key"] != made["key"]
    assert [asks(stack, key) for key in (made["key"], rotated["key"])] == [200, 200]

    at_once = keys(stack, "rotate", other["id"], "--overlap-hours", "0")
    revoked = stack.parley("keys", "revoke", made["id"], "--yes")
    assert revoked.returncode == 0, revoked.stderr
    since = time.monotonic()

    def refused() -> float | None:
        began = time.monotonic()
        over = (made["key"], rotated["key"], other["key"])
        return began if [asks(stack, key) for key in over] == [401] * 3 else None

    assert eventually(refused, seconds=remembered_seconds() + 10) - since <= remembered_seconds()
    assert asks(stack, at_once["key"]) == 200
    assert made["id"] not in stack.parley("keys", "list").stdout
