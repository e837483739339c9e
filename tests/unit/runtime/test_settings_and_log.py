"""What a function is told, and what it says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from parley.errors import Fatal
from parley.runtime.log import facts, log
from parley.runtime.settings import Settings

if TYPE_CHECKING:
    from tests.support.fixtures import Logged


def test_a_variable_is_read_when_it_is_asked_for() -> None:
    settings = Settings({"A": "x", "N": "90"})

    assert settings.text("A") == "x"
    assert settings.number("N") == 90


@pytest.mark.parametrize("env", [{}, {"NAME": ""}])
def test_a_missing_variable_is_named(env: dict[str, str]) -> None:
    for read in (Settings(env).text, Settings(env).number):
        with pytest.raises(Fatal, match="NAME"):
            read("NAME")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ninety", " 90", "0x10"])
def test_a_number_is_whole_and_positive(text: str) -> None:
    with pytest.raises(Fatal, match="NAME"):
        Settings({"NAME": text}).number("NAME")


@pytest.mark.parametrize(
    ("env", "allowed"),
    [
        ({}, False),
        ({"ALLOW_LOOPBACK": ""}, False),
        ({"ALLOW_LOOPBACK": "false", "STAGE": "prod"}, False),
        ({"ALLOW_LOOPBACK": "True", "STAGE": "prod"}, False),
        ({"ALLOW_LOOPBACK": "true", "STAGE": "local"}, True),
    ],
)
def test_loopback_is_for_the_laptop(env: dict[str, str], *, allowed: bool) -> None:
    assert Settings(env).allow_loopback is allowed


@pytest.mark.parametrize("stage", ["dev", "staging", "prod", "Local", ""])
def test_anywhere_else_it_is_refused_loudly(stage: str) -> None:
    with pytest.raises(Fatal, match="ALLOW_LOOPBACK"):
        _ = Settings({"ALLOW_LOOPBACK": "true", "STAGE": stage}).allow_loopback


def test_the_environment_is_the_processs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_env()

    monkeypatch.setenv("PARLEY_TEST", "later")

    assert settings.text("PARLEY_TEST") == "later"


@dataclass
class Outcome:
    message_id: str
    status: int | None = None
    held: bool = False


def test_an_outcome_is_logged_without_what_is_absent() -> None:
    assert facts(Outcome("m")) == {"message_id": "m", "held": False}


def test_a_log_line_is_json_with_utc_time(logged: Logged) -> None:
    log.info("delivered", extra=facts(Outcome("m", 200)))

    (line,) = logged.lines()
    assert (line["message"], line["message_id"], line["status"]) == ("delivered", "m", 200)
    assert line["timestamp"].endswith("+00:00")


def test_libraries_that_quote_the_other_side_are_not_heard(logged: Logged) -> None:
    """urllib3 warns with the very bytes a server sent, and with the URL it was asked for."""
    logging.getLogger("urllib3.connection").warning("Failed to parse headers (url=%s)", "CANARY")

    assert logged.everything() == ""
