"""`parley keys`: what it asks of the business API, what it shows once, and what it says when it is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from local import api_keys
from local.cli import app
from local.stack.errors import StackError
from parley.business.scopes import SCOPES
from tests.support.http_server import reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

    from tests.support.http_server import LocalServer

ID = "parley_live_3kT9vQeX0aLmZ7cR"
SECRET = "2fW8nBq5RzJt0yHcVxKd4uEoGsLp6aMiU7bTzk"
ONCE = "not shown again"
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def a_key(**changed: Any) -> dict[str, Any]:
    facts = {"id": ID, "name": "Shop", "mode": "live", "scopes": ["read", "send"], "state": "active"}
    return facts | changed


def good(content: object, status: str = "200 OK") -> Any:
    return reply(status, json.dumps(content).encode(), "Content-Type: application/json")


def refusal(status: str, code: str) -> Any:
    return good({"detail": "no", "code": code}, status)


@pytest.fixture
def api() -> Iterator[LocalServer]:
    with serving(good(a_key())) as server:
        yield server


def parley(api: LocalServer, *arguments: str, answer: str | None = None) -> Result:
    environment = {"PARLEY_API_URL": api.url + "/local", "PARLEY_API_KEY": "pk_1.secret"}
    done = CliRunner().invoke(app, ["keys", *arguments], env=environment, input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def asked(api: LocalServer) -> list[tuple[str, Any]]:
    return [(each.line.rsplit(" ", 1)[0], json.loads(each.body) if each.body else None) for each in api.requests]


def test_the_scopes_are_those_of_the_api() -> None:
    assert tuple(api_keys.Scope) == SCOPES


def test_keys_are_listed(api: LocalServer) -> None:
    till = a_key(id="parley_test_1", name="Till", mode="test", scopes=["send"], expires_at="2036-11-23T12:00:00.000Z")
    api.answers[:] = [good({"data": [a_key(), till]})]

    assert parley(api, "list").stdout.splitlines() == [
        f"{ID}  active  live  read,send  Shop",
        "parley_test_1  active  test  send  until 2036-11-23T12:00:00.000Z  Till",
    ]
    assert [json.loads(line) for line in parley(api, "list", "--json").stdout.splitlines()] == [a_key(), till]
    assert asked(api) == [("GET /local/v1/keys", None)] * 2


def test_one_key_is_shown_with_all_that_is_known_of_it(api: LocalServer) -> None:
    key = a_key(last_used_at="2026-11-23T15:00:00.000Z")
    api.answers[:] = [good(key)]

    shown = parley(api, "show", ID).stdout.splitlines()

    assert [line.split(maxsplit=1) for line in shown] == [
        ["id", ID],
        ["name", "Shop"],
        ["mode", "live"],
        ["scopes", "read, send"],
        ["state", "active"],
        ["last_used_at", "2026-11-23T15:00:00.000Z"],
    ]
    assert json.loads(parley(api, "show", ID, "--json").stdout) == key


def test_a_key_that_is_named_by_the_whole_of_it_keeps_its_secret_out_of_the_path(api: LocalServer) -> None:
    parley(api, "show", f"{ID}.{SECRET}")
    parley(api, "rotate", f"{ID}.{SECRET}", "--json")
    parley(api, "revoke", f"{ID}.{SECRET}", "--yes")

    lines = [line for line, _ in asked(api)]
    assert lines == [f"GET /local/v1/keys/{ID}", f"POST /local/v1/keys/{ID}/rotate", f"DELETE /local/v1/keys/{ID}"]


def test_a_new_key_is_printed_once_and_the_warning_goes_where_it_can_be_read(api: LocalServer) -> None:
    api.answers[:] = [good(a_key(key=f"{ID}.{SECRET}"), "201 Created")]

    done = parley(api, "create", "--name", "Shop", "--scope", "send", "--scope", "read", "--scope", "send")

    assert done.exit_code == 0
    assert done.stdout == f"Made {ID}.\n  API key  {ID}.{SECRET}\n"
    assert ONCE in done.stderr
    assert SECRET not in done.stderr
    assert asked(api) == [("POST /local/v1/keys", {"name": "Shop", "scopes": ["send", "read"]})]


def test_a_test_key_that_ends(api: LocalServer) -> None:
    made = a_key(key=f"{ID}.{SECRET}")
    api.answers[:] = [good(made, "201 Created")]
    ends = ("--expires", "2036-11-23T13:00:00+01:00")

    done = parley(api, "create", "--name", "Try", "--scope", "send", "--test", *ends, "--json")

    assert json.loads(done.stdout) == made
    assert ONCE in done.stderr
    assert asked(api)[0][1] == {
        "name": "Try",
        "scopes": ["send"],
        "mode": "test",
        "expires_at": "2036-11-23T12:00:00.000Z",
    }


@pytest.mark.parametrize("lacking", [("--name", "Shop"), ("--scope", "read"), ("--name", "a", "--scope", "admin")])
def test_a_key_without_a_name_or_a_known_scope_is_not_asked_for(api: LocalServer, lacking: tuple[str, ...]) -> None:
    assert parley(api, "create", *lacking).exit_code == 2
    assert api.requests == []


@pytest.mark.parametrize(
    ("options", "hours", "until"),
    [((), 24, "2026-11-24T12:00:00.000Z"), (("--overlap-hours", "2"), 2, "2026-11-23T14:00:00.000Z")],
)
def test_a_key_is_rotated_with_overlap(api: LocalServer, options: tuple[str, ...], hours: int, until: str) -> None:
    api.answers[:] = [good(a_key(key=f"{ID}.{SECRET}", previous_valid_until=until))]

    done = parley(api, "rotate", ID, *options)

    assert done.stdout == f"Rotated {ID}. The former secret is good until {until}.\n  API key  {ID}.{SECRET}\n"
    assert ONCE in done.stderr
    assert asked(api) == [(f"POST /local/v1/keys/{ID}/rotate", {"overlap_hours": hours})]


def test_a_key_is_rotated_without_overlap(api: LocalServer) -> None:
    api.answers[:] = [good(a_key(key=f"{ID}.{SECRET}"))]

    assert "within 60 seconds" in parley(api, "rotate", ID, "--overlap-hours", "0").stdout
    assert asked(api)[0][1] == {"overlap_hours": 0}


@pytest.mark.parametrize("hours", ["-1", "169"])
def test_an_overlap_the_api_would_refuse_is_not_asked_for(api: LocalServer, hours: str) -> None:
    assert parley(api, "rotate", ID, "--overlap-hours", hours).exit_code == 2
    assert api.requests == []


def test_a_key_is_revoked_when_somebody_says_yes(api: LocalServer) -> None:
    api.answers[:] = [reply("204 No Content", b"")]

    assert parley(api, "revoke", ID, answer="n\n").exit_code == 1
    assert api.requests == []

    done = parley(api, "revoke", ID, answer="y\n")
    assert done.exit_code == 0
    assert done.stdout.endswith(f"Revoked {ID}. It may be taken for 60 seconds more.\n")
    assert parley(api, "revoke", ID, "--yes").exit_code == 0
    assert [line for line, _ in asked(api)] == [f"DELETE /local/v1/keys/{ID}"] * 2


@pytest.mark.parametrize(
    ("status", "code", "mend"),
    [
        ("401 Unauthorized", "unauthorized", "PARLEY_API_KEY"),
        ("403 Forbidden", "scope_missing", "the scope keys"),
        ("404 Not Found", "key_unknown", "keys list"),
        ("409 Conflict", "last_key", "keys create"),
        ("503 Service Unavailable", "settings_busy", "Press again"),
    ],
)
def test_a_refusal_says_what_to_do(api: LocalServer, status: str, code: str, mend: str) -> None:
    api.answers[:] = [refusal(status, code)]

    done = parley(api, "revoke", ID, "--yes")

    assert (done.exit_code, done.stdout) == (1, "")
    assert status[:3] in done.stderr
    assert mend in done.stderr


def test_a_refusal_nobody_foresaw_is_told_in_the_apis_words(api: LocalServer) -> None:
    fault = {"path": "/expires_at", "code": "in_the_past", "message": "name a moment to come"}
    api.answers[:] = [good({"code": "in_the_past", "errors": [fault]}, "422 Unprocessable Content")]

    done = parley(api, "create", "--name", "a", "--scope", "read", "--expires", "2020-01-01")

    assert done.exit_code == 1
    assert "/expires_at name a moment to come" in done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "2026-01-02T12:30:00.000Z"),
        ("12h", "2026-01-03T00:00:00.000Z"),
        ("90d", "2026-04-02T12:00:00.000Z"),
        ("2036-11-23T13:00:00+01:00", "2036-11-23T12:00:00.000Z"),
    ],
)
def test_an_end_is_a_moment_or_how_long_from_now(text: str, expected: str) -> None:
    assert api_keys.moment_to_come(text, now=NOW) == expected


@pytest.mark.parametrize("text", ["tomorrow", "3w", "-1h", "", "99999999d", "9999-12-31T23:59:59-12:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(StackError, match="is no time"):
        api_keys.moment_to_come(text, now=NOW)
