"""What a running stack tells about itself: one JSON object for scripts, a page for people."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.stack.layout import BUSINESS, CLOUD, GATEWAY, PARTS

if TYPE_CHECKING:
    from rich.console import Console

    from local.stack.processes import Processes
    from local.stack.up import Running

_SHOWN = {
    "phone": "phone_url",
    "what Apple calls": "apple_message_url",
    "Apple's gateway": "gateway_url",
    "its controls": "control_url",
    "business API": "business_api_url",
    "webhooks received": "webhook_inbox_url",
    "local cloud": "aws_endpoint_url",
}


def as_json(running: "Running", processes: "Processes") -> dict[str, object]:
    """Every URL, key and id of the stack.

    `gateway_url` takes the place of `https://mspgw.push.apple.com/v1` in a client of Apple's gateway.
    """
    layout, state, deployed = running.layout, running.state, running.deployed
    return {
        "apple_message_url": deployed.output("AppleMessageUrl"),
        "business_api_url": deployed.output("BusinessApiUrl"),
        "gateway_url": layout.url(GATEWAY, "/v1"),
        "phone_url": layout.url(GATEWAY, "/"),
        "control_url": layout.url(GATEWAY, "/control"),
        "webhook_inbox_url": layout.url(BUSINESS, "/inbox"),
        "aws_endpoint_url": layout.url(CLOUD),
        "msp": {"id": state.msp.id, "secret": state.msp.secret},
        "business": {"id": state.business.id, "api_key": state.business.api_key},
        "customer": {"opaque_id": state.customer.opaque_id},
        "outputs": dict(deployed.outputs),
        "state_dir": str(layout.state_dir),
        "pids": {part: found.process.pid for part in PARTS if (found := processes.running(part))},
    }


def show(running: "Running", processes: "Processes", console: "Console") -> None:
    """Print what runs where and what to try next."""
    facts = as_json(running, processes)
    console.print("\nParley is running.\n", style="bold green")
    for title, fact in _SHOWN.items():
        console.print(f"  [bold]{title:<18}[/bold] {facts[fact]}", soft_wrap=True, highlight=False)
    show_next_steps(running, console)


def show_next_steps(running: "Running", console: "Console") -> None:
    """Print commands to copy; keys are read from `parley up --json`, never shown."""
    layout = running.layout
    console.print("\nTry:", style="bold")
    for purpose, command in (
        ("a customer writes", customer_writes(running, "Are you open on Sunday?")),
        ("what the business received", f"curl -s {layout.url(BUSINESS, '/inbox')}"),
        ("what runs, and what waits in the queues", f"{program()} status"),
        ("what the functions say", f"{program()} logs --follow"),
        ("stop it (data is kept)", f"{program()} down"),
    ):
        console.print(f"  [dim]# {purpose}[/dim]")
        console.print(f"  {command}", soft_wrap=True, markup=False, highlight=False)


def program() -> str:
    """How the caller can call `parley` from where they are."""
    script = Path(sys.executable).with_name("parley")
    if shutil.which("parley") == str(script) or not script.exists():
        return "parley"
    return os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script)


def customer_writes(running: "Running", text: str) -> str:
    """A command that sends a message from the customer's phone."""
    return (
        f"curl -s {running.layout.url(GATEWAY, '/control/messages')} -H 'Content-Type: application/json' "
        f"""-d '{{"type": "text", "body": "{text}"}}'"""
    )
