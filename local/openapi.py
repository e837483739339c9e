"""Writes docs/api/openapi.json, and the Python client that is made from the same: `python -m local.openapi`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local import api_examples, client
from parley.business import openapi

PATH = Path(__file__).parents[1] / "docs/api/openapi.json"


def document() -> dict[str, Any]:
    """What the code says, with the examples of the pages."""
    described = openapi.document()
    api_examples.add_to(described)
    return described


def text() -> str:
    """What the file has to hold."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text(), encoding="utf-8")
    client.write()
