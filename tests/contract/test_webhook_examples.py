"""The receivers' examples of docs/webhooks/examples do what they say, in Python and in Node."""

from __future__ import annotations

import base64
import http.client
import importlib.util
import json
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from local.asyncapi import FOLDER
from parley.business import signing, webhooks
from parley.business.webhook_events.examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

EXAMPLES_FOLDER: Final = FOLDER / "examples"
NODE: Final = shutil.which("node")
NOW: Final = 1_767_225_600
SECRET: Final = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
THIRD: Final = "whsec_" + base64.b64encode(b"x" * 64).decode()
BODY: Final = webhooks.event(
    "message.received", at=NOW, data={"message": {"body": "Gr\u00fc\u00dfe \U0001f6b2 \u2028"}}
)


@dataclass(frozen=True)
class Case:
    """One webhook as it comes in, and whether a receiver should believe it."""

    good: bool
    headers: dict[str, str]
    body: bytes = BODY
    secrets: tuple[str, ...] = (SECRET,)
    now: float = NOW

    def with_header(self, name: str, value: str) -> Case:
        return replace(self, headers={**self.headers, name: value})

    def without(self, name: str) -> Case:
        return replace(self, headers={key: value for key, value in self.headers.items() if key != name})


def signed(*secrets: str, good: bool = True, body: bytes = BODY, at: int = NOW) -> Case:
    return Case(good, signing.signed_headers(secrets, webhook_id="msg-1", timestamp=at, body=body), body)


GOOD: Final = signed(SECRET)
TWO: Final = signed(SECRET, OTHER)
BAD: Final = replace(GOOD, good=False)
SIGNATURE: Final = GOOD.headers["webhook-signature"]

CASES: Final[dict[str, Case]] = {
    "one signature": GOOD,
    "an empty body": signed(SECRET, body=b""),
    "a large body": signed(SECRET, body=b'{"a":"' + b"x" * 500_000 + b'"}'),
    "a body that is no text": signed(SECRET, body=bytes(range(256))),
    "a long secret": replace(signed(THIRD), secrets=(THIRD,)),
    "a secret without its prefix": replace(GOOD, secrets=(SECRET.removeprefix("whsec_"),)),
    "headers in capitals": replace(GOOD, headers={name.title(): value for name, value in GOOD.headers.items()}),
    "two signatures, the first ours": TWO,
    "two signatures, the second ours": replace(TWO, secrets=(OTHER,)),
    "two secrets, the first right": replace(GOOD, secrets=(SECRET, OTHER)),
    "two secrets, the second right": replace(GOOD, secrets=(OTHER, SECRET)),
    "two of each": replace(TWO, secrets=(OTHER, SECRET)),
    "a signature of a newer version beside ours": GOOD.with_header("webhook-signature", f"v2,abc {SIGNATURE}"),
    "nearly five minutes old": replace(GOOD, now=NOW + 300),
    "nearly five minutes ahead": replace(GOOD, now=NOW - 300),
    "a changed body": replace(BAD, body=BODY + b" "),
    "a body with another character": replace(BAD, body=BODY.replace(b"G", b"g", 1)),
    "the same JSON written otherwise": replace(BAD, body=json.dumps(json.loads(BODY)).encode()),
    "a changed id": BAD.with_header("webhook-id", "msg-2"),
    "a changed timestamp": BAD.with_header("webhook-timestamp", str(NOW + 1)),
    "parts moved between id and timestamp": BAD.with_header("webhook-id", f"msg-1.{NOW}"),
    "more than five minutes old": replace(BAD, now=NOW + 301),
    "more than five minutes ahead": replace(BAD, now=NOW - 301),
    "an old one sent again": replace(signed(SECRET, good=False, at=NOW - 86_400), now=NOW),
    "the wrong secret": replace(BAD, secrets=(OTHER,)),
    "two signatures, none ours": replace(TWO, good=False, secrets=(THIRD,)),
    "no secret at all": replace(BAD, secrets=()),
    "a signature cut short": BAD.with_header("webhook-signature", SIGNATURE[:-4]),
    "a signature with more behind it": BAD.with_header("webhook-signature", SIGNATURE + "A"),
    "a signature of another version": BAD.with_header("webhook-signature", SIGNATURE.replace("v1,", "v2,")),
    "a signature without its version": BAD.with_header("webhook-signature", SIGNATURE.removeprefix("v1,")),
    "a signature in another case": BAD.with_header("webhook-signature", SIGNATURE.swapcase()),
    "signatures joined by commas": BAD.with_header("webhook-signature", f"{SIGNATURE},{SIGNATURE}"),
    "an empty signature": BAD.with_header("webhook-signature", ""),
    "only the version": BAD.with_header("webhook-signature", "v1,"),
    "a signature of strange characters": BAD.with_header("webhook-signature", "v1,\u00e9\u2028"),
    "no id": BAD.without("webhook-id"),
    "no timestamp": BAD.without("webhook-timestamp"),
    "no signature": BAD.without("webhook-signature"),
    "a timestamp that is no number": BAD.with_header("webhook-timestamp", "now"),
    "a negative timestamp": BAD.with_header("webhook-timestamp", f"-{NOW}"),
    "a timestamp with a fraction": BAD.with_header("webhook-timestamp", f"{NOW}.0"),
    "a timestamp in other digits": BAD.with_header("webhook-timestamp", "\u0661\u0667\u0666"),
    "a timestamp beyond measure": BAD.with_header("webhook-timestamp", "9" * 400),
    "an empty timestamp": BAD.with_header("webhook-timestamp", ""),
}


@pytest.fixture(scope="module")
def python() -> ModuleType:
    return load("verify")


def load(name: str) -> ModuleType:
    """An example as a receiver's own module; they find each other by name, as beside each other in a folder."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES_FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", CASES)
def test_python_believes_what_is_ours_and_nothing_else(name: str, python: ModuleType) -> None:
    case = CASES[name]
    try:
        python.verify(case.body, case.headers, *case.secrets, now=case.now)
        believed = True
    except python.NotVerifiedError:
        believed = False

    assert believed == case.good


def test_python_looks_at_the_clock_unless_told_otherwise(python: ModuleType) -> None:
    with pytest.raises(python.NotVerifiedError):
        python.verify(GOOD.body, GOOD.headers, SECRET)


def test_python_needs_nothing_but_its_standard_library() -> None:
    for name in ("verify.py", "receiver.py"):
        imported = [
            line.split()[1].partition(".")[0]
            for line in (EXAMPLES_FOLDER / name).read_text("utf-8").splitlines()
            if line.startswith(("import ", "from "))
        ]
        assert set(imported) <= sys.stdlib_module_names | {"verify"}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, bool | str]:
    """What Node says of all of them, in one go."""
    if NODE is None:
        pytest.skip("node is not installed")
    program = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ verify, NotVerifiedError }} from {json.dumps((EXAMPLES_FOLDER / "verify.mjs").as_uri())};
        const said = {{}};
        for (const [name, one] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {{
            try {{
                verify(Buffer.from(one.body, "base64"), one.headers, one.secrets, one.now ?? undefined);
                said[name] = true;
            }} catch (error) {{
                said[name] = error instanceof NotVerifiedError ? false : String(error);
            }}
        }}
        console.log(JSON.stringify(said));
    """
    asked: dict[str, Any] = {
        name: {
            "body": base64.b64encode(case.body).decode(),
            "headers": case.headers,
            "secrets": case.secrets,
            "now": case.now,
        }
        for name, case in CASES.items()
    }
    asked["by the clock"] = {**asked["one signature"], "now": None}
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", program],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    said: dict[str, bool | str] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("name", CASES)
def test_node_believes_what_is_ours_and_nothing_else(name: str, verdicts: dict[str, bool | str]) -> None:
    assert verdicts[name] is CASES[name].good


def test_node_looks_at_the_clock_unless_told_otherwise(verdicts: dict[str, bool | str]) -> None:
    assert verdicts["by the clock"] is False


class TestReceiver:
    """The whole receiver, over HTTP."""

    @pytest.fixture
    def inbox(self, python: ModuleType) -> Any:
        return load("receiver").Inbox()

    @pytest.fixture
    def port(self, inbox: Any) -> Iterator[int]:
        server = sys.modules["receiver"].server(SECRET, inbox, 0)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
        server.server_close()

    def post(self, port: int, event: dict[str, Any], *, webhook_id: str = "m1", secret: str = SECRET) -> int:
        import time

        body = json.dumps(event).encode()
        headers = signing.signed_headers([secret], webhook_id=webhook_id, timestamp=int(time.time()), body=body)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def test_it_takes_every_kind_of_event_once(self, port: int, inbox: Any) -> None:
        for number, event in enumerate(EXAMPLES.values()):
            assert self.post(port, event, webhook_id=f"m{number}") == 204
            assert self.post(port, event, webhook_id=f"m{number}") == 204

        taken = [inbox.work.get_nowait()["type"] for _ in EXAMPLES]
        assert taken == list(EXAMPLES)
        assert inbox.work.empty()

    def test_it_believes_nobody_else(self, port: int, inbox: Any) -> None:
        assert self.post(port, EXAMPLES["message.received"], secret=OTHER) == 401
        assert inbox.work.empty()

    def test_it_takes_no_more_than_it_can_hold(self, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/", headers={"Content-Length": "1000001"})

        assert connection.getresponse().status == 413
        connection.close()

    def test_it_can_tell_a_late_event(self, inbox: Any) -> None:
        def event(sequence: int | None, conversation: str = "c1") -> dict[str, Any]:
            data = {"conversation_id": conversation} | ({} if sequence is None else {"sequence": sequence})
            return {"type": "message.received", "data": data}

        assert inbox.take("a", event(2)) == "new"
        assert inbox.take("b", event(3)) == "new"
        assert inbox.take("b", event(3)) == "repeated"
        assert inbox.take("c", event(1)) == "late"
        assert inbox.take("d", event(1, "c2")) == "new"
        assert inbox.take("e", event(None)) == "new"
        assert inbox.take("f", event(4)) == "new"
