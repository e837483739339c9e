"""`python -m local.events` as it is typed."""

from __future__ import annotations

import base64
import gzip
import json
import time
from typing import TYPE_CHECKING

import pytest

from local import events
from local.stack.state import State
from parley.apple import tokens
from parley.apple.tokens import Credential
from tests.support import apple_requests as apple

if TYPE_CHECKING:
    from pathlib import Path

API_KEY = "other-key.0123456789-0123456789-0123456789"


def test_the_command_lists_all_events(capsys: pytest.CaptureFixture[str]) -> None:
    assert events.main([]) == 0
    assert capsys.readouterr().out.split() == events.names()


def test_the_command_gives_apples_messages_a_new_id_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    ids = set()
    for _ in range(2):
        assert events.main(["inbound/text-gzip"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown["headers"]["id"] == json.loads(gzip.decompress(base64.b64decode(shown["body"])))["id"]
        ids.add(shown["headers"]["id"])

    assert len(ids | {events.SAMPLE.message_id}) == 3


def test_the_command_takes_identities(capsys: pytest.CaptureFixture[str]) -> None:
    options = [f"--api-key={API_KEY}", f"--opaque-id={apple.OTHER_CUSTOMER}"]

    assert events.main(["outbound-api/send-text", *options]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["headers"]["Authorization"] == f"Bearer {API_KEY}"
    assert json.loads(shown["body"])["to"] == apple.OTHER_CUSTOMER


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["inbound/poem"], "no event inbound/poem"), (["inbound/text", "--secret=?"], "not base64")],
)
def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str) -> None:
    assert events.main(arguments) == 2

    said = capsys.readouterr()
    assert reason in said.err
    assert said.out == ""


def test_the_command_asks_for_a_stack_when_there_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARLEY_STATE_DIR", str(tmp_path))

    assert events.main(["inbound/text", "--stack"]) == 2
    assert "parley up" in capsys.readouterr().err


def test_the_command_takes_the_identities_of_the_local_stack(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = State.fresh({"cloud": 1, "gateway": 2, "business": 3})
    state.save(tmp_path / "state.json")
    monkeypatch.setenv("PARLEY_STATE_DIR", str(tmp_path))

    assert events.main(["inbound/text", "--stack"]) == 0

    headers = json.loads(capsys.readouterr().out)["headers"]
    credential = Credential.of(state.msp.id, state.msp.secret)
    assert tokens.verify(headers["Authorization"], [credential], now=time.time()) == credential
    assert (headers["source-id"], headers["destination-id"]) == (state.customer.opaque_id, state.business.id)
