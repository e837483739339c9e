"""Make a template's working copy the version that is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parley.business.library.model import Version
from parley.errors import Invalid
from parley.services.library import TRIES, archived, busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.library.model import Template
    from parley.services import ports
    from parley.services.library import Library
    from parley.services.trial import Trial


class Publish:
    """Freezes what passes every check of a send. Publishing the same again is the same version."""

    def __init__(
        self, *, library: Library, templates: ports.Templates, trial: Trial, clock: Callable[[], float]
    ) -> None:
        self._library = library
        self._templates = templates
        self._trial = trial
        self._clock = clock

    def __call__(self, business_id: str, name: str) -> tuple[Template, Version]:
        """Raises Invalid (pointers into the template), NotFound or Conflict."""
        for _ in range(TRIES):
            template, content = self._library.read(business_id, name)
            if template.archived_at is not None:
                raise archived()
            if template.published and not template.is_ahead:
                return template, Version(template.published, content, template.published_at or 0.0)
            if faults := self._trial.faults(business_id, content):
                raise Invalid(faults)
            now = self._clock()
            version = Version(template.published + 1, content, now)
            published = replace(
                template,
                published=version.number,
                published_at=now,
                published_digest=template.digest,
                changed_at=now,
            )
            if self._templates.publish(published, version):
                return replace(published, revision=template.revision + 1), version
        raise busy()
