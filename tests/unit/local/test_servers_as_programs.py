"""The two servers as a shell starts them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.web.serving import bind
from tests.unit.local.wire import CONFIG, SECRET, Msp, envelope

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).parents[3]
GATEWAY_CONFIG = {
    **{key: CONFIG[key] for key in ("msp_id", "secrets", "message_url", "businesses")},
    "customers": [{"opaque_id": "urn:mbid:AQAAYada==", "name": "Ada", "locale": "en_US", "capabilities": ["LIST"]}],
}
BUSINESS_CONFIG = {
    "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "business_api_url": "http://127.0.0.1:9",
    "api_key": "key.CANARY-KEY",
    "echo": True,
}


def start(module: str, folder: Path, config: object, port: int = 0) -> subprocess.Popen[str]:
    file = folder / "config.json"
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    return subprocess.Popen(
        [sys.executable, "-m", module, "--port", str(port), "--config", str(file), "--state", str(folder / "state")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def url_of(program: subprocess.Popen[str]) -> str:
    assert program.stderr is not None
    line = program.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


@pytest.mark.parametrize(
    ("module", "config", "path", "key"),
    [
        ("local.gateway", GATEWAY_CONFIG, "/control/customers", "customers"),
        ("local.business", BUSINESS_CONFIG, "/inbox", "webhooks"),
    ],
)
def test_a_server_starts_says_where_it_is_and_ends_on_a_signal(
    tmp_path: Path, module: str, config: object, path: str, key: str
) -> None:
    program = start(module, tmp_path, config)
    try:
        assert key in fetch(url_of(program) + path)
    finally:
        program.send_signal(signal.SIGTERM)
        output, errors = program.communicate(timeout=20)

    assert program.returncode in {0, -signal.SIGTERM}
    assert (output, errors) == ("", "")


@pytest.mark.parametrize(
    ("module", "config", "problem"),
    [
        ("local.gateway", {**GATEWAY_CONFIG, "msp_id": "x"}, "msp_id: Value error, must be a UUID"),
        ("local.gateway", {**GATEWAY_CONFIG, "secrets": [SECRET + "?"]}, "secrets.0: Value error, must be the base64"),
        ("local.gateway", "{", "Invalid JSON"),
        (
            "local.business",
            {**BUSINESS_CONFIG, "webhook_secret": "CANARY"},
            "webhook_secret: Value error, must be",
        ),
    ],
)
def test_a_wrong_configuration_ends_the_program_with_2_and_quotes_nothing(
    tmp_path: Path, module: str, config: object, problem: str
) -> None:
    program = start(module, tmp_path, config)
    _, errors = program.communicate(timeout=20)

    assert program.returncode == 2
    assert problem in errors
    assert "CANARY" not in errors
    assert SECRET not in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(("module", "config"), [("local.gateway", GATEWAY_CONFIG), ("local.business", BUSINESS_CONFIG)])
def test_a_taken_port_is_named(tmp_path: Path, module: str, config: object) -> None:
    with bind(0) as listener:
        port = listener.getsockname()[1]
        program = start(module, tmp_path, config, port)
        _, errors = program.communicate(timeout=20)

    assert program.returncode == 1
    assert errors.startswith(f"Port {port} on 127.0.0.1 cannot be used: Address already in use.")


def test_nothing_a_message_says_is_printed(tmp_path: Path) -> None:
    program = start("local.gateway", tmp_path, GATEWAY_CONFIG)
    try:
        msp = Msp(url_of(program))
        opaque_id = "urn:mbid:AQAAYada=="
        assert msp.post(envelope(body="CANARY-BODY", destinationId=opaque_id)).status == 200
        assert msp.post(envelope(body="", destinationId=opaque_id)).status == 400
        msp.control("POST", "/messages", {"body": "CANARY-BODY"})
        msp.control("POST", "/faults", {"drop": "after"})
        with pytest.raises(Exception, match="Connection"):
            msp.post(envelope(body="CANARY-BODY", destinationId=opaque_id))
    finally:
        program.send_signal(signal.SIGTERM)
        output, errors = program.communicate(timeout=20)

    assert (output, errors) == ("", "")
