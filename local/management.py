"""What the business API offers, from a terminal: `parley replay`, `conversations`, `endpoints`, `routes`."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from local import business_api, replay
from local.console import expected_failures, say
from local.stack.cloud import claim
from local.stack.layout import layout
from local.stack.processes import Processes

Url = Annotated[str | None, typer.Option("--api", envvar="PARLEY_API_URL", help="A stack's BusinessApiUrl.")]
Key = Annotated[str | None, typer.Option("--api-key", envvar="PARLEY_API_KEY", help="The key for --api.")]
Endpoint = Annotated[str, typer.Argument(metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="The API's own JSON on stdout, one object on each line.")]

endpoints = typer.Typer(help="A business's endpoints.", no_args_is_help=True, rich_markup_mode=None)
routes = typer.Typer(help="A business's routes.", no_args_is_help=True, rich_markup_mode=None)


class Replayed(StrEnum):
    """Which webhooks of a span of time."""

    FAILED = "failed"
    DELIVERED = "delivered"
    ANY = "any"


class ConversationState(StrEnum):
    """Whether messages wait for an endpoint, or the customer has left."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


def replay_command(
    identity: Annotated[
        str | None, typer.Argument(metavar="ID", help="A message, or a replay that was begun before.")
    ] = None,
    *,
    since: Annotated[str | None, typer.Option(help="A time, or how long ago: 30m, 2h, 3d.")] = None,
    until: Annotated[str, typer.Option(help="The same; without it, now.")] = "0s",
    state: Annotated[Replayed, typer.Option(help="Which webhooks.")] = Replayed.FAILED,
    endpoint: Annotated[str | None, typer.Option(help="Only what went to this endpoint.")] = None,
    rate: Annotated[int | None, typer.Option(min=1, max=200, help="Webhooks per second; 20 without.")] = None,
    resend: Annotated[bool, typer.Option("--resend", help="A message to a customer may go to Apple again.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop the replay ID.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let the replay ID go on.")] = False,
    api: Url = None,
    api_key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Deliver a message again, or with --since all webhooks of a span of time; shows how far it is."""
    with expected_failures():
        business = api_of(api, api_key)
        if identity is not None and not replay.is_replay(identity):
            _show(
                replay.one(business, identity, resend=resend),
                as_json=as_json,
                words="{message_id}  {state}, goes again",
            )
            return
        if identity is not None:
            verb = "cancel" if cancel else "resume" if resume else None
            run = replay.turn(business, identity, verb) if verb else business.call("GET", f"/v1/replays/{identity}")
        elif since is not None:
            now = datetime.now(UTC)
            run = replay.begin(
                business,
                since=replay.moment(since, now=now),
                until=replay.moment(until, now=now),
                state=state.value,
                endpoint=endpoint,
                rate=rate,
            )
        else:
            raise typer.BadParameter("Name an ID, or say --since.")
        try:
            for seen in replay.watch(business, run, sleep=time.sleep):
                sys.stdout.write((json.dumps(seen) if as_json else replay.in_words(seen)) + "\n")
                sys.stdout.flush()
        except KeyboardInterrupt:
            say(f"It goes on. To stop it: parley replay {run['id']} --cancel")
            raise


@endpoints.command("list")
def list_endpoints(*, api: Url = None, api_key: Key = None, as_json: AsJson = False) -> None:
    """All endpoints of the business."""
    with expected_failures():
        for each in api_of(api, api_key).call("GET", "/v1/endpoints")["data"]:
            _show(each, as_json=as_json, words="{id}  {state}  {url}")


@endpoints.command("test")
def send_test(identity: Endpoint, *, api: Url = None, api_key: Key = None) -> None:
    """Send endpoint.test now; exit code 1 when it is not taken."""
    if not _do("test", identity, api, api_key)["ok"]:
        raise typer.Exit(1)


@endpoints.command()
def pause(identity: Endpoint, *, api: Url = None, api_key: Key = None) -> None:
    """Hold everything for an endpoint."""
    _do("pause", identity, api, api_key)


@endpoints.command()
def resume(identity: Endpoint, *, api: Url = None, api_key: Key = None) -> None:
    """Deliver to an endpoint again, what is held first."""
    _do("resume", identity, api, api_key)


def _do(verb: str, identity: str, api: str | None, api_key: str | None) -> Any:
    with expected_failures():
        found = api_of(api, api_key).call("POST", f"/v1/endpoints/{quote(identity, safe='')}/{verb}")
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return found


@routes.command("list")
def list_routes(*, api: Url = None, api_key: Key = None, as_json: AsJson = False) -> None:
    """The rules, in order."""
    with expected_failures():
        for place, rule in enumerate(api_of(api, api_key).call("GET", "/v1/routes")["rules"]):
            named = "  ".join(f"{name}={word}" for name, word in rule.items() if name != "endpoint_id")
            shown = {"place": place, "endpoint_id": rule["endpoint_id"], "named": named or "everything else"}
            _show(rule if as_json else shown, as_json=as_json, words="{place}  {endpoint_id}  {named}")


@routes.command("test")
def dry_run(
    *,
    intent: Annotated[str | None, typer.Option()] = None,
    group: Annotated[str | None, typer.Option()] = None,
    locale: Annotated[str | None, typer.Option()] = None,
    message_type: Annotated[str | None, typer.Option("--type")] = None,
    conversation: Annotated[str | None, typer.Option(help="Take what is left out from this conversation.")] = None,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """Where would such a message go, and why?"""
    words = {"intent": intent, "group": group, "locale": locale, "type": message_type, "conversation_id": conversation}
    with expected_failures():
        asked = {name: word for name, word in words.items() if word is not None}
        found = api_of(api, api_key).call("POST", "/v1/routes/test", asked)
        sys.stdout.write(f"{found.get('endpoint_id', 'nowhere')}: {found['explanation']}\n")


def list_conversations(
    *,
    state: Annotated[ConversationState | None, typer.Option(help="Only these.")] = None,
    handler: Annotated[str | None, typer.Option(help="Only those handed to this endpoint.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="The most to show.")] = 25,
    api: Url = None,
    api_key: Key = None,
    as_json: AsJson = False,
) -> None:
    """The business's conversations, the one with the latest event first."""
    asked = {"limit": str(limit), "state": state.value if state else None, "handler": handler}
    query = urlencode({name: word for name, word in asked.items() if word is not None})
    with expected_failures():
        for each in api_of(api, api_key).call("GET", f"/v1/conversations?{query}")["data"]:
            shown = {"last_event_at": "", "handler": "the routes", **each}
            _show(each if as_json else shown, as_json=as_json, words="{id}  {state}  {last_event_at}  {handler}")


def api_of(url: str | None, key: str | None) -> business_api.BusinessApi:
    """The business API a command was told of, or the local stack's."""
    here = layout(os.environ)
    if url is None:
        claim(os.environ, here)
    return business_api.find(here, Processes(here), url=url, key=key)


def _show(found: dict[str, Any], *, as_json: bool, words: str) -> None:
    sys.stdout.write((json.dumps(found) if as_json else words.format(**found)) + "\n")
