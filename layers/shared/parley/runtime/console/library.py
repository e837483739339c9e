"""The library: templates. Answered by `functions/outbound/library.py`, which carries what publishing needs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from parley.business import cursors
from parley.business.calls import Answer
from parley.business.library.content import TemplateContent
from parley.business.operations import library as operations
from parley.business.operations.library import (
    ImportedTemplate,
    ImportRequest,
    ImportView,
    LibraryQuery,
    NewTemplate,
    PreviewRequest,
    PreviewView,
    TemplateList,
    TemplateSummary,
    TemplateView,
    VersionList,
    VersionSummary,
    VersionView,
)
from parley.business.webhooks import iso
from parley.errors import Fault, Invalid
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, etag, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.business.library.model import Template, Version
    from parley.business.operations.library import TemplateFile
    from parley.services.library_files import File

_NEVER: Final = 0
"""A version nothing ever has."""


def create(call: Call) -> Answer:
    """POST /v1/library."""
    new: NewTemplate = call.body
    content = _content(new)
    template = compose.library().create(call.business_id, new.name, content)
    headers = {"Location": f"/v1/library/{template.name}"} | etag(template.revision)
    return shown(operations.CREATE, _view(template, content), headers)


def everything(call: Call) -> Answer:
    """GET /v1/library."""
    query: LibraryQuery = call.query
    after = _place(call, query, {})
    found, more = compose.library().page(call.business_id, after=after, limit=query.limit)
    following = cursors.write(found[-1].name, business_id=call.business_id, filters={}) if more else None
    view = TemplateList(data=[TemplateSummary(**_facts(each)) for each in found], next_cursor=following)
    return shown(operations.LIST, view)


def get(call: Call) -> Answer:
    """GET /v1/library/{name}."""
    template, content = compose.library().read(call.business_id, call.path["name"])
    return shown(operations.GET, _view(template, content), etag(template.revision))


def change(call: Call) -> Answer:
    """PUT /v1/library/{name}."""
    content: TemplateContent = call.body
    template = compose.library().change(call.business_id, call.path["name"], content, revision=call.version)
    return shown(operations.CHANGE, _view(template, content), etag(template.revision))


def remove(call: Call) -> Answer:
    """DELETE /v1/library/{name}."""
    compose.library().remove(call.business_id, call.path["name"], revision=call.version)
    return Answer(HTTPStatus.NO_CONTENT)


def publish(call: Call) -> Answer:
    """POST /v1/library/{name}/publish."""
    template, version = compose.publish()(call.business_id, call.path["name"])
    return shown(operations.PUBLISH, _version(template.name, version))


def archive(call: Call) -> Answer:
    """POST /v1/library/{name}/archive."""
    return _summary(compose.library().archive(call.business_id, call.path["name"]))


def restore(call: Call) -> Answer:
    """POST /v1/library/{name}/restore."""
    return _summary(compose.library().restore(call.business_id, call.path["name"]))


def versions(call: Call) -> Answer:
    """GET /v1/library/{name}/versions."""
    query: LibraryQuery = call.query
    name = call.path["name"]
    place = _place(call, query, {"name": name})
    if place is not None and not (place.isdecimal() and len(place) <= 7):
        raise Invalid([Fault("?cursor", "cursor_invalid", "use the next_cursor of this very list")])
    found, more = compose.library().versions(
        call.business_id, name, before=int(place) if place is not None else None, limit=query.limit
    )
    following = None
    if more:
        following = cursors.write(str(found[-1][0]), business_id=call.business_id, filters={"name": name})
    data = [VersionSummary(version=number, published_at=iso(at)) for number, at in found]
    return shown(operations.VERSIONS, VersionList(data=data, next_cursor=following))


def version(call: Call) -> Answer:
    """GET /v1/library/{name}/versions/{version}."""
    name, number = call.path["name"], call.path["version"]
    is_number = number.isascii() and number.isdecimal() and len(number) <= 7
    found = compose.library().version(call.business_id, name, int(number) if is_number else _NEVER)
    return shown(operations.VERSION, _version(name, found))


def preview(call: Call) -> Answer:
    """POST /v1/library/{name}/preview."""
    asked: PreviewRequest = call.body
    made = compose.preview_template()(
        call.business_id,
        call.path["name"],
        version=asked.version,
        given=asked.variables,
        locale=asked.locale,
        capabilities=asked.capabilities,
        pictures=asked.pictures,
    )
    view = PreviewView.model_validate(
        {"locale": made.locale, "message": made.message, "forms": made.forms, "notes": made.notes or None}
    )
    return shown(operations.PREVIEW, view)


def export(call: Call) -> Answer:
    """GET /v1/library/{name}/export."""
    file = compose.export_template()(call.business_id, call.path["name"], version=call.query.version)
    return Answer(operations.EXPORT.status, file)


def take(call: Call) -> Answer:
    """POST /v1/library/import."""
    wanted: ImportRequest = call.body
    files = [_file(each) for each in wanted.templates]
    if wanted.starter:
        from parley.business.library import starters

        files += [_file(each) for each in starters.files()]
    done = compose.import_templates()(call.business_id, files, replace=wanted.replace, publish=wanted.publish)
    data = [ImportedTemplate(name=each.name, outcome=each.outcome, version=each.version) for each in done]
    return shown(operations.IMPORT, ImportView(data=data))


def _place(call: Call, query: LibraryQuery, filters: Mapping[str, Any]) -> str | None:
    if query.cursor is None:
        return None
    return cursors.read(query.cursor, business_id=call.business_id, filters=filters)


def _content(given: TemplateContent) -> TemplateContent:
    """What a template says, of what is more than that."""
    return TemplateContent(**{name: getattr(given, name) for name in TemplateContent.model_fields})


def _file(given: TemplateFile) -> File:
    from parley.services.library_files import File, Picture

    pictures = tuple(Picture(each.id, each.data, each.description) for each in given.assets)
    return File(given.name, _content(given), pictures)


def _summary(template: Template) -> Answer:
    return shown(operations.ARCHIVE, TemplateSummary(**_facts(template)), etag(template.revision))


def _facts(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "description": template.description,
        "state": template.state,
        "version": template.published or None,
        "changed": template.is_ahead,
        "locales": list(template.locales),
        "created_at": iso(template.created_at),
        "changed_at": iso(template.changed_at),
        "published_at": iso(template.published_at) if template.published_at is not None else None,
        "archived_at": iso(template.archived_at) if template.archived_at is not None else None,
    }


def _said(content: TemplateContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in ("default_locale", "variables", "bodies")}


def _view(template: Template, content: TemplateContent) -> TemplateView:
    return TemplateView(**_facts(template), **_said(content))


def _version(name: str, version: Version) -> VersionView:
    return VersionView(
        version=version.number,
        published_at=iso(version.published_at),
        name=name,
        description=version.content.description,
        **_said(version.content),
    )


ROUTES = (
    Route(operations.CREATE, create),
    Route(operations.LIST, everything),
    Route(operations.IMPORT, take),
    Route(operations.GET, get),
    Route(operations.CHANGE, change),
    Route(operations.REMOVE, remove),
    Route(operations.PUBLISH, publish),
    Route(operations.ARCHIVE, archive),
    Route(operations.RESTORE, restore),
    Route(operations.VERSIONS, versions),
    Route(operations.VERSION, version),
    Route(operations.PREVIEW, preview),
    Route(operations.EXPORT, export),
)
