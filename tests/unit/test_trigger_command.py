"""`parley trigger` as it is typed: what a word means, what is printed, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse
from typer.testing import CliRunner

from local import cli, trigger
from local.stack.errors import StackError
from local.trigger import Direction
from tests.support.trigger_stack import NOWHERE, both, servers

if TYPE_CHECKING:
    from local.trigger import Stack
    from tests.support.trigger_stack import Both

__all__ = ["both", "servers"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

RUN = CliRunner()


@pytest.fixture
def found(both: Both, monkeypatch: pytest.MonkeyPatch) -> Both:
    """What the command finds running."""
    monkeypatch.setattr(trigger, "find", lambda *_where: both.stack)
    return both


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("inbound/text-plain", ["inbound/text-plain"]),
        ("text-plain", ["inbound/text-plain"]),
        ("form-private", ["inbound/form-private", "outbound/form-private"]),
        (
            "outbound/invitation",
            ["outbound/invitation-logo", "outbound/invitation-minimal", "outbound/invitation-wire"],
        ),
        ("constructed_link", ["outbound/constructed-link-minimal", "outbound/constructed-link-region"]),
        ("outbound/text-full.json", ["outbound/text-full"]),
    ],
)
def test_a_word_means_a_message_or_all_whose_names_begin_with_it(word: str, names: list[str]) -> None:
    assert [one.name for one in trigger.select([word])] == names


@pytest.mark.parametrize("direction", list(Direction))
def test_a_direction_means_all_of_its_messages(direction: Direction) -> None:
    assert {one.name for one in trigger.select([direction])} == {
        one.name for one in trigger.catalogue() if one.direction is direction
    }


@pytest.mark.parametrize("word", ["", "te", "text-plain-x", "nonsense", "../inbound/text"])
def test_a_word_that_means_nothing_is_told(word: str) -> None:
    with pytest.raises(StackError, match="no message called"):
        trigger.select(["text", word])


def test_those_that_end_a_conversation_come_first_because_the_rest_reopen_it() -> None:
    cases = [one.case for one in trigger.catalogue()]

    assert all(case.startswith("close-") for case in cases[:3])
    assert not any(case.startswith("close-") for case in cases[3:])


def test_the_command_tells_what_became_of_each_and_ends_well(found: Both) -> None:
    result = RUN.invoke(cli.app, ["trigger", "inbound/text-plain", "outbound/text-minimal"])

    assert result.exit_code == 0
    first, second = (line.split() for line in result.stdout.splitlines())
    assert first == ["inbound/text-plain", "200", found.msp.received[0].headers["id"]]
    assert second == ["outbound/text-minimal", "202", "m-1", "queued"]


def test_one_refusal_is_enough_to_end_badly(found: Both) -> None:
    found.api.answers.append(JSONResponse({"code": "opted_out", "detail": "they left"}, 422))

    result = RUN.invoke(cli.app, ["trigger", "--json", "text-minimal", "text-emoji"])

    assert result.exit_code == 1
    assert [(one["name"], one["status"], one["ok"]) for one in json.loads(result.stdout)] == [
        ("outbound/text-minimal", 422, False),
        ("inbound/text-emoji", 200, True),
        ("outbound/text-emoji", 202, True),
    ]


def test_all_sends_every_message_once(found: Both) -> None:
    result = RUN.invoke(cli.app, ["trigger", "--all"])

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(trigger.catalogue()) >= 60
    assert len(found.msp.received) + len(found.api.bodies) == len(trigger.catalogue())


def test_the_list_needs_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_where: object) -> Stack:
        raise AssertionError

    monkeypatch.setattr(trigger, "find", nothing)

    everything = RUN.invoke(cli.app, ["trigger", "--list"])
    some = RUN.invoke(cli.app, ["trigger", "--list", "--json", "inbound/close"])

    assert everything.stdout.split() == [one.name for one in trigger.catalogue()]
    assert len(json.loads(some.stdout)) == 3


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["nonsense"], 1)])
def test_the_command_says_what_is_wrong_with_its_arguments(arguments: list[str], code: int) -> None:
    result = RUN.invoke(cli.app, ["trigger", *arguments])

    assert result.exit_code == code
    assert result.stdout == ""
    assert "--list" in result.stderr


def test_without_a_running_stack_it_says_how_to_start_one(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_STATE_DIR", str(tmp_path))

    result = RUN.invoke(cli.app, ["trigger", "text-plain"])

    assert result.exit_code == 1
    assert "does not run" in result.stderr
    assert "up" in result.stderr.splitlines()[-1]


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(NOWHERE)
