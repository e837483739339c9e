"""Templates as files: out of one library, into another."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from parley.apple import limits
from parley.business import png
from parley.business.library.content import TemplateContent, assets_of, out_of_bounds
from parley.errors import Fault, Invalid, Rejected
from parley.services.assets import AssetFiles, find

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.services import ports
    from parley.services.assets import Assets
    from parley.services.library import Library
    from parley.services.publish import Publish
    from parley.services.trial import Trial

FORMAT: Final = "parley-template/1"
MAX_CHARS: Final = 5_000_000
"""own: what one answer may be; Lambda gives 6 MB."""

WIDEST: Final = 840

type Outcome = Literal["created", "replaced", "unchanged", "kept"]


@dataclass(frozen=True, slots=True)
class Picture:
    """An asset as it travels: `data` is base64."""

    id: str
    data: str = field(repr=False)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One template, with the pictures it needs."""

    name: str
    content: TemplateContent = field(repr=False)
    assets: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file. `kept`: there is another template of this name, and it was left as it is."""

    name: str
    outcome: Outcome
    version: int | None = None
    """The version that is sent now, when it was to be published."""


class ExportTemplate:
    """A template as a file that any other library takes."""

    def __init__(self, *, library: Library, assets: ports.Assets, files: Callable[[str], AssetFiles]) -> None:
        self._library = library
        self._assets = assets
        self._files = files

    def __call__(self, business_id: str, name: str, *, version: int | None) -> dict[str, Any]:
        """The working copy, or a version. A picture that is not there is left out. Raises NotFound or Rejected."""
        if version is None:
            _, content = self._library.read(business_id, name)
        else:
            content = self._library.version(business_id, name, version).content
        pictures, chars = [], 0
        for asset_id in sorted(assets_of(content.bodies)):
            asset = find(self._assets, business_id, asset_id)
            if asset is None:
                continue
            data = base64.b64encode(self._files(business_id).read(asset_id)).decode("ascii")
            chars += len(data)
            if chars > MAX_CHARS:
                raise Rejected("its pictures are too large for one file", code="export_too_large")
            told = {"id": asset_id, "data": data, "description": asset.description}
            pictures.append({key: value for key, value in told.items() if value is not None})
        said = content.model_dump(exclude_none=True)
        return {"format": FORMAT, "name": name, **said, "assets": pictures}


class ImportTemplates:
    """All files are checked before anything is stored; then one after the other, and again is no harm."""

    def __init__(self, *, library: Library, assets: Assets, publish: Publish, trial: Trial) -> None:
        self._library = library
        self._assets = assets
        self._publish = publish
        self._trial = trial

    def __call__(self, business_id: str, files: Sequence[File], *, replace: bool, publish: bool) -> list[Imported]:
        """Raises Invalid with pointers into `/templates`."""
        faults = [
            fault._replace(path=f"/templates/{number}{fault.path}")
            for number, file in enumerate(files)
            for fault in self._faults(file)
        ]
        names = [file.name for file in files]
        faults += [
            Fault(f"/templates/{number}/name", "duplicate", "import one template of this name")
            for number, name in enumerate(names)
            if name in names[:number]
        ]
        if faults:
            raise Invalid(faults)
        return [
            self._one(business_id, file, replace=replace, publish=publish, at=f"/templates/{number}")
            for number, file in enumerate(files)
        ]

    def _one(self, business_id: str, file: File, *, replace: bool, publish: bool, at: str) -> Imported:
        for picture in file.assets:
            self._assets.keep(business_id, base64.b64decode(picture.data), description=picture.description)
        if publish and (faults := self._trial.faults(business_id, file.content)):
            raise Invalid([fault._replace(path=at + fault.path) for fault in faults])
        outcome = self._stored(business_id, file, replace=replace)
        if not publish or outcome == "kept":
            return Imported(file.name, outcome)
        _, version = self._publish(business_id, file.name)
        return Imported(file.name, outcome, version.number)

    def _stored(self, business_id: str, file: File, *, replace: bool) -> Outcome:
        known = self._library.find(business_id, file.name)
        if known is None:
            self._library.create(business_id, file.name, file.content)
            return "created"
        if known.digest == file.content.digest:
            return "unchanged"
        if not replace:
            return "kept"
        self._library.change(business_id, file.name, file.content, revision=None)
        return "replaced"

    def _faults(self, file: File) -> list[Fault]:
        faults = out_of_bounds(file.content)
        for number, picture in enumerate(file.assets):
            if problem := _problem(picture):
                faults.append(Fault(f"/assets/{number}/data", *problem))
        return faults


def _problem(picture: Picture) -> tuple[str, str] | None:
    """Why a picture is not the one its id names, as Apple takes it."""
    try:
        content = base64.b64decode(picture.data, validate=True)
    except (binascii.Error, ValueError):
        return "picture_not_base64", "encode the picture as base64"
    if hashlib.sha256(content).hexdigest() != picture.id:
        return "asset_differs", "this is not the picture that was exported: its SHA-256 is not its id"
    if len(picture.data) > limits.MAX_IMAGE_BASE64_CHARS or not png.is_clean(content, widest=WIDEST):
        return "picture_unreadable", "only a picture that fits already can be imported; upload it as an asset"
    return None
