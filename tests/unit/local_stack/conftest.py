"""A stack whose processes, sam and cloud are pretended; files, locks and decisions are real."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.stack import build, cloud, gateway_responses, occupied, scratch, seed, servers, warmth
from local.stack import deploy as deployment
from local.stack.layout import BUSINESS, CLOUD, GATEWAY, Layout
from local.stack.processes import Launch, Part, Processes
from local.stack.up import Running, up

OUTPUTS = {
    "AppleMessageUrl": "http://127.0.0.1:4766/_aws/execute-api/a1/local/message",
    "BusinessApiUrl": "http://127.0.0.1:4766/_aws/execute-api/b2/local",
    "TableName": "table",
    "EventsQueueUrl": "http://127.0.0.1:4766/0/events.fifo",
    "EventsDlqUrl": "http://127.0.0.1:4766/0/events-dlq.fifo",
}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A checkout with something to build, and a state folder of its own."""
    root = tmp_path / "checkout"
    for name, text in {
        "template.yaml": "Resources: {}",
        "samconfig.toml": "version = 0.1",
        "functions/inbound/app.py": "def handler(event, context): ...",
        "layers/shared/parley/__init__.py": "",
        "tools/sam.txt": "aws-sam-cli==1",
        "local/gateway/__main__.py": "",
        "local/business/__main__.py": "",
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for tool in ("sam", "ministack"):
        (root / ".tools" / tool / "bin").mkdir(parents=True)
        (root / ".tools" / tool / "bin" / "python").touch()
    return Layout(state_dir=root / ".parley", ports={CLOUD: 4766, GATEWAY: 4780, BUSINESS: 4790}, root=root)


class PretendedProcesses(Processes):
    """Remembers what would run."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.alive: dict[str, Part] = {}
        self.started: list[str] = []
        self.stopped: list[str] = []

    def running(self, part: str) -> Part | None:
        return self.alive.get(part)

    def start(self, launch: Launch) -> None:
        self.started.append(launch.part)
        process: Any = SimpleNamespace(pid=1000 + len(self.started))
        self.alive[launch.part] = Part(process, self.layout.port(launch.part))

    def stop(self, part: str, *, patience: float) -> bool:
        self.stopped.append(part)
        return self.alive.pop(part, None) is not None


@dataclass
class World:
    """What the pretended sam and cloud did, and how they are to fail."""

    layout: Layout
    processes: PretendedProcesses
    steps: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    taken: dict[int, str] = field(default_factory=dict)
    failing: dict[str, BaseException] = field(default_factory=dict)
    stack: dict[str, Any] | None = None

    def up(self) -> Running:
        return up(self.layout, self.processes, self.said.append)

    def forget(self) -> None:
        """Begin to watch anew."""
        self.steps.clear()
        self.said.clear()
        self.processes.started.clear()
        self.processes.stopped.clear()

    def sam(self, _layout: Layout, step: str, arguments: Sequence[str], *, lock_descriptor: int, hint: str) -> None:
        self.steps.append(step)
        if step in self.failing:
            raise self.failing[step]
        if step == "sam-build":
            folder = next(Path(a.removeprefix("--build-dir=")) for a in arguments if a.startswith("--build-dir="))
            folder.mkdir(parents=True, exist_ok=True)
        else:
            name, value = next(a for a in arguments if a.startswith("--tags=")).removeprefix("--tags=").split("=")
            outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
            self.stack = {
                "StackStatus": "UPDATE_COMPLETE",
                "Tags": [{"Key": name, "Value": value}],
                "Outputs": outputs,
            }

    def step(self, name: str) -> Callable[..., None]:
        def done(*_arguments: object, **_options: object) -> None:
            self.steps.append(name)
            if name in self.failing:
                raise self.failing[name]

        return done


@pytest.fixture
def world(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything outside this process pretended; nothing runs and nothing is deployed yet."""
    world = World(layout, PretendedProcesses(layout))

    def describe(service: str, _endpoint: str) -> Any:
        assert service == "cloudformation"
        stacks = [world.stack] if world.stack else []
        return SimpleNamespace(describe_stacks=lambda **_name: {"Stacks": stacks})

    monkeypatch.setattr(build, "sam", world.sam)
    monkeypatch.setattr(deployment, "sam", world.sam)
    monkeypatch.setattr(cloud, "client", describe)
    monkeypatch.setattr(cloud, "is_healthy", lambda _layout: world.processes.running(CLOUD) is not None)
    monkeypatch.setattr(servers, "is_healthy", lambda _layout, part: world.processes.running(part) is not None)
    monkeypatch.setattr(gateway_responses, "put", world.step("gateway-responses"))
    # Not in this machine's memory: a test leaves nothing outside its own folder.
    monkeypatch.setattr(scratch, "MEMORY", layout.root / "no-memory")
    monkeypatch.setattr(seed, "seed", world.step("seed"))
    monkeypatch.setattr(warmth, "warm_up", world.step("warm-up"))
    monkeypatch.setattr(occupied, "is_taken", lambda port: port in world.taken)
    monkeypatch.setattr(occupied, "holder", lambda port: world.taken[port] or None)
    return world
