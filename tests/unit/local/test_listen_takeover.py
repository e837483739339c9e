"""All routes to one endpoint for a while, and back, whatever happens in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from local.listen.api import Api, NewEndpoint, Routes
from local.listen.takeover import taken_over
from local.stack.errors import StackError
from tests.unit.local.running import serving
from tests.unit.local.stub_endpoints_api import KEY, OLD, StubApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

URL = "http://127.0.0.1:1/"


@pytest.fixture
def stub() -> StubApi:
    return StubApi()


@pytest.fixture
def api(stub: StubApi) -> Iterator[Api]:
    with serving(stub.app()) as url:
        yield Api(url + "/", KEY)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "listen.json"


def void(_: str) -> None:
    """Nobody listens."""


def taken(api: Api, memory: Path, say: Callable[[str], None] = void) -> AbstractContextManager[NewEndpoint]:
    return taken_over(api, URL, memory, say, prepare=lambda _: None)


def test_everything_leads_to_the_new_endpoint_until_it_is_left(api: Api, stub: StubApi, memory: Path) -> None:
    with taken(api, memory) as endpoint:
        assert stub.rules == [{"endpoint_id": endpoint.id}]
        assert (stub.endpoint["url"], stub.endpoint["secret"]) == (URL, endpoint.secret)
        assert json.loads(memory.read_text()) == {"endpoint_id": endpoint.id, "rules": OLD}
        assert memory.stat().st_mode & 0o777 == 0o600

    assert (stub.rules, stub.endpoints) == (OLD, {})
    assert not memory.exists()


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ZeroDivisionError, StackError("x")])
def test_it_is_all_restored_when_it_ends_badly(
    fault: BaseException | type[BaseException], api: Api, stub: StubApi, memory: Path
) -> None:
    with pytest.raises(BaseException) as caught, taken(api, memory):  # noqa: PT011
        raise fault

    assert caught.type in {KeyboardInterrupt, ZeroDivisionError, StackError}
    assert (stub.rules, stub.endpoints, memory.exists()) == (OLD, {}, False)


def test_whoever_listens_knows_the_secret_before_anything_leads_there(api: Api, stub: StubApi, memory: Path) -> None:
    def prepare(endpoint: NewEndpoint) -> None:
        assert (stub.rules, stub.endpoint["secret"]) == (OLD, endpoint.secret)
        raise StackError("it cannot")

    with pytest.raises(StackError, match="it cannot"), taken_over(api, URL, memory, void, prepare=prepare):
        raise AssertionError

    assert (stub.rules, stub.endpoints, memory.exists()) == (OLD, {}, False)


def test_no_routes_at_all_are_restored_too(api: Api, stub: StubApi, memory: Path) -> None:
    stub.rules = []

    with taken(api, memory):
        assert len(stub.rules) == 1

    assert stub.rules == []


def test_what_a_crash_left_behind_is_mended_by_the_next(api: Api, stub: StubApi, memory: Path) -> None:
    crashed = taken(api, memory)
    left = crashed.__enter__()
    # Its process is gone: nothing is undone, and its lock is free.
    kept = memory.read_text()
    crashed.__exit__(None, None, None)
    stub.rules = [{"endpoint_id": left.id}]
    stub.endpoints[left.id] = {"id": left.id}
    memory.write_text(kept)
    said: list[str] = []

    with taken(api, memory, said.append) as endpoint:
        assert said == ["The routes are as they were before."]
        assert list(stub.endpoints) == [endpoint.id]
        assert json.loads(memory.read_text())["rules"] == OLD

    assert (stub.rules, stub.endpoints) == (OLD, {})


def test_what_somebody_changed_meanwhile_stays(api: Api, stub: StubApi, memory: Path) -> None:
    theirs = {"endpoint_id": "ep_theirs", "group": "sales"}

    with taken(api, memory):
        stub.rules = [theirs, *stub.rules]
        stub.version += 1

    assert (stub.rules, stub.endpoints) == ([theirs], {})


def test_whoever_has_replaced_all_routes_is_left_alone(api: Api, stub: StubApi, memory: Path) -> None:
    theirs = [{"endpoint_id": "ep_theirs"}]

    with taken(api, memory):
        stub.rules, stub.version = theirs, stub.version + 1

    assert (stub.rules, stub.endpoints, memory.exists()) == (theirs, {}, False)


@pytest.mark.parametrize("times", [1, 3])
def test_it_tries_again_when_somebody_else_was_faster(times: int, api: Api, stub: StubApi, memory: Path) -> None:
    stub.meddling = times
    with taken(api, memory) as endpoint:
        assert stub.rules == [{"endpoint_id": endpoint.id}]
        stub.meddling = times

    assert stub.rules == OLD


def test_it_gives_up_when_the_routes_never_rest_and_leaves_nothing_behind(
    api: Api, stub: StubApi, memory: Path
) -> None:
    stub.meddling = 1000

    with pytest.raises(StackError, match="keeps changing the routes"), taken(api, memory):
        raise AssertionError

    assert (stub.rules, stub.endpoints, memory.exists()) == (OLD, {}, False)


def test_routes_that_cannot_be_restored_are_remembered_for_the_next_time(api: Api, stub: StubApi, memory: Path) -> None:
    with pytest.raises(StackError, match="could not be restored") as caught, taken(api, memory):
        stub.meddling = 1000

    assert "next parley listen" in caught.value.hint
    assert memory.exists()
    stub.meddling = 0
    with taken(api, memory):
        pass
    assert (stub.rules, stub.endpoints, memory.exists()) == (OLD, {}, False)


def test_two_at_a_time_are_one_too_many(api: Api, stub: StubApi, memory: Path) -> None:
    with taken(api, memory):
        with pytest.raises(StackError, match="already"), taken(api, memory):
            raise AssertionError
        assert len(stub.endpoints) == 1

    with taken(api, memory):
        assert len(stub.endpoints) == 1


def test_a_damaged_memory_is_told(api: Api, memory: Path) -> None:
    memory.parent.mkdir(parents=True)
    memory.write_text("{")

    with pytest.raises(StackError, match="damaged"), taken(api, memory):
        raise AssertionError


@pytest.mark.parametrize(
    ("call", "answer", "words"),
    [
        (
            "POST endpoints",
            JSONResponse({"errors": [{"path": "/url", "message": "use https"}]}, 422),
            "422 /url use https",
        ),
        ("POST endpoints", JSONResponse({"detail": "remove one first"}, 409), "409 remove one first"),
        ("POST endpoints", JSONResponse({"message": "Forbidden"}, 403), "403 Forbidden"),
        ("GET routes", JSONResponse(["strange"], 500), '500 \\["strange"\\]'),
        ("PUT routes", JSONResponse({"code": "odd"}, 422), "422 odd"),
    ],
)
def test_a_refusal_is_told_in_the_apis_words_and_leaves_nothing_behind(
    call: str, answer: JSONResponse, words: str, *, api: Api, stub: StubApi, memory: Path
) -> None:
    stub.refuse[call] = answer

    with pytest.raises(StackError, match=words), taken(api, memory):
        raise AssertionError

    if call != "GET routes":
        assert (stub.rules, stub.endpoints, memory.exists()) == (OLD, {}, False)


def test_a_wrong_key_and_a_wrong_url_are_told_with_what_to_do(api: Api, stub: StubApi) -> None:
    with pytest.raises(StackError) as caught:
        Api(api._base_url, "key-1.another").routes()
    assert "API key" in caught.value.hint
    with pytest.raises(StackError) as caught:
        Api(api._base_url + "/nowhere", KEY).routes()
    assert "BusinessApiUrl" in caught.value.hint
    with pytest.raises(StackError, match="not reached"):
        Api("http://127.0.0.1:9", KEY).routes()


def test_an_endpoint_that_is_gone_already_is_no_mistake(api: Api) -> None:
    api.remove_endpoint("ep_nobody")

    assert api.routes() == Routes(OLD, '"1"')
