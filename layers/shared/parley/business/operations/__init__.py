"""What the business API can be asked: one table of operations, one module per resource.

A module lists its operations in `OPERATIONS`; its name in `MODULES` puts them into OpenAPI and under the tests that
walk all routes. A function imports only the modules it answers for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.business.operations.operation import Operation

MODULES: Final = (
    "messages",
    "library",
    "library_assets",
    "attachments",
    "conversations",
    "history",
    "preferences",
    "notes",
    "endpoints",
    "routes",
    "channel",
    "deliveries",
    "replays",
    "entry_points",
    "keys",
    "invitations",
    "erasures",
    "exports",
    "usage",
    "privacy",
)
"""In the order of the document."""


def resources() -> dict[str, tuple[str, Sequence[Operation]]]:
    """What a module says of itself, and its operations: `Endpoints` → (`The addresses …`, operations)."""
    found: dict[str, tuple[str, Sequence[Operation]]] = {}
    for name in MODULES:
        module, tag = import_module(f"{__name__}.{name}"), name.replace("_", " ").capitalize()
        words = (module.__doc__ or "").partition("\n")[0].removeprefix(f"{tag}: ")
        found[tag] = (words[:1].upper() + words[1:], module.OPERATIONS)
    return found


def every() -> list[Operation]:
    """All operations of the business API."""
    return [each for name in MODULES for each in import_module(f"{__name__}.{name}").OPERATIONS]
