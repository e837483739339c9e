"""The command `parley`: what runs on a laptop, and what it tells."""

import json
import os
import signal
import sys
from enum import StrEnum
from typing import Annotated, Final, NoReturn

import typer

from local.api_keys import keys
from local.console import expected_failures, out, say
from local.library import library
from local.management import endpoints, list_conversations, replay_command, routes
from local.privacy import erase_command, export_command
from local.secret_commands import secret
from local.stack.cloud import claim
from local.stack.layout import PARTS, Layout, layout
from local.stack.processes import Processes
from parley.business.tiers import Tier

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
app.add_typer(secret, name="secret")
app.add_typer(endpoints, name="endpoints")
app.add_typer(routes, name="routes")
app.add_typer(keys, name="keys")
app.add_typer(library, name="library")
app.command("replay")(replay_command)
app.command("erase")(erase_command)
app.command("export")(export_command)
app.command("conversations")(list_conversations)


class Server(StrEnum):
    """A part that may be stopped and started alone."""

    GATEWAY = "gateway"
    BUSINESS = "business"


class Plan(StrEnum):
    """The tiers of businesses."""

    STANDARD = "standard"
    PLUS = "plus"


_TIERS: Final[dict[Plan, Tier]] = {Plan.STANDARD: "standard", Plan.PLUS: "plus"}


AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")]
AsJsonList = Annotated[bool, typer.Option("--json", help="One JSON array on stdout and nothing else.")]


@app.command()
def up(
    *,
    as_json: AsJson = False,
    wait: Annotated[bool, typer.Option("--wait", hidden=True)] = True,  # noqa: ARG001  (it always waits)
) -> None:
    """Start everything that does not run yet, and deploy what has changed."""
    from local.stack import report
    from local.stack.up import up as bring_up

    with expected_failures():
        here, processes = _stack()
        running = bring_up(here, processes, say)
        if as_json:
            sys.stdout.write(json.dumps(report.as_json(running, processes), indent=2) + "\n")
        else:
            report.show(running, processes, out)


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Remove data, identities and logs as well.")] = False,
) -> None:
    """Stop everything; data, identities and keys are kept for the next `up`."""
    from local.stack.down import down as take_down

    with expected_failures():
        take_down(*_stack(), say, purge=purge)


@app.command()
def demo() -> None:
    """Bring everything up and watch a message go from a phone to a business and back."""
    from local.demo import play

    with expected_failures():
        if not play(*_stack(), out=out, say=say):
            raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell what runs and what waits in the queues; exit code 1 unless all is healthy."""
    from local.stack import status as state_of

    with expected_failures():
        current = state_of.status(*_stack())
        if as_json:
            sys.stdout.write(json.dumps({"parts": current.parts, "queues": current.queues}, indent=2) + "\n")
        else:
            state_of.show(current, out)
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

    with expected_failures():
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

    with expected_failures():
        stop_server(*_stack(), server.value, say)


@app.command()
def start(server: Server) -> None:
    """Start the gateway or the business again, with its records."""
    from local.stack.down import start_server

    with expected_failures():
        start_server(*_stack(), server.value, say)


@app.command()
def lint(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Read - from standard input.")],
    *,
    as_json: AsJsonList = False,
) -> None:
    """Check messages without sending them; exit code 1 when any is bad.

    A file holds a body for the business API, or Apple's own JSON of an outgoing message (told by its v); or a JSON
    array of them, or one on each line. Warnings do not count.
    """
    import time

    from local.lint import lint as check

    with expected_failures():
        raise typer.Exit(check(files, now=time.time(), as_json=as_json, say=say))


@app.command()
def trigger(
    kinds: Annotated[
        list[str] | None, typer.Argument(metavar="KIND", help="Names, or what names begin with: form, inbound/text.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Send every message there is.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Print the names of all messages.")] = False,
    as_json: AsJsonList = False,
) -> None:
    """Send sample messages through the running stack: as the customer, or as the business; exit code 1 on a refusal."""
    from local import trigger as triggers

    with expected_failures():
        chosen = triggers.select(kinds) if kinds else triggers.catalogue() if every or listed else []
        if not chosen:
            raise typer.BadParameter("Name a KIND, or say --all or --list.")
        if listed:
            names = [fixture.name for fixture in chosen]
            sys.stdout.write(json.dumps(names, indent=2) + "\n" if as_json else "".join(f"{name}\n" for name in names))
            return
        raise typer.Exit(triggers.run(chosen, triggers.find(*_stack()), as_json=as_json))


@app.command()
def rotate(
    pause: Annotated[float, typer.Option(min=0, help="Seconds between the steps, for traffic to go on.")] = 2.0,
) -> None:
    """Change Apple's key of the local stack while messages go on, as it is done with the real Apple."""
    from local.rotation import rotate as rotate_key

    with expected_failures():
        rotate_key(*_stack(), say, pause=pause)


@app.command()
def listen(
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="Hand every webhook on to it; without, only show them.")
    ] = None,
    *,
    once: Annotated[int | None, typer.Option("--once", min=1, metavar="N", help="End after N that were taken.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on each line of stdout.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show the whole event, with what customers wrote.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Listen on this port of 127.0.0.1.")] = 0,
    secret: Annotated[
        str | None, typer.Option(envvar="PARLEY_WEBHOOK_SECRET", help="Sign what is handed on with this whsec_….")
    ] = None,
    api: Annotated[str | None, typer.Option("--api", help="The business API of a stack in AWS.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="PARLEY_API_KEY", help="The API key for --api.")] = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="An https URL that leads to --port, for a stack in AWS.")
    ] = None,
) -> None:
    """Hear a business's webhooks on this machine: every conversation leads here until it ends, then as before.

    r replays the last webhook, a number and r another, q quits. Keys and secrets are best put into the environment.
    """
    from local import listen as listening
    from local.listen import where

    def write(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    with expected_failures():
        here, processes = _stack()
        if api is None:
            found = where.local(here, processes)
        else:
            found = where.elsewhere(here, api_url=api, api_key=api_key, public_url=public_url)
        wishes = listening.Wishes(to=to, secret=secret, port=port, once=once, as_json=as_json, show=show)
        listening.listen(found, wishes, write=write, say=say)


@admin.command()
def register(
    stack: Annotated[str, typer.Option(help="The deployed stack's name.")],
    business_id: Annotated[str, typer.Option(help="The business id of Apple Business Register, a UUID.")],
    name: Annotated[str, typer.Option(help="What the business is called.")],
    url: Annotated[str, typer.Option(help="Where its webhooks go.")],
    *,
    tier: Annotated[Plan, typer.Option(help="Which usage plan counts its calls.")] = Plan.STANDARD,
    allow_loopback: Annotated[bool, typer.Option(help="Let webhooks go to this machine: local stacks only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a business known: its endpoint, its webhook secret, and an API key, shown once."""
    from dataclasses import asdict

    from local.admin import register as register_business

    with expected_failures():
        registered = register_business(
            stack, business_id=business_id, name=name, url=url, allow_loopback=allow_loopback, tier=_TIERS[tier]
        )
        if as_json:
            sys.stdout.write(json.dumps(asdict(registered), indent=2) + "\n")
            return
        sys.stdout.write(
            f"Registered {registered.business_id}. Keep these two; they are not shown again.\n"
            f"  webhook secret  {registered.webhook_secret}\n"
            f"  API key         {registered.api_key}\n"
        )


@admin.command("tier")
def tier_command(
    stack: Annotated[str, typer.Option(help="The deployed stack's name.")],
    business_id: Annotated[str, typer.Option(help="A registered business.")],
    tier: Annotated[Plan, typer.Option(help="Which usage plan counts its calls from now on.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a business another tier. While it changes plans, its calls may be answered 403 for some seconds."""
    from local.admin import change_tier

    with expected_failures():
        changed = change_tier(stack, business_id=business_id, tier=_TIERS[tier])
        if as_json:
            sys.stdout.write(json.dumps({"business_id": changed, "tier": tier.value}, indent=2) + "\n")
            return
        sys.stdout.write(f"{changed} is of the tier {tier.value} now.\n")


def main() -> None:
    """Run the command line. A polite kill is handled as Ctrl-C is: what was begun is undone."""
    signal.signal(signal.SIGTERM, _terminated)
    app()


def _stack() -> tuple[Layout, Processes]:
    here = layout(os.environ)
    claim(os.environ, here)
    return here, Processes(here)


def _terminated(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
