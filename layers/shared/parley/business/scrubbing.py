"""Looks for what somebody said in whatever else stands in their answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from parley.apple.replies.tolerant import text, word
from parley.business.model import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMES: Final = frozenset(
    {
        "bid",
        "imageIdentifier",
        "mspVersion",
        "pageIdentifier",
        "requestIdentifier",
        "sessionIdentifier",
        "style",
        "template",
        "type",
        "version",
    }
)
"""What leads from an answer to its question, or only says how it looks: none of it is the customer's."""

_FIELD: Final = re.compile("[A-Za-z-]+")
"""What Apple calls a field. Somebody may well answer `data`; nothing is called `A-1234`."""

_SHORT: Final = 4
"""own: a value of fewer characters is looked for as a word; it would be found in every text."""

_MOST: Final = 500
"""own: of more values than that everything is taken to say one of them, rather than to look for each everywhere."""

_DEEPEST: Final = 40
"""own: no reply is nested further; whatever lies deeper is taken out unread."""


def leaves(value: object, depth: int = 0) -> Iterator[str]:
    """Every word of a document, but for those that only say of what type something is."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "type":
                yield from leaves(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, depth + 1)
    elif (said := word(value)) is not None and said != REDACTED:
        yield said


class Search:
    """Looks for values in whatever else stands in a reply."""

    def __init__(self, values: Iterable[str]) -> None:
        folded = {value.strip().casefold() for value in values}
        self._everywhere = len(folded) > _MOST
        self._long = [value for value in folded if len(value) >= _SHORT]
        short = "|".join(re.escape(value) for value in folded if len(value) < _SHORT)
        self._short = re.compile(rf"(?<!\w)(?:{short})(?!\w)") if short else None

    def outside(self, entry: object) -> object:
        """Another page's answer stays as it is; what is none is looked into."""
        return entry if isinstance(entry, dict) else self.scrubbed(entry)

    def scrubbed(self, value: Any, depth: int = 0) -> Any:
        """A copy in which every text that says one of the values is taken out."""
        if depth > _DEEPEST:
            return REDACTED
        if isinstance(value, dict):
            return {
                name if _FIELD.fullmatch(name) or not self._says(name) else REDACTED: self._member(
                    name, each, depth + 1
                )
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self.scrubbed(each, depth + 1) for each in value]
        return REDACTED if self._says(value) else value

    def _member(self, name: str, value: Any, depth: int) -> Any:
        if name == "replyMessage" and isinstance(value, dict):
            # Worded by the device, in its own language and its own way of writing days.
            return {key: each if key in _NAMES else REDACTED for key, each in value.items()}
        if name == "images" and isinstance(value, list):
            return [self._image(each, depth + 1) for each in value]
        return value if name in _NAMES and not isinstance(value, dict | list) else self.scrubbed(value, depth)

    def _image(self, image: Any, depth: int) -> Any:
        """A picture is no text, whatever its Base64 spells."""
        if not isinstance(image, dict):
            return self.scrubbed(image, depth)
        return {name: value if name == "data" else self.scrubbed(value, depth) for name, value in image.items()}

    def _says(self, value: object) -> bool:
        said = text(value)
        if said is None:
            return False
        if self._everywhere:
            return True
        said = said.casefold()
        return any(each in said for each in self._long) or bool(self._short and self._short.search(said))
