"""`parley up`: bring the whole stack to life, whatever of it is already there."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.stack import build, cloud, deploy, lock, occupied, seed, servers, warmth
from local.stack.cloud import Deployed
from local.stack.layout import CLOUD, PARTS, TITLES, Layout
from local.stack.processes import Processes
from local.stack.state import State, read_state

Say = Callable[[str], None]

SAVE_SECONDS = 20.0
_ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Running:
    """A stack that is up: what it was told and what the deployed template answers."""

    layout: Layout
    state: State
    deployed: Deployed


def up(layout: Layout, processes: Processes, say: Say) -> Running:
    """Start what does not run, build and deploy what has changed, seed, and wait until all is healthy.

    Raises StackError. Whatever goes wrong, an interruption included, nothing stays running that was not
    running before.
    """

    def waiting(holder: str) -> None:
        say(f"Another parley is at work (pid {holder}); waiting for it …")

    with lock.held(layout.lock_file, waiting=waiting) as descriptor:
        before = {part for part in PARTS if processes.running(part) is not None}
        try:
            return _bring_up(layout, processes, say, lock_descriptor=descriptor)
        except BaseException:
            for part in PARTS:
                if part not in before:
                    processes.stop(part, patience=SAVE_SECONDS)
            raise


def is_healthy(layout: Layout, part: str) -> bool:
    """Whether a part answers on its port."""
    return cloud.is_healthy(layout) if part == CLOUD else servers.is_healthy(layout, part)


def _bring_up(layout: Layout, processes: Processes, say: Say, *, lock_descriptor: int) -> Running:
    state = _state(layout)
    absent = [part for part in PARTS if not _keeps_running(layout, processes, part, say)]
    occupied.require_free(layout, absent)

    if CLOUD in absent:
        say(f"Starting the {TITLES[CLOUD]} …")
        cloud.start(layout, processes)
    template, fingerprint = build.build(layout, say)
    cloud.await_healthy(layout, processes)
    deployed, changed = deploy.deploy(layout, template, fingerprint, say, lock_descriptor=lock_descriptor)
    seed.seed(layout, state, deployed)
    for part in servers.SERVERS:
        _serve(layout, processes, part, servers.configuration(part, state, deployed), say)
    if changed or CLOUD in absent:
        say("Warming up the functions …")
        warmth.warm_up(layout, state, deployed)
    return Running(layout, state, deployed)


def _state(layout: Layout) -> State:
    state = read_state(layout.state_file) or State.fresh(layout.ports)
    current = state.model_copy(update={"ports": dict(layout.ports)})
    if current != state or not layout.state_file.exists():
        current.save(layout.state_file)
    return current


def _keeps_running(layout: Layout, processes: Processes, part: str, say: Say) -> bool:
    """Whether a part runs where it should and answers; one that does not is stopped, to be started anew."""
    found = processes.running(part)
    if found is None:
        return False
    deadline = time.monotonic() + _ANSWER_SECONDS
    while found.port == layout.port(part) and time.monotonic() < deadline:
        if is_healthy(layout, part):
            return True
        time.sleep(0.2)
    say(f"The {TITLES[part]} does not answer on port {layout.port(part)}; starting it again …")
    processes.stop(part, patience=SAVE_SECONDS)
    return False


def _serve(layout: Layout, processes: Processes, part: str, content: dict[str, object], say: Say) -> None:
    if not servers.is_told(layout, part, content):
        servers.stop(processes, part)
        servers.tell(layout, part, content)
    if processes.running(part) is None:
        say(f"Starting the {TITLES[part]} …")
        servers.start(layout, processes, part)
