"""`parley replay`: one message again, or the webhooks of a span of time, with their progress."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from local.stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.business_api import BusinessApi

_AGO: Final = re.compile(r"(\d{1,6})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_RUN: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)
_POLL_SECONDS: Final = 1.0


def is_replay(identity: str) -> bool:
    """Whether this is the id of a replay rather than of a message."""
    return _RUN.fullmatch(identity) is not None


def moment(text: str, *, now: datetime) -> str:
    """RFC 3339 of what was written: a moment, or how long ago (`90s`, `30m`, `2h`, `3d`). Raises StackError."""
    if ago := _AGO.fullmatch(text):
        at = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    else:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise StackError(
                f"{text} is no time.", hint="Write how long ago (30m, 2h, 3d), or 2026-11-23T12:00:00Z."
            ) from None
        if at.tzinfo is None:
            at = at.astimezone()
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def one(api: BusinessApi, message_id: str, *, resend: bool) -> Any:
    """Have one message delivered again."""
    return api.call("POST", f"/v1/deliveries/{quote(message_id, safe='')}/replay", {"resend": resend})


def begin(api: BusinessApi, *, since: str, until: str, state: str, endpoint: str | None, rate: int | None) -> Any:
    """Begin the replay of a span of time."""
    wanted: dict[str, Any] = {"since": since, "until": until, "state": state}
    if endpoint is not None:
        wanted["endpoint_id"] = endpoint
    if rate is not None:
        wanted["rate_per_second"] = rate
    return api.call("POST", "/v1/replays", wanted)


def turn(api: BusinessApi, run_id: str, verb: str) -> Any:
    """Cancel or resume a replay."""
    return api.call("POST", f"/v1/replays/{run_id}/{verb}")


def watch(api: BusinessApi, run: Any, *, sleep: Callable[[float], None]) -> Iterator[Any]:
    """A replay as it goes on, each time something has changed, until it stands still."""
    yield run
    while run["state"] == "running":
        sleep(_POLL_SECONDS)
        before, run = run, api.call("GET", f"/v1/replays/{run['id']}")
        if run != before:
            yield run


def in_words(run: Any) -> str:
    """One line about a replay."""
    reached = f", up to {run['reached']}" if "reached" in run else ""
    return f"{run['id']}  {run['state']}: {run['replayed']} replayed of {run['examined']} looked at{reached}"
