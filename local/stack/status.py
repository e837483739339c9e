"""`parley status`: each part, and how much waits in each queue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table

from local.stack import cloud
from local.stack.layout import CLOUD, PARTS, TITLES, Layout
from local.stack.up import is_healthy

if TYPE_CHECKING:
    from rich.console import Console

    from local.stack.processes import Processes

_QUEUE_SUFFIXES = ("QueueUrl", "DlqUrl")
_DEPTHS = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


@dataclass(frozen=True)
class Status:
    """Parts by name with `running`, `healthy`, `pid`, `port`; queues by name with their depths."""

    parts: dict[str, dict[str, object]]
    queues: dict[str, dict[str, int]]

    @property
    def is_well(self) -> bool:
        """Whether everything runs and answers."""
        return all(part["healthy"] for part in self.parts.values())


def status(layout: Layout, processes: "Processes") -> Status:
    """Look at every part and, when the cloud answers, at its queues."""
    parts: dict[str, dict[str, object]] = {}
    for part in PARTS:
        found = processes.running(part)
        parts[part] = {
            "running": found is not None,
            "healthy": found is not None and found.port == layout.port(part) and is_healthy(layout, part),
            "pid": found.process.pid if found else None,
            "port": found.port if found else layout.port(part),
            "log": str(layout.log(part)),
        }
    return Status(parts, _queues(layout) if parts[CLOUD]["healthy"] else {})


def _queues(layout: Layout) -> dict[str, dict[str, int]]:
    deployed = cloud.deployed(layout)
    if deployed is None:
        return {}
    sqs = cloud.client("sqs", layout.url(CLOUD))
    queues = {}
    for name, url in sorted(deployed.outputs.items()):
        if not name.endswith(_QUEUE_SUFFIXES):
            continue
        try:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_DEPTHS.values()))["Attributes"]
        except (BotoCoreError, ClientError):
            continue
        queues[name.removesuffix("Url")] = {depth: int(found.get(name, 0)) for depth, name in _DEPTHS.items()}
    return queues


def show(current: Status, console: "Console") -> None:
    """Print both tables."""
    table = Table("part", "state", "pid", "port", box=None, pad_edge=False)
    for part, facts in current.parts.items():
        word = "healthy" if facts["healthy"] else "not answering" if facts["running"] else "stopped"
        style = "green" if facts["healthy"] else "red"
        pid = "" if facts["pid"] is None else str(facts["pid"])
        table.add_row(TITLES[part], f"[{style}]{word}[/]", pid, str(facts["port"]))
    console.print(table)
    if current.queues:
        depths = Table("queue", *_DEPTHS, box=None, pad_edge=False)
        for name, counts in current.queues.items():
            alarming = name.endswith("Dlq") and any(counts.values())
            depths.add_row(name, *map(str, counts.values()), style="red" if alarming else "")
        console.print()
        console.print(depths)
