"""KMS: keys of attachments are kept encrypted, each bound to its business and its attachment."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, ParamValidationError

from parley.errors import Fatal
from parley.storage.faults import code_of, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_kms import KMSClient

_NOT_OURS: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})


class KmsSeals:
    """Seals 32-byte keys. The encryption context ties a sealed key to where it belongs: elsewhere it does not open.

    The client is made on first use.
    """

    def __init__(self, client: Callable[[], KMSClient], *, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(self, key: bytes, *, business_id: str, attachment_id: str) -> str:
        """Encrypt a key; the answer is base64, to be stored as text."""
        with translated("seal the attachment's key"):
            sealed = self._client().encrypt(
                KeyId=self._key_id, Plaintext=key, EncryptionContext=_context(business_id, attachment_id)
            )["CiphertextBlob"]
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str, *, business_id: str, attachment_id: str) -> bytes:
        """Decrypt a key. Raises Fatal when it is not this attachment's."""
        with translated("open the attachment's key"):
            try:
                return self._client().decrypt(
                    KeyId=self._key_id,
                    CiphertextBlob=base64.b64decode(sealed),
                    EncryptionContext=_context(business_id, attachment_id),
                )["Plaintext"]
            except (ValueError, ParamValidationError) as error:
                raise Fatal("the attachment's key is not there") from error
            except ClientError as error:
                if code_of(error) in _NOT_OURS:
                    raise Fatal("the attachment's key was sealed for something else") from error
                raise


def _context(business_id: str, attachment_id: str) -> dict[str, str]:
    return {"business": business_id, "attachment": attachment_id}
