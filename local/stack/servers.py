"""The Apple gateway and the demo business: what they are told, and how they are started."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from local.stack import http
from local.stack.cloud import Deployed
from local.stack.fingerprint import fingerprint
from local.stack.layout import BUSINESS, GATEWAY, Layout
from local.stack.processes import Launch, Processes, environment
from local.stack.state import State, write_private

SERVERS = (GATEWAY, BUSINESS)
_HEALTH = {GATEWAY: "/control", BUSINESS: "/"}
_START_SECONDS = 20.0
_STOP_SECONDS = 5.0


def configuration(part: str, state: State, deployed: Deployed) -> dict[str, object]:
    """What a server must know of the running stack."""
    if part == GATEWAY:
        return {
            "msp_id": state.msp.id,
            "secrets": [state.msp.secret],
            "message_url": deployed.output("AppleMessageUrl"),
            "businesses": [state.business.id],
            "customers": [state.customer.model_dump(mode="json")],
        }
    return {
        "webhook_secret": state.business.webhook_secret,
        "business_api_url": deployed.output("BusinessApiUrl"),
        "api_key": state.business.api_key,
        "echo": True,
    }


def is_told(layout: Layout, part: str, content: Mapping[str, object]) -> bool:
    """Whether a server was last started with exactly this configuration, and with the program as it is now."""
    stamp = _stamp_file(layout, part)
    return stamp.exists() and stamp.read_text() == _stamp(layout, part, content)


def tell(layout: Layout, part: str, content: Mapping[str, object]) -> None:
    """Write a server's configuration; it reads it when it starts."""
    write_private(_config_file(layout, part), _text(content))
    write_private(_stamp_file(layout, part), _stamp(layout, part, content))


def is_configured(layout: Layout, part: str) -> bool:
    """Whether `up` has ever got as far as configuring this server."""
    return _config_file(layout, part).exists()


def launch(layout: Layout, part: str) -> Launch:
    """How a server is started."""
    return Launch(
        part=part,
        python=Path(sys.executable),
        arguments=(
            "-m",
            f"local.{part}",
            "--port",
            str(layout.port(part)),
            "--state",
            str(layout.part_dir(part) / "records"),
            "--config",
            str(_config_file(layout, part)),
        ),
        environment=environment(),
    )


def is_healthy(layout: Layout, part: str) -> bool:
    """Whether a server answers."""
    return http.answers(layout.url(part, _HEALTH[part]))


def start(layout: Layout, processes: Processes, part: str) -> None:
    """Start a server and return once it answers."""
    (layout.part_dir(part) / "records").mkdir(parents=True, exist_ok=True)
    processes.start(launch(layout, part))
    processes.wait_until_healthy(part, lambda: is_healthy(layout, part), timeout=_START_SECONDS)


def stop(processes: Processes, part: str) -> bool:
    """Stop a server; False when it was not running."""
    return processes.stop(part, patience=_STOP_SECONDS)


def _stamp(layout: Layout, part: str, content: Mapping[str, object]) -> str:
    return fingerprint(layout.root, f"local/{part}", "local/web", salt=_text(content))


def _text(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _config_file(layout: Layout, part: str) -> Path:
    return layout.part_dir(part) / "config.json"


def _stamp_file(layout: Layout, part: str) -> Path:
    return layout.part_dir(part) / "told"
