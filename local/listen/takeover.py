"""All of a business's conversations led to one endpoint for a while, and back again, whatever happens."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from local.listen.api import ChangedMeanwhileError
from local.stack.errors import StackError
from local.stack.state import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.listen.api import Api, NewEndpoint, Rules

DESCRIPTION: Final = "parley listen, until it ends"
_TRIES: Final = 4


@contextmanager
def taken_over(
    api: Api, url: str, memory: Path, say: Callable[[str], None], *, prepare: Callable[[NewEndpoint], None]
) -> Iterator[NewEndpoint]:
    """Make an endpoint for `url` and route everything to it; on leaving, restore the routes and remove it.

    `prepare` is called with the endpoint before anything leads there. `memory` is a file that knows the routes as
    they were: what a crash leaves behind, the next call mends first. Raises StackError.
    """
    with _alone(memory):
        restore(api, memory, say)
        endpoint = api.create_endpoint(url, DESCRIPTION)
        try:
            prepare(endpoint)
            _lead_to(api, endpoint.id, memory)
            yield endpoint
        finally:
            _give_back(api, endpoint, memory, say)


@contextmanager
def _alone(memory: Path) -> Iterator[None]:
    """Two at a time would restore each other's routes."""
    lock = memory.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError("Somebody is listening to this business already.", hint="Let them quit first.") from None
        yield


def restore(api: Api, memory: Path, say: Callable[[str], None]) -> None:
    """Undo what `memory` knows of, if anything. Rules somebody else has put in place since then stay."""
    known = _remembered(memory)
    if known is None:
        return
    endpoint_id, before = known["endpoint_id"], known["rules"]
    for _ in range(_TRIES):
        now = api.routes()
        ours = [rule for rule in now.rules if rule["endpoint_id"] == endpoint_id]
        if not ours:
            break
        others = [rule for rule in now.rules if rule["endpoint_id"] != endpoint_id]
        try:
            api.replace_routes(others or before, etag=now.etag)
        except ChangedMeanwhileError:
            continue
        say("The routes are as they were before." if not others else "Your changes to the routes were kept.")
        break
    else:
        raise StackError("The routes keep changing, so they could not be restored.", hint=f"See {memory}")
    api.remove_endpoint(endpoint_id)
    memory.unlink(missing_ok=True)


def _give_back(api: Api, endpoint: NewEndpoint, memory: Path, say: Callable[[str], None]) -> None:
    try:
        if memory.exists():
            restore(api, memory, say)
        else:
            api.remove_endpoint(endpoint.id)
    except StackError as error:
        raise StackError(
            f"The routes could not be restored: {error.message}",
            hint="Once the business API answers again, the next parley listen restores them first.",
        ) from error


def _lead_to(api: Api, endpoint_id: str, memory: Path) -> None:
    """One rule that matches everything: a more specific one beside it would win, wherever it stood."""
    rules: Rules = [{"endpoint_id": endpoint_id}]
    for _ in range(_TRIES):
        before = api.routes()
        # First on disk, then in force: whenever this ends, somebody knows the way back.
        write_private(memory, json.dumps({"endpoint_id": endpoint_id, "rules": before.rules}) + "\n")
        try:
            return api.replace_routes(rules, etag=before.etag)
        except ChangedMeanwhileError:
            continue
    raise ChangedMeanwhileError("Somebody else keeps changing the routes.", hint="Try again in a moment.")


def _remembered(memory: Path) -> dict[str, Any] | None:
    try:
        known = json.loads(memory.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        raise StackError(f"{memory} is damaged.", hint="Look at the routes, then remove that file.") from None
    return dict(known)
