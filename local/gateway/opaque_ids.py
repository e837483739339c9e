"""The ids customers have at a business (protocol/02 §1)."""

import base64
import secrets

_HEAD = bytes.fromhex("01000060")
_BYTES = 121


def new_opaque_id() -> str:
    """Make an opaque id of the usual form and length."""
    return "urn:mbid:" + base64.b64encode(_HEAD + secrets.token_bytes(_BYTES - len(_HEAD))).decode()
