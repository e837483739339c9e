"""A business's templates: written, changed, put away. What is published, `publish` says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from parley.business.library.content import NAME, RESERVED, out_of_bounds
from parley.business.library.model import Template
from parley.errors import Conflict, Fault, Invalid, NotFound, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.business.library.content import TemplateContent
    from parley.business.library.model import Version
    from parley.services import ports

MAX_TEMPLATES: Final = 300
TRIES: Final = 5

_NAME: Final = re.compile(NAME)


class Library:
    """The working copies. Every change is of the revision that was read."""

    def __init__(self, *, templates: ports.Templates, clock: Callable[[], float]) -> None:
        self._templates = templates
        self._clock = clock

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Template], bool]:
        """Templates by name, and whether others follow."""
        return self._templates.page(business_id, after=after, limit=limit)

    def read(self, business_id: str, name: str) -> tuple[Template, TemplateContent]:
        """A template and its working copy. Raises NotFound."""
        found = self._templates.read(business_id, name) if _NAME.fullmatch(name) else None
        if found is None:
            raise unknown()
        return found

    def create(self, business_id: str, name: str, content: TemplateContent) -> Template:
        """Raises Invalid (out of bounds), Conflict (`template_exists`) or Rejected (`too_many_templates`)."""
        if name in RESERVED:
            raise Invalid([Fault("/name", "reserved", f"take another name than {' and '.join(sorted(RESERVED))}")])
        check(content)
        if self._templates.count(business_id) >= MAX_TEMPLATES:
            raise Rejected(f"a library has at most {MAX_TEMPLATES} templates", code="too_many_templates", path="/name")
        now = self._clock()
        template = Template(business_id, name, **_facts(content), created_at=now, changed_at=now)
        if not self._templates.save(template, content):
            raise Conflict("there is a template of this name; change it, or take another name", code="template_exists")
        return replace(template, revision=1)

    def change(self, business_id: str, name: str, content: TemplateContent, *, revision: int | None) -> Template:
        """Replace the working copy; versions stay as they are. Raises Invalid or Conflict."""
        check(content)

        def changed(template: Template) -> Template:
            if template.archived_at is not None:
                raise archived()
            return replace(template, **_facts(content), changed_at=self._clock())

        return self._changed(business_id, name, changed, content, revision=revision)

    def archive(self, business_id: str, name: str) -> Template:
        """Nothing is sent of it any more; again is no fault."""

        def changed(template: Template) -> Template:
            now = self._clock()
            return template if template.archived_at is not None else replace(template, archived_at=now, changed_at=now)

        return self._changed(business_id, name, changed)

    def restore(self, business_id: str, name: str) -> Template:
        """As it was before it was archived."""

        def changed(template: Template) -> Template:
            return template if template.archived_at is None else replace(template, archived_at=None)

        return self._changed(business_id, name, changed)

    def remove(self, business_id: str, name: str, *, revision: int | None) -> None:
        """Only what was never published: messages name the version they were made of. Raises Conflict."""
        for _ in range(TRIES):
            template = self._get(business_id, name)
            stale(template, revision)
            if template.published:
                raise Conflict("it was published, so archive it: its versions stay readable", code="template_published")
            if self._templates.remove(template):
                return
        raise busy()

    def versions(
        self, business_id: str, name: str, *, before: int | None, limit: int
    ) -> tuple[list[tuple[int, float]], bool]:
        """Numbers and times, the newest first, and whether others follow. Raises NotFound."""
        self._get(business_id, name)
        return self._templates.versions(business_id, name, before=before, limit=limit)

    def version(self, business_id: str, name: str, number: int) -> Version:
        """What was published under a number. Raises NotFound."""
        self._get(business_id, name)
        version = self._templates.version(business_id, name, number)
        if version is None:
            raise NotFound("the template has no such version", code="version_unknown")
        return version

    def find(self, business_id: str, name: str) -> Template | None:
        """What is known of a template, if there is one."""
        return self._templates.get(business_id, name) if _NAME.fullmatch(name) else None

    def _get(self, business_id: str, name: str) -> Template:
        template = self.find(business_id, name)
        if template is None:
            raise unknown()
        return template

    def _changed(
        self,
        business_id: str,
        name: str,
        change: Callable[[Template], Template],
        content: TemplateContent | None = None,
        *,
        revision: int | None = None,
    ) -> Template:
        for _ in range(TRIES):
            template = self._get(business_id, name)
            stale(template, revision)
            wanted = change(template)
            if wanted == template:
                return template
            if self._templates.save(wanted, content):
                return replace(wanted, revision=template.revision + 1)
        raise busy()


def check(content: TemplateContent, *, at: str = "") -> None:
    """Raises Invalid for what no template may be; `at` is where it stands."""
    if faults := out_of_bounds(content):
        raise Invalid([fault._replace(path=at + fault.path) for fault in faults])


def _facts(content: TemplateContent) -> dict[str, Any]:
    return {
        "description": content.description,
        "locales": tuple(sorted(content.bodies)),
        "digest": content.digest,
    }


def unknown() -> NotFound:
    """Not there, or not the caller's."""
    return NotFound("no such template", code="template_unknown")


def archived() -> Conflict:
    """What is put away stays as it is."""
    return Conflict("the template is archived; restore it first", code="template_archived")


def stale(template: Template, revision: int | None) -> None:
    """Raises Conflict when the caller has seen another revision."""
    if revision not in (None, template.revision):
        raise Conflict("the template was changed since you read it; read it again", code="precondition_failed")


def busy() -> Retryable:
    """Others were faster, again and again."""
    return Retryable("the template is being changed by somebody else", code="settings_busy", after=1)
