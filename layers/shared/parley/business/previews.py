"""Title and picture of a link: the MSP fetches them itself, Apple does not (protocol/03 §4)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parley.business import links, pictures
from parley.errors import Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.business.fetch import GuardedFetch

MAX_PAGE_BYTES: Final = 512 * 1024
"""own: how much of a page is read to find its head."""

MAX_IMAGE_BYTES: Final = 3 * 1024 * 1024
"""own: a page's picture is made for previews; a larger one would not be ready in time."""

MAX_IMAGES: Final = 3
"""own: how many of a page's pictures are tried."""

MAX_KEPT: Final = 128
KEPT_SECONDS: Final = 3600.0
KEPT_FAILURE_SECONDS: Final = 60.0
"""own: soon enough for a page that was down, seldom enough for one that stays so."""

FAIR_SECONDS: Final = 1.0
"""own: a failure in less is not remembered; it says more of us than of the page."""

_PAGES: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Preview:
    """How a link is shown. `url` is it in ASCII, `image` the base64 of a PNG inside Apple's limits."""

    url: str
    title: str
    image: str | None = field(default=None, repr=False)


class Previews:
    """One per process, shared by threads; remembers what it found for an hour, and failures for a minute."""

    def __init__(self, fetch: GuardedFetch, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Preview | None]] = OrderedDict()
        self._lock = threading.Lock()

    def preview(self, url: str, seconds: float) -> Preview | None:
        """The preview of `url`, found within `seconds`; None when there is none to be had. Never raises."""
        address = links.ascii_url(url)
        if address is None:
            return None
        with self._lock:
            until, kept = self._kept.get(address, (0.0, None))
        if self._clock() < until:
            return kept
        found, lasts = self._find(address, time.monotonic() + seconds)
        if lasts > KEPT_FAILURE_SECONDS or seconds >= FAIR_SECONDS:
            self._keep(address, found, lasts)
        return found

    def _keep(self, address: str, found: Preview | None, seconds: float) -> None:
        with self._lock:
            self._kept[address] = (self._clock() + seconds, found)
            self._kept.move_to_end(address)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def _find(self, url: str, deadline: float) -> tuple[Preview | None, float]:
        """What there is, and for how many seconds that holds."""
        try:
            left = deadline - time.monotonic()
            page = self._fetch.get(url, types=_PAGES, max_bytes=MAX_PAGE_BYTES, seconds=left)
        except (Rejected, Retryable):
            return None, KEPT_FAILURE_SECONDS
        from parley.business import open_graph  # a function that meets no link has no use for an HTML parser

        card = open_graph.read(page.content, page.content_type, page.url)
        if card.title is None:
            return None, KEPT_SECONDS
        image = self._image(card.images[:MAX_IMAGES], deadline)
        whole = image is not None or not card.images
        return Preview(url, card.title, image), KEPT_SECONDS if whole else KEPT_FAILURE_SECONDS

    def _image(self, addresses: Sequence[str], deadline: float) -> str | None:
        """The first that can be fetched and read in time."""
        for address in addresses:
            url = links.ascii_url(address)
            left = deadline - time.monotonic()
            if url is None or left <= 0:
                continue
            try:
                found = self._fetch.get(url, types=pictures.TYPES, max_bytes=MAX_IMAGE_BYTES, seconds=left)
                if found.whole:
                    return pictures.fit(found.content, "").base64
            except (Rejected, Retryable):
                continue
        return None
