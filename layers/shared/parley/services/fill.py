"""A template and its variables become a message, for whoever sends: the API, or Parley by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.business import sends
from parley.business.library import placeholders, values
from parley.conversation.languages import chosen
from parley.errors import Fault, Invalid
from parley.services.filled import TEMPLATE, Filled

if TYPE_CHECKING:
    from parley.business.kinds.from_template import FromTemplate
    from parley.business.library.content import TemplateContent
    from parley.services import ports

OPTIONS: Final = ("auto_reply", "agent", "fallback", "topic")
"""What a sender may say in the template's place."""

_KEPT: Final = 32
"""Versions remembered by a process: they never change."""


class Fill:
    """Reads the template each time, for it may have been archived; a version only once."""

    def __init__(self, *, templates: ports.Templates) -> None:
        self._templates = templates
        self._versions: dict[tuple[str, str, int], TemplateContent] = {}

    def __call__(self, business_id: str, send: FromTemplate, *, locale: str | None) -> Filled:
        """`locale` is the customer's. Raises Invalid: no such template, or what is wrong with the variables."""
        number = self._number(business_id, send)
        content = self._content(business_id, send.template, number)
        language = chosen(content.bodies, send.locale or locale, otherwise=_default(content))
        given = values.read(content.variables, send.variables)
        body = placeholders.fill(content.bodies[language], given)
        options = {name: getattr(send, name) for name in OPTIONS if name in send.model_fields_set}
        unfilled = Filled(
            send,
            used={"name": send.template, "version": number, "locale": language},
            variables={path: (values.place(names[0]), path in body.whole) for path, names in body.named.items()},
            written=frozenset({"to", *options}),
        )
        with unfilled.told():
            message = sends.from_object({**body.body, **options, "to": send.to})
        return Filled(message, used=unfilled.used, variables=unfilled.variables, written=unfilled.written)

    def _number(self, business_id: str, send: FromTemplate) -> int:
        template = self._templates.get(business_id, send.template)
        if template is None:
            raise _fault(TEMPLATE, "template_unknown", "use the name of a template of this business's library")
        if template.archived_at is not None:
            raise _fault(TEMPLATE, "template_archived", "restore the template, or send another one")
        if not template.published:
            raise _fault(TEMPLATE, "template_unpublished", "publish the template before it is sent")
        if send.version is None:
            return template.published
        if send.version > template.published:
            raise _fault("/version", "version_unknown", f"the latest version is {template.published}")
        return send.version

    def _content(self, business_id: str, name: str, number: int) -> TemplateContent:
        key = business_id, name, number
        if key not in self._versions:
            version = self._templates.version(business_id, name, number)
            if version is None:
                raise _fault("/version", "version_unknown", "there is no such version")
            if len(self._versions) >= _KEPT:
                del self._versions[next(iter(self._versions))]
            self._versions[key] = version.content
        return self._versions[key]


def _default(content: TemplateContent) -> str:
    """The body of the default locale, however that is spelled."""
    return chosen(content.bodies, content.default_locale, otherwise=next(iter(content.bodies)))


def _fault(path: str, code: str, message: str) -> Invalid:
    return Invalid([Fault(path, code, message)])
