"""A customer asks what is known of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.functions.test_erasures import a_rich_conversation
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.talks import drain
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

EXPORT = f"/v1/conversations/{CONVERSATION}/export"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_all_that_is_kept_is_exported_page_by_page(stack: Stack, console: Console) -> None:
    file, large, held = a_rich_conversation(stack)

    pages = [console.get(f"{EXPORT}?limit=2").json]
    while "next_cursor" in pages[-1]:
        pages.append(console.get(f"{EXPORT}?limit=2&cursor={pages[-1]['next_cursor']}").json)

    assert [page.get("conversation", {}).get("opaque_id") for page in pages] == [
        apple.CUSTOMER,
        *[None] * (len(pages) - 1),
    ]
    messages = {message["id"]: message for page in pages for message in page["messages"]}
    assert len(messages) == sum(len(page["messages"]) for page in pages) == 6
    (shown,) = messages[file]["attachments"]
    assert (shown["status"], shown["name"], len(shown["sha256"])) == ("ready", "CANARY.png", 64)
    assert messages[large]["omitted"] is True
    (failed,) = messages[large]["failed_attempts"]
    assert (failed["target"], failed["status"], failed["words"]) == ("default", 503, "CANARY away")
    assert messages[held]["state"] == "held"
    assert "failed_attempts" not in messages[file]
    assert "MCANARY" not in json.dumps(pages)


def test_another_businesss_conversation_is_as_unknown_as_none(stack: Stack, console: Console) -> None:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url=stack.endpoint.url)
    stack.post()
    drain(stack)

    assert Console(apple.OTHER_BUSINESS).get(EXPORT).code == "conversation_unknown"
    assert console.get("/v1/conversations/nobody/export").code == "conversation_unknown"
    assert console.get(EXPORT).status == 200
