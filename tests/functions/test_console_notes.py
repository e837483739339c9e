"""What a business's own people note about a conversation, and nobody else sees."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from parley.runtime import compose
from parley.storage import keys
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.console import Console
from tests.support.talks import drain, ids, pages, written
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

STRANGER = Console(apple.OTHER_BUSINESS)
NOTES = f"/v1/conversations/{CONVERSATION}/notes"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_notes_are_kept_for_those_who_come_after(console: Console, stack: Stack) -> None:
    written(stack)
    before = (len(stack.webhooks()), ids(console.get("/v1/messages")))

    made = [console.post(NOTES, {"body": f"note {number}", "author": "desk"}) for number in range(3)]
    unsigned = console.post(NOTES, {"body": "x" * 4000})
    drain(stack)

    assert [answer.status for answer in [*made, unsigned]] == [201] * 4
    listed = console.get(NOTES).json["data"]
    assert [each["body"] for each in listed[1:]] == ["note 2", "note 1", "note 0"]
    assert (listed[1], "author" in listed[0]) == (made[2].json, False)
    assert pages(console, NOTES, limit=3) == [[each["id"] for each in listed[:3]], [listed[3]["id"]]]
    assert (len(stack.webhooks()), ids(console.get("/v1/messages"))) == before, "nobody else hears of them"
    assert stack.gateway.requests == []


def test_a_note_is_deleted_once(console: Console, stack: Stack) -> None:
    written(stack)
    first, second = (console.post(NOTES, {"body": body}).json["id"] for body in ("a", "b"))

    assert console.delete(f"{NOTES}/{first.lower()}").status == 204

    assert ids(console.get(NOTES)) == [second]
    for gone in (first, "nonsense", second[:-1]):
        assert console.delete(f"{NOTES}/{gone}").code == "note_unknown"


def test_a_conversation_has_no_more_notes_than_it_may(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("parley.storage.notes", "parley.services.notes"):
        monkeypatch.setattr(f"{module}.MAX_NOTES", 2)
    written(stack)
    first, _ = (console.post(NOTES, {"body": body}).json["id"] for body in ("a", "b"))

    full = console.post(NOTES, {"body": "c"})
    assert (full.status, full.code) == (409, "too_many_notes")

    console.delete(f"{NOTES}/{first}")
    assert console.post(NOTES, {"body": "d"}).status == 201
    # One goes without a word, as those do whose time is over.
    (oldest,) = ids(console.get(NOTES))[1:]
    stack.cloud.dynamodb.delete_item(TableName=TABLE, Key=keys.note(CONVERSATION, oldest))
    assert console.post(NOTES, {"body": "e"}).status == 201
    assert [each["body"] for each in console.get(NOTES).json["data"]] == ["e", "d"]


def test_a_note_is_forgotten_with_the_messages_of_its_day(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(stack)
    console.post(NOTES, {"body": "a"})

    monkeypatch.setattr(compose.notes()._store, "_clock", lambda: time.time() + 90 * 86_400)

    assert ids(console.get(NOTES)) == []


@pytest.mark.parametrize(
    ("note", "path"),
    [
        ({}, "/body"),
        ({"body": ""}, "/body"),
        ({"body": "x" * 4001}, "/body"),
        ({"body": "x", "author": "a" * 65}, "/author"),
        ({"body": "x", "visible": True}, "/visible"),
    ],
)
def test_a_note_that_is_none_is_refused(console: Console, stack: Stack, note: object, path: str) -> None:
    written(stack)

    answer = console.post(NOTES, note)

    assert (answer.status, [each for each, _ in answer.faults]) == (422, [path])


def test_the_same_call_notes_once(console: Console, stack: Stack) -> None:
    written(stack)

    first, again = (console.post(NOTES, {"body": "a"}, Idempotency_Key="k") for _ in range(2))

    assert first.json == again.json
    assert len(ids(console.get(NOTES))) == 1


def test_a_strangers_notes_are_nobodys(console: Console, stack: Stack) -> None:
    written(stack)
    note = console.post(NOTES, {"body": "a"}).json["id"]

    for answer in (STRANGER.get(NOTES), STRANGER.post(NOTES, {"body": "b"}), STRANGER.delete(f"{NOTES}/{note}")):
        assert (answer.status, answer.code) == (404, "conversation_unknown")
    assert ids(console.get(NOTES)) == [note]
