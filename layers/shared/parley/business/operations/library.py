"""The library: templates of messages, their versions, and what would be sent of them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from parley.apple import limits
from parley.business.api import Note  # noqa: TC001  (pydantic reads it)
from parley.business.bounds import DEFAULT_PAGE
from parley.business.library.content import (
    MAX_CHARS,
    MAX_DESCRIPTION,
    NAME,
    LocaleTag,
    TemplateContent,
    Variable,
)
from parley.business.operations.operation import Operation
from parley.business.operations.shapes import Asked, Cursor, Limit, Next, Query, Shown, Whole

MAX_FILES: Final = 50
_LARGE: Final = 6 * 1024 * 1024
"""own: pictures travel inside; Lambda takes no more."""

type TemplateName = Annotated[
    str,
    Field(max_length=64, pattern=NAME, description="Small letters, digits and hyphens.", examples=["store-picker"]),
]
type VersionNumber = Annotated[Whole, Field(ge=1, le=1_000_000)]
type Token = Literal["QUICK", "LIST", "TIME", "AUTH", "AUTH2", "FORM"]
type Outcome = Literal["created", "replaced", "unchanged", "kept"]


class NewTemplate(TemplateContent):
    """A template and its name, which it keeps."""

    name: TemplateName


class LibraryQuery(Query):
    """A page of the list."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_PAGE


class TemplateSummary(Shown):
    """A template without what it says. `changed`: the working copy says something else than the latest version."""

    name: str
    description: str
    state: Literal["draft", "published", "archived"]
    version: Annotated[int | None, Field(description="The latest, which is sent; absent before the first.")] = None
    changed: bool
    locales: list[str]
    created_at: str
    changed_at: str
    published_at: str | None = None
    archived_at: str | None = None


class TemplateView(TemplateSummary):
    """A template with its working copy."""

    default_locale: str
    variables: list[Variable]
    bodies: dict[str, dict[str, Any]]


class TemplateList(Shown):
    """By name. A page may be short and still have a `next_cursor`."""

    data: list[TemplateSummary]
    next_cursor: Next = None


class VersionSummary(Shown):
    """A version without what it says."""

    version: int
    published_at: str


class VersionView(VersionSummary):
    """What was published under a number; it never changes."""

    name: str
    description: str
    default_locale: str
    variables: list[Variable]
    bodies: dict[str, dict[str, Any]]


class VersionList(Shown):
    """The newest first."""

    data: list[VersionSummary]
    next_cursor: Next = None


class PreviewRequest(Asked):
    """What to show. Everything may be left out: then the examples, in the template's first language, in every form."""

    version: Annotated[VersionNumber | None, Field(description="Without it the working copy.")] = None
    variables: Annotated[
        dict[str, Any] | None, Field(description="As in a message; without them the examples are shown.")
    ] = None
    locale: Annotated[LocaleTag | None, Field(description="As a customer's.")] = None
    capabilities: Annotated[
        list[Token] | None, Field(max_length=6, description="What the device shows; without it every form there is.")
    ] = None
    pictures: Annotated[
        bool, Field(description="Show pictures as they are sent. Without it only how long each would be.")
    ] = False


class PreviewMessage(Shown):
    """A message as Apple gets it, beside the ids."""

    type: str
    content: dict[str, Any]


class PreviewForm(Shown):
    """What a device with these capabilities gets; without a `form` it cannot be sent there, and `reason` says why."""

    capabilities: list[str]
    form: str | None = None
    reason: str | None = None
    messages: list[PreviewMessage]


class PreviewView(Shown):
    """`message` is what the template becomes, and each form what Apple would be sent of it, checked as for sending."""

    locale: str
    message: dict[str, Any]
    forms: list[PreviewForm]
    notes: Annotated[list[Note] | None, Field(description="What was done to pictures to make them fit.")] = None


class ExportQuery(Query):
    """Which version."""

    version: Annotated[VersionNumber | None, Field(description="Without it the working copy.")] = None


class AssetFile(Asked):
    """A picture of a template, as it travels."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the picture.")]
    data: Annotated[str, Field(max_length=limits.MAX_IMAGE_BASE64_CHARS, description="A PNG as base64.")]
    description: Annotated[str | None, Field(max_length=MAX_DESCRIPTION)] = None


class TemplateFile(NewTemplate):
    """A template as a file, with the pictures it needs."""

    format: Literal["parley-template/1"]
    assets: list[AssetFile] = Field(default_factory=list, max_length=100)


class ImportRequest(Asked):
    """Files to import, and the starter set when `starter` says so."""

    templates: list[TemplateFile] = Field(default_factory=list, max_length=MAX_FILES)
    starter: Annotated[bool, Field(description="Import the set that comes with Parley.")] = False
    replace: Annotated[bool, Field(description="Replace the working copies of templates of the same name.")] = False
    publish: Annotated[bool, Field(description="Publish what was imported.")] = False


class ImportedTemplate(Shown):
    """What became of a file. `kept`: there is another template of its name, which was left as it is."""

    name: str
    outcome: Outcome
    version: int | None = None


class ImportView(Shown):
    """In the order of the files."""

    data: list[ImportedTemplate]


_ONE: Final = "/v1/library/{name}"
_UNKNOWN: Final = {404: "No such template of this business."}
_ARCHIVED: Final = {409: "It is archived; restore it first."}
_ETAG: Final = ("ETag",)
_STALE: Final = {412: "It was changed since the `ETag` in `If-Match`."}
_TEMPLATE_BYTES: Final = MAX_CHARS * 4
"""A template that is too large is told so by its characters."""

CREATE: Final = Operation(
    id="createTemplate",
    method="POST",
    path="/v1/library",
    scope="manage",
    summary="Begin a template",
    description=(
        "Its working copy may be unfinished: it is checked when it is published. `{{order.number}}` stands for a "
        "variable; a text that is nothing but one takes the value as it is, a list as well."
    ),
    body=(NewTemplate,),
    status=201,
    outcome="A draft.",
    answer=TemplateView,
    headers=("ETag", "Location"),
    refusals={409: "There is a template of this name."},
    once=True,
    max_bytes=_TEMPLATE_BYTES,
)
LIST: Final = Operation(
    id="listTemplates",
    method="GET",
    path="/v1/library",
    scope="read",
    summary="All templates",
    query=LibraryQuery,
    outcome="By name.",
    answer=TemplateList,
)
GET: Final = Operation(
    id="getTemplate",
    method="GET",
    path=_ONE,
    scope="read",
    summary="A template and its working copy",
    outcome="The template.",
    answer=TemplateView,
    headers=_ETAG,
    refusals=_UNKNOWN,
)
CHANGE: Final = Operation(
    id="replaceTemplate",
    method="PUT",
    path=_ONE,
    scope="manage",
    summary="Replace a template's working copy",
    description="What was published stays as it is until it is published again.",
    body=(TemplateContent,),
    outcome="The template as it is now.",
    answer=TemplateView,
    headers=_ETAG,
    refusals=_UNKNOWN | _ARCHIVED | _STALE,
    guarded=True,
    max_bytes=_TEMPLATE_BYTES,
)
REMOVE: Final = Operation(
    id="removeTemplate",
    method="DELETE",
    path=_ONE,
    scope="manage",
    summary="Remove a template that was never published",
    status=204,
    outcome="Removed.",
    refusals=_UNKNOWN | {409: "It was published: archive it."} | _STALE,
    guarded=True,
)
PUBLISH: Final = Operation(
    id="publishTemplate",
    method="POST",
    path=f"{_ONE}/publish",
    scope="manage",
    summary="Make the working copy the version that is sent",
    description=(
        "Every body is filled with the examples and checked as a message is; pointers of `errors` lead into the "
        "template. What was published before keeps its number. Publishing the same again changes nothing."
    ),
    outcome="The version that is sent from now on.",
    answer=VersionView,
    refusals=_UNKNOWN | {409: "It is archived.", 422: "It has to be mended first: see `errors`."},
    once=True,
)
ARCHIVE: Final = Operation(
    id="archiveTemplate",
    method="POST",
    path=f"{_ONE}/archive",
    scope="manage",
    summary="Put a template away",
    description="Nothing is sent of it any more. Its versions stay readable.",
    outcome="The template as it is now.",
    answer=TemplateSummary,
    headers=_ETAG,
    refusals=_UNKNOWN,
    once=True,
)
RESTORE: Final = Operation(
    id="restoreTemplate",
    method="POST",
    path=f"{_ONE}/restore",
    scope="manage",
    summary="Take a template out of the archive",
    outcome="The template as it is now.",
    answer=TemplateSummary,
    headers=_ETAG,
    refusals=_UNKNOWN,
    once=True,
)
VERSIONS: Final = Operation(
    id="listTemplateVersions",
    method="GET",
    path=f"{_ONE}/versions",
    scope="read",
    summary="What was published of a template",
    query=LibraryQuery,
    outcome="The newest first.",
    answer=VersionList,
    refusals=_UNKNOWN,
)
VERSION: Final = Operation(
    id="getTemplateVersion",
    method="GET",
    path=f"{_ONE}/versions/{{version}}",
    scope="read",
    summary="One version of a template",
    outcome="The version.",
    answer=VersionView,
    refusals={404: "No such template of this business, or no such version of it."},
)
PREVIEW: Final = Operation(
    id="previewTemplate",
    method="POST",
    path=f"{_ONE}/preview",
    scope="read",
    summary="Show what would be sent of a template",
    description=(
        "Nothing is sent, and nothing is fetched: pictures by URL have a stand-in, links in texts stay as they are. "
        "The request identifier is the same in every preview."
    ),
    body=(PreviewRequest,),
    optional_body=True,
    outcome="What Apple would be sent, in one form or in each.",
    answer=PreviewView,
    refusals=_UNKNOWN,
    once=True,
    repeatable=True,
    max_bytes=_LARGE,
)
EXPORT: Final = Operation(
    id="exportTemplate",
    method="GET",
    path=f"{_ONE}/export",
    scope="read",
    summary="A template as a file",
    query=ExportQuery,
    outcome="The template with its pictures, as `importTemplates` takes it.",
    answer=TemplateFile,
    refusals=_UNKNOWN | {422: "Its pictures are too large for one file."},
)
IMPORT: Final = Operation(
    id="importTemplates",
    method="POST",
    path="/v1/library/import",
    scope="manage",
    summary="Take templates from files, or the starter set",
    body=(ImportRequest,),
    outcome="What became of each.",
    answer=ImportView,
    refusals={409: "A template that is to be replaced is archived."},
    once=True,
    max_bytes=_LARGE,
)

OPERATIONS: Final = (
    CREATE,
    LIST,
    IMPORT,
    GET,
    CHANGE,
    REMOVE,
    PUBLISH,
    ARCHIVE,
    RESTORE,
    VERSIONS,
    VERSION,
    PREVIEW,
    EXPORT,
)
