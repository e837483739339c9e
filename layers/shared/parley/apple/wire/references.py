"""What Apple keeps for us and we name by reference: `interactiveDataRef`, `richLinkDataRef` (protocol/09 §3, 13 §1).

A reference is stored and sent verbatim, so members we do not know stay in it.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from parley.apple.wire.attachments import Key
from parley.apple.wire.kinds import BUILT_IN_BID, is_app_bid
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, Plain, Visible, checked, pattern
from parley.apple.wire.structure import Wire

_Base64 = Annotated[
    str,
    checked(
        pattern(
            r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=",
            "write it in standard base64 as Apple gave it, not in hex",
        )
    ),
]


def _bid(value: str) -> Iterator[Complaint]:
    if value != BUILT_IN_BID and not is_app_bid(value):
        yield "malformed", f"write the bid the reference came with, such as {BUILT_IN_BID}"


class _Reference(Wire):
    model_config = ConfigDict(extra="allow")

    url: HttpsUrl
    owner: Visible
    size: Annotated[int, Field(ge=1)]
    signature_base64: _Base64 = Field(alias="signature-base64")
    title: Plain = ABSENT
    data_ref_sig: Visible = ABSENT


class RichLinkReference(_Reference):
    """The answer of `/constructPayload`."""

    key: Key
    bid: Annotated[str, checked(_bid)] = ABSENT


class InteractiveReference(_Reference):
    """A large message Apple has stored; the key may be missing, Apple keeps it."""

    bid: Annotated[str, checked(_bid)]
    key: Key = ABSENT
