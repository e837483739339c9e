"""One JSON line per event. Ids are logged; bodies, tokens, keys and opaque ids never are."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger

from parley.errors import ParleyError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Its warnings quote what the other side sent, byte for byte.
logging.getLogger("urllib3").setLevel(logging.ERROR)

# Lambda's JSON format lets libraries log at INFO: botocore then tells where it found its credentials.
logging.getLogger("botocore").setLevel(logging.WARNING)

log = Logger(log_uncaught_exceptions=False, use_rfc3339=True, utc=True)


def facts(outcome: DataclassInstance) -> dict[str, Any]:
    """An outcome as log keys, without what is absent."""
    return {key: value for key, value in asdict(outcome).items() if value is not None}


def blame(fault: Exception) -> dict[str, Any]:
    """An error as log keys: ours by its words; any other by type and place, since its words may hold a body."""
    if isinstance(fault, ParleyError):
        return {"error": str(fault)}
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else None
    return {"error": type(fault).__name__, "place": place}
