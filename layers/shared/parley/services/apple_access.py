"""Calls of Apple's gateway that need a token, made again with the other one when the first is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from parley.apple.gateway import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.apple.gateway import GatewayAnswer
    from parley.apple.tokens import Signer
    from parley.services import ports


class Answered(Protocol):
    """What every such call comes back with."""

    @property
    def answer(self) -> GatewayAnswer:
        """Apple's verdict and words."""


class AppleAccess:
    """Signs with the current secret; on a 403 once more, fresh, with the other active one (protocol/03 §6)."""

    def __init__(self, *, credentials: ports.Credentials, signer: Signer) -> None:
        self._credentials = credentials
        self._signer = signer

    def __call__[A: Answered](self, call: Callable[[str], A]) -> A:
        """`call` takes a token; it is made once, or twice."""
        first = self._credentials.active()[0]
        answered = call(self._signer.token(first))
        if answered.answer.verdict is not Verdict.FORBIDDEN:
            return answered
        renewed = self._credentials.refetch() or [first]
        other = next((credential for credential in renewed if credential != first), renewed[0])
        return call(self._signer.token(other, fresh=True))
