"""The MSP's keys, as Apple Business Register hands them out: a new one beside the old, then the new one alone."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from local.web.json_requests import RequestError

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.gateway.gateway import Gateway

MOST_KEYS = 5
_KEY_BYTES = 32


class Keys:
    """Handlers for the keys. Every key verifies what the MSP sends; the first signs what phones send."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def get_keys(self, _: Request) -> Response:
        """Tell them apart without showing them."""
        return JSONResponse(self._shown())

    async def post_key(self, _: Request) -> Response:
        """Issue one more: taken from the MSP at once, and shown this once. Phones go on signing with the old one."""
        known = self._gateway.config.secrets
        if not known:
            raise RequestError(409, "No MSP is configured: PUT msp_id and secrets to /control/config.")
        if len(known) >= MOST_KEYS:
            raise RequestError(
                409, f"{len(known)} keys are enough; DELETE /control/keys/others keeps the one that signs."
            )
        issued = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        self._keep([*known, issued])
        return JSONResponse({"msp_id": self._gateway.config.msp_id, "secret": issued, **self._shown()}, 201)

    async def post_switch(self, _: Request) -> Response:
        """From now on phones sign with the newest."""
        known = self._gateway.config.secrets
        self._keep(known[-1:] + known[:-1])
        return JSONResponse(self._shown())

    async def delete_others(self, _: Request) -> Response:
        """Only the key that signs is taken from now on."""
        self._keep(self._gateway.config.secrets[:1])
        return JSONResponse(self._shown())

    def _keep(self, known: list[str]) -> None:
        # Not configure(): that would put the configured customers back over what they have become.
        self._gateway.config = self._gateway.config.model_copy(update={"secrets": known})

    def _shown(self) -> dict[str, Any]:
        known = self._gateway.config.secrets
        return {"keys": [{"fingerprint": fingerprint(key), "signs": place == 0} for place, key in enumerate(known)]}


def fingerprint(secret: str) -> str:
    """Which key it is, for people: of 32 random bytes it tells nothing else."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]
