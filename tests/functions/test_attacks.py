"""Several hundred hostile posts at Apple's door: each refused with its status, and with no trace but a reason code."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import apple_requests as apple
from tests.support.attacks import CANARY, KEY, Attack, at_apples_door

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

LOGGED = {"level", "location", "message", "timestamp", "service", "reason", "status", "request_id", "xray_trace_id"}


def _event(attack: Attack) -> dict[str, Any]:
    content = apple.envelope(**({"body": CANARY} | attack.content))
    body = gzip.compress(json.dumps(content).encode()) if attack.body is None else attack.body
    authorization = attack.authorization
    if authorization == "good":
        authorization = f"Bearer {apple.token(now=time.time())}"
    headers = apple.headers(content, authorization=authorization) | attack.headers
    shown = {name.title(): value for name, value in headers.items() if value is not None}
    return apple.api_gateway_event(body, shown, encoded=attack.encoded)


def test_every_attack_is_refused_with_its_status_and_leaves_nothing_but_a_reason_code(
    stack: Stack, logged: Logged
) -> None:
    before = stack.stored()
    wrong: list[str] = []
    for attack in at_apples_door():  # made now: some are about the time
        seen = logged.own.tell()

        answer = stack.deliver_post(_event(attack))

        lines = [json.loads(line) for line in logged.own.getvalue()[seen:].splitlines()]
        told = [(line["message"], line.get("status"), line.get("reason") in attack.reasons) for line in lines]
        if (answer["statusCode"], told) != (attack.status, [("refused", attack.status, True)]):
            wrong.append(f"{attack.name}: {answer['statusCode']} {[line.get('reason') for line in lines]}")
        if not all(line.keys() <= LOGGED for line in lines):
            wrong.append(f"{attack.name}: {sorted(set().union(*lines) - LOGGED)} in the log")
        if CANARY in answer["body"]:
            wrong.append(f"{attack.name}: repeated in the answer")

    assert wrong == []
    assert stack.stored() == before
    said = logged.everything()
    for secret in (CANARY, "eyJ", apple.SECRET, KEY.hex(), "urn:mbid"):
        assert secret not in said


def test_there_are_many_of_them_and_no_two_are_the_same() -> None:
    names = [attack.name for attack in at_apples_door()]

    assert len(names) >= 300
    assert [name for name in names if names.count(name) > 1] == []


def test_the_very_same_post_without_an_attack_is_taken(stack: Stack) -> None:
    assert stack.deliver_post(_event(Attack("none", 200, frozenset())))["statusCode"] == 200


@pytest.mark.parametrize("door", ["body", "headers"])
def test_this_table_would_notice_an_open_door(stack: Stack, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    """The same attacks against a door that checks nothing of the one kind get in."""
    if door == "headers":
        monkeypatch.setattr("parley.apple.inbound._require_same", lambda *_args, **_kwargs: None)
        attacks = [attack for attack in at_apples_door() if attack.name == "header: sender and receiver swapped"]
    else:
        monkeypatch.setattr("parley.apple.tokens._require_fresh", lambda *_args: None)
        attacks = [attack for attack in at_apples_door() if attack.name == "token: issued 3700 s ago"]

    assert [stack.deliver_post(_event(attack))["statusCode"] for attack in attacks] == [200]
