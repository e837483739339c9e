"""A rich link (protocol/03 §4)."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from parley.apple.wire.any_content import Content
from parley.apple.wire.node import Node
from parley.apple.wire.pictures import Png
from parley.apple.wire.references import RichLinkReference
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, UIText, checked, pattern, refused, url
from parley.apple.wire.structure import Wire, structure
from parley.errors import Fault


def _web_url(value: str) -> Iterator[Complaint]:
    if not value.lower().startswith(("https://", "http://")):
        yield "not_https", "start it with https:// (a custom scheme is refused; use a universal link)"
    yield from url(value)


class _Image(Wire):
    data: Png
    mime_type: Literal["image/png"]


class _Video(Wire):
    url: HttpsUrl
    mime_type: Annotated[str, checked(pattern(r"video/[A-Za-z0-9.+-]+", "write a video type such as video/mp4"))]


class _Assets(Wire):
    image: _Image = ABSENT
    video: _Video = ABSENT


class _RichLinkData(Wire):
    url: Annotated[str, checked(_web_url)]
    title: UIText
    assets: _Assets


class _RichLink(Content):
    rich_link_data: _RichLinkData = ABSENT
    rich_link_data_ref: RichLinkReference = ABSENT
    body: Annotated[Any, refused("remove it: a rich link has no body")] = ABSENT


def check(content: Node, _now: float) -> Iterator[Fault]:
    """Judge a rich link: by its data, or by reference."""
    yield from structure(_RichLink, content)
    data = content.at("richLinkData")
    if not content.has("richLinkData"):
        if not content.has("richLinkDataRef"):
            yield data.fault("required", "add it, or richLinkDataRef")
        return
    if content.has("richLinkDataRef"):
        yield data.fault("exclusive", "keep richLinkData or richLinkDataRef, not both")
    yield from _data(data)


def _data(data: Node) -> Iterator[Fault]:
    link, assets = data.at("url"), data.at("assets")
    if (link.text or "").lower().startswith("http://"):
        yield link.warning("not_https", "prefer https://")
    if isinstance(assets.value, dict) and not assets.has("image"):
        if assets.has("video"):
            yield assets.at("image").warning("no_poster", "add a picture to be shown before the video plays")
        else:
            yield assets.fault("required", "add an image, a video or both")
