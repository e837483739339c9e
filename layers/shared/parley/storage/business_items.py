"""A business's settings as items of the table, and back. Every item counts its changes in `version`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from parley.business.model import Business, Endpoint, Mark, Rule
from parley.business.tiers import STANDARD
from parley.errors import NotFound
from parley.storage import keys
from parley.storage.attributes import decode_item, encode, encode_item
from parley.storage.breakers import breaker_of
from parley.storage.faults import translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.business.channel import Channel

CHANNEL: Final = "CHANNEL"
ENDPOINT: Final = "ENDPOINT#"
PROFILE: Final = "PROFILE"
ROUTES: Final = "ROUTES"

type Parts = dict[str, dict[str, Any]]
"""The attributes of each item, by its sort key."""


def read_parts(client: DynamoDBClient, table: str, business_id: str) -> Parts:
    """All settings, read strongly consistent. Raises NotFound when this MSP does not serve the business."""
    items: list[dict[str, Any]] = []
    with translated("read the business"):
        pages = client.get_paginator("query").paginate(
            TableName=table,
            # What stands behind the routes (replays) is none of them, and routing reads this often.
            KeyConditionExpression="pk = :pk AND sk <= :last",
            ExpressionAttributeValues={":pk": keys.business(business_id, PROFILE)["pk"], ":last": {"S": ROUTES}},
            ConsistentRead=True,
        )
        items.extend(decode_item(item) for page in pages for item in page["Items"])
    parts = {str(item["sk"]): item for item in items}
    if PROFILE not in parts:
        raise NotFound("this MSP does not serve that business", code="business_unknown")
    return parts


def business_of(business_id: str, parts: Parts) -> Business:
    """The business with its endpoints, routes and breakers."""
    return Business(
        id=business_id,
        name=parts[PROFILE]["name"],
        endpoints={name: _endpoint(name, item) for name, item in _under(ENDPOINT, parts).items()},
        rules=tuple(Rule(**rule) for rule in parts.get(ROUTES, {}).get("rules", [])),
        channel=_channel(parts.get(CHANNEL)),
        tier=parts[PROFILE].get("tier", STANDARD),
        redact=marks_of(parts[PROFILE]),
        breakers={name: breaker_of(name, item) for name, item in _under(keys.BREAKER_PREFIX, parts).items()},
    )


def versions_of(parts: Parts) -> dict[str, int]:
    """How often each endpoint was changed."""
    return {name: int(item.get("version", 0)) for name, item in _under(ENDPOINT, parts).items()}


def endpoint_facts(endpoint: Endpoint) -> dict[str, object]:
    """The attributes of an endpoint; None for one that is to be absent."""
    facts = asdict(endpoint)
    del facts["id"]
    return facts | {"events": list(endpoint.events)}


def route_facts(rules: tuple[Rule, ...]) -> dict[str, object]:
    """The attributes of the route list."""
    return {"rules": [{name: word for name, word in asdict(rule).items() if word is not None} for rule in rules]}


def mark_facts(marks: tuple[Mark, ...]) -> list[dict[str, object]]:
    """The attribute `redact` of the profile."""
    return [{name: word for name, word in asdict(mark).items() if word} for mark in marks]


def marks_of(profile: dict[str, Any]) -> tuple[Mark, ...]:
    """What a profile says is not to be kept."""
    return tuple(Mark(**mark) for mark in profile.get("redact", ()))


def replacing(facts: dict[str, object], *, first: dict[str, object] | None = None) -> dict[str, Any]:
    """The update that makes an item say exactly this and counts the change; what `first` says is never replaced."""
    present, once = encode_item(facts), encode_item(first or {})
    sets = [f"#{name} = :{name}" for name in present] + [f"#{name} = if_not_exists(#{name}, :{name})" for name in once]
    absent = [f"#{name}" for name in facts if name not in present]
    removes = f" REMOVE {', '.join(absent)}" if absent else ""
    values = {f":{name}": value for name, value in (present | once).items()}
    return {
        "UpdateExpression": f"SET {', '.join(sets)}{removes} ADD #version :one",
        "ExpressionAttributeNames": {f"#{name}": name for name in ("version", *facts, *once)},
        "ExpressionAttributeValues": values | {":one": encode(1)},
    }


def unchanged(version: int) -> str:
    """The condition that nobody has changed an item since it had this version (`:seen`, unless it is 0)."""
    return "#version = :seen" if version else "attribute_not_exists(#version)"


def _under(prefix: str, parts: Parts) -> Parts:
    return {part.removeprefix(prefix): item for part, item in parts.items() if part.startswith(prefix)}


def _channel(item: dict[str, Any] | None) -> Channel | None:
    if item is None:
        return None
    from parley.business import channel

    return channel.read(item["settings"])


def _endpoint(endpoint_id: str, item: dict[str, Any]) -> Endpoint:
    return Endpoint(
        id=endpoint_id,
        url=item["url"],
        state=item["state"],
        reason=item.get("reason"),
        events=tuple(item.get("events", ())),
        description=item.get("description"),
        created_at=item.get("created_at", 0.0),
        resumed_at=item.get("resumed_at", 0.0),
    )
