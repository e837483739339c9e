"""`python -m local.sam_local [--stay]`."""

import argparse
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

from local.sam_local import api, bridge, docker
from local.sam_local.round_trip import RoundTrip
from local.stack import lock
from local.stack.build import architecture, build
from local.stack.cloud import claim
from local.stack.down import down
from local.stack.errors import StackError
from local.stack.layout import CLOUD, GATEWAY, HOST, PARTS, REGION, Layout, layout
from local.stack.processes import Processes
from local.stack.up import up

_INTERRUPTED = 130


def main() -> int:
    """Show one message each way. Returns 0 only when every step was seen, 130 when interrupted."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        _run(stay=_options().stay)
    except StackError as error:
        return _failed(error)
    except KeyboardInterrupt:
        _say("Interrupted.")
        return _INTERRUPTED
    return 0


def _run(*, stay: bool) -> None:
    engine = docker.engine()
    image = docker.image(os.environ, _say)
    _tell(f"Docker {engine.version}, image {image}")
    here = _private(layout(os.environ))
    claim(os.environ, here)
    processes = Processes(here)
    with lock.held(here.state_dir.with_suffix(".lock"), waiting=_waiting):
        # What a killed run could not take down.
        api.stop(processes)
        down(here, processes, _hush, purge=True)
        try:
            _show(here, processes, engine=engine, image=image, stay=stay)
        except BaseException:
            down(here, processes, _hush, purge=False)  # the logs stay, to be read
            raise
        down(here, processes, _hush, purge=True)
        shutil.rmtree(here.state_dir)
    _tell("Taken down again: sam, its containers and the local cloud.")


def _show(here: Layout, processes: Processes, *, engine: docker.Engine, image: str, stay: bool) -> None:
    running = up(here, processes, _say)
    template, _ = build(here, _say)
    _tell(f"Local cloud of its own on {here.url(CLOUD)}, the template deployed into it")
    with ExitStack() as stack:
        through = stack.enter_context(bridge.opened([here.port(CLOUD), here.port(GATEWAY)]))
        _say("Starting sam local start-api …")
        url = stack.enter_context(api.started(here, processes, template, image=image, engine=engine))
        _tell(f"sam local start-api on {url}; containers reach the cloud {_way(through)}")
        RoundTrip(running, url, _tell)()
        ran = sorted(container.function for container in docker.containers(api.endpoint(here)))
        _tell(f"Seen both ways through sam local. In containers ran: {', '.join(ran)}")
        if stay:
            _stay(here, template, image, url)


def _way(through: str | None) -> str:
    return f"as {bridge.NAME}" + (f", forwarded from {through} to 127.0.0.1" if through else "")


def _stay(here: Layout, template: Path, image: str, url: str) -> None:
    """Tell how to go on by hand, and wait for Ctrl-C."""

    def short(path: Path) -> str:
        return str(path.relative_to(here.root)) if path.is_relative_to(here.root) else str(path)

    _tell(f"""
It stays until Ctrl-C. Apple posts to {url}/message, a business to {url}/v1/messages.
What sam says: {short(here.log(api.PART))}
One function, one event, in a container of its own (from another terminal, in {here.root}):

  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={REGION}
  PARLEY_STATE_DIR={short(here.state_dir)} .venv/bin/python -m local.events --stack inbound/text-gzip |
    {short(here.tools)}/sam/bin/sam local invoke InboundFunction --event - --template {short(template)} \\
      --env-vars {short(api.env_file(here))} --add-host {bridge.ADD_HOST} \\
      --invoke-image {image} --skip-pull-image --parameter-overrides Architecture={architecture()}
""")
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def _private(usual: Layout) -> Layout:
    """A stack of its own beside the usual one, on free ports, one of them for sam."""
    parts = (*PARTS, api.PART)
    sockets = [socket.create_server((HOST, 0)) for _ in parts]
    free = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return Layout(state_dir=usual.state_dir / "sam-local", ports=dict(zip(parts, free, strict=True)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.sam_local", description=__doc__)
    parser.add_argument("--stay", action="store_true", help="afterwards leave everything running until Ctrl-C")
    return parser.parse_args()


def _failed(error: StackError) -> int:
    for line in error.log_tail:
        sys.stderr.write(f"  | {line}\n")
    if error.log:
        sys.stderr.write(f"That was the end of {error.log}\n")
    sys.stderr.write(f"{error.message}\n")
    if error.hint:
        sys.stderr.write(f"{error.hint}\n")
    return 1


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _hush(_: str) -> None:
    """Taking down what nobody asked to be told about."""


def _waiting(holder: str) -> None:
    _say(f"Another make sam-local is at work (pid {holder}); waiting for it …")


def _terminated(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
