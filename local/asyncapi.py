"""Writes docs/webhooks/asyncapi.json and docs/webhooks/schemas/: `python -m local.asyncapi`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from parley.business.webhook_events.asyncapi import document
from parley.business.webhook_events.catalogue import CATALOGUE, schema

FOLDER = Path(__file__).parents[1] / "docs/webhooks"
SCHEMAS = FOLDER / "schemas"


def files() -> dict[Path, str]:
    """What each file has to hold."""
    schemas = {SCHEMAS / f"{event.type}.json": _text(schema(event)) for event in CATALOGUE}
    return {FOLDER / "asyncapi.json": _text(document()), **schemas}


def write() -> None:
    """Bring all of them up to date; a schema of no event is removed."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    wanted = files()
    for stale in set(SCHEMAS.glob("*.json")) - wanted.keys():
        stale.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write()
