"""QR codes. The part that needs segno, which only `functions/console` carries: loaded with the first code asked for."""

from __future__ import annotations

import io
from typing import Final, Literal

import segno

from parley.errors import Fault, Invalid

QUIET_ZONE: Final = 4
"""Modules of white around the code: what ISO/IEC 18004 asks for."""

MAX_BYTES: Final = 1273
"""What the largest code holds at the highest error correction (ISO/IEC 18004)."""

type Correction = Literal["L", "M", "Q", "H"]


def svg(text: str, *, size: int, error: Correction) -> str:
    """Black on white, `size` pixels wide unless a style says otherwise."""
    out = io.BytesIO()
    _code(text, error).save(out, kind="svg", border=QUIET_ZONE, light="white", omitsize=True, xmldecl=False, nl=False)
    return out.getvalue().decode().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)


def png(text: str, *, size: int, error: Correction) -> bytes:
    """Whole pixels for each module, as many as fit into `size`. Raises Invalid when not even one does."""
    code = _code(text, error)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    if size < modules:
        raise Invalid([Fault("?size", "out_of_range", f"send at least {modules}: it has so many modules")])
    out = io.BytesIO()
    code.save(out, kind="png", border=QUIET_ZONE, scale=size // int(modules), light="white")
    return out.getvalue()


def _code(text: str, error: Correction) -> segno.QRCode:
    return segno.make_qr(text, error=error, boost_error=False)
