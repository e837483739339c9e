"""The library of templates and pictures."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Final

from parley.runtime import compose

if TYPE_CHECKING:
    from parley.business.kinds.base import Send
    from parley.business.pictures import Pictures
    from parley.services.assets import AssetFiles, Assets
    from parley.services.fill import Fill
    from parley.services.filled import Filled
    from parley.services.library import Library
    from parley.services.library_files import ExportTemplate, ImportTemplates
    from parley.services.picture_files import PictureFiles
    from parley.services.preview import PreviewTemplate
    from parley.services.publish import Publish
    from parley.services.trial import Trial
    from parley.storage.assets import DynamoAssets
    from parley.storage.templates import DynamoTemplates

_ANY_REQUEST: Final = "00000000-0000-4000-8000-000000000000"
"""The request identifier of every preview: only what is sent needs one of its own."""


@cache
def templates() -> DynamoTemplates:
    """Templates and their versions."""
    from parley.storage.templates import DynamoTemplates

    return DynamoTemplates(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


@cache
def asset_store() -> DynamoAssets:
    """The library's pictures, as the table knows them."""
    from parley.storage.assets import DynamoAssets

    return DynamoAssets(compose.client("dynamodb"), table=compose.settings().text("TABLE_NAME"))


def asset_files(business_id: str) -> AssetFiles:
    """The library's pictures, of one business."""
    from parley.services.assets import AssetFiles

    return AssetFiles(business_id, assets=asset_store(), objects=compose.objects())


def picture_files(business_id: str) -> PictureFiles:
    """Pictures that were uploaded or received, of one business."""
    from parley.services.picture_files import PictureFiles

    return PictureFiles(business_id, attachments=compose.attachments(), objects=compose.objects())


@cache
def fill_template() -> Fill:
    """Templates with their variables, on their way to a customer."""
    from parley.services.fill import Fill

    return Fill(templates=templates())


def fill(business_id: str, send: Send, *, locale: str | None) -> Filled:
    """The message itself, when a template is sent; the library is loaded when the first one is."""
    from parley.business.sends import TEMPLATE
    from parley.services.filled import Filled

    if getattr(send, "type", "") != TEMPLATE:
        return Filled(send)
    return fill_template()(business_id, send, locale=locale)  # type: ignore[arg-type]


@cache
def library() -> Library:
    """For `functions/outbound/library.py`."""
    from parley.services.library import Library

    return Library(templates=templates(), clock=time.time)


def unfetched_pictures(business_id: str) -> Pictures:
    """The pictures of one rehearsal: those elsewhere have a stand-in."""
    from parley.business.pictures import Pictures
    from parley.business.unfetched import Unfetched

    return Pictures(fetch=Unfetched(), attachments=picture_files(business_id), assets=asset_files(business_id))


@cache
def trial() -> Trial:
    """What would be sent, without sending it."""
    from parley.business.unfetched import NoPreviews
    from parley.services.prepare import Prepare
    from parley.services.trial import Trial

    prepare = Prepare(pictures=unfetched_pictures, previews=NoPreviews, clock=time.time, new_id=lambda: _ANY_REQUEST)
    return Trial(prepare=prepare, clock=time.time)


@cache
def publish() -> Publish:
    """For `functions/outbound/library.py`."""
    from parley.services.publish import Publish

    return Publish(library=library(), templates=templates(), trial=trial(), clock=time.time)


@cache
def preview_template() -> PreviewTemplate:
    """For `functions/outbound/library.py`."""
    from parley.services.preview import PreviewTemplate

    return PreviewTemplate(library=library(), trial=trial(), clock=time.time)


@cache
def assets() -> Assets:
    """For `functions/outbound/library.py`."""
    from parley.services.assets import Assets

    return Assets(
        assets=asset_store(),
        templates=templates(),
        channels=compose.channels(),
        objects=compose.objects(),
        downloads=compose.objects(),
        files=picture_files,
        clock=time.time,
    )


@cache
def export_template() -> ExportTemplate:
    """For `functions/outbound/library.py`."""
    from parley.services.library_files import ExportTemplate

    return ExportTemplate(library=library(), assets=asset_store(), files=asset_files)


@cache
def import_templates() -> ImportTemplates:
    """For `functions/outbound/library.py`."""
    from parley.services.library_files import ImportTemplates

    return ImportTemplates(library=library(), assets=assets(), publish=publish(), trial=trial())
