"""A business says what its channel is like and what happens in it by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from parley.business.operations.channel import MAX_TOPICS
from parley.runtime import compose
from parley.services.channel import MAX_BYTES
from tests.support import apple_requests as apple
from tests.support.console import Console

if TYPE_CHECKING:
    from tests.functions.conftest import Stack

HELLO = {"greeting": {"messages": {"en": {"body": "Hello!"}}}}
WEEK = {"monday": [{"from": "09:00", "to": "12:00"}, {"from": "22:00", "to": "02:00"}]}


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_nothing_is_set_until_something_is_put(console: Console) -> None:
    before = console.get("/v1/channel")

    assert before.json == {"business_id": apple.BUSINESS}
    put = console.put("/v1/channel", HELLO, If_Match=before.headers["ETag"])
    assert (put.status, put.json) == (200, {"business_id": apple.BUSINESS, **HELLO})
    after = console.get("/v1/channel")
    assert (after.json, after.headers["ETag"]) == (put.json, put.headers["ETag"])
    assert after.headers["ETag"] != before.headers["ETag"]


def test_every_setting_comes_back_as_it_was_put(console: Console) -> None:
    settings = {
        "apple_pay": {
            "merchant_id": "merchant.example",
            "merchant_name": "Bikes",
            "domain": "shop.example",
            "payment_gateway_url": "https://shop.example/pay",
            "base_url": "https://shop.example",
        },
        "oauth": {
            "title": "Sign in",
            "response_type": "code",
            "scope": ["openid", "email"],
            "client_id": "parley",
            "redirect_uri": "https://shop.example/back",
            "token_url": "https://id.example/token",
        },
        "imessage_app": {
            "app_id": "1234",
            "app_name": "Sizes",
            "bid": "com.example.sizes",
            "url": "https://shop.example",
        },
        "default_locale": "de",
        "time_zone": "Europe/Vienna",
        "hours": {**WEEK, "sunday": [{"from": "00:00", "to": "24:00"}]},
        "holidays": [
            {"date": "12-25"},
            {"date": "2026-12-24", "name": "Heiligabend", "hours": [{"from": "09:00", "to": "12:00"}]},
        ],
        "greeting": {
            "messages": {"de": {"body": "Hallo!"}, "en": {"type": "text", "body": "Hello!"}},
            "welcome_back": {"after_days": 30, "messages": {"en": {"body": "Welcome back!"}}},
        },
        "away": {"messages": {"en": {"body": "We are back on Monday at nine."}}},
        "triggers": {
            "person": {"words": {"de": ["Chef"]}, "handover": "default"},
            "menu": {
                "answer": {
                    "en": {
                        "type": "quick_reply",
                        "text": "What is it about?",
                        "items": [{"identifier": "a", "title": "Order"}, {"identifier": "b", "title": "Repair"}],
                    }
                }
            },
        },
        "topics": [
            {"id": "orders", "titles": {"en": "Orders", "de": "Bestellungen"}, "default": True},
            {"id": "offers", "titles": {"en": "Offers"}, "marketing": True},
        ],
    }

    put = console.put("/v1/channel", settings)

    assert (put.status, put.json) == (200, {"business_id": apple.BUSINESS, **settings})
    assert console.get("/v1/channel").json == put.json


def test_a_part_is_replaced_or_removed_and_the_others_stay(console: Console) -> None:
    console.put("/v1/channel", {**HELLO, "default_locale": "de", "topics": []})

    changed = console.patch("/v1/channel", {"greeting": None, "default_locale": "fr"})

    assert changed.json == {"business_id": apple.BUSINESS, "default_locale": "fr", "topics": []}
    assert console.get("/v1/channel").json == changed.json


def test_null_removes_what_it_stands_for_inside_a_part_too(console: Console) -> None:
    trigger = {"words": None, "answer": None, "handover": "default"}
    back = {"after_days": 30, "messages": {"en": {"body": "Welcome back!"}}}
    greeting = {"messages": {"en": {"body": "Hello!"}}, "welcome_back": back}

    put = console.put("/v1/channel", {"triggers": {"person": trigger, "menu": None}, "greeting": greeting})
    changed = console.patch("/v1/channel", {"greeting": {**greeting, "welcome_back": None}})

    triggers = {"person": {"handover": "default"}}
    assert put.json == {"business_id": apple.BUSINESS, "triggers": triggers, "greeting": greeting}
    assert changed.json == {
        "business_id": apple.BUSINESS,
        "triggers": triggers,
        "greeting": {"messages": {"en": {"body": "Hello!"}}},
    }


def test_an_old_version_changes_nothing(console: Console) -> None:
    etag = console.get("/v1/channel").headers["ETag"]
    console.put("/v1/channel", HELLO)

    for method in (console.put, console.patch):
        late = method("/v1/channel", {}, If_Match=etag)
        assert (late.status, late.code) == (412, "precondition_failed")

    assert console.get("/v1/channel").json == {"business_id": apple.BUSINESS, **HELLO}


def test_two_changes_at_once_both_count(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    store = compose.channels()
    put = store.put
    raced: list[int] = []

    def racing(*args: Any, **kwargs: Any) -> bool:
        if not raced:
            raced.append(1)
            console.patch("/v1/channel", {"default_locale": "de"})
        return put(*args, **kwargs)

    monkeypatch.setattr(store, "put", racing)

    console.patch("/v1/channel", HELLO)

    assert console.get("/v1/channel").json == {"business_id": apple.BUSINESS, "default_locale": "de", **HELLO}


def test_when_others_are_always_faster_the_caller_may_try_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose.channels(), "put", lambda *_, **__: False)

    assert console.put("/v1/channel", HELLO).status == 503


def test_one_business_has_nothing_of_anothers(console: Console, stack: Stack) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    stack.register.business(other, name="Others", url=stack.endpoint.url + "/others")
    console.put("/v1/channel", HELLO)

    assert Console(other).get("/v1/channel").json == {"business_id": other}


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({"color": "red"}, [("/color", "unknown_field")]),
        ({"oauth": {"client_secret": "s3cret"}}, [("/oauth/client_secret", "unknown_field")]),
        ({"apple_pay": {"pem": "-----BEGIN"}}, [("/apple_pay/pem", "unknown_field")]),
        ({"time_zone": "Mars/Olympus"}, [("/time_zone", "unknown_time_zone")]),
        ({"hours": WEEK}, [("/time_zone", "required_with_hours")]),
        ({"away": {"messages": {"en": {"body": "x"}}}}, [("/hours", "required_with_away")]),
        (
            {"time_zone": "UTC", "hours": {"monday": [{"from": "09:00", "to": "09:00"}]}},
            [("/hours/monday/0", "empty_span")],
        ),
        (
            {"time_zone": "UTC", "hours": {"monday": [{"from": "24:00", "to": "09:00"}]}},
            [("/hours/monday/0", "empty_span")],
        ),
        (
            {"time_zone": "UTC", "hours": {"monday": [{"from": "9", "to": "12:00"}]}},
            [("/hours/monday/0/from", "malformed")],
        ),
        (
            {"holidays": [{"date": "2026-02-29"}, {"date": "12-25"}, {"date": "12-25"}]},
            [("/holidays/0/date", "malformed"), ("/holidays/2/date", "duplicate")],
        ),
        (
            {"triggers": {"person": {"handover": "nobody"}}},
            [("/triggers/person/handover", "unknown_endpoint")],
        ),
        (
            {"triggers": {"person": {"words": {"en": ["Boss"]}}, "menu": {"words": {"en": ["boss!"]}}}},
            [("/triggers/menu/words/en/0", "duplicate")],
        ),
        ({"triggers": {"menu": {"words": {"en": ["  "]}}}}, [("/triggers/menu/words/en/0", "blank")]),
        (
            {"topics": [{"id": "a", "titles": {"en": "A"}}, {"id": "a", "titles": {"en": "A"}}]},
            [("/topics/1/id", "duplicate")],
        ),
        ({"topics": [{"id": "none", "titles": {"en": "None"}}]}, [("/topics/0/id", "reserved")]),
        (
            {"topics": [{"id": "a", "titles": {"en": "A"}, "marketing": True, "default": True}]},
            [("/topics/0/default", "customers_choice")],
        ),
        ({"topics": [{"id": str(n), "titles": {"en": "A"}} for n in range(MAX_TOPICS + 1)]}, [("/topics", "too_many")]),
        ({"greeting": {"messages": {"en": {"to": "x", "body": "x"}}}}, [("/greeting/messages/en/to", "unknown_field")]),
        ({"greeting": {"messages": {"en": {"type": "typing"}}}}, [("/greeting/messages/en/type", "unknown_type")]),
        (
            {"greeting": {"messages": {"de": {"type": "quick_reply", "text": "?", "items": []}}}},
            [("/greeting/messages/de/items", "too_few")],
        ),
        (
            {"greeting": {"messages": {}, "welcome_back": {"after_days": 0, "messages": {"en": {"body": "x"}}}}},
            [("/greeting/welcome_back/after_days", "out_of_range")],
        ),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else None,
)
def test_settings_that_cannot_work_are_refused(
    console: Console, settings: object, faults: list[tuple[str, str]]
) -> None:
    answer = console.put("/v1/channel", settings)

    assert (answer.status, answer.faults) == (422, faults)
    assert console.get("/v1/channel").json == {"business_id": apple.BUSINESS}


def test_all_together_have_a_size(console: Console) -> None:
    long = {"body": "x" * 10_000}
    messages = dict.fromkeys(("de", "en", "fr", "es", "it"), long)

    answer = console.put("/v1/channel", {"greeting": {"messages": messages}})

    assert MAX_BYTES < 50_000
    assert (answer.status, answer.faults) == (422, [("", "too_large")])
