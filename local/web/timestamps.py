"""Times as the control API writes them."""

from datetime import UTC, datetime


def iso_utc(seconds: float) -> str:
    """Write a Unix time as ISO 8601 in UTC with milliseconds: `2026-01-01T00:00:00.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
