"""What the API takes and gives. Made by `python -m local.client` from the API's description."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Apple(TypedDict):
    """Exactly one of Apple's content keys. It is checked as Apple checks it, and sent as it is."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["apple"]
    interactiveData: NotRequired[dict[str, Any] | None]
    interactiveDataRef: NotRequired[dict[str, Any] | None]
    richLinkData: NotRequired[dict[str, Any] | None]
    richLinkDataRef: NotRequired[dict[str, Any] | None]


class AppleHere(TypedDict):
    """Exactly one of Apple's content keys. It is checked as Apple checks it, and sent as it is."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["apple"]
    interactiveData: NotRequired[dict[str, Any] | None]
    interactiveDataRef: NotRequired[dict[str, Any] | None]
    richLinkData: NotRequired[dict[str, Any] | None]
    richLinkDataRef: NotRequired[dict[str, Any] | None]


class ApplePay(TypedDict):
    """Asks for a payment. `merchant_session` is Apple Pay's answer, unmodified; it lives two hours."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["apple_pay"]
    country: str
    currency: str
    items: NotRequired[list[LineItem]]
    total: LineItem
    merchant_identifier: str
    merchant_name: NotRequired[str | None]
    networks: list[str]
    capabilities: NotRequired[list[str]]
    billing_fields: NotRequired[list[str] | None]
    shipping_fields: NotRequired[list[str] | None]
    shipping_methods: NotRequired[list[ShippingMethod] | None]
    supported_countries: NotRequired[list[str] | None]
    merchant_session: dict[str, Any]
    endpoints: Endpoints


class ApplePayFacts(TypedDict):
    """What is registered for Apple Pay. The PEM file is a secret and is not taken here."""

    merchant_id: NotRequired[Short | None]
    merchant_name: NotRequired[Short | None]
    domain: NotRequired[Short | None]
    payment_gateway_url: NotRequired[Url | None]
    base_url: NotRequired[Url | None]


class ApplePayHere(TypedDict):
    """Asks for a payment. `merchant_session` is Apple Pay's answer, unmodified; it lives two hours."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["apple_pay"]
    country: str
    currency: str
    items: NotRequired[list[LineItem]]
    total: LineItem
    merchant_identifier: str
    merchant_name: NotRequired[str | None]
    networks: list[str]
    capabilities: NotRequired[list[str]]
    billing_fields: NotRequired[list[str] | None]
    shipping_fields: NotRequired[list[str] | None]
    shipping_methods: NotRequired[list[ShippingMethod] | None]
    supported_countries: NotRequired[list[str] | None]
    merchant_session: dict[str, Any]
    endpoints: Endpoints


class AssetFile(TypedDict):
    """A picture of a template, as it travels."""

    id: str
    data: str
    description: NotRequired[str | None]


class AssetList(TypedDict):
    """By id."""

    data: list[AssetView]
    next_cursor: NotRequired[Next]


class AssetView(TypedDict):
    """A picture as it is sent: a PNG inside Apple's limits. Its id is the SHA-256 of its bytes."""

    id: str
    size: int
    width: int
    height: int
    description: NotRequired[str | None]
    created_at: str
    note: NotRequired[str | None]
    download_url: NotRequired[str | None]


type AttachmentState = Literal["pending", "awaiting_upload", "processing", "scanning", "ready", "quarantined", "failed"]


class AttachmentView(TypedDict):
    """A file. `name` is safe for a disk; `content_type` is what its first bytes say, whatever anybody called it."""

    id: str
    direction: Literal["inbound", "outbound"]
    state: AttachmentState
    name: NotRequired[str | None]
    mime_type: NotRequired[str | None]
    content_type: NotRequired[str | None]
    size: NotRequired[int | None]
    sha256: NotRequired[str | None]
    reason: NotRequired[str | None]
    conversation_id: NotRequired[str | None]
    message_id: NotRequired[str | None]
    created_at: str
    settled_at: NotRequired[str | None]
    download_url: NotRequired[str | None]
    download_expires_at: NotRequired[str | None]
    upload: NotRequired[UploadView | None]


class AttemptList(TypedDict):
    """The newest first, at most 200."""

    data: list[AttemptView]


class AttemptView(TypedDict):
    """One failed try. A first try that succeeded is only counted."""

    target: str
    number: int
    at: str
    status: int
    ms: int
    words: str


class Authentication(TypedDict):
    """Lets the customer sign in at the business's identity provider, set up in Apple Business Register.

    With `redirect_uri` the new flow; with `legacy` the old one, for the devices that know no other
    (protocol/07).
    """

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["authentication"]
    scope: list[str]
    state: str
    redirect_uri: NotRequired[str | None]
    additional_parameters: NotRequired[str | None]
    legacy: NotRequired[LegacySignIn | None]


class AuthenticationHere(TypedDict):
    """Lets the customer sign in at the business's identity provider, set up in Apple Business Register.

    With `redirect_uri` the new flow; with `legacy` the old one, for the devices that know no other
    (protocol/07).
    """

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["authentication"]
    scope: list[str]
    state: str
    redirect_uri: NotRequired[str | None]
    additional_parameters: NotRequired[str | None]
    legacy: NotRequired[LegacySignIn | None]


class AwayShape(TypedDict):
    """Said outside of the hours, once for each conversation and closed time."""

    messages: Messages


class BranchingChoice(TypedDict):
    """One answer of a list; `next` leads on from this answer, when only one may be taken."""

    identifier: str
    title: str
    value: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    next: NotRequired[str | None]


class Bubble(TypedDict):
    """How the message looks after the customer has answered (Apple's replyMessage)."""

    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]


class ChannelSettings(TypedDict):
    """All of it; every part may be left out, and what is left out does nothing."""

    apple_pay: NotRequired[ApplePayFacts | None]
    oauth: NotRequired[OAuthFacts | None]
    imessage_app: NotRequired[ImessageAppFacts | None]
    default_locale: NotRequired[Locale | None]
    time_zone: NotRequired[Short | None]
    hours: NotRequired[Week | None]
    holidays: NotRequired[list[HolidayShape] | None]
    greeting: NotRequired[GreetingShape | None]
    away: NotRequired[AwayShape | None]
    triggers: NotRequired[Triggers | None]
    topics: NotRequired[list[TopicShape] | None]


class ChannelView(TypedDict):
    """The settings as they are, and whose."""

    apple_pay: NotRequired[ApplePayFacts | None]
    oauth: NotRequired[OAuthFacts | None]
    imessage_app: NotRequired[ImessageAppFacts | None]
    default_locale: NotRequired[Locale | None]
    time_zone: NotRequired[Short | None]
    hours: NotRequired[Week | None]
    holidays: NotRequired[list[HolidayShape] | None]
    greeting: NotRequired[GreetingShape | None]
    away: NotRequired[AwayShape | None]
    triggers: NotRequired[Triggers | None]
    topics: NotRequired[list[TopicShape] | None]
    business_id: str


class Choice(TypedDict):
    """One answer of a wheel. `value` is the machine's word for it, the identifier when left out."""

    identifier: str
    title: str
    value: NotRequired[str | None]


class ConstructedLink(TypedDict):
    """Apple fetches what it knows of the URL. When it cannot, a rich link with `title` and `image` goes instead."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["constructed_link"]
    url: str
    title: str
    image: NotRequired[ImageRef | None]
    store_region: NotRequired[str | None]


class ConstructedLinkHere(TypedDict):
    """Apple fetches what it knows of the URL. When it cannot, a rich link with `title` and `image` goes instead."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["constructed_link"]
    url: str
    title: str
    image: NotRequired[ImageRef | None]
    store_region: NotRequired[str | None]


class ConversationPage(TypedDict):
    """The one with the latest event first. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[ConversationView]
    next_cursor: NotRequired[Next]


type ConversationState = Literal["open", "held", "closed"]


class ConversationView(TypedDict):
    """One customer of this business. The customer's own id is in webhooks only."""

    id: str
    state: ConversationState
    handler: NotRequired[str | None]
    held: NotRequired[Holding | None]
    opted_out: bool
    capabilities: NotRequired[list[str] | None]
    locale: NotRequired[str | None]
    intent: NotRequired[str | None]
    group: NotRequired[str | None]
    sequence: int
    created_at: NotRequired[str | None]
    last_event_at: NotRequired[str | None]
    last_inbound_at: NotRequired[str | None]


type Cursor = str


class DatePage(TypedDict):
    """A date. The dates are written as `format` says (MM/dd/yyyy unless given); without `maximum` today is the
    last.
    """

    identifier: str
    title: NotRequired[str | None]
    question: str
    next: NotRequired[str | None]
    submit: NotRequired[bool | None]
    type: Literal["date"]
    hint: NotRequired[str | None]
    format: NotRequired[str | None]
    start: NotRequired[str | None]
    minimum: NotRequired[str | None]
    maximum: NotRequired[str | None]
    label: NotRequired[str | None]


type DayOfUtc = str


class Deleted(TypedDict):
    """How much is gone. After a crash of the one who counts, a little more than it says."""

    messages: int
    attempts: int
    attachments: int
    marks: int
    dead_letters: int


class DeliveryList(TypedDict):
    """The newest first. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[DeliveryView]
    next_cursor: NotRequired[Next]


type DeliveryState = Literal[
    "received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"
]


class DeliveryView(TypedDict):
    """A message on its way: of a customer to the business, of the business to the customer, or of Parley itself."""

    message_id: str
    conversation_id: str
    direction: Literal["inbound", "outbound", "notice"]
    type: str
    state: DeliveryState
    created_at: str
    sequence: NotRequired[int | None]
    endpoint_id: NotRequired[str | None]
    attempts: int
    next_attempt_at: NotRequired[str | None]
    delivered_at: NotRequired[str | None]
    sent_at: NotRequired[str | None]
    replayed_at: NotRequired[str | None]
    error: NotRequired[MessageFault | None]
    mode: NotRequired[Literal["test"] | None]


type Direction = Literal["inbound", "outbound"]


class Enclosed(TypedDict):
    """A file that was uploaded before, by its id (`POST /v1/attachments`)."""

    id: str


class EndpointAnswer(TypedDict):
    """What the endpoint said to `endpoint.test`."""

    ok: bool
    status: int
    ms: int
    reason: NotRequired[str | None]
    webhook_id: str


class EndpointChange(TypedDict):
    """What is to be different; what is left out stays."""

    url: NotRequired[str]
    description: NotRequired[str | None]
    events: NotRequired[Events]


class EndpointCreated(TypedDict):
    """A new endpoint, with the secret that signs its webhooks."""

    id: str
    url: str
    state: Literal["active", "paused", "disabled"]
    reason: NotRequired[str | None]
    description: NotRequired[str | None]
    events: NotRequired[list[str]]
    created_at: str
    health: NotRequired[Health | None]
    secret: NotRequired[str | None]


class EndpointList(TypedDict):
    """All endpoints, the oldest first."""

    data: list[EndpointView]


class EndpointSecret(TypedDict):
    """A signing secret, which is shown this once."""

    id: str
    secret: NotRequired[str | None]
    previous_valid_until: NotRequired[str | None]


class EndpointView(TypedDict):
    """An endpoint. `paused` by you, `disabled` by its own 410: either way everything is kept until it is resumed."""

    id: str
    url: str
    state: Literal["active", "paused", "disabled"]
    reason: NotRequired[str | None]
    description: NotRequired[str | None]
    events: NotRequired[list[str]]
    created_at: str
    health: NotRequired[Health | None]


class Endpoints(TypedDict):
    """The https addresses Apple calls while the customer pays; leave out what is not implemented."""

    gateway: str
    fallback: NotRequired[str | None]
    order_tracking: NotRequired[str | None]
    payment_method_update: NotRequired[str | None]
    shipping_contact_update: NotRequired[str | None]
    shipping_method_update: NotRequired[str | None]


class EntryPointList(TypedDict):
    """The newest first."""

    data: list[EntryPointView]
    next_cursor: NotRequired[Next]


class EntryPointView(TypedDict):
    """An entry point in all its forms."""

    id: str
    name: str
    intent: NotRequired[str | None]
    group: NotRequired[str | None]
    body: NotRequired[str | None]
    link: str
    open_link: str
    web_button: str
    created_at: str
    notes: NotRequired[list[Note] | None]


type Events = list[
    Literal[
        "message.received",
        "message.sent",
        "message.failed",
        "message.unknown",
        "message.cancelled",
        "reaction.received",
        "typing.started",
        "typing.ended",
        "conversation.closed",
        "conversation.reopened",
        "conversation.handed_over",
        "invitation.closed",
        "trigger.matched",
        "preferences.changed",
        "attachment.ready",
        "attachment.failed",
        "endpoint.disabled",
    ]
]


class ExportPage(TypedDict):
    """The oldest messages first. A page may be short and still have a `next_cursor`."""

    conversation: NotRequired[ExportedConversation | None]
    messages: list[ExportedMessage]
    next_cursor: NotRequired[Next]


class ExportedConversation(TypedDict):
    """With the customer's own id, which other answers do not show."""

    id: str
    state: ConversationState
    handler: NotRequired[str | None]
    held: NotRequired[Holding | None]
    opted_out: bool
    capabilities: NotRequired[list[str] | None]
    locale: NotRequired[str | None]
    intent: NotRequired[str | None]
    group: NotRequired[str | None]
    sequence: int
    created_at: NotRequired[str | None]
    last_event_at: NotRequired[str | None]
    last_inbound_at: NotRequired[str | None]
    opaque_id: str


class ExportedMessage(TypedDict):
    """A message with every try that failed."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound", "notice"]
    type: str
    state: Literal["received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"]
    created_at: str
    kind: NotRequired[str | None]
    form: NotRequired[str | None]
    form_reason: NotRequired[str | None]
    body: NotRequired[str | None]
    subject: NotRequired[str | None]
    sequence: NotRequired[int | None]
    attempts: NotRequired[int]
    sent_at: NotRequired[str | None]
    delivered_at: NotRequired[str | None]
    error: NotRequired[MessageFault | None]
    parts: NotRequired[list[str] | None]
    mode: NotRequired[Literal["test"] | None]
    template: NotRequired[TemplateUsed | None]
    notes: NotRequired[list[Note] | None]
    raw: NotRequired[dict[str, Any] | None]
    attachments: NotRequired[list[FileView] | None]
    content: NotRequired[dict[str, Any] | None]
    result: NotRequired[dict[str, Any] | None]
    reaction: NotRequired[dict[str, Any] | None]
    redacted: NotRequired[list[str] | None]
    omitted: NotRequired[bool | None]
    failed_attempts: NotRequired[list[AttemptView] | None]


class FileView(TypedDict):
    """A file of a message, as it is now. Ask for its bytes by `id`."""

    id: str
    name: NotRequired[str | None]
    mime_type: NotRequired[str | None]
    size: NotRequired[int | None]
    status: Literal["pending", "awaiting_upload", "processing", "ready", "failed"]
    content_type: NotRequired[str | None]
    sha256: NotRequired[str | None]
    reason: NotRequired[str | None]


class Form(TypedDict):
    """Questions on several pages. It begins at `start`, the first page unless given."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["form"]
    pages: list[Page]
    start: NotRequired[str | None]
    splash: NotRequired[Splash | None]
    show_summary: NotRequired[bool]
    private: NotRequired[bool]


class FormHere(TypedDict):
    """Questions on several pages. It begins at `start`, the first page unless given."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["form"]
    pages: list[Page]
    start: NotRequired[str | None]
    splash: NotRequired[Splash | None]
    show_summary: NotRequired[bool]
    private: NotRequired[bool]


class FormMark(TypedDict):
    """Answers to forms: by `field`, or all of a `private` form. One of the two."""

    type: Literal["form"]
    field: NotRequired[str | None]
    private: NotRequired[bool | None]


class FromTemplate(TypedDict):
    """The template's latest published version, with these values, in the customer's language."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: NotRequired[Literal["template"]]
    template: str
    variables: NotRequired[dict[str, Any]]
    locale: NotRequired[str | None]
    version: NotRequired[Whole | None]


class FromTemplateHere(TypedDict):
    """The template's latest published version, with these values, in the customer's language."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: NotRequired[Literal["template"]]
    template: str
    variables: NotRequired[dict[str, Any]]
    locale: NotRequired[str | None]
    version: NotRequired[Whole | None]


class GreetingShape(TypedDict):
    """Said to who writes for the first time."""

    messages: Messages
    welcome_back: NotRequired[WelcomeBack | None]


class Handler(TypedDict):
    """Who handles the conversation from now on; `null` gives it back to the routes."""

    endpoint_id: Id | None
    note: NotRequired[str | None]


class Health(TypedDict):
    """Shown once an endpoint has failed and not answered since."""

    failures: int
    away_since: NotRequired[str | None]
    next_probe_at: NotRequired[str | None]


class Holding(TypedDict):
    """Something waits to be delivered, and whatever comes next waits behind it."""

    since: str
    endpoint_id: NotRequired[str | None]
    waits_for: NotRequired[Literal["endpoint", "parts"] | None]
    attempts: int
    next_attempt_at: NotRequired[str | None]


class HolidayShape(TypedDict):
    """A day with hours of its own; without any it is closed."""

    date: str
    name: NotRequired[Short | None]
    hours: NotRequired[Spans]


type Id = str


class ImageRef(TypedDict):
    """A picture, by exactly one of `data` (base64), `url` (https), `attachment_id` or `asset_id` (of the library).

    Any common format will do.
    """

    data: NotRequired[str | None]
    url: NotRequired[str | None]
    attachment_id: NotRequired[str | None]
    asset_id: NotRequired[str | None]
    description: NotRequired[str | None]


class ImessageApp(TypedDict):
    """Opens an iMessage extension with `url`: a query string that starts with `?`, or an https URL."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["imessage_app"]
    bid: str
    app_id: int
    app_name: str
    app_icon: NotRequired[ImageRef | None]
    url: str
    session: NotRequired[str | None]
    live_layout: NotRequired[bool | None]


class ImessageAppFacts(TypedDict):
    """Your iMessage extension."""

    app_id: NotRequired[Short | None]
    app_name: NotRequired[Short | None]
    bid: NotRequired[Short | None]
    url: NotRequired[Url | None]


class ImessageAppHere(TypedDict):
    """Opens an iMessage extension with `url`: a query string that starts with `?`, or an https URL."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["imessage_app"]
    bid: str
    app_id: int
    app_name: str
    app_icon: NotRequired[ImageRef | None]
    url: str
    session: NotRequired[str | None]
    live_layout: NotRequired[bool | None]


class ImportRequest(TypedDict):
    """Files to import, and the starter set when `starter` says so."""

    templates: NotRequired[list[TemplateFile]]
    starter: NotRequired[bool]
    replace: NotRequired[bool]
    publish: NotRequired[bool]


class ImportView(TypedDict):
    """In the order of the files."""

    data: list[ImportedTemplate]


class ImportedTemplate(TypedDict):
    """What became of a file. `kept`: there is another template of its name, which was left as it is."""

    name: str
    outcome: Outcome
    version: NotRequired[int | None]


class InputPage(TypedDict):
    """Text to type. `pattern` is a regular expression the answer has to match."""

    identifier: str
    title: NotRequired[str | None]
    question: str
    next: NotRequired[str | None]
    submit: NotRequired[bool | None]
    type: Literal["input"]
    hint: NotRequired[str | None]
    multiline: NotRequired[bool]
    required: NotRequired[bool | None]
    placeholder: NotRequired[str | None]
    label: NotRequired[str | None]
    prefix: NotRequired[str | None]
    max_length: NotRequired[int | None]
    pattern: NotRequired[str | None]
    keyboard: NotRequired[str | None]
    content_type: NotRequired[str | None]


class Invitation(TypedDict):
    """Asks a person who has agreed to it, by phone number (`to` is `tel:+…`), whether to begin a conversation."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["invitation"]
    reference_id: str
    brand_name: str
    brand_logo: NotRequired[ImageRef | None]
    locale: NotRequired[str]


class InvitationList(TypedDict):
    """A page may be short, even empty, and still have a `next_cursor`."""

    data: list[InvitationView]
    next_cursor: NotRequired[Next]


class InvitationView(TypedDict):
    """One person, invited under one reference; the last time, if it was more than once."""

    reference_id: str
    message_id: str
    to: str
    state: Literal["queued", "sent", "failed", "unknown", "cancelled", "accepted", "declined", "closed"]
    created_at: str
    sent_at: NotRequired[str | None]
    answered_at: NotRequired[str | None]
    conversation_id: NotRequired[str | None]
    closed_at: NotRequired[str | None]
    error: NotRequired[MessageFault | None]


class KeyChange(TypedDict):
    """What is to be different; what is left out stays."""

    name: NotRequired[Name]
    scopes: NotRequired[Scopes]
    enabled: NotRequired[bool]
    expires_at: NotRequired[Moment | None]


class KeyCreated(TypedDict):
    """A new key, whole."""

    id: str
    name: str
    mode: Mode
    scopes: list[Scope]
    state: Literal["active", "disabled", "expired"]
    created_at: str
    expires_at: NotRequired[str | None]
    last_used_at: NotRequired[str | None]
    previous_valid_until: NotRequired[str | None]
    key: NotRequired[str | None]


class KeyList(TypedDict):
    """All keys of the business, the oldest first."""

    data: list[KeyView]


class KeyRotation(TypedDict):
    """How long the secret that is replaced stays good."""

    overlap_hours: NotRequired[Whole]


class KeyView(TypedDict):
    """A key without its secret, which is kept nowhere."""

    id: str
    name: str
    mode: Mode
    scopes: list[Scope]
    state: Literal["active", "disabled", "expired"]
    created_at: str
    expires_at: NotRequired[str | None]
    last_used_at: NotRequired[str | None]
    previous_valid_until: NotRequired[str | None]


class LegacySignIn(TypedDict):
    """For devices without AUTH2: the answer comes encrypted for `response_encryption_key` (protocol/07 §2)."""

    response_type: NotRequired[Literal["code", "token"]]
    response_encryption_key: str
    client_secret: NotRequired[str | None]


type Limit = int


class LineItem(TypedDict):
    """One line of the sheet. `amount` is a decimal string; `pending` says that it may still change."""

    label: str
    amount: str
    pending: NotRequired[bool]


type LinkWord = str


class ListItem(TypedDict):
    """One choice. `identifier` comes back unchanged and must be unique in the whole picker."""

    identifier: str
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]


class ListPicker(TypedDict):
    """Choices in sections, with pictures."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["list_picker"]
    sections: list[ListSection]


class ListPickerHere(TypedDict):
    """Choices in sections, with pictures."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["list_picker"]
    sections: list[ListSection]


class ListSection(TypedDict):
    """A titled group of choices; `multiple` lets the customer take several of them."""

    title: str
    multiple: NotRequired[bool]
    items: list[ListItem]


type Locale = str

type LocaleTag = str


class Location(TypedDict):
    """Where the event takes place; `radius` in metres."""

    title: NotRequired[str | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]
    radius: NotRequired[float | None]


type Mark = FormMark | TextMark

type Marks = list[Mark]

type Message = dict[str, Any]


class MessageFault(TypedDict):
    """Why a message did not go out."""

    code: str
    message: str


class MessagePage(TypedDict):
    """Messages of both directions. A page may be short, even empty, and still have a `next_cursor`."""

    data: list[MessageView]
    next_cursor: NotRequired[Next]


type MessageState = Literal[
    "received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"
]

type MessageType = str


class MessageView(TypedDict):
    """A message as the API shows it. Apple sends no delivery or read receipts: `sent` is all there is."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound", "notice"]
    type: str
    state: Literal["received", "held", "delivered", "suppressed", "queued", "sent", "unknown", "cancelled", "failed"]
    created_at: str
    kind: NotRequired[str | None]
    form: NotRequired[str | None]
    form_reason: NotRequired[str | None]
    body: NotRequired[str | None]
    subject: NotRequired[str | None]
    sequence: NotRequired[int | None]
    attempts: NotRequired[int]
    sent_at: NotRequired[str | None]
    delivered_at: NotRequired[str | None]
    error: NotRequired[MessageFault | None]
    parts: NotRequired[list[str] | None]
    mode: NotRequired[Literal["test"] | None]
    template: NotRequired[TemplateUsed | None]
    notes: NotRequired[list[Note] | None]
    raw: NotRequired[dict[str, Any] | None]
    attachments: NotRequired[list[FileView] | None]
    content: NotRequired[dict[str, Any] | None]
    result: NotRequired[dict[str, Any] | None]
    reaction: NotRequired[dict[str, Any] | None]
    redacted: NotRequired[list[str] | None]
    omitted: NotRequired[bool | None]


type Messages = dict[str, Message]

type Mode = Literal["live", "test"]

type Moment = str

type Name = str


class NewAsset(TypedDict):
    """A picture, by exactly one of `data` and `attachment_id`."""

    data: NotRequired[str | None]
    attachment_id: NotRequired[Id | None]
    description: NotRequired[str | None]


class NewAttachment(TypedDict):
    """A file that is about to be uploaded."""

    name: str
    content_type: NotRequired[str | None]
    size: Whole
    sha256: NotRequired[str | None]
    upload: NotRequired[Literal["put", "form"]]


class NewEndpoint(TypedDict):
    """An address to register."""

    url: str
    description: NotRequired[str | None]
    events: NotRequired[Events]


class NewEntryPoint(TypedDict):
    """Where a conversation begins, and what it begins with."""

    name: str
    intent: NotRequired[LinkWord | None]
    group: NotRequired[LinkWord | None]
    body: NotRequired[LinkWord | None]


class NewErasure(TypedDict):
    """Who is to be forgotten."""

    customer: str


class NewInvitation(TypedDict):
    """As the message of this kind; the `type` may be left out."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: NotRequired[Literal["invitation"]]
    reference_id: str
    brand_name: str
    brand_logo: NotRequired[ImageRef | None]
    locale: NotRequired[str]


class NewKey(TypedDict):
    """A key to make. It may do no more, and lives no longer, than the one that asks for it."""

    name: Name
    scopes: Scopes
    mode: NotRequired[Mode]
    expires_at: NotRequired[Moment | None]


class NewNote(TypedDict):
    """A note for your own people and programs. The customer never sees it."""

    body: str
    author: NotRequired[str | None]


class NewPrivacy(TypedDict):
    """All of the settings; what is left out is as the installation has it."""

    retention_days: NotRequired[Whole | None]
    redact: NotRequired[Marks | None]


class NewReplay(TypedDict):
    """Which webhooks are to be delivered again."""

    state: NotRequired[Wanted]
    endpoint_id: NotRequired[Id | None]
    since: Moment
    until: Moment
    rate_per_second: NotRequired[Whole]


class NewTemplate(TypedDict):
    """A template and its name, which it keeps."""

    description: NotRequired[str]
    default_locale: LocaleTag
    variables: NotRequired[list[Variable]]
    bodies: dict[str, dict[str, Any]]
    name: TemplateName


type Next = str | None


class Note(TypedDict):
    """Something that was changed on the way, and where."""

    path: str
    note: str


class NotePage(TypedDict):
    """The newest first."""

    data: list[NoteView]
    next_cursor: NotRequired[Next]


class NoteView(TypedDict):
    """A note, kept as long as messages are."""

    id: str
    body: str
    author: NotRequired[str | None]
    created_at: str


class OAuthFacts(TypedDict):
    """What is registered for signing in. The client secret is not taken here."""

    title: NotRequired[Short | None]
    response_type: NotRequired[Short | None]
    scope: NotRequired[list[Short] | None]
    client_id: NotRequired[Short | None]
    redirect_uri: NotRequired[Url | None]
    token_url: NotRequired[Url | None]


OpenSpan = TypedDict("OpenSpan", {"from": "Time", "to": "Time"})

type Outcome = Literal["created", "replaced", "unchanged", "kept"]

type Page = SelectPage | WheelPage | DatePage | InputPage


class PreferenceView(TypedDict):
    """One topic."""

    id: str
    allowed: bool
    subscribed: NotRequired[bool | None]
    by: NotRequired[Literal["customer", "business"] | None]
    changed_at: NotRequired[str | None]


class PreferencesChange(TypedDict):
    """All that the customer said elsewhere. A topic that is left out counts as never chosen."""

    topics: dict[str, bool]


class PreferencesView(TypedDict):
    """In the order of the channel's topics."""

    data: list[PreferenceView]


class PreviewForm(TypedDict):
    """What a device with these capabilities gets; without a `form` it cannot be sent there, and `reason` says why."""

    capabilities: list[str]
    form: NotRequired[str | None]
    reason: NotRequired[str | None]
    messages: list[PreviewMessage]


class PreviewMessage(TypedDict):
    """A message as Apple gets it, beside the ids."""

    type: str
    content: dict[str, Any]


class PreviewRequest(TypedDict):
    """What to show. Everything may be left out: then the examples, in the template's first language, in every
    form.
    """

    version: NotRequired[VersionNumber | None]
    variables: NotRequired[dict[str, Any] | None]
    locale: NotRequired[LocaleTag | None]
    capabilities: NotRequired[list[Token] | None]
    pictures: NotRequired[bool]


class PreviewView(TypedDict):
    """`message` is what the template becomes, and each form what Apple would be sent of it, checked as for
    sending.
    """

    locale: str
    message: dict[str, Any]
    forms: list[PreviewForm]
    notes: NotRequired[list[Note] | None]


class PrivacyView(TypedDict):
    """The settings as they are."""

    retention_days: NotRequired[int | None]
    redact: NotRequired[Marks | None]
    installation_days: int


class QuickReply(TypedDict):
    """A question with two to five choices to tap."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["quick_reply"]
    text: str
    items: list[QuickReplyItem]


class QuickReplyHere(TypedDict):
    """A question with two to five choices to tap."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["quick_reply"]
    text: str
    items: list[QuickReplyItem]


class QuickReplyItem(TypedDict):
    """One choice. `identifier` comes back unchanged."""

    identifier: str
    title: str


class Receipt(TypedDict):
    """An erasure and how far it is. It names no customer, and nothing that was said."""

    id: str
    state: Literal["running", "completed"]
    conversation_id: str
    requested_at: str
    erased_at: NotRequired[str | None]
    completed_at: NotRequired[str | None]
    deleted: Deleted
    kept_files: NotRequired[int]
    unread_dead_letters: NotRequired[list[str] | None]


class ReplayList(TypedDict):
    """The newest first."""

    data: list[ReplayView]


class ReplayOne(TypedDict):
    """`resend` says that a message to the customer may go to Apple again, under the id it had."""

    resend: NotRequired[bool]


class ReplayView(TypedDict):
    """A replay and how far it is."""

    id: str
    state: Literal["running", "cancelled", "completed"]
    wanted: Wanted
    endpoint_id: NotRequired[str | None]
    since: str
    until: str
    rate_per_second: int
    examined: int
    replayed: int
    reached: NotRequired[str | None]
    created_at: str
    finished_at: NotRequired[str | None]


class RichLink(TypedDict):
    """A URL with a title and a picture, a video or both. Every device can show it."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["rich_link"]
    url: str
    title: str
    image: NotRequired[ImageRef | None]
    video: NotRequired[Video | None]


class RichLinkHere(TypedDict):
    """A URL with a title and a picture, a video or both. Every device can show it."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["rich_link"]
    url: str
    title: str
    image: NotRequired[ImageRef | None]
    video: NotRequired[Video | None]


class RouteAnswer(TypedDict):
    """Where it would go."""

    endpoint_id: NotRequired[str | None]
    rule: NotRequired[int | None]
    reason: Literal["handover", "intent_and_group", "intent", "group", "default", "no_rule", "endpoint_gone"]
    explanation: str


class RouteList(TypedDict):
    """The whole list, in order."""

    rules: list[RuleShape]


class RouteQuestion(TypedDict):
    """A message that might come. What is left out is taken from the conversation, when one is named."""

    intent: NotRequired[Word | None]
    group: NotRequired[Word | None]
    locale: NotRequired[Locale | None]
    type: NotRequired[MessageType | None]
    conversation_id: NotRequired[Id | None]


class RuleShape(TypedDict):
    """A rule matches when everything it names does; what it leaves out matches everything."""

    endpoint_id: Id
    intent: NotRequired[Word | None]
    group: NotRequired[Word | None]
    locale: NotRequired[Locale | None]
    type: NotRequired[MessageType | None]


type Scope = Literal["read", "send", "manage", "keys", "privacy"]

type Scopes = list[Scope]


class SelectPage(TypedDict):
    """Answers to tap, one or (`multiple`) several."""

    identifier: str
    title: NotRequired[str | None]
    question: str
    next: NotRequired[str | None]
    submit: NotRequired[bool | None]
    type: Literal["select"]
    multiple: NotRequired[bool]
    items: list[BranchingChoice]


class ShippingMethod(TypedDict):
    """One way of delivery."""

    identifier: str
    label: str
    detail: NotRequired[str | None]
    amount: str


type Short = str


class Slot(TypedDict):
    """One offered time. `start` is RFC 3339 with an offset, `duration` in seconds."""

    identifier: str
    start: str
    duration: int


type Spans = list[OpenSpan]


class Splash(TypedDict):
    """A page of welcome before the first question."""

    header: NotRequired[str | None]
    text: NotRequired[str | None]
    button: str
    image: NotRequired[ImageRef | None]


class TemplateContent(TypedDict):
    """A template. Each body is a message of this API without `to`; `{{name}}` stands for a variable."""

    description: NotRequired[str]
    default_locale: LocaleTag
    variables: NotRequired[list[Variable]]
    bodies: dict[str, dict[str, Any]]


class TemplateFile(TypedDict):
    """A template as a file, with the pictures it needs."""

    description: NotRequired[str]
    default_locale: LocaleTag
    variables: NotRequired[list[Variable]]
    bodies: dict[str, dict[str, Any]]
    name: TemplateName
    format: Literal["parley-template/1"]
    assets: NotRequired[list[AssetFile]]


class TemplateList(TypedDict):
    """By name. A page may be short and still have a `next_cursor`."""

    data: list[TemplateSummary]
    next_cursor: NotRequired[Next]


type TemplateName = str


class TemplateSummary(TypedDict):
    """A template without what it says. `changed`: the working copy says something else than the latest version."""

    name: str
    description: str
    state: Literal["draft", "published", "archived"]
    version: NotRequired[int | None]
    changed: bool
    locales: list[str]
    created_at: str
    changed_at: str
    published_at: NotRequired[str | None]
    archived_at: NotRequired[str | None]


class TemplateUsed(TypedDict):
    """Which template of the library a message was made of."""

    name: str
    version: int
    locale: str


class TemplateView(TypedDict):
    """A template with its working copy."""

    name: str
    description: str
    state: Literal["draft", "published", "archived"]
    version: NotRequired[int | None]
    changed: bool
    locales: list[str]
    created_at: str
    changed_at: str
    published_at: NotRequired[str | None]
    archived_at: NotRequired[str | None]
    default_locale: str
    variables: list[Variable]
    bodies: dict[str, dict[str, Any]]


class Text(TypedDict):
    """Plain text for one customer, files, or both."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: NotRequired[Literal["text"]]
    body: NotRequired[str]
    subject: NotRequired[str | None]
    attachments: NotRequired[list[Enclosed]]
    links: NotRequired[Literal["preview", "plain"]]


class TextHere(TypedDict):
    """Plain text for one customer, files, or both."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: NotRequired[Literal["text"]]
    body: NotRequired[str]
    subject: NotRequired[str | None]
    attachments: NotRequired[list[Enclosed]]
    links: NotRequired[Literal["preview", "plain"]]


class TextMark(TypedDict):
    """What a text says."""

    type: Literal["text"]
    field: Literal["body", "subject"]


type Tier = Literal["standard", "plus"]

type Time = str


class TimePicker(TypedDict):
    """Times to choose from. `timezone_offset` is in minutes from GMT; without it the device's own zone counts."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["time_picker"]
    event_title: NotRequired[str | None]
    event_identifier: NotRequired[str]
    location: NotRequired[Location | None]
    slots: list[Slot]
    timezone_offset: NotRequired[int | None]


class TimePickerHere(TypedDict):
    """Times to choose from. `timezone_offset` is in minutes from GMT; without it the device's own zone counts."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    title: str
    subtitle: NotRequired[str | None]
    image: NotRequired[ImageRef | None]
    style: NotRequired[Literal["icon", "small", "large"] | None]
    reply: NotRequired[Bubble | None]
    type: Literal["time_picker"]
    event_title: NotRequired[str | None]
    event_identifier: NotRequired[str]
    location: NotRequired[Location | None]
    slots: list[Slot]
    timezone_offset: NotRequired[int | None]


type Token = Literal["QUICK", "LIST", "TIME", "AUTH", "AUTH2", "FORM"]

type TopicId = str


class TopicShape(TypedDict):
    """Something customers may be notified of, named by `topic` of a message."""

    id: str
    titles: dict[str, str]
    marketing: NotRequired[bool]
    default: NotRequired[bool]


class TriggerShape(TypedDict):
    """What a word leads to, beside `trigger.matched`."""

    words: NotRequired[dict[str, list[str]] | None]
    answer: NotRequired[Messages | None]
    handover: NotRequired[Id | None]


class Triggers(TypedDict):
    """By what the customer wants. A word counts when it is the whole message."""

    person: NotRequired[TriggerShape | None]
    menu: NotRequired[TriggerShape | None]
    unsubscribe: NotRequired[TriggerShape | None]
    subscribe: NotRequired[TriggerShape | None]


class Typing(TypedDict):
    """Shows the customer that somebody is writing, or has stopped."""

    to: str
    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["typing"]
    state: Literal["start", "end"]


class TypingHere(TypedDict):
    """Shows the customer that somebody is writing, or has stopped."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    fallback: NotRequired[Literal["auto", "reject"] | dict[str, Any]]
    type: Literal["typing"]
    state: Literal["start", "end"]


class TypingState(TypedDict):
    """Who writes."""

    auto_reply: NotRequired[bool]
    agent: NotRequired[str | None]
    topic: NotRequired[str | None]
    state: Literal["start", "end"]


class UploadView(TypedDict):
    """How to upload: the bytes with these headers, or a form with these fields and `file` as the last."""

    method: Literal["PUT", "POST"]
    url: str
    headers: NotRequired[dict[str, str] | None]
    fields: NotRequired[dict[str, str] | None]
    expires_at: str


type Url = str


class UsageDay(TypedDict):
    """The messages of one day of UTC."""

    day: str
    inbound: int
    outbound: int
    test: int
    final: bool


class UsageLimits(TypedDict):
    """Of all keys of the business together; above them 429."""

    requests_per_second: float
    burst: int


class UsageView(TypedDict):
    """What a business uses and may use."""

    tier: Tier
    limits: UsageLimits
    data: list[UsageDay]
    next_cursor: NotRequired[Next]


class Variable(TypedDict):
    """What a message of this template has to be told. It is required, unless it has a default or says otherwise."""

    name: VariableName
    type: NotRequired[VariableType]
    required: NotRequired[bool]
    default: NotRequired[Any]
    example: NotRequired[Any]
    description: NotRequired[str | None]


type VariableName = str

type VariableType = Literal["string", "number", "boolean", "date-time", "url", "list"]


class VersionList(TypedDict):
    """The newest first."""

    data: list[VersionSummary]
    next_cursor: NotRequired[Next]


type VersionNumber = Whole


class VersionSummary(TypedDict):
    """A version without what it says."""

    version: int
    published_at: str


class VersionView(TypedDict):
    """What was published under a number; it never changes."""

    version: int
    published_at: str
    name: str
    description: str
    default_locale: str
    variables: list[Variable]
    bodies: dict[str, dict[str, Any]]


class Video(TypedDict):
    """A video the device loads by itself."""

    url: str
    mime_type: NotRequired[str]


type Wanted = Literal["failed", "delivered", "any"]


class Week(TypedDict):
    """When people answer, on the clock of `time_zone`. A day that is left out is closed."""

    monday: NotRequired[Spans]
    tuesday: NotRequired[Spans]
    wednesday: NotRequired[Spans]
    thursday: NotRequired[Spans]
    friday: NotRequired[Spans]
    saturday: NotRequired[Spans]
    sunday: NotRequired[Spans]


class WelcomeBack(TypedDict):
    """Said instead of the greeting to who has not written for so long."""

    after_days: Whole
    messages: Messages


class WheelPage(TypedDict):
    """A wheel; `selected` is the index it starts at."""

    identifier: str
    title: NotRequired[str | None]
    question: str
    next: NotRequired[str | None]
    submit: NotRequired[bool | None]
    type: Literal["wheel"]
    label: NotRequired[str | None]
    selected: NotRequired[int | None]
    items: list[Choice]


type Whole = int

type Word = str
