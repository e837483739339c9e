"""`parley rotate`: Apple's key of the local stack changes, in the order in which it does with the real Apple."""

import json
import time
from collections.abc import Callable

from local import secret
from local.stack import cloud, http, lock, servers
from local.stack.errors import StackError
from local.stack.layout import CLOUD, GATEWAY, STACK_NAME, TITLES, Layout
from local.stack.processes import Processes
from local.stack.state import Msp, read_state

Say = Callable[[str], None]


def rotate(layout: Layout, processes: Processes, say: Say, *, pause: float) -> None:
    """Issue, stage, test, promote, switch, drop; `pause` seconds of traffic between them. Raises StackError."""
    with lock.held(layout.lock_file, waiting=lambda by: say(f"Waiting for another parley (pid {by}) …")):
        state, deployed = read_state(layout.state_file), cloud.deployed(layout)
        absent = [part for part in (CLOUD, GATEWAY) if processes.running(part) is None]
        if absent or state is None or deployed is None:
            what = f"The {TITLES[absent[0]]} does not run." if absent else "Nothing is deployed."
            raise StackError(what, hint="Run: parley up")
        keys = layout.url(GATEWAY, "/control/keys")
        deployment = secret.deployed(STACK_NAME)

        issued = http.ask("POST", keys, {})
        say("Apple issued a second key and takes both; phones sign with the old one.")
        pair = {"msp_id": issued["msp_id"], "secret": issued["secret"]}
        secret.stage(deployment, json.dumps(pair), msp_id=None, replace=True)
        say("Staged.")
        time.sleep(pause)
        secret.rotate(deployment, None, say)
        time.sleep(pause)
        http.ask("POST", f"{keys}/switch", {})
        say("Phones sign with the new key.")
        time.sleep(pause)
        # Before the old key is gone, so that an interruption here leaves a stack that works after the next `up`.
        state = state.model_copy(update={"msp": Msp(id=pair["msp_id"], secret=pair["secret"])})
        state.save(layout.state_file)
        servers.tell(layout, GATEWAY, servers.configuration(GATEWAY, state, deployed))
        http.ask("DELETE", f"{keys}/others")
        say("Apple takes the new key only.")
