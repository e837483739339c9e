"""What the command line prints where, and how it ends."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from local import cli
from local.stack import status
from local.stack import up as bring_up
from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack.layout import Layout
    from local.stack.processes import Processes
    from local.stack.up import Running
    from tests.unit.local_stack.conftest import World

RUN = CliRunner()
KEYS = {
    "apple_message_url",
    "business_api_url",
    "gateway_url",
    "control_url",
    "webhook_inbox_url",
    "aws_endpoint_url",
    "msp",
    "business",
    "customer",
}


@pytest.fixture(autouse=True)
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command works on the pretended stack, with an environment of its own."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(cli, "_stack", lambda: (world.layout, world.processes))


def _fails_with(error: BaseException) -> Callable[[Layout, Processes, Callable[[str], None]], Running]:
    def fail(_layout: Layout, _processes: Processes, _say: Callable[[str], None]) -> Running:
        raise error

    return fail


def test_up_json_is_one_object_and_nothing_else_on_stdout(world: World) -> None:
    result = RUN.invoke(cli.app, ["up", "--json", "--wait"])

    assert result.exit_code == 0
    facts = json.loads(result.stdout)
    assert facts.keys() >= KEYS
    assert facts["gateway_url"] == "http://127.0.0.1:4780/v1"
    assert facts["control_url"] == "http://127.0.0.1:4780/control"
    assert facts["business"].keys() >= {"id", "api_key"}
    assert facts["pids"].keys() == {CLOUD, GATEWAY, BUSINESS}
    assert "Building the template" in result.stderr


def test_urls_and_keys_stay_the_same_over_down_and_up(world: World) -> None:
    before = json.loads(RUN.invoke(cli.app, ["up", "--json"]).stdout)
    RUN.invoke(cli.app, ["down"])
    after = json.loads(RUN.invoke(cli.app, ["up", "--json"]).stdout)

    assert {key: before[key] for key in KEYS} == {key: after[key] for key in KEYS}


def test_up_shows_people_the_doors_and_no_secret(world: World) -> None:
    result = RUN.invoke(cli.app, ["up"])

    state = world.up().state
    assert "http://127.0.0.1:4780/v1" in result.stdout
    assert "http://127.0.0.1:4790/inbox" in result.stdout
    for secret in (state.msp.secret, state.business.key_secret, state.business.webhook_secret):
        assert secret not in result.output


def test_an_expected_failure_is_told_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    error = StackError(
        "sam-build failed (exit code 1).",
        log="/logs/sam-build.log",
        log_tail=["Build Failed", "Error: [layer] no such file"],
        hint="Put it right and run parley up again.",
    )
    monkeypatch.setattr(bring_up, "up", _fails_with(error))

    result = RUN.invoke(cli.app, ["up", "--json"])

    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "--- the end of /logs/sam-build.log"
    assert "Error: [layer] no such file" in lines
    assert "sam-build failed (exit code 1)." in lines
    assert lines[-1].startswith("Put it right and run ")
    assert "Traceback" not in result.output


def test_an_interruption_is_no_traceback(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_up, "up", _fails_with(KeyboardInterrupt()))

    result = RUN.invoke(cli.app, ["up"])

    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"


def test_what_nobody_expected_is_not_hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_up, "up", _fails_with(ZeroDivisionError()))

    assert isinstance(RUN.invoke(cli.app, ["up"]).exception, ZeroDivisionError)


def test_down_stops_every_part_and_says_so(world: World) -> None:
    world.up()
    world.forget()

    result = RUN.invoke(cli.app, ["down"])

    assert result.exit_code == 0
    assert world.processes.alive == {}
    assert world.processes.stopped == [CLOUD, GATEWAY, BUSINESS]
    assert "Stopped the demo business." in result.stderr
    assert world.layout.state_file.exists()


def test_down_of_nothing_is_no_failure(world: World) -> None:
    result = RUN.invoke(cli.app, ["down"])

    assert result.exit_code == 0
    assert not world.layout.state_dir.exists()


def test_a_purge_leaves_nothing_but_the_lock(world: World) -> None:
    world.up()

    RUN.invoke(cli.app, ["down", "--purge"])

    assert [path.name for path in world.layout.state_dir.iterdir()] == ["lock"]


def test_a_purge_gets_rid_of_a_damaged_state(world: World) -> None:
    world.layout.state_dir.mkdir()
    world.layout.state_file.write_text("{")

    assert RUN.invoke(cli.app, ["up"]).exit_code == 1
    assert RUN.invoke(cli.app, ["down", "--purge"]).exit_code == 0
    assert RUN.invoke(cli.app, ["up"]).exit_code == 0


def test_status_is_one_json_object_and_fails_unless_all_is_healthy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = {"EventsDlq": {"waiting": 1, "in_flight": 0, "delayed": 0}}
    monkeypatch.setattr(status, "_queues", lambda _layout: depths)

    stopped = RUN.invoke(cli.app, ["status", "--json"])
    world.up()
    well = RUN.invoke(cli.app, ["status", "--json"])

    assert stopped.exit_code == 1
    assert json.loads(stopped.stdout)["parts"][CLOUD]["running"] is False
    assert json.loads(stopped.stdout)["queues"] == {}
    assert well.exit_code == 0
    assert json.loads(well.stdout)["parts"][BUSINESS] == {
        "running": True,
        "healthy": True,
        "pid": 1003,
        "port": 4790,
        "log": str(world.layout.log(BUSINESS)),
    }
    assert json.loads(well.stdout)["queues"] == depths


def test_status_shows_people_what_is_wrong(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_queues", lambda _layout: {"EventsDlq": {"waiting": 7, "in_flight": 0, "delayed": 0}})
    world.up()
    monkeypatch.setattr(status, "is_healthy", lambda _layout, part: part != GATEWAY)
    del world.processes.alive[BUSINESS]

    result = RUN.invoke(cli.app, ["status"])

    assert result.exit_code == 1
    said = [line.split() for line in result.stdout.splitlines()]
    assert ["local", "cloud", "(MiniStack)", "healthy", "1001", "4766"] in said
    assert ["Apple", "gateway", "not", "answering", "1002", "4780"] in said
    assert ["demo", "business", "stopped", "4790"] in said
    assert ["EventsDlq", "7", "0", "0"] in said


def test_a_server_can_be_stopped_and_started_alone(world: World) -> None:
    world.up()
    world.forget()

    assert RUN.invoke(cli.app, ["stop", "business"]).exit_code == 0
    assert set(world.processes.alive) == {CLOUD, GATEWAY}
    assert RUN.invoke(cli.app, ["start", "business"]).exit_code == 0
    assert world.processes.started == [BUSINESS]
    assert "is running" in RUN.invoke(cli.app, ["start", "business"]).stderr


def test_a_server_that_was_never_set_up_cannot_be_started(world: World) -> None:
    result = RUN.invoke(cli.app, ["start", "gateway"])

    assert result.exit_code == 1
    assert "was never set up" in result.stderr


def test_the_cloud_alone_cannot_be_stopped(world: World) -> None:
    assert RUN.invoke(cli.app, ["stop", "cloud"]).exit_code == 2


def test_logs_of_a_part_are_its_last_lines(world: World) -> None:
    world.layout.log(GATEWAY).parent.mkdir(parents=True)
    world.layout.log(GATEWAY).write_text("one\ntwo\nthree\n")

    assert RUN.invoke(cli.app, ["logs", "gateway", "-n", "2"]).stdout == "two\nthree\n"
