from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from parley.apple import wire
from tests.unit.apple.wire.samples import APP_BID, BID, GOOD, NOW, form, interactive, page

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {
    "text": "text",
    "text with attachment": "text",
    "typing_start": "typing",
    "typing_end": "typing",
    "rich link": "rich_link",
    "rich link by reference": "rich_link",
    "interactive by reference": "unknown",
    "quick reply": "quick_reply",
    "list picker": "list_picker",
    "time picker": "time_picker",
    "form": "form",
    "iMessage app": "imessage_app",
    "authentication": "authentication",
    "legacy authentication": "authentication",
    "Apple Pay": "apple_pay",
    "invitation": "invitation",
    "invitation without image": "invitation",
}
IDS = ("v", "id", "type", "sourceId", "destinationId")


def content_of(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in IDS}


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_a_good_message_has_no_fault_and_no_warning(make: Callable[[], dict[str, Any]]) -> None:
    assert wire.check(make(), now=NOW) == []


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_the_content_of_a_good_message_is_good_by_itself(make: Callable[[], dict[str, Any]]) -> None:
    message = make()

    assert wire.check_content(message["type"], content_of(message), now=NOW) == []


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_judging_leaves_the_message_as_it_was(make: Callable[[], dict[str, Any]]) -> None:
    message = make()
    before = copy.deepcopy(message)

    wire.check(message, now=NOW)

    assert message == before


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_a_good_message_stays_good_over_the_wire(make: Callable[[], dict[str, Any]]) -> None:
    assert wire.check(json.loads(json.dumps(make())), now=NOW) == []


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=list(KINDS))
def test_the_kind_is_told_from_the_content(name: str, kind: str) -> None:
    message = GOOD[name]()

    assert wire.kind_of(content_of(message)) == kind
    assert wire.kind_of(message) == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (None, "unknown"),
        ([], "unknown"),
        ({"type": "close"}, "unknown"),
        ({"attachments": []}, "text"),
        ({"interactiveData": None}, "unknown"),
        ({"interactiveData": {"bid": APP_BID}}, "imessage_app"),
        ({"interactiveData": {"bid": APP_BID, "data": {"listPicker": {}}}}, "list_picker"),
        ({"interactiveData": {"bid": APP_BID, "data": {"listPicker": {}}, "appId": 1}}, "imessage_app"),
        ({"interactiveData": {"bid": BID, "data": {"listPicker": {}}, "appId": 1}}, "list_picker"),
        ({"interactiveData": {"bid": BID, "URL": "?a=1"}}, "imessage_app"),
        ({"interactiveData": {"bid": BID, "data": {"quickReply": {}}}}, "unknown"),
        ({"interactiveDataRef": {"bid": APP_BID}}, "imessage_app"),
        ({"interactiveDataRef": {"bid": ["?"]}}, "unknown"),
    ],
)
def test_an_odd_content_still_has_a_kind(content: object, kind: str) -> None:
    assert wire.kind_of(content) == kind


def test_the_samples_of_the_protocol_pages_pass_in_their_other_spellings() -> None:
    version = interactive({"quick-reply": GOOD["quick reply"]()["interactiveData"]["data"]["quick-reply"]})
    version["interactiveData"]["data"]["mspVersion"] = version["interactiveData"]["data"].pop("version")
    newer = GOOD["authentication"]()
    newer["interactiveData"]["data"]["version"] = "2.0"
    older_form = form(page("only"))
    older_form["interactiveData"]["data"]["dynamic"] |= {"version": "1.1", "private": True}

    assert wire.check(version, now=NOW) == []
    assert wire.check(newer, now=NOW) == []
    assert wire.check(older_form, now=NOW) == []


def modules_after(judging: str) -> set[str]:
    program = f"import sys\nfrom parley.apple import wire\n{judging}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "layers/shared", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    prefix = "parley.apple.wire."
    return {name.removeprefix(prefix) for name in done.stdout.split() if name.startswith(prefix)}


def test_a_process_that_only_sends_texts_loads_no_other_kind() -> None:
    loaded = modules_after('assert wire.check_content("text", {"body": "Hello"}, now=0) == []')

    assert loaded == {"any_content", "attachments", "envelope", "kinds", "node", "rules", "structure", "text"}


def test_a_quick_reply_loads_no_other_interactive_kind() -> None:
    content = GOOD["quick reply"]()["interactiveData"]
    loaded = modules_after(f'assert wire.check_content("interactive", {{"interactiveData": {content!r}}}, now=0) == []')

    assert loaded & set(KINDS.values()) == {"quick_reply"}
