"""`parley listen` as it is typed: webhooks are verified, handed on, told and replayed, and all is left as it was."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from local import cli
from local.listen import keyboard, where
from local.listen.listener import MAX_BYTES
from local.listen.target import Target
from local.listen.webhook import Webhook
from local.listen.where import Where
from local.stack.errors import StackError
from parley.business import signing
from tests.support.http_server import reply
from tests.support.http_server import serving as target_server
from tests.unit.local.running import call, serving
from tests.unit.local.stub_endpoints_api import KEY, OLD, Parley, StubApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typer.testing import Result

    from tests.support.http_server import LocalServer

RUN = CliRunner()
DEFAULT = signing.new_secret()
"""What signs for endpoints without a secret of their own."""


@dataclass
class Scene:
    """A business API, and somebody who does things once the command listens."""

    stub: StubApi
    where: Where
    parley: Parley = field(default_factory=Parley)
    typed: Callable[[str], None] | None = None
    faults: list[BaseException] = field(default_factory=list)

    def play(self, *arguments: str, then: Callable[[], object] = lambda: None) -> Result:
        """Run the command, and `then` when the routes lead to it. Ends when `then` ends it."""

        def wait() -> None:
            deadline = time.monotonic() + 20
            while self.stub.rules == OLD and time.monotonic() < deadline:
                time.sleep(0.005)
            try:
                then()
            except BaseException as fault:  # noqa: BLE001  (shown by the test, in its own thread)
                self.faults.append(fault)
                os.kill(os.getpid(), signal.SIGINT)

        beside = threading.Thread(target=wait)
        beside.start()
        result = RUN.invoke(cli.app, ["listen", *arguments])
        beside.join()
        assert self.faults == []
        return result

    def post(self, *args: Any, **kwargs: Any) -> int:
        """What Parley was answered."""
        return self.parley.post(self.stub.endpoint, *args, **kwargs).status


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.delenv("PARLEY_WEBHOOK_SECRET", raising=False)
    monkeypatch.setattr(cli, "_stack", lambda: (None, None))
    stub = StubApi()
    with serving(stub.app()) as url:
        found = Where(url, KEY, tmp_path / "listen.json", other_secrets=(DEFAULT,))
        monkeypatch.setattr(where, "local", lambda *_: found)
        yield Scene(stub, found)
    assert (stub.rules, stub.endpoints) == (OLD, {})
    assert not found.memory.exists()


@pytest.fixture
def keys(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Somebody sits at the keyboard."""

    @contextlib.contextmanager
    def pressed(tell: Callable[[str], None]) -> Iterator[None]:
        scene.typed = tell
        yield

    monkeypatch.setattr(keyboard, "is_there", lambda: True)
    monkeypatch.setattr(keyboard, "pressed", pressed)
    return scene


def press(scene: Scene, text: str) -> None:
    while scene.typed is None:
        time.sleep(0.005)
    for key in text:
        scene.typed(key)


def requests(server: LocalServer, count: int) -> None:
    """Wait until the target has had so many."""
    while len(server.requests) < count:
        time.sleep(0.005)


def verified(server: LocalServer, secret: str) -> list[dict[str, Any]]:
    """What the target got, after checking each with the official package."""
    from standardwebhooks.webhooks import Webhook

    return [Webhook(secret).verify(request.body, request.headers) for request in server.requests]


def test_a_webhook_is_verified_handed_on_unchanged_and_told_in_one_line(scene: Scene) -> None:
    with target_server(reply("200 OK")) as server:
        secrets: list[str] = []

        def then() -> None:
            secrets.append(scene.stub.endpoint["secret"])
            assert scene.post("A canary", number=7) == 200

        result = scene.play("--to", f"{server.url}/in", "--once", "1", then=then)

    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.split()[:6] == ["1", "message.received", "c" * 26, "seq", "7", "200"]
    assert "canary" not in result.output
    (event,) = verified(server, secrets[0])
    assert event["data"]["message"]["body"] == "A canary"
    (request,) = server.requests
    assert request.line == "POST /in HTTP/1.1"
    assert request.headers["webhook-id"] == "m7"
    assert request.headers["user-agent"].startswith("parley-webhooks/")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert secrets[0] in result.stderr


def test_for_programs_there_is_one_object_on_each_line(scene: Scene) -> None:
    def then() -> None:
        scene.post(number=1)
        scene.post(number=2)

    result = scene.play("--json", "--once", "2", then=then)

    ready, *heard = [json.loads(line) for line in result.stdout.splitlines()]
    assert ready["ready"] is True
    assert ready.keys() == {"ready", "url", "endpoint_id", "secret"}
    assert [(one["webhook_id"], one["type"], one["sequence"], one["status"], one["verified"]) for one in heard] == [
        ("m1", "message.received", 1, 204, True),
        ("m2", "message.received", 2, 204, True),
    ]
    assert all("body" not in one for one in heard)


def test_bodies_are_shown_only_when_somebody_wants_to_see_them(scene: Scene) -> None:
    result = scene.play("--show", "--once", "1", then=lambda: scene.post("A canary"))
    assert '"body": "A canary"' in result.stdout

    as_json = scene.play("--show", "--json", "--once", "1", then=lambda: scene.post("A canary"))
    last = json.loads(as_json.stdout.splitlines()[-1])
    assert last["body"]["data"]["message"]["body"] == "A canary"


def test_the_answer_of_the_program_is_parleys_answer_so_that_it_keeps_the_order(scene: Scene) -> None:
    answers = (reply("500 Oops"), reply("429 Slow", b"", "Retry-After: 17"), reply("410 Gone"), reply("200 OK"))
    got: list[Any] = []
    with target_server(*answers) as server:

        def then() -> None:
            scene.post(number=1)  # the first answer, 500
            got.extend(scene.parley.post(scene.stub.endpoint, number=1) for _ in range(3))

        result = scene.play("--to", server.url, "--once", "1", then=then)

    assert [(answer.status, answer.retry_after) for answer in got] == [(429, 17.0), (503, None), (200, None)]
    statuses = [line.split()[5] for line in result.stdout.splitlines()]
    assert statuses == ["500", "429", "503", "200"]
    assert "410 would switch your endpoint off" in result.stdout


def test_what_is_not_signed_by_us_is_neither_believed_nor_handed_on(scene: Scene) -> None:
    with target_server(reply("200 OK")) as server:

        def then() -> None:
            endpoint = scene.stub.endpoint
            assert scene.parley.post(endpoint, secret=signing.new_secret(), number=66).status == 401
            assert call("POST", endpoint["url"], b"\x1b[2J no json").status == 401
            assert call("GET", endpoint["url"]).status == 501
            assert call("POST", endpoint["url"], b"", {"Content-Length": str(MAX_BYTES + 1)}).status == 413
            scene.post()

        result = scene.play("--to", server.url, "--once", "1", then=then)

    assert len(server.requests) == 1
    assert "not verified: no signature in webhook-signature matches" in result.stdout
    assert "not verified: header webhook-id is missing" in result.stdout
    assert "\x1b" not in result.stdout


def test_until_all_functions_know_the_new_secret_the_businesss_own_one_is_believed_too(scene: Scene) -> None:
    with target_server(reply("200 OK")) as server:
        secrets: list[str] = []

        def then() -> None:
            secrets.append(scene.stub.endpoint["secret"])
            assert scene.post(secret=DEFAULT) == 200

        scene.play("--to", server.url, "--once", "1", then=then)

    assert len(verified(server, secrets[0])) == 1  # the program behind has to know one secret only


@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_program_may_have_a_secret_of_its_own(by: str, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    own = signing.new_secret()
    if by == "environment":
        monkeypatch.setenv("PARLEY_WEBHOOK_SECRET", own)
    with target_server(reply("200 OK")) as server:
        arguments = ["--secret", own] if by == "option" else []
        result = scene.play("--to", server.url, "--once", "1", *arguments, then=scene.post)

    assert len(verified(server, own)) == 1
    assert own not in result.output


def test_one_key_replays_the_last_webhook_and_a_number_another(keys: Scene) -> None:
    with target_server(reply("200 OK")) as server:
        secrets: list[str] = []

        def then() -> None:
            secrets.append(keys.stub.endpoint["secret"])
            keys.post("one", number=1)
            keys.post("two", number=2)
            for number, typed in enumerate(["r", "1r", "1xr", "1\nr", "02r", "99r1r"]):
                press(keys, typed)
                requests(server, number + 3)
            press(keys, "q")

        result = keys.play("--to", server.url, then=then)

    assert result.exit_code == 0
    first, second, *again = server.requests
    # Whatever else is pressed forgets the number.
    assert [one.headers["webhook-id"] for one in again] == ["m2", "m1", "m2", "m2", "m2", "m1"]
    assert {one.body for one in again} == {first.body, second.body}
    assert len(verified(server, secrets[0])) == 8
    assert "q to quit" in result.stderr
    assert "no webhook 99" in result.stderr


def test_a_replay_is_told_as_one_and_does_not_count(keys: Scene) -> None:
    with target_server(reply("200 OK"), reply("500 Oops"), reply("200 OK")) as server:

        def then() -> None:
            keys.post(number=1)
            press(keys, "r")
            requests(server, 2)
            keys.post(number=2)

        result = keys.play("--to", server.url, "--once", "2", then=then)

    told = [(line.split()[0], line.split()[5], "replayed" in line) for line in result.stdout.splitlines()]
    assert sorted(told) == [("1", "200", False), ("1", "500", True), ("2", "200", False)]


def test_what_is_handed_on_has_its_own_signature_and_a_replay_one_of_now() -> None:
    secret, other = signing.new_secret(), signing.new_secret()
    headers = signing.signed_headers([secret], webhook_id="m1", timestamp=1_767_225_600, body=b"{}")
    came = {**headers, "Host": "127.0.0.1", "Connection": "keep-alive", "Content-Type": "application/json"}
    webhook = Webhook.read(came, b"{}")

    # The very signature that came, where the secret is the one that signed.
    assert webhook.onward(secret) == {**headers, "content-type": "application/json"}
    assert webhook.onward(other)["webhook-signature"] != headers["webhook-signature"]
    again = webhook.again(secret, now=1_800_000_000.7)
    fresh = signing.signed_headers([secret], webhook_id="m1", timestamp=1_800_000_000, body=b"{}")
    assert again == {**fresh, "content-type": "application/json"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"type": 5, "data": []}', b"[" * 100_000])
def test_what_is_no_event_is_no_reason_to_stumble(body: bytes) -> None:
    webhook = Webhook.read({}, body)

    assert (webhook.id, webhook.type, webhook.conversation_id, webhook.sequence) == (None, None, None, None)


@pytest.mark.parametrize("target", [True, False])
def test_when_there_is_nothing_to_replay_that_is_said(target: bool, keys: Scene) -> None:
    with target_server(reply("200 OK")) as server:
        arguments = ["--to", server.url] if target else []
        result = keys.play(*arguments, then=lambda: press(keys, "r5rq"))

    assert server.requests == []
    assert "nothing to replay" in result.stderr
    assert "no webhook 5" in result.stderr


def test_only_the_latest_webhooks_can_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    from local.listen import listener

    monkeypatch.setattr(listener, "MAX_KEPT", 2)
    secret = signing.new_secret()
    with target_server(reply("200 OK")) as server:
        hearing = listener.Listener(Target(server.url), lambda _: None)
        hearing.believe(secret)
        for number in range(1, 4):
            headers = signing.signed_headers([secret], webhook_id=f"m{number}", timestamp=int(time.time()), body=b"{}")
            assert hearing.hear(Webhook.read(headers, b"{}")).number == number

        assert hearing.replay(1) is None
        assert [hearing.replay(number) is not None for number in (2, 3, None)] == [True] * 3


def test_an_interruption_leaves_everything_as_it_was(scene: Scene) -> None:
    before = signal.getsignal(signal.SIGINT)

    result = scene.play(then=lambda: os.kill(os.getpid(), signal.SIGINT))

    assert result.exit_code == 130
    assert "The routes are as they were before." in result.stderr
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruptions_never_leave_it_half_done(
    number: signal.Signals, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever they come: here before and after every call of the API."""
    from local.listen.api import Api

    real = Api._call

    def call_between(self: Api, *args: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), number)
        try:
            return real(self, *args, **kwargs)
        finally:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Api, "_call", call_between)

    assert scene.play().exit_code == 130
    assert scene.stub.calls.count("PUT routes") == 2


def test_a_taken_port_and_a_bad_secret_are_told_before_anything_is_changed(scene: Scene) -> None:
    with target_server(reply("200 OK")) as server:
        taken = RUN.invoke(cli.app, ["listen", "--port", str(server.port)])
    bad = RUN.invoke(cli.app, ["listen", "--secret", "hunter2!"])

    assert (taken.exit_code, bad.exit_code) == (1, 1)
    assert "cannot be listened on" in taken.stderr
    assert "not 'whsec_<base64>'" in bad.stderr
    assert "hunter2" not in bad.output
    assert scene.stub.calls == []


class TestElsewhere:
    """A stack in AWS cannot reach this machine by itself."""

    def listen(self, *arguments: str) -> Result:
        return RUN.invoke(cli.app, ["listen", *arguments])

    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from local.stack.layout import Layout

        monkeypatch.setattr(cli, "_stack", lambda: (Layout(state_dir=tmp_path, ports={}), None))
        monkeypatch.delenv("PARLEY_API_KEY", raising=False)

    def test_what_to_do_is_said(self) -> None:
        result = self.listen("--api", "https://api.example/v1")

        assert result.exit_code == 1
        assert "cannot reach this machine" in result.stderr
        assert "--public-url https://" in result.stderr

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--api", "http://api.example", "--public-url", "https://tunnel.example/"], "is no https URL"),
            (["--api", "https://api.example", "--public-url", "https://tunnel.example/"], "PARLEY_API_KEY"),
        ],
    )
    def test_what_is_missing_is_said(self, arguments: list[str], words: str) -> None:
        assert words in self.listen(*arguments).stderr

    def test_the_public_url_is_registered_and_each_business_has_its_own_memory(self, tmp_path: Path) -> None:
        from local.stack.layout import Layout

        here = Layout(state_dir=tmp_path, ports={})
        one, two = (
            where.elsewhere(here, api_url="https://api.example/x", api_key=key, public_url="https://tunnel.example/")
            for key in ("key-1.secret", "key-2.secret")
        )

        assert one.public_url == "https://tunnel.example/"
        assert one.memory != two.memory
        assert one.memory.parent == tmp_path
        assert "secret" not in repr(one)

    def test_webhooks_come_through_the_tunnel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stub = StubApi()
        with serving(stub.app()) as url:
            found = Where(url, KEY, tmp_path / "listen.json", public_url="https://tunnel.example/in")
            monkeypatch.setattr(where, "elsewhere", lambda *_, **__: found)
            scene = Scene(stub, found)

            def then() -> None:
                assert stub.endpoint["url"] == "https://tunnel.example/in"
                os.kill(os.getpid(), signal.SIGINT)

            monkeypatch.setattr(cli, "_stack", lambda: (None, None))
            result = scene.play("--api", "https://api.example", then=then)

        assert "hand them on to http://127.0.0.1:" in result.stderr


def test_the_local_stack_has_to_be_up(tmp_path: Path) -> None:
    from local.stack.layout import BUSINESS, CLOUD, GATEWAY, Layout
    from local.stack.processes import Processes

    here = Layout(state_dir=tmp_path, ports={CLOUD: 1, GATEWAY: 2, BUSINESS: 3})

    with pytest.raises(StackError) as caught:
        where.local(here, Processes(here))
    assert caught.value.hint == "Run: parley up"


def test_single_keys_are_told_and_the_terminal_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    import termios

    controller, terminal = pty.openpty()
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(terminal)
        told: list[str] = []
        both = threading.Event()

        def tell(key: str) -> None:
            told.append(key)
            if len(told) == 2:
                both.set()

        assert keyboard.is_there()
        with keyboard.pressed(tell):
            os.write(controller, b"1r")
            assert both.wait(10)
        assert termios.tcgetattr(terminal) == before
        os.write(controller, b"\n")  # lets the thread that reads see the end
        os.close(controller)

    assert told[:2] == ["1", "r"]
