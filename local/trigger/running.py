"""The stack the messages go through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD, GATEWAY, TITLES
from local.stack.state import read_state

if TYPE_CHECKING:
    from local.stack.layout import Layout
    from local.stack.processes import Processes


@dataclass(frozen=True)
class Stack:
    """Where customers and businesses send, and who they are."""

    control_url: str
    api_url: str
    business_id: str
    opaque_id: str
    api_key: str = field(repr=False)


def find(layout: Layout, processes: Processes) -> Stack:
    """The running stack. Raises StackError when it is not up."""
    state = read_state(layout.state_file)
    absent = [part for part in (CLOUD, GATEWAY) if processes.running(part) is None]
    deployed = None if state is None or absent else cloud.deployed(layout)
    if state is None or deployed is None:
        what = f"The {TITLES[absent[0]]} does not run." if absent else "Nothing is deployed into the local cloud."
        raise StackError(what, hint="Run: parley up")
    return Stack(
        control_url=layout.url(GATEWAY, "/control/messages"),
        api_url=f"{deployed.output('BusinessApiUrl')}/v1/messages",
        business_id=state.business.id,
        opaque_id=state.customer.opaque_id,
        api_key=state.business.api_key,
    )
