"""What holds for every route of the management API: whose it is, done once, refused in one form."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from parley.business import operations
from parley.business.kinds.constructed_link import PLAIN
from parley.errors import Retryable
from parley.runtime import compose
from parley.runtime.console.door import ROUTES
from tests.functions.conftest import KEY_ID
from tests.support import apple_requests as apple
from tests.support.console import Console
from tests.support.world import CONVERSATION

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

OURS = (
    "channel",
    "conversations",
    "messages",
    "endpoints",
    "routes",
    "deliveries",
    "replays",
    "entry-points",
    "invitations",
    "keys",
    "library",
    "erasures",
    "usage",
    "privacy",
)
OF_THE_OUTBOUND_API = {"sendMessage", "getMessage", "createInvitation", "sendToConversation", "showTyping"}
STRANGER = Console(apple.OTHER_BUSINESS)


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def test_every_operation_of_the_table_is_answered_and_no_other() -> None:
    wanted = {
        (operation.method, operation.path)
        for operation in operations.every()
        if operation.path.split("/")[2] in OURS and operation.id not in OF_THE_OUTBOUND_API
    }

    assert set(ROUTES) == wanted
    assert all(route.operation.route == f"{method} {path}" for (method, path), route in ROUTES.items())


def test_an_unknown_route_is_no_route(console: Console) -> None:
    answer = console.post("/v1/nothing")

    assert (answer.status, answer.code) == (404, "route_unknown")


@pytest.fixture
def owned(console: Console, stack: Stack) -> dict[str, str]:
    """One of everything, by the name of its path parameter."""
    content = apple.envelope()
    stack.post(content)
    while stack.route():
        pass
    console.put(f"/v1/conversations/{CONVERSATION}/handler", {"endpoint_id": "default"})
    run = console.post("/v1/replays", {"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}).json
    body = {"type": "text", "body": "Hello"}
    console.post("/v1/library", {"name": "greeting", "default_locale": "en", "bodies": {"en": body}})
    console.post("/v1/library/greeting/publish")
    console.put("/v1/privacy", {"retention_days": 30})
    asset = console.post("/v1/library/assets", {"data": PLAIN}).json
    return {
        "name": "greeting",
        "version": "1",
        "asset_id": asset["id"],
        "endpoint_id": "default",
        "conversation_id": CONVERSATION,
        "message_id": content["id"],
        "note_id": console.post(f"/v1/conversations/{CONVERSATION}/notes", {"body": "Mine."}).json["id"],
        "replay_id": run["id"],
        "reference_id": console.post("/v1/invitations", INVITATION).json["reference_id"],
        "entry_point_id": console.post("/v1/entry-points", {"name": "Window"}).json["id"],
        "key_id": KEY_ID,
        "erasure_id": console.post("/v1/erasures", {"customer": apple.OTHER_CUSTOMER}).json["id"],
    }


INVITATION = {"to": "tel:+15550100", "reference_id": "order-9001", "brand_name": "Bikes"}
BODIES: dict[str, Any] = {
    "createNote": {"body": "Theirs."},
    "changeEndpoint": {"description": "mine"},
    "changeKey": {"name": "mine"},
    "handOver": {"endpoint_id": None},
    "replacePreferences": {"topics": {}},
    "replayDelivery": {"resend": True},
    "replaceTemplate": {"default_locale": "en", "bodies": {"en": {"body": "Mine"}}},
}


def test_another_business_sees_and_changes_nothing(owned: dict[str, str], stack: Stack) -> None:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url="http://127.0.0.1:9/")
    STRANGER.delete("/v1/endpoints/default")
    STRANGER.put("/v1/routes", {"rules": []})
    STRANGER.delete("/v1/endpoints/default")
    assert STRANGER.get("/v1/endpoints").json == {"data": []}
    before = [item for item in stack.cloud.items() if apple.OTHER_BUSINESS not in json.dumps(item)]
    secret = stack.cloud.secrets.get_secret_value(SecretId=f"parley/business/{apple.BUSINESS}")
    waiting = {name: stack.cloud.waiting(name) for name in stack.cloud.queue_urls}

    walked = []
    for route in ROUTES.values():
        operation = route.operation
        if "{" not in operation.path:
            continue
        target = operation.path.format(**owned)
        accept = operation.media or "application/json"
        body = BODIES.get(operation.id)
        answer = STRANGER(operation.method, target, body, Idempotency_Key=f"walk-{operation.id}", Accept=accept)
        unknown = operation.path.format(**dict.fromkeys(owned, "nobody"))
        nobody = STRANGER(operation.method, unknown, body, Accept=accept)
        assert answer.status == nobody.status == 404, operation.id
        assert answer.text == nobody.text
        walked.append(operation.id)

    assert len(walked) >= 33
    assert STRANGER.get("/v1/routes").json == {"rules": []}
    assert STRANGER.get("/v1/channel").json == {"business_id": apple.OTHER_BUSINESS}
    assert STRANGER.get("/v1/deliveries").json == {"data": []}
    assert STRANGER.get("/v1/conversations").json == {"data": []}
    assert STRANGER.get("/v1/messages").json == {"data": []}
    assert STRANGER.get(f"/v1/deliveries?conversation_id={CONVERSATION}").json == {"data": []}
    assert STRANGER.get("/v1/replays").json == {"data": []}
    assert STRANGER.get("/v1/keys").json == {"data": []}
    assert STRANGER.get("/v1/library").json == {"data": []}
    assert STRANGER.get("/v1/privacy").json == {"installation_days": 90}
    assert STRANGER.put("/v1/privacy", {"retention_days": 7}).status == 200
    assert STRANGER.get("/v1/library/assets").json == {"data": []}
    assert STRANGER.post("/v1/routes/test", {"conversation_id": CONVERSATION}).status == 422
    assert STRANGER.put("/v1/routes", {"rules": [{"endpoint_id": "default"}]}).status == 422
    after = [item for item in stack.cloud.items() if apple.OTHER_BUSINESS not in json.dumps(item)]
    assert after == before
    again = stack.cloud.secrets.get_secret_value(SecretId=f"parley/business/{apple.BUSINESS}")
    assert again["SecretString"] == secret["SecretString"]
    assert {name: stack.cloud.waiting(name) for name in stack.cloud.queue_urls} == waiting


def test_whose_call_it_is_nothing_in_the_request_can_say(console: Console, stack: Stack) -> None:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url="http://127.0.0.1:9/")
    ours = console.get("/v1/endpoints").text
    theirs = STRANGER.get("/v1/endpoints").text
    assert ours != theirs

    for name in ("business_id", "business-id", "x_business_id", "source_id", "destination_id", "principalId", "key_id"):
        assert STRANGER.get("/v1/endpoints", **{name: apple.BUSINESS}).text == theirs
        refused = STRANGER.get(f"/v1/endpoints?{name}={apple.BUSINESS}")
        assert refused.status == 422 or refused.text == theirs
        made = STRANGER.post("/v1/endpoints", NEW | {name: apple.BUSINESS}, Idempotency_Key=f"smuggled-{name}")
        assert (made.status, [code for _, code in made.faults]) == (422, ["unknown_field"])
    assert console.get("/v1/endpoints").text == ours


NEW = {"url": "http://127.0.0.1:9/new", "description": "once"}


def test_a_call_with_its_key_is_done_once_and_its_secret_told_once(console: Console, stack: Stack) -> None:
    first = console.post("/v1/endpoints", NEW, Idempotency_Key="k")
    again = console.post("/v1/endpoints", NEW, idempotency_key="k")

    assert "Idempotent-Replayed" not in first.headers
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.headers["Location"] == first.headers["Location"]
    shown = first.json
    secret = shown.pop("secret")
    assert again.json == shown
    assert len(console.get("/v1/endpoints").json["data"]) == 2
    assert secret not in json.dumps(stack.cloud.items())


def test_the_same_key_for_something_else_is_a_conflict(console: Console) -> None:
    console.post("/v1/endpoints", NEW, Idempotency_Key="k")

    for target, body in (
        ("/v1/endpoints", NEW | {"description": "other"}),
        ("/v1/endpoints/default/pause", None),
        ("/v1/endpoints/nobody/pause", None),
    ):
        answer = console.post(target, body, Idempotency_Key="k")
        assert (answer.status, answer.code) == (409, "idempotency_conflict")


def test_keys_of_two_businesses_have_nothing_to_do_with_each_other(console: Console, stack: Stack) -> None:
    stack.register.business(apple.OTHER_BUSINESS, name="Boats", url="http://127.0.0.1:9/")
    console.post("/v1/endpoints", NEW, Idempotency_Key="k")

    answer = STRANGER.post("/v1/endpoints", NEW, Idempotency_Key="k")

    assert (answer.status, "Idempotent-Replayed" in answer.headers) == (201, False)


def test_a_call_that_is_still_at_work_is_not_begun_again(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    nested: list[Any] = []
    store = compose.endpoint_store()
    add = store.add

    def meanwhile(*args: Any) -> bool:
        if not nested:
            nested.append(console.post("/v1/endpoints", NEW, Idempotency_Key="k"))
        return add(*args)

    monkeypatch.setattr(store, "add", meanwhile)

    assert console.post("/v1/endpoints", NEW, Idempotency_Key="k").status == 201

    (second,) = nested
    assert (second.status, second.code, second.headers["Retry-After"]) == (409, "in_progress", "1")
    assert len(console.get("/v1/endpoints").json["data"]) == 2


def test_a_call_that_was_refused_may_be_made_again_with_its_key(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> bool:
        raise Retryable("the table is away", code="aws_unavailable", after=2)

    with monkeypatch.context() as patch:
        patch.setattr(compose.endpoint_store(), "add", away)
        refused = console.post("/v1/endpoints", NEW, Idempotency_Key="k")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")

    assert console.post("/v1/endpoints", NEW, Idempotency_Key="k").status == 201


def test_a_call_that_died_at_work_may_be_made_again_after_a_minute(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """The function was stopped."""

    def dies(*_: Any) -> bool:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(compose.endpoint_store(), "add", dies)
        with pytest.raises(Died):
            console.post("/v1/endpoints", NEW, Idempotency_Key="k")
    assert console.post("/v1/endpoints", NEW, Idempotency_Key="k").code == "in_progress"

    calls = compose.once()._calls
    monkeypatch.setattr(calls, "_clock", lambda: time.time() + 61)
    other = console.post("/v1/endpoints", NEW | {"description": "other"}, Idempotency_Key="k")
    assert other.code == "idempotency_conflict"
    assert console.post("/v1/endpoints", NEW, Idempotency_Key="k").status == 201


def test_a_key_is_remembered_for_two_days(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.post("/v1/endpoints", NEW, Idempotency_Key="k")
    calls = compose.once()._calls

    monkeypatch.setattr(calls, "_clock", lambda: time.time() + 47.9 * 3600)
    assert console.post("/v1/endpoints", NEW, Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"
    monkeypatch.setattr(calls, "_clock", lambda: time.time() + 48.1 * 3600)
    assert "Idempotent-Replayed" not in console.post("/v1/endpoints", NEW, Idempotency_Key="k").headers


def test_what_is_done_is_told_even_if_it_cannot_be_remembered(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise Retryable("the table is away", code="aws_unavailable")

    monkeypatch.setattr(compose.once()._calls, "finish", away)

    answer = console.post("/v1/endpoints", NEW, Idempotency_Key="k")

    assert answer.status == 201
    assert answer.json["secret"]


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "\u00e4"])
def test_a_key_that_is_none_is_refused(console: Console, key: str) -> None:
    answer = console.post("/v1/endpoints", NEW, Idempotency_Key=key)

    assert (answer.status, answer.code) == (400, "idempotency_key_malformed")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "\ufeff{}",
        "nul",
        '{"url": NaN}',
        '{"url": "\\ud800"}',
        "[" * 60_000,
        '{"a":' * 9_000,
        "1" * 5_000,
        '"x"' * 2,
    ],
)
def test_what_is_no_json_is_refused_as_such(console: Console, body: str) -> None:
    answer = console.post("/v1/endpoints", body)

    assert (answer.status, answer.code) == (400, "body_not_json")


def test_a_fault_nobody_expected_is_ours_and_its_words_are_in_no_log(
    console: Console, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("canary")

    monkeypatch.setattr(compose.endpoints(), "all", broken)

    answer = console.get("/v1/endpoints")

    assert (answer.status, answer.code) == (500, "misconfigured")
    assert "canary" not in answer.text + logged.everything()
    (line,) = logged.lines()
    assert (line["message"], line["error"], line["business_id"]) == ("failed", "ValueError", apple.BUSINESS)


def test_a_path_with_half_a_surrogate_pair_is_nothing_known(console: Console) -> None:
    assert console.get("/v1/deliveries/%ED%A0%80").status == 404


def test_answers_are_never_kept_by_a_cache(console: Console) -> None:
    for answer in (console.get("/v1/endpoints"), console.get("/v1/endpoints/nobody")):
        assert answer.headers["Cache-Control"] == "no-store"
