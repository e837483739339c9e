"""`parley up` decides what to start, build and deploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY, Layout
from local.stack.state import read_state

if TYPE_CHECKING:
    from tests.unit.local_stack.conftest import World


def test_the_first_up_starts_builds_deploys_and_seeds(world: World) -> None:
    running = world.up()

    assert world.processes.started == [CLOUD, GATEWAY, BUSINESS]
    assert world.steps == ["sam-build", "sam-deploy", "gateway-responses", "seed", "warm-up"]
    assert running.deployed.output("TableName") == "table"


def test_a_second_up_starts_builds_and_deploys_nothing(world: World) -> None:
    first = world.up()
    world.forget()

    second = world.up()

    assert world.processes.started == []
    assert world.processes.stopped == []
    assert world.steps == ["gateway-responses", "seed"]
    assert second.state == first.state


def test_a_killed_business_is_brought_back_alone(world: World) -> None:
    world.up()
    world.forget()
    del world.processes.alive[BUSINESS]

    world.up()

    assert world.processes.started == [BUSINESS]
    assert world.steps == ["gateway-responses", "seed"]


def test_a_cloud_that_lost_its_data_is_deployed_again_without_a_build(world: World) -> None:
    world.up()
    world.forget()
    del world.processes.alive[CLOUD]
    world.stack = None

    world.up()

    assert world.processes.started == [CLOUD]
    assert world.steps == ["sam-deploy", "gateway-responses", "seed", "warm-up"]


def test_a_cloud_that_came_back_with_its_data_is_not_deployed_again(world: World) -> None:
    world.up()
    world.forget()
    del world.processes.alive[CLOUD]

    world.up()

    assert world.steps == ["gateway-responses", "seed", "warm-up"]


@pytest.mark.parametrize(
    "source", ["template.yaml", "samconfig.toml", "functions/inbound/app.py", "layers/shared/parley/new.py"]
)
def test_a_changed_source_is_built_and_deployed_again(world: World, source: str) -> None:
    world.up()
    world.forget()
    (world.layout.root / source).write_text("# changed")

    world.up()

    assert world.steps == ["sam-build", "sam-deploy", "gateway-responses", "seed", "warm-up"]
    assert world.processes.started == []


def test_a_build_that_failed_is_tried_again(world: World) -> None:
    world.failing["sam-build"] = StackError("no")
    with pytest.raises(StackError):
        world.up()
    world.forget()
    world.failing.clear()

    world.up()

    assert world.steps[0] == "sam-build"


@pytest.mark.parametrize("step", ["sam-build", "sam-deploy", "gateway-responses", "seed"])
@pytest.mark.parametrize("failure", [StackError("no"), KeyboardInterrupt()])
def test_a_failed_up_leaves_nothing_running(world: World, step: str, failure: BaseException) -> None:
    world.failing[step] = failure

    with pytest.raises(type(failure)):
        world.up()

    assert world.processes.alive == {}


def test_a_failed_up_leaves_running_what_ran_before(world: World) -> None:
    world.up()
    del world.processes.alive[GATEWAY]
    world.failing["seed"] = StackError("no")

    with pytest.raises(StackError):
        world.up()

    assert set(world.processes.alive) == {CLOUD, BUSINESS}


def test_taken_ports_are_all_named_before_anything_is_started(world: World) -> None:
    world.taken = {4766: "java (pid 7)", 4790: ""}

    with pytest.raises(StackError) as failure:
        world.up()

    assert "Port 4766, for the local cloud (MiniStack), is already taken by java (pid 7)." in failure.value.message
    assert "Port 4790, for the demo business, is already taken." in failure.value.message
    assert "PARLEY_AWS_PORT=<port> PARLEY_BUSINESS_PORT=<port> parley up" in failure.value.hint
    assert world.processes.started == []


def test_a_port_held_by_the_stack_itself_is_no_obstacle(world: World) -> None:
    world.up()
    world.taken = dict.fromkeys(world.layout.ports.values(), "python")

    world.up()


def test_a_part_on_another_port_is_moved_with_its_records(world: World) -> None:
    before = world.up()
    world.forget()
    world.layout = world.processes.layout = Layout(
        state_dir=world.layout.state_dir, ports={**world.layout.ports, BUSINESS: 4999}, root=world.layout.root
    )

    after = world.up()

    assert world.processes.started == [BUSINESS]
    assert world.processes.alive[BUSINESS].port == 4999
    assert after.state.business == before.state.business
    assert after.state.ports[BUSINESS] == 4999


def test_a_moved_gateway_is_told_to_the_functions_by_a_deployment(world: World) -> None:
    world.up()
    world.forget()
    world.layout = world.processes.layout = Layout(
        state_dir=world.layout.state_dir, ports={**world.layout.ports, GATEWAY: 4999}, root=world.layout.root
    )

    world.up()

    assert world.steps == ["sam-deploy", "gateway-responses", "seed", "warm-up"]


def test_a_server_is_restarted_when_its_program_changed(world: World) -> None:
    world.up()
    world.forget()
    (world.layout.root / "local/gateway/__main__.py").write_text("# changed")

    world.up()

    assert world.processes.started == [GATEWAY]


def test_the_servers_are_told_what_they_need(world: World) -> None:
    state = world.up().state

    gateway = json.loads((world.layout.part_dir(GATEWAY) / "config.json").read_text())
    business = json.loads((world.layout.part_dir(BUSINESS) / "config.json").read_text())
    assert gateway["message_url"] == "http://127.0.0.1:4766/_aws/execute-api/a1/local/message"
    assert gateway["secrets"] == [state.msp.secret]
    assert gateway["businesses"] == [state.business.id]
    assert business["webhook_secret"] == state.business.webhook_secret
    assert business["api_key"] == state.business.api_key
    for part in (GATEWAY, BUSINESS):
        assert (world.layout.part_dir(part) / "config.json").stat().st_mode & 0o777 == 0o600


def test_an_up_that_was_killed_before_its_first_deployment_is_finished_by_the_next(world: World) -> None:
    world.failing["sam-deploy"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        world.up()
    kept = read_state(world.layout.state_file)
    world.forget()
    world.failing.clear()

    running = world.up()

    assert world.steps == ["sam-deploy", "gateway-responses", "seed", "warm-up"]
    assert running.state == kept


def test_a_missing_tool_says_how_to_get_it(world: World) -> None:
    (world.layout.tools / "ministack" / "bin" / "python").unlink()

    with pytest.raises(StackError) as failure:
        world.up()

    assert failure.value.hint == "Run: make setup"
