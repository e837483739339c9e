"""Where everything of one local stack lives: folders, files and ports."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.stack.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
REGION = "us-east-1"
STACK_NAME = "parley-local"

_STATE_DIR_VARIABLE = "PARLEY_STATE_DIR"
_LAST_PORT = 65535


@dataclass(frozen=True)
class Port:
    """One port of the stack: the part that listens, the variable that moves it, the usual number."""

    part: str
    variable: str
    default: int


CLOUD = "cloud"
GATEWAY = "gateway"
BUSINESS = "business"
PORTS = (
    Port(CLOUD, "PARLEY_AWS_PORT", 4566),
    Port(GATEWAY, "PARLEY_GATEWAY_PORT", 4580),
    Port(BUSINESS, "PARLEY_BUSINESS_PORT", 4590),
)
PARTS = tuple(port.part for port in PORTS)
TITLES = {CLOUD: "local cloud (MiniStack)", GATEWAY: "Apple gateway", BUSINESS: "demo business"}


def variable_of(part: str) -> str:
    """The environment variable that moves a part to another port."""
    return next(port.variable for port in PORTS if port.part == part)


@dataclass(frozen=True)
class Layout:
    """Paths and ports of one local stack. Two layouts with different folders and ports live side by side."""

    state_dir: Path
    ports: Mapping[str, int]
    root: Path = ROOT

    @property
    def state_file(self) -> Path:
        """Identities, secrets and ports, kept over `down` and `up`."""
        return self.state_dir / "state.json"

    @property
    def lock_file(self) -> Path:
        """Held by whoever changes the stack."""
        return self.state_dir / "lock"

    @property
    def cloud_dir(self) -> Path:
        """MiniStack's data and temporary files."""
        return self.state_dir / CLOUD

    def part_dir(self, part: str) -> Path:
        """The folder in which a part keeps its records."""
        return self.state_dir / part

    def log(self, name: str) -> Path:
        """The log of a part or of a step (`sam-build`, `sam-deploy`)."""
        return self.state_dir / "logs" / f"{name}.log"

    def port(self, part: str) -> int:
        """The port a part listens on."""
        return self.ports[part]

    def url(self, part: str, path: str = "") -> str:
        """A URL of a part."""
        return f"http://{HOST}:{self.ports[part]}{path}"

    @property
    def tools(self) -> Path:
        """The tool environments made by `make setup`."""
        return self.root / ".tools"


def layout(environ: Mapping[str, str]) -> Layout:
    """The layout this environment asks for.

    A port comes from its variable, else it is the one the stack had before, else the usual one.
    """
    state_dir = Path(environ.get(_STATE_DIR_VARIABLE) or ROOT / ".parley").expanduser().resolve()
    before = _ports_before(state_dir / "state.json")
    ports = {
        port.part: _port_number(port.variable, environ[port.variable])
        if environ.get(port.variable)
        else before.get(port.part, port.default)
        for port in PORTS
    }
    for first in PORTS:
        for second in PORTS:
            if first.part < second.part and ports[first.part] == ports[second.part]:
                raise StackError(
                    f"{first.variable} and {second.variable} are both {ports[first.part]}.",
                    hint="Give each part a port of its own.",
                )
    return Layout(state_dir=state_dir, ports=ports)


def _port_number(variable: str, text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= _LAST_PORT:
        return int(text)
    raise StackError(f"{variable}={text} is not a port.", hint=f"Use a number from 1 to {_LAST_PORT}.")


def _ports_before(state_file: Path) -> dict[str, int]:
    # Only a hint: whether the file is sound is for whoever reads all of it.
    try:
        ports = json.loads(state_file.read_text())["ports"]
        return {part: int(ports[part]) for part in PARTS}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
