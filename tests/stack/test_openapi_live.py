"""The OpenAPI document is true of the deployed stack, which hands it out itself, with a page that shows it."""

from __future__ import annotations

import json
import re
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from local import openapi
from local.stack.layout import STACK_NAME
from parley.conversation.identity import conversation_id
from tests.stack.conftest import eventually
from tests.support.http_server import reply, serving
from tests.support.openapi_cases import Examination, accepted, loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case, Response

    from tests.stack.conftest import Stack

DRAWN = 2
"""So many good and so many bad requests for each operation: the local cloud answers some twenty a second. Thousands
are made up for the functions in `tests/openapi`; these show that API Gateway and the authorizer do what they should."""


def fetched(stack: Stack, path: str, **headers: str) -> Any:
    return stack.http.request("GET", stack.facts["business_api_url"] + path, headers=headers, retries=False, timeout=60)


def test_everybody_gets_the_document_and_keeps_it(stack: Stack) -> None:
    answer = fetched(stack, "/v1/openapi.json")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == openapi.document()
    again = fetched(stack, "/v1/openapi.json", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.data) == (304, b"")


def test_the_page_brings_all_it_needs(stack: Stack) -> None:
    page = fetched(stack, "/docs")

    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    named = set(re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.data.decode())) - {"data:,"}
    assert {each: fetched(stack, f"/{each}").status for each in named} == dict.fromkeys(named, 200)
    script = fetched(stack, "/docs/redoc.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert len(script.data) > 500_000
    assert b"spec-url" in script.data


def test_a_method_nobody_has_is_no_route(stack: Stack) -> None:
    """API Gateway knows no 405."""
    for method, path in (("PUT", "/v1/endpoints"), ("DELETE", "/v1/routes"), ("POST", "/docs"), ("GET", "/v2/routes")):
        status, problem = stack.api(method, path, {} if method != "GET" else None)
        assert (status, problem["code"]) == (404, "route_unknown"), (method, path)


@pytest.fixture(scope="module")
def tenant(stack: Stack) -> Iterator[Stack]:
    """A business of its own on the same stack, so that nothing made up here disturbs another test."""
    with serving(reply("200 OK", b"ok")) as hook:
        business = str(uuid.uuid4())
        env = {
            **stack.env,
            "AWS_ENDPOINT_URL": stack.facts["aws_endpoint_url"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        words = ["--stack", STACK_NAME, "--business-id", business, "--name", "Boats", "--url", hook.url + "/hook"]
        said = replace(stack, env=env).parley("admin", "register", *words, "--allow-loopback", "--json")
        assert said.returncode == 0, said.stderr
        known = {"id": business, "api_key": json.loads(said.stdout)["api_key"], "hook": hook.url + "/hook"}
        yield replace(stack, facts={**stack.facts, "business": known})


@pytest.fixture(scope="module")
def examination(tenant: Stack) -> Examination:
    """With one of everything."""
    base, key = tenant.facts["business_api_url"], tenant.facts["business"]["api_key"]

    def ask(case: Case[Any]) -> Response:
        headers = {"Authorization": f"Bearer {key}"} | accepted(case)
        for _ in range(60):
            response = case.call(base_url=base, headers=headers, timeout=60)
            if response.status_code not in {429, 503}:
                return response
            time.sleep(int(response.headers["retry-after"][0]))  # a busy local cloud: called again, as the answer says
        pytest.fail(f"{case.operation.label} was answered 429 or 503 for a minute")

    schema = loaded(fetched(tenant, "/v1/openapi.json").json())
    made = Examination(schema, ask, real_every=1)
    customer = tenant.new_customer()
    post = tenant.signed_post(customer)
    answer = tenant.http.request("POST", tenant.facts["outputs"]["AppleMessageUrl"], timeout=60, **post)
    assert answer.status == 200, answer.data
    conversation = conversation_id(tenant.facts["business"]["id"], customer)
    eventually(lambda: tenant.api("GET", f"/v1/conversations/{conversation}")[0] == 200)
    made.known.learn(list(schema), f"/v1/conversations/{conversation}")
    made.known.names["to"].append(customer)
    made.known.names["url"].append(tenant.facts["business"]["hook"])
    made.settle()
    return made


def test_every_answer_of_every_operation_is_documented(examination: Examination) -> None:
    silent = []
    for operation in examination.operations:
        examination.examples(operation, most=3)
        examination.made_up(operation, drawn=DRAWN, covered=0)
        if not any(status < 400 for status in examination.statuses[operation.label]):
            silent.append(operation.label)

    assert not examination.faults, "\n\n".join(examination.faults)
    assert len(silent) < len(examination.operations) / 2, f"so few were seen to work that this tells nothing: {silent}"


def test_who_has_no_good_key_learns_nothing(stack: Stack) -> None:
    key_id = stack.facts["business"]["api_key"].partition(".")[0]
    for key in ("", "nonsense", f"{key_id}.{'x' * 43}", f"pk_nobody.{'x' * 43}"):
        answer = fetched(stack, "/v1/endpoints", **({"Authorization": f"Bearer {key}"} if key else {}))
        assert (answer.status, answer.json()["code"]) == (401, "unauthorized"), key
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_another_tenants_things_are_as_if_they_were_not_there(stack: Stack, examination: Examination) -> None:
    """`stack` asks with the demo business's key for what the other one has."""
    compared = 0
    for operation in examination.operations:
        path = str(operation.path)
        for template, known in examination.known.paths.items():
            if template.startswith("/v1/library/") or path.endswith("/qr.png"):
                continue  # both have the starter set, under the same names; and who asks for a picture has to say so
            if operation.method.upper() == "GET" and path.startswith(template) and path.count("{") == 1:
                theirs, nobodys = (
                    stack.api("GET", path.replace(template, template[: template.index("{")] + each))
                    for each in (known[-1], "0" * len(known[-1]))
                )
                assert theirs[0] == nobodys[0] == 404, path
                assert {**theirs[1], "request_id": ""} == {**nobodys[1], "request_id": ""}, path
                compared += 1
    assert compared >= 5
