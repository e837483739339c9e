"""Which business is listened to: that of the local stack, or any whose API can be called."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.stack import cloud
from local.stack.errors import StackError
from local.stack.layout import CLOUD, TITLES
from local.stack.state import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack.layout import Layout
    from local.stack.processes import Processes


@dataclass(frozen=True)
class Where:
    """`memory` is the file that knows what to restore. `public_url` leads to this machine, where Parley cannot."""

    api_url: str
    api_key: str = field(repr=False)
    memory: Path
    public_url: str | None = None
    other_secrets: tuple[str, ...] = field(default=(), repr=False)
    """What signs as well until all functions know the new endpoint's own secret."""


def local(layout: Layout, processes: Processes) -> Where:
    """The demo business of the running local stack. Raises StackError when it is not up."""
    state = read_state(layout.state_file)
    deployed = None if state is None or processes.running(CLOUD) is None else cloud.deployed(layout)
    if state is None or deployed is None:
        raise StackError(f"The {TITLES[CLOUD]} does not run, or nothing is deployed into it.", hint="Run: parley up")
    return Where(
        api_url=deployed.output("BusinessApiUrl"),
        api_key=state.business.api_key,
        memory=layout.state_dir / "listen.json",
        other_secrets=(state.business.webhook_secret,),
    )


def elsewhere(layout: Layout, *, api_url: str, api_key: str | None, public_url: str | None) -> Where:
    """A stack in AWS, which cannot reach this machine by itself. Raises StackError saying what it needs."""
    if not urlsplit(api_url).scheme == "https":
        raise StackError(f"--api {api_url} is no https URL.", hint="The stack's output BusinessApiUrl has it.")
    if public_url is None:
        raise StackError(
            "A stack in AWS cannot reach this machine.",
            hint="Open a tunnel to a port of this machine, then: parley listen --port PORT --public-url https://…",
        )
    if not api_key:
        raise StackError("There is no API key.", hint="Put <key id>.<secret> into PARLEY_API_KEY.")
    name = hashlib.sha256(f"{api_url}\0{api_key.partition('.')[0]}".encode()).hexdigest()[:12]
    return Where(api_url, api_key, layout.state_dir / f"listen-{name}.json", public_url)
