"""Parts are real processes: found by their mark, ended with all they started, never mistaken."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local.stack.errors import StackError
from local.stack.layout import BUSINESS, CLOUD, GATEWAY, Layout
from local.stack.processes import Launch, Processes, tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLEEP = "import time; print('awake', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('awake', flush=True); time.sleep(600)"


@pytest.fixture
def processes(layout: Layout) -> Iterator[Processes]:
    processes = Processes(layout)
    yield processes
    for part in (CLOUD, GATEWAY, BUSINESS):
        processes.stop(part, patience=0)
    for child in processes._started:
        child.wait()


def _launch(part: str, program: str) -> Launch:
    return Launch(part=part, python=Path(sys.executable), arguments=("-c", program), environment={})


def _eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_started_part_is_found_with_its_port_until_it_is_stopped(processes: Processes) -> None:
    assert processes.running(GATEWAY) is None

    processes.start(_launch(GATEWAY, SLEEP))
    _eventually(lambda: processes.running(GATEWAY))
    found = processes.running(GATEWAY)

    assert found is not None
    assert found.port == processes.layout.port(GATEWAY)
    assert processes.running(BUSINESS) is None
    assert processes.stop(GATEWAY, patience=5)
    assert processes.running(GATEWAY) is None
    assert not processes.stop(GATEWAY, patience=5)


def test_another_program_finds_what_this_one_started(processes: Processes) -> None:
    processes.start(_launch(GATEWAY, SLEEP))

    _eventually(lambda: Processes(processes.layout).running(GATEWAY))


def test_the_same_part_of_another_stack_is_left_alone(processes: Processes, tmp_path: Path) -> None:
    other = Processes(Layout(state_dir=tmp_path / "other", ports=processes.layout.ports, root=tmp_path))
    processes.start(_launch(GATEWAY, SLEEP))
    _eventually(lambda: processes.running(GATEWAY))

    assert other.running(GATEWAY) is None
    assert not other.stop(GATEWAY, patience=0)
    assert processes.running(GATEWAY) is not None


def test_a_stranger_who_only_mentions_the_stack_is_left_alone(processes: Processes) -> None:
    mark = f"parley=gateway:4780@{processes.layout.state_dir}"
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP, "-X", mark], stdout=subprocess.PIPE)
    try:
        assert stranger.stdout is not None
        stranger.stdout.readline()

        assert processes.running(GATEWAY) is None
        assert not processes.stop(GATEWAY, patience=0)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.communicate()


def test_what_a_part_started_ends_with_it_even_when_it_does_not_listen(processes: Processes) -> None:
    nested = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {DEAF!r}]); {SLEEP}"
    processes.start(_launch(CLOUD, nested))
    _eventually(lambda: tail(processes.layout.log(CLOUD)).count("awake") == 2)
    found = processes.running(CLOUD)
    assert found is not None
    children = found.process.children()

    processes.stop(CLOUD, patience=5)

    assert len(children) == 1
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def test_orphans_of_a_killed_cloud_are_ended_too(processes: Processes) -> None:
    script = processes.layout.part_dir(CLOUD) / "tmp" / "lambda-1" / "worker.py"
    script.parent.mkdir(parents=True)
    script.write_text(SLEEP)
    orphan = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, start_new_session=True)
    assert orphan.stdout is not None
    orphan.stdout.readline()
    orphan.stdout.close()

    assert processes.stop(CLOUD, patience=0)

    assert not psutil.pid_exists(orphan.pid)
    orphan.wait()


def test_a_part_that_dies_while_starting_shows_the_end_of_its_log(processes: Processes) -> None:
    processes.start(_launch(BUSINESS, "import sys; sys.exit('no such key in the configuration')"))

    with pytest.raises(StackError) as failure:
        processes.wait_until_healthy(BUSINESS, lambda: False, timeout=20)

    assert failure.value.message == "The demo business stopped while it was starting."
    assert failure.value.log_tail[-1] == "no such key in the configuration"
    assert failure.value.log == str(processes.layout.log(BUSINESS))


def test_a_part_that_never_answers_is_reported(processes: Processes) -> None:
    processes.start(_launch(BUSINESS, SLEEP))
    _eventually(lambda: processes.running(BUSINESS))

    with pytest.raises(StackError, match="did not answer within 0 s"):
        processes.wait_until_healthy(BUSINESS, lambda: False, timeout=0)


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("\n".join(f"{'x' * 100} {number}" for number in range(5000)) + "\n")

    assert [line.split()[1] for line in tail(tmp_path / "log", 3)] == ["4997", "4998", "4999"]
    assert tail(tmp_path / "missing") == []
