"""`state.json`: the identities and secrets of a local stack, made once and kept."""

import base64
import os
import secrets
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from local.stack.errors import StackError
from parley.business import keys

_VERSION = 1
_KEY_BYTES = 32
# A customer's opaque id is `urn:mbid:` and base64 text of about 160 characters (protocol/02 §2).
_OPAQUE_ID_BYTES = 117


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Msp(_Kept):
    """What Apple would have issued: the MSP's id and its secret (base64)."""

    id: str
    secret: str


class Business(_Kept):
    """The demo business: its id, webhook secret and API key."""

    id: str
    name: str
    webhook_secret: str
    key_id: str
    key_secret: str

    @property
    def api_key(self) -> str:
        """The bearer token of the business API: `<key id>.<secret>`."""
        return f"{self.key_id}.{self.key_secret}"


class Customer(_Kept):
    """The customer whose phone is simulated."""

    opaque_id: str
    name: str
    locale: str
    capabilities: tuple[str, ...]


class State(_Kept):
    """All that outlives `down`."""

    version: int
    ports: dict[str, int]
    msp: Msp
    business: Business
    customer: Customer

    @classmethod
    def fresh(cls, ports: Mapping[str, int]) -> Self:
        """New identities and secrets."""
        return cls(
            version=_VERSION,
            ports=dict(ports),
            msp=Msp(id=str(uuid.uuid4()), secret=_key()),
            business=Business(
                id=str(uuid.uuid4()),
                name="Demo Business",
                webhook_secret=f"whsec_{_key()}",
                key_id=(key_id := keys.new_id("live")),
                key_secret=keys.new_secret(key_id),
            ),
            customer=Customer(
                opaque_id="urn:mbid:" + base64.b64encode(secrets.token_bytes(_OPAQUE_ID_BYTES)).decode(),
                name="Alex",
                locale="en_US",
                capabilities=("AUTH", "AUTH2", "FORM", "LIST", "QUICK", "TIME"),
            ),
        )

    def save(self, path: Path) -> None:
        """Write the file whole or not at all, readable by its owner only."""
        write_private(path, self.model_dump_json(indent=2) + "\n")


def read_state(path: Path) -> State | None:
    """The kept state, or None before the first `up`. Raises StackError for a file that is no state."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return None
    try:
        return State.model_validate_json(text)
    except ValidationError:
        raise StackError(
            f"{path} is damaged or of another version.",
            hint="Remove everything of this local stack with: parley down --purge",
        ) from None


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; mode 0600 from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
