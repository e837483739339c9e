"""What has to be posted to send a fixture: fresh ids, and the identities of the stack in place of the samples."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any, Final

from local.stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.trigger.running import Stack

TELEPHONE: Final = "tel:"
_IDS: Final = frozenset({"v", "id", "type", "sourceId", "destinationId"})
_CONTENT: Final = ("interactiveData", "interactiveDataRef", "richLinkData", "richLinkDataRef")


def of_customer(message: Mapping[str, Any], stack: Stack, message_id: str) -> dict[str, Any]:
    """The gateway's order (docs/local-gateway.md) that makes a customer's phone send this.

    Interactive data and a text's attachments are handed over as such, so that the gateway stores and encrypts what
    it would; everything else is laid over its envelope as it stands.
    """
    order: dict[str, Any] = {
        "id": message_id,
        "type": message["type"],
        "opaque_id": stack.opaque_id,
        "business_id": stack.business_id,
    }
    extra = {key: value for key, value in message.items() if key not in _IDS}
    source = message["sourceId"]
    if source.startswith(TELEPHONE):  # an invited person who has no conversation yet
        extra["sourceId"] = source
    if isinstance(extra.get("interactiveData"), dict):
        order["interactive_data"] = _of_this_moment(extra.pop("interactiveData"))
    if isinstance(extra.get("interactiveDataRef"), dict):
        extra["interactiveDataRef"] = _signed_anew(extra["interactiveDataRef"])
    files = _files(extra.get("attachments")) if message["type"] == "text" else []
    if files:
        order["attachments"] = files
        del extra["attachments"]
        order["body"] = extra.pop("body", None)
    if message["type"] == "text" and not files and "body" not in extra:
        # The gateway's phones write no text without words; Apple's JSON may lack them.
        ids = {
            "v": 1,
            "id": message_id,
            "type": "text",
            "sourceId": stack.opaque_id,
            "destinationId": stack.business_id,
        }
        order["raw_body"] = json.dumps(ids | extra)
    return order | {"extra": extra}


def of_business(message: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """The body for the business API. Raises StackError for Apple's JSON of something the API has no door for."""
    if "v" not in message:
        to = message["to"]
        body = {**message, "to": to if to.startswith(TELEPHONE) else stack.opaque_id}
    else:
        body = _friendly(message) | {"to": _addressee(message, stack)}
    if isinstance(body.get("interactiveData"), dict):
        body["interactiveData"] = _of_this_moment(body["interactiveData"])
    return body


def _addressee(message: Mapping[str, Any], stack: Stack) -> str:
    destination = str(message["destinationId"])
    return destination if destination.startswith(TELEPHONE) else stack.opaque_id


def _friendly(message: Mapping[str, Any]) -> dict[str, Any]:
    data = message.get("interactiveData", {}).get("data", {})
    if "notification" in data:
        return _invitation(data["notification"])
    match message["type"]:
        case "typing_start" | "typing_end" as kind:
            return {"type": "typing", "state": kind.removeprefix("typing_")}
        case "text" if "attachments" not in message:
            return {"type": "text", "links": "plain"} | {k: message[k] for k in ("body", "subject") if k in message}
        case "interactive" | "richLink":
            return {"type": "apple"} | {key: message[key] for key in _CONTENT if key in message}
        case kind:
            raise StackError(f"The business API does not take this {kind} of Apple's.")


def _invitation(notification: Mapping[str, Any]) -> dict[str, Any]:
    """Only a message of this kind may go to somebody who never wrote."""
    parameters = notification["parameters"]
    logo = {"brand_logo": {"data": parameters["brandLogo"]}} if "brandLogo" in parameters else {}
    return {
        "type": "invitation",
        "reference_id": notification["referenceId"],
        "brand_name": parameters["brandName"],
        "locale": notification["locale"],
        **logo,
    }


def _of_this_moment(interactive: dict[str, Any]) -> dict[str, Any]:
    """Another session and another request: the same content twice within ten seconds would count as one reply."""
    fresh = dict(interactive)
    if "sessionIdentifier" in fresh:
        fresh["sessionIdentifier"] = str(uuid.uuid4()).upper()
    data = fresh.get("data")
    request = data.get("requestIdentifier") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(request, str) and not request.startswith(TELEPHONE):
        fresh["data"] = data | {"requestIdentifier": str(uuid.uuid4())}
    return fresh


def _signed_anew(reference: dict[str, Any]) -> dict[str, Any]:
    """A reference to something else: the signature tells contents apart (protocol/08 §6)."""
    signature = b"\x81" + secrets.token_bytes(20)
    fresh = {"signature": signature.hex().upper(), "signature-base64": base64.b64encode(signature).decode()}
    return {**reference, **{key: value for key, value in fresh.items() if key in reference}}


def _files(attachments: object) -> list[dict[str, str]]:
    """Small files of these names: what the samples point to cannot be downloaded. Empty for any other form."""
    if not isinstance(attachments, list):
        return []
    if not all(isinstance(one, dict) and {"name", "mimeType"} <= one.keys() for one in attachments):
        return []
    return [
        {
            "name": one["name"],
            "mime_type": one["mimeType"],
            "data_base64": base64.b64encode(f"A sample of {one['name']}\n".encode()).decode(),
        }
        for one in attachments
    ]
