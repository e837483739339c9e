"""Customers who write, and what a business then reads of it page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parley.conversation.identity import conversation_id
from tests.support import apple_requests as apple

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.console import Console, Reply


def drain(stack: Stack) -> None:
    while stack.route():
        pass


def written(stack: Stack, customer: str = apple.CUSTOMER, /, **fields: Any) -> str:
    """The conversation of a customer who has just written."""
    assert stack.post(apple.envelope(**{"sourceId": customer, **fields}))["statusCode"] == 200
    drain(stack)
    return conversation_id(apple.BUSINESS, customer)


def people(count: int) -> list[str]:
    return [f"urn:mbid:AQAAYperson{number:02d}==" for number in range(count)]


def ids(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.text
    return [each["id"] for each in answer.json["data"]]


def pages(console: Console, target: str, *, limit: int) -> list[list[str]]:
    """The ids of every page of a list."""
    found: list[list[str]] = []
    joint = "&" if "?" in target else "?"
    cursor = ""
    while len(found) < 40:
        answer = console.get(f"{target}{joint}limit={limit}{cursor}")
        found.append(ids(answer))
        if "next_cursor" not in answer.json:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"
    raise AssertionError("it has no end")


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
