"""The command `parley`: what runs on a laptop, and what it tells."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from local.stack.cloud import claim
from local.stack.errors import StackError
from local.stack.layout import PARTS, Layout, layout
from local.stack.processes import Processes

app = typer.Typer(
    name="parley",
    help="Parley on this laptop: the deployed template in a local cloud, an Apple gateway, a demo business.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

admin = typer.Typer(
    help="What an operator does on a deployed stack, with their own AWS credentials.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(admin, name="admin")

# Results go to stdout, everything about the way there to stderr.
_out = Console()
_err = Console(stderr=True)

_INTERRUPTED = 130
_COMMAND = re.compile(r"\bparley(?= [a-z])")


class Server(StrEnum):
    """A part that may be stopped and started alone."""

    GATEWAY = "gateway"
    BUSINESS = "business"


AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")]


@app.command()
def up(
    *,
    as_json: AsJson = False,
    wait: Annotated[bool, typer.Option("--wait", hidden=True)] = True,  # noqa: ARG001  (it always waits)
) -> None:
    """Start everything that does not run yet, and deploy what has changed."""
    from local.stack import report
    from local.stack.up import up as bring_up

    with _expected_failures():
        here, processes = _stack()
        running = bring_up(here, processes, _say)
        if as_json:
            sys.stdout.write(json.dumps(report.as_json(running, processes), indent=2) + "\n")
        else:
            report.show(running, processes, _out)


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Remove data, identities and logs as well.")] = False,
) -> None:
    """Stop everything; data, identities and keys are kept for the next `up`."""
    from local.stack.down import down as take_down

    with _expected_failures():
        take_down(*_stack(), _say, purge=purge)


@app.command()
def demo() -> None:
    """Bring everything up and watch a message go from a phone to a business and back."""
    from local.demo import play

    with _expected_failures():
        if not play(*_stack(), out=_out, say=_say):
            raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell what runs and what waits in the queues; exit code 1 unless all is healthy."""
    from local.stack import status as state_of

    with _expected_failures():
        current = state_of.status(*_stack())
        if as_json:
            sys.stdout.write(json.dumps({"parts": current.parts, "queues": current.queues}, indent=2) + "\n")
        else:
            state_of.show(current, _out)
        if not current.is_well:
            raise typer.Exit(1)


@app.command()
def logs(
    name: Annotated[
        str | None,
        typer.Argument(help="cloud, gateway, business, sam-build, sam-deploy, or a function (inbound)."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until interrupted.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines to begin with.")] = 100,
) -> None:
    """Show what the functions logged, or one log by name."""
    from local.stack import logs as logged

    with _expected_failures():
        here, _ = _stack()
        if name in (*PARTS, *logged.STEPS):
            shown = logged.of_file(here.log(name), lines=lines, follow=follow)
        else:
            shown = logged.of_functions(here, name, lines=lines, follow=follow)
        for line in shown:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


@app.command()
def stop(server: Server) -> None:
    """Stop the gateway or the business alone, to see an outage."""
    from local.stack.down import stop_server

    with _expected_failures():
        stop_server(*_stack(), server.value, _say)


@app.command()
def start(server: Server) -> None:
    """Start the gateway or the business again, with its records."""
    from local.stack.down import start_server

    with _expected_failures():
        start_server(*_stack(), server.value, _say)


@admin.command()
def register(
    stack: Annotated[str, typer.Option(help="The deployed stack's name.")],
    business_id: Annotated[str, typer.Option(help="The business id of Apple Business Register, a UUID.")],
    name: Annotated[str, typer.Option(help="What the business is called.")],
    url: Annotated[str, typer.Option(help="Where its webhooks go.")],
    *,
    allow_loopback: Annotated[bool, typer.Option(help="Let webhooks go to this machine: local stacks only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a business known: its endpoint, its webhook secret, and an API key, shown once."""
    from dataclasses import asdict

    from local.admin import register as register_business

    with _expected_failures():
        registered = register_business(
            stack, business_id=business_id, name=name, url=url, allow_loopback=allow_loopback
        )
        if as_json:
            sys.stdout.write(json.dumps(asdict(registered), indent=2) + "\n")
            return
        sys.stdout.write(
            f"Registered {registered.business_id}. Keep these two; they are not shown again.\n"
            f"  webhook secret  {registered.webhook_secret}\n"
            f"  API key         {registered.api_key}\n"
        )


def main() -> None:
    """Run the command line. A polite kill is handled as Ctrl-C is: what was begun is undone."""
    signal.signal(signal.SIGTERM, _terminated)
    app()


def _stack() -> tuple[Layout, Processes]:
    here = layout(os.environ)
    claim(os.environ, here)
    return here, Processes(here)


def _say(text: str) -> None:
    _err.print(text, markup=False, highlight=False, style="dim")


@contextmanager
def _expected_failures() -> Iterator[None]:
    """Say what happened and what to do, in words; only what nobody expected is a traceback."""
    try:
        yield
    except StackError as error:
        _tell(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _say("Interrupted.")
        raise typer.Exit(_INTERRUPTED) from None
    except BrokenPipeError:
        # The reader has gone, as in `parley logs | head`; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def _tell(error: StackError) -> None:
    if error.log_tail:
        _err.print(f"--- the end of {error.log}", markup=False, highlight=False, style="dim", soft_wrap=True)
        for line in error.log_tail:
            _err.print(line, markup=False, highlight=False, soft_wrap=True)
        _err.print("---", style="dim")
    _err.print(error.message, markup=False, highlight=False, style="bold red", soft_wrap=True)
    if error.hint:
        from local.stack.report import program

        hint = _COMMAND.sub(program(), error.hint)
        _err.print(hint, markup=False, highlight=False, soft_wrap=True)


def _terminated(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
