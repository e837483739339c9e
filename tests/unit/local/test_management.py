"""`parley replay`, `parley endpoints`, `parley routes` against the functions themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from local import replay
from local.cli import app
from local.stack.errors import StackError
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.http_server import LocalServer

RUN = "01KDVDNA000000000000000000"
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_run(**changed: Any) -> dict[str, Any]:
    facts = {"id": RUN, "state": "running", "wanted": "failed", "examined": 0, "replayed": 0}
    return facts | changed


def good(content: object, status: str = "200 OK") -> Any:
    return reply(status, json.dumps(content).encode(), "Content-Type: application/json")


@pytest.fixture
def api() -> Iterator[LocalServer]:
    with serving(good({})) as server:
        yield server


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.management.time.sleep", lambda _: None)


def parley(api: LocalServer, *arguments: str) -> tuple[int, str]:
    environment = {"PARLEY_API_URL": api.url + "/local", "PARLEY_API_KEY": "pk_1.secret"}
    done = CliRunner().invoke(app, list(arguments), env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def asked(api: LocalServer) -> list[tuple[str, Any]]:
    return [(each.line.rsplit(" ", 1)[0], json.loads(each.body) if each.body else None) for each in api.requests]


def test_one_message_is_replayed(api: LocalServer) -> None:
    api.answers[:] = [good({"message_id": "m1", "state": "delivered"}, "202 Accepted")]

    code, said = parley(api, "replay", "m1")

    assert (code, said) == (0, "m1  delivered, goes again\n")
    assert asked(api) == [("POST /local/v1/deliveries/m1/replay", {"resend": False})]
    assert api.requests[0].headers["authorization"] == "Bearer pk_1.secret"


def test_a_message_to_a_customer_is_sent_again_when_told_so(api: LocalServer) -> None:
    api.answers[:] = [good({"message_id": "m/1", "state": "queued"}, "202 Accepted")]

    code, said = parley(api, "replay", "m/1", "--resend", "--json")

    assert (code, json.loads(said)) == (0, {"message_id": "m/1", "state": "queued"})
    assert asked(api) == [("POST /local/v1/deliveries/m%2F1/replay", {"resend": True})]


def test_a_span_of_time_is_replayed_and_its_progress_shown(api: LocalServer) -> None:
    api.answers[:] = [
        good(a_run(), "202 Accepted"),
        good(a_run(examined=5, replayed=3, reached="2026-01-01T00:00:00.000Z")),
        good(a_run(examined=5, replayed=3, reached="2026-01-01T00:00:00.000Z")),
        good(a_run(state="completed", examined=8, replayed=4)),
    ]

    code, said = parley(
        api, "replay", "--since", "2026-01-01T00:00:00+01:00", "--until", "1h", "--endpoint", "ep_1", "--rate", "5"
    )

    assert code == 0
    assert said.splitlines() == [
        f"{RUN}  running: 0 replayed of 0 looked at",
        f"{RUN}  running: 3 replayed of 5 looked at, up to 2026-01-01T00:00:00.000Z",
        f"{RUN}  completed: 4 replayed of 8 looked at",
    ]
    (line, body), *_ = asked(api)
    assert line == "POST /local/v1/replays"
    assert body.pop("until").endswith("Z")
    assert body == {
        "since": "2025-12-31T23:00:00.000Z",
        "state": "failed",
        "endpoint_id": "ep_1",
        "rate_per_second": 5,
    }


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ((), f"GET /local/v1/replays/{RUN}"),
        (("--cancel",), f"POST /local/v1/replays/{RUN}/cancel"),
        (("--resume",), f"POST /local/v1/replays/{RUN}/resume"),
    ],
)
def test_a_replay_is_watched_stopped_and_let_go_on(api: LocalServer, option: tuple[str, ...], line: str) -> None:
    api.answers[:] = [good(a_run(state="cancelled"))]

    code, said = parley(api, "replay", RUN, *option, "--json")

    assert (code, json.loads(said)["state"]) == (0, "cancelled")
    assert [each for each, _ in asked(api)] == [line]


def test_an_interruption_says_that_it_goes_on(api: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("local.management.time.sleep", interrupted)
    api.answers[:] = [good(a_run())]

    code, said = parley(api, "replay", RUN)

    assert code == 130
    assert f"parley replay {RUN} --cancel" in said


def test_without_anything_to_replay_it_says_what_it_needs(api: LocalServer) -> None:
    code, said = parley(api, "replay")

    assert code == 2
    assert "--since" in said


def test_a_refusal_is_told_in_the_apis_words(api: LocalServer) -> None:
    problem = {"detail": "no", "errors": [{"path": "/until", "code": "out_of_order", "message": "name a moment"}]}
    api.answers[:] = [good(problem, "422 Unprocessable Content")]

    code, said = parley(api, "replay", "--since", "1h")

    assert code == 1
    assert "422" in said
    assert "/until name a moment" in said


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_an_answer_that_is_none_of_the_apis_is_an_error_too(api: LocalServer, body: bytes) -> None:
    api.answers[:] = [reply("403 Forbidden", body)]
    assert parley(api, "endpoints", "list")[0] == 1

    api.answers[:] = [reply("200 OK", body)]
    code, said = parley(api, "replay", "m1")
    assert (code, "something else" in said) == (1, True)


def test_a_stack_that_does_not_answer_is_an_error(api: LocalServer) -> None:
    done = CliRunner().invoke(
        app, ["routes", "list"], env={"PARLEY_API_URL": "http://127.0.0.1:9", "PARLEY_API_KEY": "k"}
    )

    assert done.exit_code == 1
    assert "was not reached" in done.output


def test_another_stack_needs_a_key() -> None:
    done = CliRunner().invoke(app, ["endpoints", "list", "--api", "http://127.0.0.1:9"], env={"PARLEY_API_KEY": ""})

    assert done.exit_code == 1
    assert "PARLEY_API_KEY" in done.output


def test_endpoints_are_listed(api: LocalServer) -> None:
    api.answers[:] = [good({"data": [{"id": "default", "state": "active", "url": "https://a.example/"}]})]

    assert parley(api, "endpoints", "list") == (0, "default  active  https://a.example/\n")


@pytest.mark.parametrize(
    ("verb", "answer", "code"),
    [
        ("pause", {"state": "paused"}, 0),
        ("resume", {"state": "active"}, 0),
        ("test", {"ok": True}, 0),
        ("test", {"ok": False, "status": 500}, 1),
    ],
)
def test_an_endpoint_is_tested_paused_and_resumed(
    api: LocalServer, verb: str, answer: dict[str, Any], code: int
) -> None:
    api.answers[:] = [good(answer)]

    ended, said = parley(api, "endpoints", verb, "default")

    assert (ended, json.loads(said)) == (code, answer)
    assert asked(api) == [(f"POST /local/v1/endpoints/default/{verb}", None)]


def test_rules_are_listed_in_order(api: LocalServer) -> None:
    rules = [{"endpoint_id": "sales", "intent": "buy", "locale": "de"}, {"endpoint_id": "default"}]
    api.answers[:] = [good({"rules": rules})]

    assert parley(api, "routes", "list")[1] == "0  sales  intent=buy  locale=de\n1  default  everything else\n"
    assert [json.loads(line) for line in parley(api, "routes", "list", "--json")[1].splitlines()] == rules


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"endpoint_id": "sales", "explanation": "rule 0"}, "sales: rule 0\n"),
        ({"explanation": "no rule"}, "nowhere: no rule\n"),
    ],
)
def test_where_would_this_go(api: LocalServer, answer: dict[str, Any], said: str) -> None:
    api.answers[:] = [good(answer)]

    assert parley(api, "routes", "test", "--intent", "buy", "--type", "text") == (0, said)
    assert asked(api) == [("POST /local/v1/routes/test", {"intent": "buy", "type": "text"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0s", "2026-01-02T12:00:00.000Z"),
        ("90m", "2026-01-02T10:30:00.000Z"),
        ("3d", "2025-12-30T12:00:00.000Z"),
        ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00.000Z"),
    ],
)
def test_a_time_is_a_moment_or_how_long_ago(text: str, expected: str) -> None:
    assert replay.moment(text, now=NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "3w", "-1h", ""])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(StackError):
        replay.moment(text, now=NOW)


def test_conversations_are_listed(api: LocalServer) -> None:
    known = {"id": "c1", "state": "held", "last_event_at": "2026-01-01T00:00:00.000Z", "handler": "desk"}
    api.answers[:] = [good({"data": [known, {"id": "c2", "state": "held"}]})]

    code, said = parley(api, "conversations", "--state", "held", "--handler", "desk", "--limit", "2")

    assert (code, said.splitlines()) == (
        0,
        ["c1  held  2026-01-01T00:00:00.000Z  desk", "c2  held    the routes"],
    )
    assert asked(api) == [("GET /local/v1/conversations?limit=2&state=held&handler=desk", None)]


def test_conversations_are_listed_as_the_api_tells_them(api: LocalServer) -> None:
    api.answers[:] = [good({"data": [{"id": "c1", "state": "open"}]})]

    assert parley(api, "conversations", "--json") == (0, '{"id": "c1", "state": "open"}\n')
