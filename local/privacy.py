"""`parley erase` and `parley export`: a customer asks to be forgotten, or what is known of them."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from local import business_api
from local.business_api import BusinessApi
from local.console import expected_failures, say
from local.management import AsJson, Key, Url
from local.stack.cloud import claim
from local.stack.layout import layout
from local.stack.processes import Processes
from parley.conversation.identity import is_opaque_id

_POLL_SECONDS: Final = 2.0
_SECOND_LOOK: Final = "Contents are gone. The second look comes within 17 minutes: parley erase --receipt {id}"


def erase_command(
    who: Annotated[
        str | None, typer.Argument(metavar="CUSTOMER", help="A conversation id, or the customer's urn:mbid:… or tel:….")
    ] = None,
    *,
    receipt: Annotated[str | None, typer.Option(metavar="ID", help="Ask about an erasure that was begun.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    api: Url = None,
    api_key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Forget a customer: messages of both directions, files, everything. It cannot be undone."""
    with expected_failures():
        business = _api(api, api_key)
        if receipt is not None:
            _show(business.call("GET", f"/v1/erasures/{quote(receipt, safe='')}"), as_json=as_json)
            return
        if who is None:
            raise typer.BadParameter("Name a CUSTOMER, or say --receipt ID.")
        if not yes:
            typer.confirm("Forget them for good?", abort=True, err=True)
        begun = begin(business, who)
        for seen in watch(business, begun, sleep=time.sleep):
            _show(seen, as_json=as_json)
        say(_SECOND_LOOK.format(**begun))


def export_command(
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION")],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Into this file; without it, to stdout.")] = None,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """All that is kept of a conversation, one JSON object on each line: the conversation, then its messages."""
    with expected_failures():
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records(_api(api, api_key), conversation))
        if out is None:
            sys.stdout.writelines(lines)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(lines)


def begin(api: BusinessApi, who: str) -> Any:
    """Begin an erasure by whichever name is given."""
    if is_opaque_id(who) or who.startswith("tel:"):
        return api.call("POST", "/v1/erasures", {"customer": who})
    return api.call("DELETE", f"/v1/conversations/{quote(who, safe='')}")


def watch(api: BusinessApi, seen: Any, *, sleep: Callable[[float], None]) -> Iterator[Any]:
    """A receipt as it goes on, each time something has changed, until contents are gone."""
    yield seen
    while seen["state"] == "running" and "erased_at" not in seen:
        sleep(_POLL_SECONDS)
        before, seen = seen, api.call("GET", f"/v1/erasures/{seen['id']}")
        if seen != before:
            yield seen


def records(api: BusinessApi, conversation: str) -> Iterator[dict[str, Any]]:
    """Page by page, so that the longest conversation takes no more memory than a page."""
    base = f"/v1/conversations/{quote(conversation, safe='')}/export"
    path: str | None = base
    while path is not None:
        page = api.call("GET", path)
        if "conversation" in page:
            yield {"record": "conversation", **page["conversation"]}
        for message in page["messages"]:
            yield {"record": "message", **_whole(api, message)}
        path = f"{base}?cursor={quote(page['next_cursor'], safe='')}" if "next_cursor" in page else None


def _whole(api: BusinessApi, message: dict[str, Any]) -> dict[str, Any]:
    """What was too large for a page is asked for by itself."""
    if not message.get("omitted"):
        return message
    found = api.call("GET", f"/v1/messages/{quote(message['id'], safe='')}")
    return {**{name: value for name, value in message.items() if name != "omitted"}, **found}


def _api(url: str | None, key: str | None) -> BusinessApi:
    here = layout(os.environ)
    if url is None:
        claim(os.environ, here)
    return business_api.find(here, Processes(here), url=url, key=key)


def _show(seen: dict[str, Any], *, as_json: bool) -> None:
    deleted = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in seen["deleted"].items())
    words = f"{seen['id']}  {seen['state']}: {deleted}"
    sys.stdout.write((json.dumps(seen) if as_json else words) + "\n")
    sys.stdout.flush()
