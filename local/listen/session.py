"""Listening from beginning to end: register, hear, hand on, replay, and leave everything as it was."""

from __future__ import annotations

import json
import queue
import signal
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from local.listen import keyboard, lines
from local.listen.api import Api
from local.listen.listener import Heard, Listener, serving
from local.listen.takeover import taken_over
from local.listen.target import Target
from local.stack.errors import StackError
from parley.business import signing
from parley.errors import Fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.listen.api import NewEndpoint
    from local.listen.where import Where

type Write = Callable[[str], None]
type Happenings = queue.SimpleQueue[Heard | str]
"""Webhooks that were heard, and keys that were pressed. A signal may interrupt whoever reads: no Queue bears that."""

_INTERRUPTED: Final = "interrupted"
_DIGITS: Final = 9

ROUTES_SECONDS: Final = 5
"""How long the functions may go on with the routes they know."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    to: str | None = None
    secret: str | None = field(default=None, repr=False)
    port: int = 0
    once: int | None = None
    as_json: bool = False
    show: bool = False


def listen(where: Where, wishes: Wishes, *, write: Write, say: Write) -> None:
    """Return when enough was heard or somebody pressed q. However it ends, all is restored first. Raises StackError."""
    if wishes.secret is not None:
        _require(wishes.secret)
    happenings: Happenings = queue.SimpleQueue()
    target = None if wishes.to is None else Target(wishes.to)
    listener = Listener(target, happenings.put, secret=wishes.secret)
    api = Api(where.api_url, where.api_key)

    def prepare(endpoint: NewEndpoint) -> None:
        listener.believe(endpoint.secret, *where.other_secrets)

    with ExitStack() as stack:
        stack.enter_context(_interrupted_in_turn(happenings))
        url = stack.enter_context(serving(listener, wishes.port))
        endpoint = stack.enter_context(taken_over(api, where.public_url or url, where.memory, say, prepare=prepare))
        _tell_beginning(where, wishes, url, endpoint.id, wishes.secret or endpoint.secret, write=write, say=say)
        if keyboard.is_there() and not wishes.as_json:
            stack.enter_context(keyboard.pressed(happenings.put))
            say("Press r to replay the last webhook, a number and r to replay another, q to quit.")
        _follow(happenings, listener, wishes, write=write, say=say)


def _require(secret: str) -> None:
    """Now, and not when the first webhook is to be handed on."""
    try:
        signing.signed_headers([secret], webhook_id="", timestamp=0, body=b"")
    except Fatal:
        raise StackError("The secret is not 'whsec_<base64>'.") from None


def _follow(happenings: Happenings, listener: Listener, wishes: Wishes, *, write: Write, say: Write) -> None:
    taken, typed = 0, ""
    while wishes.once is None or taken < wishes.once:
        happening = happenings.get()
        if isinstance(happening, Heard):
            write(_told(happening, wishes))
            taken += happening.answer.ok
        elif happening == _INTERRUPTED:
            raise KeyboardInterrupt
        elif happening.isdigit():
            typed = (typed + happening)[-_DIGITS:]
        elif happening == "q":
            return
        else:
            if happening == "r":
                replayed = listener.replay(int(typed) if typed else None)
                if replayed is None:
                    say(f"There is no webhook {typed} to replay." if typed else "There is nothing to replay.")
                else:
                    write(_told(replayed, wishes))
            typed = ""


def _tell_beginning(
    where: Where, wishes: Wishes, url: str, endpoint_id: str, secret: str, *, write: Write, say: Write
) -> None:
    if wishes.as_json:
        ready: dict[str, Any] = {"ready": True, "url": url, "endpoint_id": endpoint_id, "secret": secret}
        return write(json.dumps(ready))
    say(f"Listening on {url} as endpoint {endpoint_id}.")
    if where.public_url is not None:
        say(f"Webhooks go to {where.public_url}: whatever is there has to hand them on to {url}.")
    if wishes.to is not None and wishes.secret is None:
        say(f"They are handed on to {wishes.to}, signed with {secret}")
    return say(f"Every conversation leads here now; it may take {ROUTES_SECONDS} s until all functions know.")


def _told(heard: Heard, wishes: Wishes) -> str:
    if wishes.as_json:
        return json.dumps(lines.facts(heard, show=wishes.show), ensure_ascii=False)
    return lines.line(heard, show=wishes.show)


@contextmanager
def _interrupted_in_turn(happenings: Happenings) -> Iterator[None]:
    """Ctrl-C and a polite kill wait until they can be heeded: nothing is left half done, however often they come."""

    def interrupt(_signal: int, _frame: object) -> None:
        happenings.put(_INTERRUPTED)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
