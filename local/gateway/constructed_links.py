"""POST /v1/constructPayload: links Apple builds from what it knows itself (protocol/13 §1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.gateway.gateway import base_url
from local.gateway.judge.fields import Fields
from local.gateway.judge.wording import MAX_UI_CHARACTERS, judge_https
from local.gateway.refusal import malformed
from local.web.bodies import read_body
from local.web.strict_json import parse_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway

MAX_BODY_BYTES = 100_000
STORE_REGION = re.compile(r"[A-Z]{2}")


class ConstructedLinks:
    """Builds a link for the URLs the configuration calls App Clips."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    @property
    def routes(self) -> list[Route]:
        """The one path."""
        return [Route("/v1/constructPayload", self.construct, methods=["POST"])]

    async def construct(self, request: Request) -> Response:
        """Answer with a `richLinkDataRef`, or 400 for a URL without an App Clip."""
        self._gateway.authorize(request)
        if "source-id" in request.headers:
            self._gateway.require_source(request)
        try:
            body = Fields(parse_object(await read_body(request, limit=MAX_BODY_BYTES)))
        except ValueError as error:
            raise malformed(str(error)) from error
        link = _judge(body)
        url = link.text("url")
        if not any(url.startswith(beginning) for beginning in self._gateway.config.app_clips):
            raise malformed(f"{link.path('url')} has no App Clip; send an ordinary rich link")
        content = {"url": url, "title": title_of(url)}
        reference = self._gateway.references.for_link(content, base_url=base_url(request))
        return JSONResponse({"version": "1.0", "richLinkDataRef": reference})


def _judge(body: Fields) -> Fields:
    """Judge the request; returns its link."""
    if body.number("version") != 1:
        raise body.wrong("version", "must be the number 1.0")
    body.one_of("type", ["link"])
    link = body.object("link")
    judge_https(link, "url")
    if "storeRegion" in link and STORE_REGION.fullmatch(link.text("storeRegion")) is None:
        raise link.wrong("storeRegion", "must be a country of the App Store, such as DE")
    return link


def title_of(url: str) -> str:
    """Make up the title an App Clip would have: `Rent bike 77` for `https://…/rent?bike=77`."""
    parts = urlsplit(url)
    words = re.findall(r"\w+", unquote_plus(f"{parts.path} {parts.query}"))
    return " ".join(words).capitalize()[:MAX_UI_CHARACTERS] or str(parts.hostname)
