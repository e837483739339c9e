"""What Apple hands over: one customer event per POST (protocol/02 §1).

Read by hand, not with pydantic: this runs in the cold start of the one function Apple waits for.
Tolerant on purpose: unknown keys and types pass, only what storing and routing need is required.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from parley.apple import capabilities, limits
from parley.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID: Final = re.compile(rf"[A-Za-z0-9._:-]{{1,{limits.MAX_ID_CHARS}}}")

TYPING: Final = frozenset({"typing_start", "typing_end"})
CLOSE: Final = "close"
TEXT: Final = "text"
INTERACTIVE: Final = "interactive"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One customer event. `raw` is Apple's JSON as it came, `text` the same as compact ASCII JSON."""

    id: str
    type: str
    source_id: str
    destination_id: str
    raw: dict[str, Any] = field(repr=False)
    text: str = field(repr=False)
    capabilities: list[str] | None = None

    @property
    def locale(self) -> str | None:
        """Language and region, such as `en_US`; missing on some replies (protocol/02 §1)."""
        return _word(self.raw.get("locale"))

    @property
    def intent(self) -> str | None:
        """The entry point's intent id, if this message carries one (protocol/02 §1)."""
        return _word(self.raw.get("intent"))

    @property
    def group(self) -> str | None:
        """The entry point's group id, if this message carries one (protocol/02 §1)."""
        return _word(self.raw.get("group"))

    @property
    def is_typing(self) -> bool:
        """Ephemeral: never stored, never retried (protocol/02 §4)."""
        return self.type in TYPING

    @property
    def is_authored(self) -> bool:
        """Written by the customer, which reopens a closed conversation (protocol/02 §4)."""
        return self.type in {TEXT, INTERACTIVE}

    @property
    def closes(self) -> bool:
        """The customer left. With `referenceIds` only invitations are meant (protocol/02 §5)."""
        return self.type == CLOSE and not self.raw.get("referenceIds")

    @property
    def session(self) -> str | None:
        """`sessionIdentifier` of an interactive reply (protocol/02 §6)."""
        data = self.raw.get("interactiveData")
        return _word(data.get("sessionIdentifier")) if isinstance(data, dict) else None

    @property
    def needs_transfer(self) -> bool:
        """Something has to be fetched from Apple, whose URLs are short-lived (protocol/08 §3)."""
        return bool(self.raw.get("attachments")) or isinstance(self.raw.get("interactiveDataRef"), dict)


def read(body: bytes, headers: Mapping[str, str]) -> InboundMessage:
    """Read one inflated body and its headers (lower-case names) into a message.

    Ids in the headers must repeat those of the body (protocol/02 §1). Raises Rejected with a reason code.
    """
    raw, text = _parse(body)
    message = InboundMessage(
        id=_required(raw, "id", _ID).lower(),
        type=_required(raw, "type", _ID),
        source_id=_opaque(raw),
        destination_id=_required(raw, "destinationId", _ID).lower(),
        raw=raw,
        text=text,
        capabilities=capabilities.parse(headers.get("capability-list")),
    )
    _require_same(message.id, headers.get("id"), "id", folded=True)
    _require_same(message.source_id, headers.get("source-id"), "source-id", folded=False)
    _require_same(message.destination_id, headers.get("destination-id"), "destination-id", folded=True)
    return message


def _parse(body: bytes) -> tuple[dict[str, Any], str]:
    """The body as a dict, and again as text that every queue and table takes.

    ASCII with escapes: SQS refuses U+FFFE and U+FFFF, and a lone surrogate is no UTF-8 at all.
    """
    try:
        raw = json.loads(body)
        text = dump(raw)
        if "\\ud" in text:
            raw = _mended(raw)
            text = dump(raw)
    except (ValueError, RecursionError):
        raise Rejected("the body is not JSON", code="body_not_json") from None
    if not isinstance(raw, dict):
        raise Rejected("the body must be a JSON object", code="body_not_object", path="")
    return raw, text


def _mended(value: Any) -> Any:
    """`value` with every lone surrogate replaced by U+FFFD: half a character has no meaning to keep."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def dump(raw: object) -> str:
    """Compact ASCII JSON. Raises ValueError for NaN and infinities, which are not JSON."""
    return json.dumps(raw, separators=(",", ":"), allow_nan=False)


def _required(raw: dict[str, Any], key: str, form: re.Pattern[str]) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Rejected(f"'{key}' is missing or malformed", code=f"{_snake(key)}_invalid", path=f"/{key}")
    return value


def _opaque(raw: dict[str, Any]) -> str:
    value = raw.get("sourceId")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        raise Rejected("'sourceId' is missing or malformed", code="source_id_invalid", path="/sourceId")
    if not 1 <= len(value) <= limits.MAX_OPAQUE_ID_CHARS:
        raise Rejected("'sourceId' is empty or too long", code="source_id_invalid", path="/sourceId")
    return value


def _require_same(value: str, header: str | None, name: str, *, folded: bool) -> None:
    if header is None:
        raise Rejected(f"the header '{name}' is missing", code="header_missing")
    shown = header.strip()
    if (shown.lower() if folded else shown) != value:
        raise Rejected(f"the header '{name}' differs from the body", code="header_body_mismatch")


def _word(value: object) -> str | None:
    return value[:256] if isinstance(value, str) and value.strip() else None


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower()
