"""`parley keys`: a business's API keys, from a terminal."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from local import replay
from local.business_api import RefusedError
from local.console import expected_failures, say
from local.management import AsJson, Key, Url, api_of
from local.stack.errors import StackError
from parley.business.bounds import DEFAULT_OVERLAP_HOURS, MAX_OVERLAP_HOURS

keys = typer.Typer(help="A business's API keys.", no_args_is_help=True, rich_markup_mode=None)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="What stands before the dot of a key.")]

_SPAN: Final = re.compile(r"(\d{1,5})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_MEND: Final = {
    "exceeds_key": "Ask for no more than the key of this call has, or show another with PARLEY_API_KEY or --api-key.",
    "key_revoked": "Show another key with the scope keys: PARLEY_API_KEY, or --api-key.",
    "key_unknown": "parley keys list shows which there are.",
    "last_key": 'Make another first: parley keys create --name "…" --scope keys',
    "scope_missing": "Show a key that has the scope keys: PARLEY_API_KEY, or --api-key.",
    "settings_busy": "Press again.",
    "too_many_keys": "parley keys list shows them, parley keys revoke ID makes room.",
    "unauthorized": "The key of this call is wrong, disabled, expired or revoked: PARLEY_API_KEY, or --api-key.",
}
"""What to do about a refusal, by its code."""


class Scope(StrEnum):
    """What a key may do; see docs/api/keys.md."""

    READ = "read"
    SEND = "send"
    MANAGE = "manage"
    KEYS = "keys"
    PRIVACY = "privacy"


@keys.command("list")
def list_keys(*, api: Url = None, api_key: Key = None, as_json: AsJson = False) -> None:
    """All keys of the business, the oldest first."""
    with _failures():
        for each in api_of(api, api_key).call("GET", "/v1/keys")["data"]:
            _show(each, as_json=as_json)


@keys.command()
def show(identity: KeyId, *, api: Url = None, api_key: Key = None, as_json: AsJson = False) -> None:
    """One key: what it may do, until when, and when it was last used. Its secret is kept nowhere."""
    with _failures():
        found = api_of(api, api_key).call("GET", _path(identity))
        if as_json:
            _show(found, as_json=True)
            return
        for name, value in found.items():
            words = ", ".join(value) if isinstance(value, list) else value
            sys.stdout.write(f"{name:<21} {words}\n")


@keys.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="For whom or what it is.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; once for each.")],
    test: Annotated[bool, typer.Option("--test", help="Its messages are checked and answered, and reach nobody.")] = (
        False
    ),
    expires: Annotated[
        str | None, typer.Option(help="A time, or how long from now: 12h, 30d. Without it, as long as the key shown.")
    ] = None,
    api: Url = None,
    api_key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is printed this once. It can do no more, and lives no longer, than the key of this call."""
    with _failures():
        wanted: dict[str, Any] = {"name": name, "scopes": list(dict.fromkeys(each.value for each in scope))}
        if test:
            wanted["mode"] = "test"
        if expires is not None:
            wanted["expires_at"] = moment_to_come(expires, now=datetime.now(UTC))
        made = api_of(api, api_key).call("POST", "/v1/keys", wanted)
        _hand_over(made, as_json=as_json, words="Made {id}.")


@keys.command()
def rotate(
    identity: KeyId,
    *,
    overlap_hours: Annotated[
        int,
        typer.Option(min=0, max=MAX_OVERLAP_HOURS, help="So long the former secret stays good; 0 if it leaked."),
    ] = DEFAULT_OVERLAP_HOURS,
    api: Url = None,
    api_key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret, which is printed this once."""
    with _failures():
        made = api_of(api, api_key).call("POST", f"{_path(identity)}/rotate", {"overlap_hours": overlap_hours})
        until = "{previous_valid_until}" if "previous_valid_until" in made else "within 60 seconds at most"
        _hand_over(made, as_json=as_json, words=f"Rotated {{id}}. The former secret is good until {until}.")


@keys.command()
def revoke(
    identity: KeyId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    api: Url = None,
    api_key: Key = None,
) -> None:
    """Revoke a key for good; within 60 seconds it opens nothing any more."""
    with _failures():
        business = api_of(api, api_key)
        if not yes:
            typer.confirm(f"Revoke {identity} for good?", abort=True, err=True)
        business.call("DELETE", _path(identity))
        sys.stdout.write(f"Revoked {identity}. It may be taken for 60 seconds more.\n")


def moment_to_come(text: str, *, now: datetime) -> str:
    """RFC 3339 of what was written: a moment, or how long from now (`30m`, `12h`, `90d`). Raises StackError."""
    span = _SPAN.fullmatch(text)
    try:
        at = now + timedelta(**{_UNITS[span[2]]: int(span[1])}) if span else datetime.fromisoformat(text)
        return replay.moment(at.isoformat(), now=now)
    except (ValueError, OverflowError):
        raise StackError(
            f"{text} is no time.", hint="Write how long from now (12h, 30d), or 2036-11-23T12:00:00Z."
        ) from None


@contextmanager
def _failures() -> Iterator[None]:
    """A refusal says what to do about it."""
    with expected_failures():
        try:
            yield
        except RefusedError as refusal:
            raise StackError(refusal.message, hint=_MEND.get(refusal.code, "")) from refusal


def _path(identity: str) -> str:
    """A key that was given whole is named by its first part: the rest is secret, and paths are logged."""
    return f"/v1/keys/{quote(identity.partition('.')[0], safe='')}"


def _show(key: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(key) + "\n")
        return
    ends = f"  until {key['expires_at']}" if "expires_at" in key else ""
    scopes = ",".join(key["scopes"])
    sys.stdout.write(f"{key['id']}  {key['state']}  {key['mode']}  {scopes}{ends}  {key['name']}\n")


def _hand_over(made: dict[str, Any], *, as_json: bool, words: str) -> None:
    """The one time that a key is seen: on stdout alone, so that it can be piped to where it is kept."""
    say("Keep the key now: it is kept nowhere here, and is not shown again.")
    if as_json:
        sys.stdout.write(json.dumps(made) + "\n")
        return
    sys.stdout.write(f"{words.format(**made)}\n  API key  {made['key']}\n")
