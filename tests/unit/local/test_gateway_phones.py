from __future__ import annotations

import re
import threading
from typing import Any
from urllib.parse import quote

import pytest

from local.gateway.config import Customer
from local.gateway.phones import TYPING_SECONDS, Phones
from local.gateway.replies import ANSWERS
from tests.unit.local.running import Answer, call
from tests.unit.local.wire import OPAQUE_ID, Msp, envelope

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def wait_for(msp: Msp, query: dict[str, str], action: Any) -> Any:
    """Start a long poll, do something, return what the poll gave."""
    answers: list[Any] = []
    poll = threading.Thread(target=lambda: answers.append(msp.phone({**query, "wait": "15"})))
    poll.start()
    action()
    poll.join()
    return answers[0]


def test_an_opaque_id_may_stand_in_the_path(msp: Msp) -> None:
    msp.post(envelope(body="hi"))

    answer = msp.control("GET", f"/phones/{quote(OPAQUE_ID, safe='')}/messages")

    assert [bubble["body"] for bubble in answer.json["messages"]] == ["hi"]
    assert answer.json["opaque_id"] == OPAQUE_ID


def test_without_an_opaque_id_the_first_customers_phone_is_meant(msp: Msp) -> None:
    assert msp.control("GET", "/phones/messages").json["opaque_id"] == OPAQUE_ID


@pytest.mark.parametrize("path", ["/phones/{}/messages", "/phones/messages?opaque_id={}"])
def test_a_phone_can_be_emptied_and_goes_on_counting(msp: Msp, path: str) -> None:
    msp.post(envelope())
    number = msp.bubbles()[0]["n"]

    assert msp.control("DELETE", path.format(quote(OPAQUE_ID, safe=""))).status == 204

    assert msp.bubbles() == []
    msp.post(envelope())
    assert msp.bubbles()[0]["n"] == number + 1


def test_a_phone_nobody_has_is_a_404_that_explains_the_plus_sign(msp: Msp) -> None:
    assert msp.control("GET", "/phones/messages?opaque_id=urn:mbid:nobody").status == 404
    answer = msp.control("GET", f"/phones/messages?opaque_id={OPAQUE_ID}")
    assert answer.status == 404
    assert "write + as %2B" in answer.json["error"]


def test_a_poll_reads_on_after_a_number(msp: Msp) -> None:
    for body in "abc":
        msp.post(envelope(body=body))

    first, _, last = (bubble["n"] for bubble in msp.bubbles())

    shown = msp.phone({"after": str(first)})

    assert [bubble["body"] for bubble in shown["messages"]] == ["b", "c"]
    assert shown["next"] == last
    assert msp.phone({"after": str(last)})["next"] == last


def test_a_long_poll_ends_with_the_message(msp: Msp) -> None:
    shown = wait_for(msp, {"after": "0"}, lambda: msp.post(envelope(body="now")))

    assert [bubble["body"] for bubble in shown["messages"]] == ["now"]


def test_a_long_poll_without_news_ends_empty(msp: Msp) -> None:
    assert msp.phone({"wait": "0.05"})["messages"] == []


def test_a_poll_that_knows_the_state_also_ends_with_typing(msp: Msp) -> None:
    state = msp.phone()["state"]

    shown = wait_for(msp, {"state": str(state)}, lambda: msp.post(envelope("typing_start")))

    assert (shown["typing"], shown["messages"]) == (True, [])
    assert shown["state"] > state


@pytest.mark.parametrize("query", ["wait=31", "wait=-1", "wait=x", "wait=nan", "after=-1", "after=x", "state=x"])
def test_a_wrong_query_is_answered_400(msp: Msp, query: str) -> None:
    answer = msp.control("GET", f"/phones/messages?opaque_id={quote(OPAQUE_ID, safe='')}&{query}")

    assert answer.status == 400
    assert answer.json["error"].startswith(f"Query parameter {query.partition('=')[0]} must be")


def test_all_phones_are_listed_with_their_state(msp: Msp) -> None:
    msp.post(envelope())
    msp.post(envelope("typing_start"))

    phones = {phone["opaque_id"]: phone for phone in msp.control("GET", "/phones").json["phones"]}

    ada = phones[OPAQUE_ID]
    assert (ada["name"], ada["messages"], ada["typing"], ada["opted_out"]) == ("Ada", 1, True, False)


def test_a_typing_bubble_nobody_ends_disappears_by_itself() -> None:
    now = [1000.0]
    phones = Phones(clock=lambda: now[0])
    phone = phones.register(Customer(opaque_id=OPAQUE_ID))
    phones.typing(phone, started=True)

    now[0] += TYPING_SECONDS - 1
    assert phones.is_typing(phone)
    now[0] += 1
    assert not phones.is_typing(phone)


def test_the_times_of_messages_are_utc() -> None:
    phones = Phones(clock=lambda: 1767225600.1239)
    phone = phones.register(Customer(opaque_id=OPAQUE_ID))

    assert phones.show(phone, envelope()).at == "2026-01-01T00:00:00.123Z"


def test_the_phone_has_a_page_that_needs_nothing_from_elsewhere(msp: Msp) -> None:
    page: Answer = call("GET", msp.url)

    assert page.headers["content-type"].startswith("text/html")
    assert "<title>Phone" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text


@pytest.mark.parametrize("kind", [*ANSWERS, "rich_link"])
def test_the_page_draws_every_kind(msp: Msp, kind: str) -> None:
    drawn = call("GET", msp.url).text.partition("const kinds = {")[2].partition("\n};")[0]

    assert re.search(rf"^  {kind}[:(]", drawn, re.MULTILINE)
