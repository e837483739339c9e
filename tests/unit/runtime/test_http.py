"""Errors as HTTP answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.errors import (
    Conflict,
    Fatal,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    ParleyError,
    Rejected,
    Retryable,
    Unauthorized,
)
from parley.runtime import http


def problem(fault: ParleyError) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer and its body."""
    answer = http.problem(fault, request_id="r-1")
    body: dict[str, Any] = json.loads(answer["body"])
    return answer, body


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Unauthorized("x", code="c"), 401),
        (Forbidden("x", code="c"), 403),
        (NotFound("x", code="c"), 404),
        (Conflict("x", code="c"), 409),
        (Invalid([Fault("/a", "c", "x")]), 400),
        (Rejected("x", code="body_too_large"), 400),
        (Rejected("x", code="c"), 400),
        (Retryable("x", code="c"), 500),
        (Fatal("x"), 500),
    ],
)
def test_apple_gets_one_of_the_six_statuses_it_knows(fault: ParleyError, status: int) -> None:
    assert http.status_of(fault) == status


def test_apple_gets_plain_text() -> None:
    assert http.plain(400, "the body is not JSON") == {
        "statusCode": 400,
        "headers": {"Content-Type": "text/plain; charset=utf-8"},
        "body": "the body is not JSON",
    }


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Unauthorized("x", code="no_key"), 401, "no_key"),
        (Forbidden("x", code="bad_key"), 403, "bad_key"),
        (NotFound("x", code="message_unknown"), 404, "message_unknown"),
        (Conflict("x", code="idempotency_conflict"), 409, "idempotency_conflict"),
        (Rejected("x", code="body_not_base64"), 400, "body_not_base64"),
        (Rejected("x", code="idempotency_key_malformed"), 400, "idempotency_key_malformed"),
        (Invalid([Fault("", "body_not_json", "x")]), 400, "body_not_json"),
        (Rejected("x", code="body_too_large"), 413, "body_too_large"),
        (Rejected("x", code="opted_out", path="/to"), 422, "opted_out"),
        (Invalid([Fault("/a", "blank", "x")]), 422, "blank"),
        (Invalid([Fault("/a", "blank", "x"), Fault("/b", "required", "y")]), 422, "invalid"),
        (Retryable("read the table: CANARY", code="aws_unavailable"), 503, "try_again"),
        (Fatal("the secret CANARY is missing"), 500, "misconfigured"),
        (ParleyError("CANARY"), 500, "misconfigured"),
    ],
)
def test_a_business_gets_a_problem_with_a_stable_code(fault: ParleyError, status: int, code: str) -> None:
    answer, body = problem(fault)

    assert answer["statusCode"] == body["status"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert (body["code"], body["type"], body["request_id"]) == (code, "about:blank", "r-1")
    assert body["title"]
    assert body["detail"]
    assert "CANARY" not in answer["body"]


def test_every_fault_is_listed_with_its_path() -> None:
    _, body = problem(Invalid([Fault("/a", "blank", "x"), Fault("/b/0", "required", "y")]))

    assert body["detail"] == "2 things to mend; see errors"
    assert body["errors"] == [
        {"path": "/a", "code": "blank", "message": "x"},
        {"path": "/b/0", "code": "required", "message": "y"},
    ]


def test_a_single_refusal_with_a_path_is_listed_too() -> None:
    _, body = problem(Rejected("wait", code="opted_out", path="/to"))

    assert body["errors"] == [{"path": "/to", "code": "opted_out", "message": "wait"}]


def test_a_refusal_without_a_path_lists_nothing() -> None:
    _, body = problem(Conflict("x", code="c"))

    assert body["errors"] == []


@pytest.mark.parametrize(("after", "header"), [(None, "1"), (0, "1"), (0.2, "1"), (7.0, "7"), (90, "90")])
def test_a_caller_is_told_when_to_come_again(after: float | None, header: str) -> None:
    answer, _ = problem(Retryable("x", code="c", after=after))

    assert answer["headers"]["Retry-After"] == header


def test_an_answer_is_json_that_nobody_keeps() -> None:
    answer = http.answer(202, {"body": "Gr\u00fc\u00dfe"}, {"Location": "/v1/messages/m"})

    assert answer["statusCode"] == 202
    assert answer["headers"] == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Location": "/v1/messages/m",
    }
    assert answer["body"] == '{"body": "Gr\u00fc\u00dfe"}'
    assert http.answer(200, {})["headers"].keys() == {"Content-Type", "Cache-Control"}


def test_a_version_that_is_old_is_a_failed_precondition() -> None:
    answer, body = problem(Conflict("read it again", code="precondition_failed"))

    assert (answer["statusCode"], body["title"]) == (412, "Precondition Failed")


def test_a_call_that_is_still_at_work_may_be_asked_for_again_in_a_second() -> None:
    answer, _ = problem(Conflict("at work", code="in_progress"))

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (409, "1")
    assert "Retry-After" not in problem(Conflict("taken", code="idempotency_conflict"))[0]["headers"]
