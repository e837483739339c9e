"""Do a call once for each `Idempotency-Key`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from parley.errors import Conflict, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.calls import Answer
    from parley.services import ports

REPLAYED: Final = {"Idempotent-Replayed": "true"}


class Once:
    """Only what was done is remembered: a call that was refused or failed may be made again with the same key."""

    def __init__(self, *, calls: ports.Calls, new_id: Callable[[], str]) -> None:
        self._calls = calls
        self._new_id = new_id

    def __call__(
        self,
        business_id: str,
        key: str,
        *,
        request_hash: str,
        work: Callable[[], Answer],
        secrets: frozenset[str] = frozenset(),
    ) -> Answer:
        """What `work` answers, or what it answered the first time.

        `secrets` names what of the content is shown once: it is not kept, and so not repeated.
        Raises Conflict (`idempotency_conflict`, `in_progress`).
        """
        token = self._new_id()
        earlier = self._calls.begin(business_id, key, request_hash=request_hash, token=token)
        if earlier is not None and earlier.request_hash != request_hash:
            raise Conflict(
                "this Idempotency-Key was used for another request; take a new key", code="idempotency_conflict"
            )
        if earlier is not None and earlier.answer is None:
            raise Conflict("the first call with this Idempotency-Key is still at work", code="in_progress")
        if earlier is not None and earlier.answer is not None:
            return replace(earlier.answer, headers=earlier.answer.headers | REPLAYED)
        try:
            answer = work()
        except Exception:
            with suppress(Retryable):
                self._calls.abandon(business_id, key, token=token)
            raise
        # What is done is done: that it could not be remembered must not hide it from the one who asked.
        with suppress(Retryable):
            self._calls.finish(business_id, key, token=token, answer=_without(answer, secrets))
        return answer


def _without(answer: Answer, secrets: frozenset[str]) -> Answer:
    kept = {name: value for name, value in (answer.content or {}).items() if name not in secrets}
    return replace(answer, content=kept if answer.content is not None else None)
