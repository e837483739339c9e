"""Templates, their versions and assets, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from parley.business.library.content import TemplateContent

type State = Literal["draft", "published", "archived"]


@dataclass(frozen=True, slots=True)
class Template:
    """One template: what its working copy is, and which version is sent. Times are Unix seconds.

    `digest` tells the working copy's content; `revision` counts changes, 0 is one that was not stored yet.
    """

    business_id: str
    name: str
    description: str
    locales: tuple[str, ...]
    digest: str
    created_at: float
    changed_at: float
    published: int = 0
    """The number of the latest version; 0 before the first."""
    published_at: float | None = None
    published_digest: str | None = None
    archived_at: float | None = None
    revision: int = 0

    @property
    def state(self) -> State:
        """`draft` until it is published for the first time."""
        if self.archived_at is not None:
            return "archived"
        return "published" if self.published else "draft"

    @property
    def is_ahead(self) -> bool:
        """Whether the working copy says something else than the latest version."""
        return self.published_digest != self.digest


@dataclass(frozen=True, slots=True)
class Version:
    """What was published under a number: it never changes."""

    number: int
    content: TemplateContent = field(repr=False)
    published_at: float


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture kept once, as Apple takes it. `id` is the SHA-256 of its bytes."""

    id: str
    size: int
    width: int
    height: int
    created_at: float
    description: str | None = None
