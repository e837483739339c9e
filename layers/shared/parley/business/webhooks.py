"""The bodies of webhooks: `{type, timestamp, data}`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def iso(now: float) -> str:
    """Unix seconds as RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(kind: str, *, at: float, data: dict[str, Any]) -> bytes:
    """One webhook body. Bytes, because the signature covers exactly these."""
    return json.dumps(
        {"type": kind, "timestamp": iso(at), "data": data}, ensure_ascii=False, separators=(",", ":")
    ).encode()
