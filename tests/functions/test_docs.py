"""The description of the API for everybody, and the page that shows it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import functions.docs.app as docs
from local import openapi
from tests.functions.conftest import a_context


def get(resource: str, **headers: str) -> Any:
    return docs.handler({"resource": resource, "headers": headers or None}, a_context())


def test_the_document_is_the_one_of_this_repository() -> None:
    answer = get("/v1/openapi.json")

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == openapi.document()


def test_who_has_it_is_not_sent_it_again() -> None:
    etag = get("/v1/openapi.json")["headers"]["ETag"]

    for asked in (etag, f"W/{etag}", f'"other", {etag}'):
        again = get("/v1/openapi.json", **{"if-none-match": asked})
        assert (again["statusCode"], again["body"], again["headers"]["ETag"]) == (304, "", etag)
    assert get("/v1/openapi.json", **{"If-None-Match": '"other"'})["statusCode"] == 200


def test_the_page_has_no_script_or_style_of_its_own_and_asks_nobody_else() -> None:
    answer = get("/docs")
    policy = dict(each.split(" ", 1) for each in answer["headers"]["Content-Security-Policy"].split("; "))

    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert not re.search(r"<style|https?:|//|\son\w+=|javascript:", answer["body"])
    assert re.findall(r"<script([^>]*)>(.*?)</script>", answer["body"]) == [(' src="docs/redoc.js" defer', "")]
    named = set(re.findall(r'(?:src|href|spec-url)="([^"]+)"', answer["body"])) - {"data:,"}
    assert {f"/{each}" for each in named} == docs._FILES.keys() - {"/docs"}


@pytest.mark.parametrize("resource", sorted(docs._FILES.keys() - {"/docs/redoc.js"}))
def test_whatever_is_sent_may_be_kept_for_a_while_and_is_what_it_says(resource: str) -> None:
    headers = get(resource)["headers"]

    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'"[0-9a-f]{32}"', headers["ETag"])
