"""The library: pictures."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from parley.business import cursors
from parley.business.calls import Answer
from parley.business.operations import library_assets as operations
from parley.business.operations.library_assets import AssetList, AssetView, NewAsset
from parley.business.webhooks import iso
from parley.runtime import compose
from parley.runtime.console.call import Call, Route, shown

if TYPE_CHECKING:
    from parley.business.library.model import Asset
    from parley.business.operations.library import LibraryQuery


def create(call: Call) -> Answer:
    """POST /v1/library/assets."""
    new: NewAsset = call.body
    kept = compose.assets().add(
        call.business_id, data=new.data, attachment_id=new.attachment_id, description=new.description
    )
    location = {"Location": f"/v1/library/assets/{kept.asset.id}"}
    return shown(operations.CREATE, _view(kept.asset, note=kept.note), location)


def everything(call: Call) -> Answer:
    """GET /v1/library/assets."""
    query: LibraryQuery = call.query
    after = None
    if query.cursor is not None:
        after = cursors.read(query.cursor, business_id=call.business_id, filters={"of": "assets"})
    found, more = compose.assets().page(call.business_id, after=after, limit=query.limit)
    following = cursors.write(found[-1].id, business_id=call.business_id, filters={"of": "assets"}) if more else None
    return shown(operations.LIST, AssetList(data=[_view(each) for each in found], next_cursor=following))


def get(call: Call) -> Answer:
    """GET /v1/library/assets/{asset_id}."""
    asset, url = compose.assets().get(call.business_id, call.path["asset_id"])
    return shown(operations.GET, _view(asset, url=url))


def remove(call: Call) -> Answer:
    """DELETE /v1/library/assets/{asset_id}."""
    compose.assets().remove(call.business_id, call.path["asset_id"])
    return Answer(HTTPStatus.NO_CONTENT)


def _view(asset: Asset, *, note: str | None = None, url: str | None = None) -> AssetView:
    return AssetView(
        id=asset.id,
        size=asset.size,
        width=asset.width,
        height=asset.height,
        description=asset.description,
        created_at=iso(asset.created_at),
        note=note,
        download_url=url,
    )


ROUTES = (
    Route(operations.CREATE, create),
    Route(operations.LIST, everything),
    Route(operations.GET, get),
    Route(operations.REMOVE, remove),
)
