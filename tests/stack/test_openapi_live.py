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
from tests.support.openapi_cases import Examination, Known, accepted, loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case, Response

    from tests.stack.conftest import Stack

DRAWN = 3
"""So many good and so many bad requests for each operation: the local cloud answers some twenty a second. Thousands
are made up for the functions in `tests/openapi`; these show that API Gateway and the authorizer do what they should."""

WRITTEN = 12
"""Messages of a customer; to deliver them all once more takes so many seconds at one a second."""


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
    for post in [tenant.signed_post(customer) for _ in range(WRITTEN)]:
        answer = tenant.http.request("POST", tenant.facts["outputs"]["AppleMessageUrl"], timeout=60, **post)
        assert answer.status == 200, answer.data
        made.known.paths["/v1/deliveries/{message_id}"].append(post["headers"]["id"])
    conversation = conversation_id(tenant.facts["business"]["id"], customer)
    eventually(lambda: tenant.api("GET", f"/v1/conversations/{conversation}")[0] == 200)
    made.known.learn(list(schema), f"/v1/conversations/{conversation}")
    made.known.names["to"].append(customer)
    made.known.names["url"].append(tenant.facts["business"]["hook"])
    made.settle()
    return made


def readied(operation: str, tenant: Stack, known: Known) -> None:
    """Put in place what this operation needs to do its work, when what was made up before may have left nothing."""

    def make(path: str, content: dict[str, Any]) -> dict[str, Any]:
        status, made = tenant.api("POST", path, content, **{"Idempotency-Key": str(uuid.uuid4())})
        assert status < 300, made
        return dict(made)

    def template(*, published: bool) -> None:
        name = f"t-{uuid.uuid4().hex[:8]}"
        make("/v1/library", {"name": name, "default_locale": "en", "bodies": {"en": {"body": "Hello"}}})
        known.paths["/v1/library/{name}"].append(name)
        if published:
            make(f"/v1/library/{name}/publish", {})
            known.paths["/v1/library/{name}/versions/{version}"].append("1")

    match operation:
        case "publishTemplate" | "removeTemplate":
            template(published=False)
        case "getTemplateVersion" | "previewTemplate":
            template(published=True)
        case "removeEndpoint":
            unused = make("/v1/endpoints", {"url": tenant.facts["business"]["hook"]})
            known.paths["/v1/endpoints/{endpoint_id}"].append(unused["id"])
        case "replayDelivery":
            written = known.paths["/v1/deliveries/{message_id}"][0]
            eventually(lambda: tenant.api("GET", f"/v1/deliveries/{written}")[1].get("state") == "delivered")
            known.paths["/v1/deliveries/{message_id}"].append(written)
        case "cancelReplay":  # which is slow enough to be there still; and then there is one that can be resumed
            since, until = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
            running = make("/v1/replays", {"since": since, "until": until, "state": "any", "rate_per_second": 1})
            known.paths["/v1/replays/{replay_id}"].append(running["id"])


def test_another_tenants_things_are_as_if_they_were_not_there(
    stack: Stack, tenant: Stack, examination: Examination
) -> None:
    """`stack` asks with the demo business's key for what the other one has."""
    readied("getTemplateVersion", tenant, examination.known)  # under a name that the demo business does not have
    compared, nothing = set(), []
    for operation in examination.operations:
        path = str(operation.path)
        if operation.method.upper() != "GET" or path.count("{") != 1:
            continue
        known = examination.known.paths[path[: path.index("}") + 1]]
        name = path[path.index("{") : path.index("}") + 1]
        asked = accepted(operation.Case()) | {"Authorization": f"Bearer {tenant.facts['business']['api_key']}"}
        there = (each for each in reversed(known) if fetched(tenant, path.replace(name, each), **asked).status < 400)
        real = next(there, None)
        if real is None:
            nothing.append(path)
            continue
        theirs, nobodys = (
            stack.api("GET", path.replace(name, each), **accepted(operation.Case())) for each in (real, "0" * len(real))
        )
        assert theirs[0] == nobodys[0] == 404, path
        assert {**theirs[1], "request_id": ""} == {**nobodys[1], "request_id": ""}, path
        compared.add(path)
    assert not nothing, f"none is there: {nothing}"
    assert len(compared) >= 20, sorted(compared)


def _destroys(operation: Any) -> tuple[bool, int]:
    """The others come first, and what goes with another thing before that thing."""
    destroys = operation.method.upper() == "DELETE" or operation.path == "/v1/erasures"
    return destroys, -operation.path.count("/") if destroys else 0


def test_every_answer_of_every_operation_is_documented(tenant: Stack, examination: Examination) -> None:
    silent = []
    for operation in sorted(examination.operations, key=_destroys):
        readied(operation.definition.raw["operationId"], tenant, examination.known)
        examination.examples(operation, most=3)
        examination.made_up(operation, drawn=DRAWN, covered=0)
        if not any(status < 400 for status in examination.statuses[operation.label]):
            silent.append(operation.label)

    assert not examination.faults, "\n\n".join(examination.faults)
    assert not silent, f"never seen to work: { {each: dict(examination.statuses[each]) for each in silent} }"


def test_who_has_no_good_key_learns_nothing(stack: Stack) -> None:
    key_id = stack.facts["business"]["api_key"].partition(".")[0]
    for key in ("", "nonsense", f"{key_id}.{'x' * 43}", f"pk_nobody.{'x' * 43}"):
        answer = fetched(stack, "/v1/endpoints", **({"Authorization": f"Bearer {key}"} if key else {}))
        assert (answer.status, answer.json()["code"]) == (401, "unauthorized"), key
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
