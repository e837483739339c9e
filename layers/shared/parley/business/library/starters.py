"""The starter set: templates of what most businesses begin with, in English and German. They are files as any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from parley.business.operations.library import TemplateFile

FOLDER: Final = Path(__file__).parent / "starter"


def files() -> list[TemplateFile]:
    """All of them, by name."""
    from parley.business.operations.library import TemplateFile

    return [TemplateFile.model_validate_json(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]
