"""The body of a `/constructPayload` request: Apple builds the rich link (protocol/13 §1)."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from parley.apple.wire.node import Node
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, checked, pattern
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault


def _version(value: float) -> Iterator[Complaint]:
    if value != 1:
        yield "unknown_value", "write the number 1.0"


class _Content(Wire):
    url: HttpsUrl


class _Link(_Content):
    store_region: Annotated[
        str, checked(pattern(r"[A-Z]{2}", "write the country of the App Store in two capital letters, such as DE"))
    ] = ABSENT


class _Request(Wire):
    version: Annotated[float, checked(_version)]
    type: Literal["link", "music", "maps"]


class _LinkRequest(_Request):
    link: _Link


class _MusicRequest(_Request):
    music: _Content


class _MapsRequest(_Request):
    maps: _Content


_UNPROVEN: Final[dict[str, type[_Request]]] = {"music": _MusicRequest, "maps": _MapsRequest}


def check(body: Node) -> Iterator[Fault]:
    """Judge the body by its `type`."""
    kind = body.at("type")
    model = _UNPROVEN.get(kind.text or "")
    yield from structure(model or _LinkRequest, body)
    if model is not None:
        yield kind.warning("unproven", "Apple's pages name only link; music and maps are hearsay")
