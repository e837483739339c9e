"""`parley down`, `parley stop`, `parley start`."""

import shutil
from collections.abc import Callable

from local.stack import lock, occupied, scratch, servers
from local.stack.errors import StackError
from local.stack.layout import PARTS, TITLES, Layout
from local.stack.processes import Processes
from local.stack.up import SAVE_SECONDS

Say = Callable[[str], None]


def down(layout: Layout, processes: Processes, say: Say, *, purge: bool) -> None:
    """End every process of the stack; with `purge` remove its data, identities and logs as well.

    The cloud goes first: once it is still, nothing is on its way to the other two any more.
    """
    if not layout.state_dir.exists():
        say("Nothing is running.")
        return
    with lock.held(layout.lock_file, waiting=lambda by: say(f"Waiting for another parley (pid {by}) …")):
        stopped = [part for part in PARTS if processes.stop(part, patience=SAVE_SECONDS)]
        for part in stopped:
            say(f"Stopped the {TITLES[part]}.")
        if not stopped:
            say("Nothing was running.")
        scratch.clear(layout)
        if purge:
            # All but the lock: a parley that waits for it must not be left with one of its own.
            for path in layout.state_dir.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path != layout.lock_file:
                    path.unlink()
            say(f"Removed the data in {layout.state_dir}.")


def stop_server(layout: Layout, processes: Processes, part: str, say: Say) -> None:
    """Stop one server, as if it had failed."""
    with lock.held(layout.lock_file, waiting=lambda by: say(f"Waiting for another parley (pid {by}) …")):
        found = servers.stop(processes, part)
    say(f"Stopped the {TITLES[part]}." if found else f"The {TITLES[part]} was not running.")


def start_server(layout: Layout, processes: Processes, part: str, say: Say) -> None:
    """Start one server again with what it was told before; StackError before the first `up`."""
    if not servers.is_configured(layout, part):
        raise StackError(f"The {TITLES[part]} was never set up.", hint="Run: parley up")
    with lock.held(layout.lock_file, waiting=lambda by: say(f"Waiting for another parley (pid {by}) …")):
        if processes.running(part) is not None:
            say(f"The {TITLES[part]} is running.")
            return
        occupied.require_free(layout, [part])
        servers.start(layout, processes, part)
    say(f"Started the {TITLES[part]}.")
