"""Docker, as far as `sam local` needs it: is it there, has it Lambda's image, what has sam left behind?"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from local.stack.build import architecture
from local.stack.errors import StackError

IMAGE_VARIABLE = "PARLEY_LAMBDA_IMAGE"
PAGE = "docs/sam-local.md"

_QUICK_SECONDS = 30
_PULL_SECONDS = 900
_FUNCTION = "sam.cli.function.name"
_OURS = "label=sam.cli.container.type=lambda"


@dataclass(frozen=True)
class Engine:
    """A Docker that answers: its version, and the socket that sam has to use too."""

    version: str
    host: str


@dataclass(frozen=True)
class Container:
    """A container that sam made for a function."""

    id: str
    function: str
    image: str
    """Built by sam from Lambda's image, the layer and the emulator."""


def engine() -> Engine:
    """The Docker of this machine. Raises StackError telling what is missing and how to get it."""
    try:
        version = _docker("version", "--format", "{{.Server.Version}}")
    except FileNotFoundError:
        raise StackError(
            "sam local needs Docker, and there is no docker command.",
            hint="Install Docker Engine (Debian, Ubuntu: apt install docker.io) or Docker Desktop, start it, and run\n"
            "make sam-local again. Nothing else in Parley needs Docker: make demo shows the same without it.",
        ) from None
    if version.returncode:
        raise StackError(
            f"sam local needs Docker, and Docker does not answer: {_last_line(version.stderr)}",
            hint="Start it (systemctl start docker, or open Docker Desktop). If permission is denied, your account is\n"
            "not in the group docker. Nothing else in Parley needs Docker: make demo shows the same without it.",
        )
    # sam looks at DOCKER_HOST only, the docker command at its current context as well.
    context = _docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
    return Engine(version.stdout.strip(), "" if context.returncode else context.stdout.strip())


def image(environ: Mapping[str, str], say: Callable[[str], None]) -> str:
    """The image functions run in, on this machine: the one named by the environment, else AWS's own.

    It is pulled when it is not here yet. Raises StackError when it cannot be had.
    """
    given = environ.get(IMAGE_VARIABLE)
    name = given or f"public.ecr.aws/lambda/python:3.13-{architecture()}"
    if _docker("image", "inspect", name).returncode == 0:
        return name
    say(f"Pulling {name} …")
    pulled = _docker("pull", "--quiet", name, seconds=_PULL_SECONDS)
    if pulled.returncode == 0:
        return name
    raise StackError(
        f"The image {name} is not on this machine and cannot be pulled: {_last_line(pulled.stderr)}",
        hint=f"Build or pull it first, or let {IMAGE_VARIABLE} name one you have."
        if given
        else "Where no registry can be reached, a stand-in does as well; how to build one:\n"
        f"  {PAGE}, “Without a registry”\n"
        f"  {IMAGE_VARIABLE}=<its name> make sam-local",
    )


def bridge() -> tuple[str | None, str | None]:
    """Docker's default network: the machine's own address in it, if Docker tells it, and the subnet."""
    inspected = _docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
    pools = json.loads(inspected.stdout) if inspected.returncode == 0 else None
    pool = (pools or [{}])[0]
    return pool.get("Gateway"), pool.get("Subnet")


def containers(endpoint: str) -> list[Container]:
    """sam's containers whose functions were given this AWS endpoint, running or not: nobody else's."""
    ids = _docker("ps", "--all", "--quiet", "--filter", _OURS).stdout.split()
    if not ids:
        return []
    found = json.loads(_docker("inspect", *ids).stdout)
    return [
        Container(each["Id"], each["Config"]["Labels"].get(_FUNCTION, "unknown"), each["Config"]["Image"])
        for each in found
        if f"AWS_ENDPOINT_URL={endpoint}" in (each["Config"]["Env"] or [])
    ]


def remove(leftover: Sequence[Container]) -> None:
    """Delete these containers, which may be gone already, and the images sam built for them.

    It builds them anew for every run, so kept ones would only pile up.
    """
    if leftover:
        _docker("rm", "--force", *(container.id for container in leftover))
        _docker("image", "rm", *{container.image for container in leftover})


def _docker(*arguments: str, seconds: float = _QUICK_SECONDS) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["docker", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, "", f"no answer within {seconds:.0f} s")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
