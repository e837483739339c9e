"""The dictionary that describes an uploaded attachment (protocol/08 §2)."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from parley.apple import limits
from parley.apple.wire.rules import ABSENT, Complaint, HttpsUrl, Visible, checked, pattern, refused
from parley.apple.wire.structure import Wire

_SIZE = pattern(r"[0-9]{1,15}", "write the number of encrypted bytes in digits, as a string")


def _size(value: str) -> Iterator[Complaint]:
    complaints = list(_SIZE(value))
    yield from complaints
    if not complaints and not 1 <= int(value) <= limits.MAX_ATTACHMENT_BYTES:
        yield "out_of_range", f"an attachment has 1 to {limits.MAX_ATTACHMENT_BYTES:,} bytes"


Key = Annotated[str, checked(pattern(r"00[0-9a-fA-F]{64}", "write 00 and the 32 bytes of the key in hex"))]
_MimeType = Annotated[
    str, checked(pattern(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+", "write a MIME type such as image/png"))
]
_Checksum = Annotated[
    str,
    checked(
        pattern(r"[A-Za-z0-9+/]{28}", "write singleFile.fileChecksum of the upload: 21 bytes in base64, 28 characters")
    ),
]


class Attachment(Wire):
    """One attachment of a text."""

    name: Visible
    mime_type: _MimeType
    size: Annotated[str, checked(_size)]
    url: HttpsUrl
    owner: Visible
    key: Key
    signature_base64: _Checksum = Field(alias="signature-base64")
    signature: Annotated[Any, refused("remove it: only Apple sends the hex form; signature-base64 says the same")] = (
        ABSENT
    )
