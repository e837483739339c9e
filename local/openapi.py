"""Writes docs/api/openapi.json, and the Python client that is made from the same: `python -m local.openapi`."""

from __future__ import annotations

import json
from pathlib import Path

from local import client
from parley.business.openapi import document

PATH = Path(__file__).parents[1] / "docs/api/openapi.json"


def text() -> str:
    """What the file has to hold."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text(), encoding="utf-8")
    client.write()
