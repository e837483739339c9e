"""Templates in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parley.business.library.content import TemplateContent
    from parley.business.library.model import Template, Version


@dataclass
class MemoryTemplates:
    """`services.ports.Templates`."""

    heads: dict[tuple[str, str], Template] = field(default_factory=dict)
    drafts: dict[tuple[str, str], TemplateContent] = field(default_factory=dict)
    published: dict[tuple[str, str, int], Version] = field(default_factory=dict)
    reads: list[tuple[str, int]] = field(default_factory=list)
    """Which versions were read."""

    def get(self, business_id: str, name: str) -> Template | None:
        return self.heads.get((business_id, name))

    def read(self, business_id: str, name: str) -> tuple[Template, TemplateContent] | None:
        found = self.get(business_id, name)
        return None if found is None else (found, self.drafts[business_id, name])

    def page(self, business_id: str, *, after: str | None, limit: int) -> tuple[list[Template], bool]:
        names = sorted(name for owner, name in self.heads if owner == business_id and name > (after or ""))
        return [self.heads[business_id, name] for name in names[:limit]], len(names) > limit

    def count(self, business_id: str) -> int:
        return sum(owner == business_id for owner, _ in self.heads)

    def save(self, template: Template, content: TemplateContent | None = None) -> bool:
        key = template.business_id, template.name
        known = self.heads.get(key)
        if (known.revision if known else 0) != template.revision:
            return False
        self.heads[key] = replace(template, revision=template.revision + 1)
        if content is not None:
            self.drafts[key] = content
        return True

    def remove(self, template: Template) -> bool:
        key = template.business_id, template.name
        if self.heads.get(key) != template:
            return False
        del self.heads[key], self.drafts[key]
        return True

    def publish(self, template: Template, version: Version) -> bool:
        key = template.business_id, template.name, version.number
        if key in self.published or not self.save(template):
            return False
        self.published[key] = version
        return True

    def naming(self, business_id: str, word: str) -> list[str]:
        said = [*self.drafts.items(), *((key[:2], each.content) for key, each in self.published.items())]
        return sorted({name for (owner, name), content in said if owner == business_id and word in content.text()})

    def version(self, business_id: str, name: str, number: int) -> Version | None:
        self.reads.append((name, number))
        return self.published.get((business_id, name, number))

    def versions(
        self, business_id: str, name: str, *, before: int | None, limit: int
    ) -> tuple[list[tuple[int, float]], bool]:
        numbers = sorted(
            (number for owner, each, number in self.published if (owner, each) == (business_id, name)), reverse=True
        )
        left = [number for number in numbers if before is None or number < before]
        shown = [(each, self.published[business_id, name, each].published_at) for each in left[:limit]]
        return shown, len(left) > limit
