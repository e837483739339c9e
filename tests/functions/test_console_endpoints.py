"""A business manages its endpoints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from parley.business.bounds import MAX_ENDPOINTS
from parley.conversation.events import Event, Kind, read_event
from parley.runtime import compose
from tests.support import apple_requests as apple
from tests.support.cloud import TABLE
from tests.support.console import Console
from tests.support.http_server import reply

if TYPE_CHECKING:
    from tests.functions.conftest import Stack
    from tests.support.fixtures import Logged

OTHER_URL = "http://127.0.0.1:9/other"


@pytest.fixture
def console(stack: Stack) -> Console:
    return Console()


def created(console: Console, url: str = OTHER_URL, **fields: Any) -> Any:
    answer = console.post("/v1/endpoints", {"url": url, **fields})
    assert answer.status == 201, answer.text
    return answer.json


def secrets_of(stack: Stack) -> str:
    """The document that holds the business's webhook keys."""
    name = f"parley/business/{apple.BUSINESS}"
    return stack.cloud.secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"]


def notes(stack: Stack) -> list[Event]:
    """What was put into events.fifo since the last look."""
    found = []
    while records := stack.cloud.receive("EVENTS_QUEUE_URL"):
        for record in records:
            found.append(read_event(record["body"]))
            stack.cloud.sqs.delete_message(
                QueueUrl=stack.cloud.queue_urls["EVENTS_QUEUE_URL"], ReceiptHandle=record["receiptHandle"]
            )
    return found


def test_an_endpoint_is_registered_and_its_secret_is_shown_once(console: Console, stack: Stack) -> None:
    answer = console.post(
        "/v1/endpoints", {"url": OTHER_URL, "description": "Sales", "events": ["message.sent", "message.sent"]}
    )

    view = answer.json
    assert answer.status == 201
    assert answer.headers["Location"] == f"/v1/endpoints/{view['id']}"
    assert answer.headers["ETag"] == '"1"'
    secret = view.pop("secret")
    assert secret.startswith("whsec_")
    assert view == {
        "id": view["id"],
        "url": OTHER_URL,
        "state": "active",
        "description": "Sales",
        "events": ["message.sent"],
        "created_at": view["created_at"],
    }
    again = console.get(f"/v1/endpoints/{view['id']}")
    assert (again.status, again.json, again.headers["ETag"]) == (200, view, '"1"')
    assert json.loads(secrets_of(stack))["endpoints"][view["id"]]["secret"] == secret
    assert secret not in json.dumps(stack.cloud.items())


def test_all_endpoints_are_listed_the_oldest_first(console: Console) -> None:
    made = [created(console)["id"] for _ in range(2)]

    listed = console.get("/v1/endpoints").json["data"]

    assert listed[0]["id"] == "default"
    assert [each["id"] for each in listed[1:]] == made
    assert "secret" not in listed[1]


@pytest.mark.parametrize(
    ("body", "status", "faults"),
    [
        ("", 400, [("", "body_not_json")]),
        ("[]", 422, [("", "body_not_object")]),
        ("{}", 422, [("/url", "required")]),
        ('{"url": "https://example.com", "url": "https://example.org"}', 422, [("/url", "duplicate_key")]),
        ({"url": "http://93.184.216.34/"}, 422, [("/url", "url_not_https")]),
        ({"url": "https://10.0.0.1/"}, 422, [("/url", "address_forbidden")]),
        ({"url": "ftp://x"}, 422, [("/url", "url_malformed")]),
        ({"url": 5, "uri": "x"}, 422, [("/uri", "unknown_field"), ("/url", "wrong_type")]),
        (
            {"url": "https://10.0.0.1/", "events": ["message.sent", "message.read"]},
            422,
            [("/url", "address_forbidden"), ("/events/1", "unknown_value")],
        ),
        ({"url": OTHER_URL, "description": "x" * 201}, 422, [("/description", "too_long")]),
        ({"url": OTHER_URL, "events": ["message.sent"] * 51}, 422, [("/events", "too_many")]),
        ({"url": "x" * 70_000}, 413, []),
    ],
)
def test_what_no_webhook_could_reach_is_refused_with_all_that_is_wrong(
    console: Console, body: object, status: int, faults: list[tuple[str, str]], stack: Stack
) -> None:
    before = stack.cloud.items()

    answer = console.post("/v1/endpoints", body)

    assert answer.status == status, answer.text
    assert sorted(answer.faults) == sorted(faults)
    assert stack.cloud.items() == before


def test_more_than_fifty_endpoints_are_too_many(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.services.endpoints.MAX_ENDPOINTS", 2)
    assert MAX_ENDPOINTS == 50
    created(console)

    answer = console.post("/v1/endpoints", {"url": OTHER_URL})

    assert (answer.status, answer.code) == (409, "too_many_endpoints")


def test_only_what_is_sent_is_changed(console: Console) -> None:
    endpoint_id = created(console, description="Sales", events=["message.sent"])["id"]

    changed = console.patch(f"/v1/endpoints/{endpoint_id}", {"description": None})

    assert changed.status == 200
    assert changed.headers["ETag"] == '"2"'
    assert "description" not in changed.json
    assert (changed.json["url"], changed.json["events"]) == (OTHER_URL, ["message.sent"])
    assert console.patch(f"/v1/endpoints/{endpoint_id}", {"events": []}).json["events"] == []
    same = console.patch(f"/v1/endpoints/{endpoint_id}", {})
    assert (same.status, same.headers["ETag"]) == (200, '"3"')


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"url": None}, [("/url", "wrong_type")]),
        ({"url": ""}, [("/url", "blank")]),
        ({"url": "https://example.com:99999/"}, [("/url", "url_malformed")]),
        ({"events": None}, [("/events", "wrong_type")]),
        ({"events": ["no"]}, [("/events/0", "unknown_value")]),
        ({"state": "paused"}, [("/state", "unknown_field")]),
    ],
)
def test_a_change_is_checked_like_a_new_endpoint(console: Console, body: object, faults: list[tuple[str, str]]) -> None:
    answer = console.patch("/v1/endpoints/default", body)

    assert (answer.status, answer.faults) == (422, faults)


def test_a_new_url_is_tried_at_once_for_what_is_held(console: Console, stack: Stack) -> None:
    compose.breakers().failed(apple.BUSINESS, "default", "c", at=1.0)

    console.patch("/v1/endpoints/default", {"url": OTHER_URL})

    (note,) = notes(stack)
    assert (note.kind, note.business_id, note.endpoint_id) == (Kind.RELEASE, apple.BUSINESS, "default")
    assert "health" not in console.get("/v1/endpoints/default").json
    console.patch("/v1/endpoints/default", {"url": OTHER_URL, "description": "same"})
    assert notes(stack) == []


def test_an_old_version_changes_nothing(console: Console) -> None:
    etag = console.get("/v1/endpoints/default").headers["ETag"]
    assert console.patch("/v1/endpoints/default", {"description": "a"}, If_Match=etag).status == 200

    late = console.patch("/v1/endpoints/default", {"description": "b"}, If_Match=etag)

    assert (late.status, late.code) == (412, "precondition_failed")
    assert console.get("/v1/endpoints/default").json["description"] == "a"
    assert console.patch("/v1/endpoints/default", {"description": "b"}, If_Match="*").status == 200


@pytest.mark.parametrize(
    ("if_match", "status"),
    [("2", 400), ('"1", "2"', 400), ("", 400), ('W/"1"', 412), ('"abc"', 412), ('"' + "9" * 60 + '"', 412)],
)
def test_an_etag_that_was_never_given_matches_nothing(console: Console, if_match: str, status: int) -> None:
    assert console.patch("/v1/endpoints/default", {"description": "a"}, If_Match=if_match).status == status


def test_two_changes_at_once_both_count(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    store = compose.endpoint_store()
    change = store.change
    raced: list[int] = []

    def racing(*args: Any, **kwargs: Any) -> bool:
        if not raced:
            raced.append(1)
            console.patch("/v1/endpoints/default", {"events": ["message.sent"]})
        return change(*args, **kwargs)

    monkeypatch.setattr(store, "change", racing)

    answer = console.patch("/v1/endpoints/default", {"description": "a"})

    assert (answer.json["description"], answer.json["events"]) == ("a", ["message.sent"])


def test_when_others_are_always_faster_the_caller_may_try_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    unused = created(console)["id"]
    for method in ("add", "change", "remove"):
        monkeypatch.setattr(compose.endpoint_store(), method, lambda *_, **__: False)

    for answer in (
        console.patch("/v1/endpoints/default", {"description": "a"}),
        console.post("/v1/endpoints", {"url": OTHER_URL}),
        console.delete(f"/v1/endpoints/{unused}"),
    ):
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_an_endpoint_a_route_names_cannot_be_removed(console: Console) -> None:
    answer = console.delete("/v1/endpoints/default")

    assert (answer.status, answer.code) == (409, "endpoint_in_use")
    assert console.get("/v1/endpoints/default").status == 200


def test_a_removed_endpoint_is_gone_with_its_secret_and_what_it_held_goes_elsewhere(
    console: Console, stack: Stack
) -> None:
    endpoint_id = created(console)["id"]

    answer = console.delete(f"/v1/endpoints/{endpoint_id}")

    assert (answer.status, answer.text) == (204, "")
    assert console.delete(f"/v1/endpoints/{endpoint_id}").code == "endpoint_unknown"
    assert endpoint_id not in secrets_of(stack)
    (note,) = notes(stack)
    assert (note.kind, note.endpoint_id) == (Kind.RELEASE, endpoint_id)


def test_a_route_that_is_made_while_its_endpoint_is_removed_wins_or_loses_but_never_leads_nowhere(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_id = created(console)["id"]
    store = compose.endpoint_store()
    remove = store.remove

    def racing(*args: Any, **kwargs: Any) -> bool:
        console.put("/v1/routes", {"rules": [{"endpoint_id": endpoint_id}]})
        return remove(*args, **kwargs)

    monkeypatch.setattr(store, "remove", racing)

    assert console.delete(f"/v1/endpoints/{endpoint_id}").code == "endpoint_in_use"
    assert console.get(f"/v1/endpoints/{endpoint_id}").status == 200


def test_a_paused_endpoint_holds_everything_until_it_is_resumed(console: Console, stack: Stack) -> None:
    paused = console.post("/v1/endpoints/default/pause")
    stack.post()
    stack.route()

    assert (paused.status, paused.json["state"]) == (200, "paused")
    assert stack.webhooks() == []

    resumed = console.post("/v1/endpoints/default/resume")
    while stack.route():
        pass

    assert (resumed.status, resumed.json["state"]) == (200, "active")
    assert [event["type"] for event in stack.webhooks()] == ["message.received"]


def test_an_endpoint_that_said_it_is_gone_is_disabled_until_it_is_resumed(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [reply("410 Gone")]
    stack.post()
    stack.route()

    gone = console.get("/v1/endpoints/default").json
    assert (gone["state"], gone["reason"]) == ("disabled", "gone")
    assert console.post("/v1/endpoints/default/pause").json["state"] == "disabled"

    back = console.post("/v1/endpoints/default/resume").json
    assert back["state"] == "active"
    assert "reason" not in back


def test_resuming_forgets_that_an_endpoint_was_away(console: Console) -> None:
    for _ in range(5):
        compose.breakers().failed(apple.BUSINESS, "default", "c", at=1.0)
    compose.breakers().open(apple.BUSINESS, "default", at=1_767_225_600.0, probe_at=1_767_225_660.0)
    assert console.get("/v1/endpoints/default").json["health"] == {
        "failures": 5,
        "away_since": "2026-01-01T00:00:00.000Z",
        "next_probe_at": "2026-01-01T00:01:00.000Z",
    }

    assert "health" not in console.post("/v1/endpoints/default/resume").json
    assert "health" not in console.get("/v1/endpoints/default").json


def test_a_test_event_is_signed_like_every_webhook_and_sent_in_any_state(console: Console, stack: Stack) -> None:
    made = created(console, url=stack.endpoint.url + "/test")
    console.post(f"/v1/endpoints/{made['id']}/pause")

    answer = console.post(f"/v1/endpoints/{made['id']}/test")

    assert answer.status == 200
    said = answer.json
    assert (said["ok"], said["status"]) == (True, 200)
    assert said["ms"] >= 0
    (request,) = stack.endpoint.requests
    event = Webhook(made["secret"]).verify(request.body, request.headers)
    assert request.headers["webhook-id"] == said["webhook_id"]
    assert (event["type"], event["data"]) == (
        "endpoint.test",
        {"business_id": apple.BUSINESS, "endpoint": {"id": made["id"]}},
    )


def test_a_test_tells_what_is_wrong(console: Console, stack: Stack) -> None:
    stack.endpoint.answers = [reply("500 Internal Server Error")]

    answer = console.post("/v1/endpoints/default/test").json

    assert (answer["ok"], answer["status"], answer["reason"]) == (False, 500, "status")
    refused = created(console)["id"]
    answer = console.post(f"/v1/endpoints/{refused}/test").json
    assert (answer["ok"], answer["status"], answer["reason"]) == (False, 0, "connection_failed")


def test_after_a_rotation_both_secrets_verify(console: Console, stack: Stack) -> None:
    made = created(console, url=stack.endpoint.url + "/test")

    rotated = console.post(f"/v1/endpoints/{made['id']}/rotate-secret")

    assert rotated.status == 200
    assert rotated.json["secret"] != made["secret"]
    assert rotated.json["previous_valid_until"] > made["created_at"]
    console.post(f"/v1/endpoints/{made['id']}/test")
    (request,) = stack.endpoint.requests
    for secret in (made["secret"], rotated.json["secret"]):
        Webhook(secret).verify(request.body, request.headers)


@pytest.mark.parametrize("verb", ["", "/test", "/pause", "/resume", "/rotate-secret"])
def test_an_endpoint_nobody_knows_is_not_found(console: Console, verb: str) -> None:
    answer = console("POST" if verb else "GET", f"/v1/endpoints/nobody{verb}")

    assert (answer.status, answer.code) == (404, "endpoint_unknown")


def test_secrets_and_urls_are_in_no_log(console: Console, logged: Logged) -> None:
    made = created(console, url=OTHER_URL + "?token=canary")
    rotated = console.post(f"/v1/endpoints/{made['id']}/rotate-secret").json
    console.post(f"/v1/endpoints/{made['id']}/test")
    console.post("/v1/endpoints", {"url": "https://10.0.0.1/canary"})

    said = logged.everything()
    assert [line["message"] for line in logged.lines()] == ["answered", "answered", "answered", "refused"]
    assert logged.lines()[0]["operation"] == "createEndpoint"
    for secret in (made["secret"], rotated["secret"], "canary"):
        assert secret not in said


def test_without_a_table_a_caller_is_told_that_it_is_our_fault(console: Console, stack: Stack) -> None:
    stack.cloud.dynamodb.delete_table(TableName=TABLE)

    answer = console.get("/v1/endpoints")

    assert (answer.status, answer.code) == (500, "misconfigured")
