"""What a script is told, and what a second call does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stack.conftest import Stack


def test_up_prints_one_json_object_with_every_door(stack: Stack) -> None:
    urls = {
        "apple_message_url",
        "business_api_url",
        "gateway_url",
        "control_url",
        "webhook_inbox_url",
        "aws_endpoint_url",
    }

    assert urls <= stack.facts.keys()
    assert all(stack.facts[url].startswith("http://127.0.0.1:") for url in urls)
    assert {"id", "secret"} <= stack.facts["msp"].keys()
    assert {"id", "api_key"} <= stack.facts["business"].keys()
    assert stack.facts["customer"]["opaque_id"].startswith("urn:mbid:")


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    again = stack.parley("up", "--json")

    assert again.returncode == 0, again.stderr
    # Another test may have stopped and started the business: its pid is not part of the promise.
    assert json.loads(again.stdout) | {"pids": None} == stack.facts | {"pids": None}


def test_status_is_well_and_no_dead_letters_wait(stack: Stack) -> None:
    status = stack.parley("status", "--json")

    assert status.returncode == 0, status.stdout + status.stderr
    assert json.loads(status.stdout)["parts"].keys() >= {"cloud", "gateway", "business"}
