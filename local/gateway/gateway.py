"""What all parts of the gateway share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from local.gateway import tokens
from local.gateway.faults import Faults
from local.gateway.files import PhoneFiles
from local.gateway.journal import Journal
from local.gateway.judge import Setting
from local.gateway.mmcs import Mmcs
from local.gateway.phones import Phones
from local.gateway.references import References
from local.gateway.refusal import RefusalError, malformed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from local.gateway.config import Config
    from local.gateway.journal import Call


class Gateway:
    """The gateway's state and the checks every call passes. `state_dir` holds uploaded objects."""

    def __init__(self, config: Config, state_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.phones = Phones(clock=clock)
        self.store = Mmcs(state_dir / "mmcs", clock=clock)
        self.files = PhoneFiles(self.store)
        self.references = References(self.store, clock=clock)
        self.faults = Faults()
        self.journal = Journal(clock=clock)
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Put a configuration in force; its customers are added to those already known, or change them."""
        self.config = config
        for customer in config.customers:
            self.phones.register(customer)

    @property
    def setting(self) -> Setting:
        """What messages are judged against right now."""
        merchant_ids = self.config.merchant_ids
        return Setting(self.clock(), None if merchant_ids is None else frozenset(merchant_ids))

    def reset(self) -> None:
        """Forget conversations, calls, faults and objects; configuration and customers stay."""
        self.phones.reset()
        self.files.clear()
        self.store.clear()
        self.faults.delete()
        self.journal.clear()

    def authorize(self, request: Request) -> None:
        """Check the token of a call: 401 without, 403 with a wrong one (protocol/01 §3.2)."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            raise RefusalError(401, "Authorization is missing")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise RefusalError(403, "Authorization must be Bearer and a token")
        try:
            tokens.verify(token.strip(), msp_id=self.config.msp_id or "", keys=self.config.keys, now=self.clock())
        except tokens.TokenError as error:
            raise RefusalError(403, f"Token not valid: {error}") from error

    def require_business(self, business_id: str) -> None:
        """Refuse a business that did not select this MSP: 403, as far as is known (protocol/01 §3.2)."""
        if business_id not in self.config.businesses:
            raise RefusalError(403, "source-id is not a business of this MSP")

    def require_source(self, request: Request) -> None:
        """Check `source-id` where it is the only id of a call."""
        source = request.headers.get("source-id")
        if not source:
            raise malformed("header source-id is missing")
        self.require_business(source)


def base_url(request: Request) -> str:
    """Return how the client reaches the gateway, so that URLs it is handed work for it too."""
    return str(request.base_url).rstrip("/")


def call_of(request: Request) -> Call:
    """Return the record of the call being answered."""
    call: Call = request.scope["state"]["call"]
    return call
