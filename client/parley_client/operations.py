"""Every operation of the API. Made by `python -m local.client` from the API's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from parley_client.transport import Reply, Transport, new_key, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley_client.types import (
        Apple,
        AppleHere,
        ApplePay,
        ApplePayHere,
        AssetList,
        AssetView,
        AttachmentView,
        AttemptList,
        Authentication,
        AuthenticationHere,
        ChannelSettings,
        ChannelView,
        ConstructedLink,
        ConstructedLinkHere,
        ConversationPage,
        ConversationState,
        ConversationView,
        Cursor,
        DayOfUtc,
        DeliveryList,
        DeliveryState,
        DeliveryView,
        Direction,
        EndpointAnswer,
        EndpointChange,
        EndpointCreated,
        EndpointList,
        EndpointSecret,
        EndpointView,
        EntryPointList,
        EntryPointView,
        ExportPage,
        Form,
        FormHere,
        FromTemplate,
        FromTemplateHere,
        Handler,
        Id,
        ImessageApp,
        ImessageAppHere,
        ImportRequest,
        ImportView,
        Invitation,
        InvitationList,
        InvitationView,
        KeyChange,
        KeyCreated,
        KeyList,
        KeyRotation,
        KeyView,
        Limit,
        ListPicker,
        ListPickerHere,
        MessagePage,
        MessageState,
        MessageView,
        Moment,
        NewAsset,
        NewAttachment,
        NewEndpoint,
        NewEntryPoint,
        NewErasure,
        NewInvitation,
        NewKey,
        NewNote,
        NewPrivacy,
        NewReplay,
        NewTemplate,
        NotePage,
        NoteView,
        PreferencesChange,
        PreferencesView,
        PreviewRequest,
        PreviewView,
        PrivacyView,
        QuickReply,
        QuickReplyHere,
        Receipt,
        ReplayList,
        ReplayOne,
        ReplayView,
        RichLink,
        RichLinkHere,
        RouteAnswer,
        RouteList,
        RouteQuestion,
        TemplateContent,
        TemplateFile,
        TemplateList,
        TemplateSummary,
        TemplateView,
        Text,
        TextHere,
        TimePicker,
        TimePickerHere,
        Typing,
        TypingHere,
        TypingState,
        UsageDay,
        UsageView,
        VersionList,
        VersionNumber,
        VersionSummary,
        VersionView,
        Word,
    )


class Operations(Transport):
    """One method each; all raise ProblemError."""

    def send_message(
        self,
        body: Text
        | Typing
        | RichLink
        | ConstructedLink
        | QuickReply
        | ListPicker
        | TimePicker
        | Form
        | ImessageApp
        | Authentication
        | ApplePay
        | Invitation
        | Apple
        | FromTemplate,
        *,
        idempotency_key: str | None = None,
    ) -> Reply[MessageView]:
        """Send a message to a customer.

        Stored once and sent to Apple in order. `queued` is the promise that it will be tried; ask for the message
        to see `sent`, `failed`, `unknown` or `cancelled`. Apple sends no delivery or read receipts.
        """
        return self._call("POST", "/v1/messages", body=body, key=idempotency_key or new_key())

    def list_messages(
        self,
        *,
        direction: Direction | None = None,
        state: MessageState | None = None,
        conversation_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor | None = None,
        limit: Limit | None = None,
    ) -> Reply[MessagePage]:
        """Messages of both directions with what they say."""
        return self._call(
            "GET",
            "/v1/messages",
            query={
                "direction": direction,
                "state": state,
                "conversation_id": conversation_id,
                "since": since,
                "until": until,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def iter_messages(
        self,
        *,
        direction: Direction | None = None,
        state: MessageState | None = None,
        conversation_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: Limit | None = None,
    ) -> Iterator[MessageView]:
        """Every entry of `list_messages`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_messages(
                direction=direction,
                state=state,
                conversation_id=conversation_id,
                since=since,
                until=until,
                limit=limit,
                cursor=cursor,
            ).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_message(self, message_id: str) -> Reply[MessageView]:
        """What became of a message, and what it says."""
        return self._call("GET", f"/v1/messages/{step(message_id)}")

    def send_to_conversation(
        self,
        conversation_id: str,
        body: TextHere
        | TypingHere
        | RichLinkHere
        | ConstructedLinkHere
        | QuickReplyHere
        | ListPickerHere
        | TimePickerHere
        | FormHere
        | ImessageAppHere
        | AuthenticationHere
        | ApplePayHere
        | AppleHere
        | FromTemplateHere,
        *,
        idempotency_key: str | None = None,
    ) -> Reply[MessageView]:
        """Send a message into a conversation.

        As `POST /v1/messages`, without `to`. An invitation goes to somebody with whom there is none yet.
        """
        return self._call(
            "POST", f"/v1/conversations/{step(conversation_id)}/messages", body=body, key=idempotency_key or new_key()
        )

    def list_conversation_messages(
        self,
        conversation_id: str,
        *,
        direction: Direction | None = None,
        order: Literal["newest", "oldest"] | None = None,
        cursor: Cursor | None = None,
        limit: Limit | None = None,
    ) -> Reply[MessagePage]:
        """What was said in a conversation."""
        return self._call(
            "GET",
            f"/v1/conversations/{step(conversation_id)}/messages",
            query={"direction": direction, "order": order, "cursor": cursor, "limit": limit},
        )

    def iter_conversation_messages(
        self,
        conversation_id: str,
        *,
        direction: Direction | None = None,
        order: Literal["newest", "oldest"] | None = None,
        limit: Limit | None = None,
    ) -> Iterator[MessageView]:
        """Every entry of `list_conversation_messages`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_conversation_messages(
                conversation_id, direction=direction, order=order, limit=limit, cursor=cursor
            ).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def show_typing(
        self, conversation_id: str, body: TypingState, *, idempotency_key: str | None = None
    ) -> Reply[None]:
        """Show the customer that somebody is writing, or has stopped.

        It goes straight to Apple, is never stored and never tried again: to say it twice is to say it once.
        """
        return self._call(
            "POST", f"/v1/conversations/{step(conversation_id)}/typing", body=body, key=idempotency_key or new_key()
        )

    def create_template(self, body: NewTemplate, *, idempotency_key: str | None = None) -> Reply[TemplateView]:
        """Begin a template.

        Its working copy may be unfinished: it is checked when it is published. `{{order.number}}` stands for a
        variable; a text that is nothing but one takes the value as it is, a list as well.
        """
        return self._call("POST", "/v1/library", body=body, key=idempotency_key or new_key())

    def list_templates(self, *, cursor: Cursor | None = None, limit: Limit | None = None) -> Reply[TemplateList]:
        """All templates."""
        return self._call("GET", "/v1/library", query={"cursor": cursor, "limit": limit})

    def iter_templates(self, *, limit: Limit | None = None) -> Iterator[TemplateSummary]:
        """Every entry of `list_templates`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_templates(limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def import_templates(self, body: ImportRequest, *, idempotency_key: str | None = None) -> Reply[ImportView]:
        """Take templates from files, or the starter set."""
        return self._call("POST", "/v1/library/import", body=body, key=idempotency_key or new_key())

    def get_template(self, name: str) -> Reply[TemplateView]:
        """A template and its working copy."""
        return self._call("GET", f"/v1/library/{step(name)}")

    def replace_template(self, name: str, body: TemplateContent, *, if_match: str | None = None) -> Reply[TemplateView]:
        """Replace a template's working copy.

        What was published stays as it is until it is published again.
        """
        return self._call("PUT", f"/v1/library/{step(name)}", body=body, if_match=if_match)

    def remove_template(self, name: str, *, if_match: str | None = None) -> Reply[None]:
        """Remove a template that was never published."""
        return self._call("DELETE", f"/v1/library/{step(name)}", if_match=if_match)

    def publish_template(self, name: str, *, idempotency_key: str | None = None) -> Reply[VersionView]:
        """Make the working copy the version that is sent.

        Every body is filled with the examples and checked as a message is; pointers of `errors` lead into the
        template. What was published before keeps its number. Publishing the same again changes nothing.
        """
        return self._call("POST", f"/v1/library/{step(name)}/publish", key=idempotency_key or new_key())

    def archive_template(self, name: str, *, idempotency_key: str | None = None) -> Reply[TemplateSummary]:
        """Put a template away.

        Nothing is sent of it any more. Its versions stay readable.
        """
        return self._call("POST", f"/v1/library/{step(name)}/archive", key=idempotency_key or new_key())

    def restore_template(self, name: str, *, idempotency_key: str | None = None) -> Reply[TemplateSummary]:
        """Take a template out of the archive."""
        return self._call("POST", f"/v1/library/{step(name)}/restore", key=idempotency_key or new_key())

    def list_template_versions(
        self, name: str, *, cursor: Cursor | None = None, limit: Limit | None = None
    ) -> Reply[VersionList]:
        """What was published of a template."""
        return self._call("GET", f"/v1/library/{step(name)}/versions", query={"cursor": cursor, "limit": limit})

    def iter_template_versions(self, name: str, *, limit: Limit | None = None) -> Iterator[VersionSummary]:
        """Every entry of `list_template_versions`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_template_versions(name, limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_template_version(self, name: str, version: str) -> Reply[VersionView]:
        """One version of a template."""
        return self._call("GET", f"/v1/library/{step(name)}/versions/{step(version)}")

    def preview_template(
        self, name: str, body: PreviewRequest | None = None, *, idempotency_key: str | None = None
    ) -> Reply[PreviewView]:
        """Show what would be sent of a template.

        Nothing is sent, and nothing is fetched: pictures by URL have a stand-in, links in texts stay as they are.
        The request identifier is the same in every preview.
        """
        return self._call("POST", f"/v1/library/{step(name)}/preview", body=body, key=idempotency_key or new_key())

    def export_template(self, name: str, *, version: VersionNumber | None = None) -> Reply[TemplateFile]:
        """A template as a file."""
        return self._call("GET", f"/v1/library/{step(name)}/export", query={"version": version})

    def create_asset(self, body: NewAsset, *, idempotency_key: str | None = None) -> Reply[AssetView]:
        """Keep a picture.

        It is made to fit now, and not when it is sent. The same picture is kept once.
        """
        return self._call("POST", "/v1/library/assets", body=body, key=idempotency_key or new_key())

    def list_assets(self, *, cursor: Cursor | None = None, limit: Limit | None = None) -> Reply[AssetList]:
        """All pictures."""
        return self._call("GET", "/v1/library/assets", query={"cursor": cursor, "limit": limit})

    def iter_assets(self, *, limit: Limit | None = None) -> Iterator[AssetView]:
        """Every entry of `list_assets`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_assets(limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_asset(self, asset_id: str) -> Reply[AssetView]:
        """One picture."""
        return self._call("GET", f"/v1/library/assets/{step(asset_id)}")

    def remove_asset(self, asset_id: str) -> Reply[None]:
        """Remove a picture.

        What names it keeps it: a template's working copy, any of its versions, the channel's messages.
        """
        return self._call("DELETE", f"/v1/library/assets/{step(asset_id)}")

    def create_attachment(self, body: NewAttachment, *, idempotency_key: str | None = None) -> Reply[AttachmentView]:
        """Announce a file and get a place to upload it.

        Upload it right away; it is encrypted and brought to Apple as soon as it is there, so that it is ready
        before the message. A message may name it at once.
        """
        return self._call("POST", "/v1/attachments", body=body, key=idempotency_key or new_key())

    def get_attachment(self, attachment_id: str) -> Reply[AttachmentView]:
        """What is known of a file."""
        return self._call("GET", f"/v1/attachments/{step(attachment_id)}")

    def get_attachment_content(self, attachment_id: str, *, rendition: Literal["jpeg"] | None = None) -> Reply[None]:
        """Download a file."""
        return self._call("GET", f"/v1/attachments/{step(attachment_id)}/content", query={"rendition": rendition})

    def list_conversations(
        self,
        *,
        state: ConversationState | None = None,
        handler: Id | None = None,
        intent: Word | None = None,
        group: Word | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor | None = None,
        limit: Limit | None = None,
    ) -> Reply[ConversationPage]:
        """Conversations by state, handler, intent, group and time.

        One that moves up while you read page by page may come twice, or stand before where you are.
        """
        return self._call(
            "GET",
            "/v1/conversations",
            query={
                "state": state,
                "handler": handler,
                "intent": intent,
                "group": group,
                "since": since,
                "until": until,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def iter_conversations(
        self,
        *,
        state: ConversationState | None = None,
        handler: Id | None = None,
        intent: Word | None = None,
        group: Word | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: Limit | None = None,
    ) -> Iterator[ConversationView]:
        """Every entry of `list_conversations`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_conversations(
                state=state,
                handler=handler,
                intent=intent,
                group=group,
                since=since,
                until=until,
                limit=limit,
                cursor=cursor,
            ).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_conversation(self, conversation_id: str) -> Reply[ConversationView]:
        """What is known of a conversation."""
        return self._call("GET", f"/v1/conversations/{step(conversation_id)}")

    def erase_conversation(self, conversation_id: str) -> Reply[Receipt]:
        """Forget a conversation.

        Messages of both directions, attachments, held deliveries, dead letters and everything that led to them.
        What Apple or this MSP still has on its way is not delivered any more. If the customer writes again, they
        begin anew.
        """
        return self._call("DELETE", f"/v1/conversations/{step(conversation_id)}")

    def hand_over(self, conversation_id: str, body: Handler, *, if_match: str | None = None) -> Reply[ConversationView]:
        """Hand a conversation over to an endpoint.

        It overrides every rule until it is changed. What is held goes to the new handler at once. Everybody it
        concerns is told with `conversation.handed_over`: who gets it, who had it, and where the routes may lead.
        """
        return self._call("PUT", f"/v1/conversations/{step(conversation_id)}/handler", body=body, if_match=if_match)

    def get_preferences(self, conversation_id: str) -> Reply[PreferencesView]:
        """What a customer wants to be notified of."""
        return self._call("GET", f"/v1/conversations/{step(conversation_id)}/preferences")

    def replace_preferences(
        self, conversation_id: str, body: PreferencesChange, *, if_match: str | None = None
    ) -> Reply[PreferencesView]:
        """Note what a customer wants to be notified of."""
        return self._call("PUT", f"/v1/conversations/{step(conversation_id)}/preferences", body=body, if_match=if_match)

    def create_note(
        self, conversation_id: str, body: NewNote, *, idempotency_key: str | None = None
    ) -> Reply[NoteView]:
        """Note something about a conversation.

        For those who handle it after you. It is never sent to the customer, and no webhook tells of it.
        """
        return self._call(
            "POST", f"/v1/conversations/{step(conversation_id)}/notes", body=body, key=idempotency_key or new_key()
        )

    def list_notes(
        self, conversation_id: str, *, cursor: Cursor | None = None, limit: Limit | None = None
    ) -> Reply[NotePage]:
        """What was noted about a conversation."""
        return self._call(
            "GET", f"/v1/conversations/{step(conversation_id)}/notes", query={"cursor": cursor, "limit": limit}
        )

    def iter_notes(self, conversation_id: str, *, limit: Limit | None = None) -> Iterator[NoteView]:
        """Every entry of `list_notes`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_notes(conversation_id, limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def delete_note(self, conversation_id: str, note_id: str) -> Reply[None]:
        """Delete a note."""
        return self._call("DELETE", f"/v1/conversations/{step(conversation_id)}/notes/{step(note_id)}")

    def create_endpoint(self, body: NewEndpoint, *, idempotency_key: str | None = None) -> Reply[EndpointCreated]:
        """Register an address for webhooks.

        It gets messages once a route names it. The secret is shown this once.
        """
        return self._call("POST", "/v1/endpoints", body=body, key=idempotency_key or new_key())

    def list_endpoints(self) -> Reply[EndpointList]:
        """All endpoints."""
        return self._call("GET", "/v1/endpoints")

    def get_endpoint(self, endpoint_id: str) -> Reply[EndpointView]:
        """One endpoint."""
        return self._call("GET", f"/v1/endpoints/{step(endpoint_id)}")

    def change_endpoint(
        self, endpoint_id: str, body: EndpointChange, *, if_match: str | None = None
    ) -> Reply[EndpointView]:
        """Change an endpoint.

        What is left out stays. A new URL is used at once, also for what is held.
        """
        return self._call("PATCH", f"/v1/endpoints/{step(endpoint_id)}", body=body, if_match=if_match)

    def remove_endpoint(self, endpoint_id: str) -> Reply[None]:
        """Remove an endpoint.

        What is held for it goes where the routes lead now.
        """
        return self._call("DELETE", f"/v1/endpoints/{step(endpoint_id)}")

    def test_endpoint(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Reply[EndpointAnswer]:
        """Send `endpoint.test` now.

        Signed like every webhook, sent once, whatever state the endpoint is in.
        """
        return self._call("POST", f"/v1/endpoints/{step(endpoint_id)}/test", key=idempotency_key or new_key())

    def pause_endpoint(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Reply[EndpointView]:
        """Hold everything for an endpoint.

        Nothing is lost while it is paused: messages wait, and their 76 hours begin when it is resumed.
        """
        return self._call("POST", f"/v1/endpoints/{step(endpoint_id)}/pause", key=idempotency_key or new_key())

    def resume_endpoint(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Reply[EndpointView]:
        """Deliver to an endpoint again.

        After a pause or a 410, or to try a failing one at once: what is held for it is sent, in order.
        """
        return self._call("POST", f"/v1/endpoints/{step(endpoint_id)}/resume", key=idempotency_key or new_key())

    def rotate_endpoint_secret(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Reply[EndpointSecret]:
        """Give an endpoint a new secret.

        For 24 hours every webhook carries two signatures, one of each secret.
        """
        return self._call("POST", f"/v1/endpoints/{step(endpoint_id)}/rotate-secret", key=idempotency_key or new_key())

    def get_routes(self) -> Reply[RouteList]:
        """The rules, in order."""
        return self._call("GET", "/v1/routes")

    def replace_routes(self, body: RouteList, *, if_match: str | None = None) -> Reply[RouteList]:
        """Replace the rules.

        The most specific matching rule decides: intent and group, intent, group, neither. Among equals the first.
        `locale` and `type` only narrow a rule. Used within 5 seconds.
        """
        return self._call("PUT", "/v1/routes", body=body, if_match=if_match)

    def test_routes(
        self, body: RouteQuestion | None = None, *, idempotency_key: str | None = None
    ) -> Reply[RouteAnswer]:
        """Where would this go?."""
        return self._call("POST", "/v1/routes/test", body=body, key=idempotency_key or new_key())

    def get_channel(self) -> Reply[ChannelView]:
        """The channel settings."""
        return self._call("GET", "/v1/channel")

    def replace_channel(self, body: ChannelSettings, *, if_match: str | None = None) -> Reply[ChannelView]:
        """Replace the channel settings.

        Messages in it are checked as for sending. 48 KB at most. Used within 5 seconds. With any settings at all,
        trigger words are told as `trigger.matched`.
        """
        return self._call("PUT", "/v1/channel", body=body, if_match=if_match)

    def change_channel(self, body: ChannelSettings, *, if_match: str | None = None) -> Reply[ChannelView]:
        """Replace parts of the channel settings.

        Each part that is sent takes the place of the whole part; null removes it.
        """
        return self._call("PATCH", "/v1/channel", body=body, if_match=if_match)

    def list_deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint_id: Id | None = None,
        conversation_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        cursor: Cursor | None = None,
        limit: Limit | None = None,
    ) -> Reply[DeliveryList]:
        """Messages by state, endpoint, conversation and time."""
        return self._call(
            "GET",
            "/v1/deliveries",
            query={
                "state": state,
                "endpoint_id": endpoint_id,
                "conversation_id": conversation_id,
                "since": since,
                "until": until,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def iter_deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint_id: Id | None = None,
        conversation_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: Limit | None = None,
    ) -> Iterator[DeliveryView]:
        """Every entry of `list_deliveries`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_deliveries(
                state=state,
                endpoint_id=endpoint_id,
                conversation_id=conversation_id,
                since=since,
                until=until,
                limit=limit,
                cursor=cursor,
            ).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_delivery(self, message_id: str) -> Reply[DeliveryView]:
        """Where one message is."""
        return self._call("GET", f"/v1/deliveries/{step(message_id)}")

    def list_attempts(self, message_id: str) -> Reply[AttemptList]:
        """The failed tries of one message."""
        return self._call("GET", f"/v1/deliveries/{step(message_id)}/attempts")

    def replay_delivery(
        self, message_id: str, body: ReplayOne | None = None, *, idempotency_key: str | None = None
    ) -> Reply[DeliveryView]:
        """Deliver a message again.

        A webhook goes out again with the same `webhook-id`, in its place in the conversation. A message to a
        customer goes to Apple again under the same id, when it `failed` or is `unknown` and `resend` says so.
        """
        return self._call(
            "POST", f"/v1/deliveries/{step(message_id)}/replay", body=body, key=idempotency_key or new_key()
        )

    def create_replay(self, body: NewReplay, *, idempotency_key: str | None = None) -> Reply[ReplayView]:
        """Deliver the webhooks of a span of time again.

        The oldest first, each with the `webhook-id` it had, in order within each conversation. It goes on where it
        was, whatever happens in between.
        """
        return self._call("POST", "/v1/replays", body=body, key=idempotency_key or new_key())

    def list_replays(self) -> Reply[ReplayList]:
        """Replays of the last week."""
        return self._call("GET", "/v1/replays")

    def get_replay(self, replay_id: str) -> Reply[ReplayView]:
        """How far a replay is."""
        return self._call("GET", f"/v1/replays/{step(replay_id)}")

    def cancel_replay(self, replay_id: str, *, idempotency_key: str | None = None) -> Reply[ReplayView]:
        """Stop a replay.

        What it has put on its way stays on its way.
        """
        return self._call("POST", f"/v1/replays/{step(replay_id)}/cancel", key=idempotency_key or new_key())

    def resume_replay(self, replay_id: str, *, idempotency_key: str | None = None) -> Reply[ReplayView]:
        """Let a replay go on."""
        return self._call("POST", f"/v1/replays/{step(replay_id)}/resume", key=idempotency_key or new_key())

    def create_entry_point(self, body: NewEntryPoint, *, idempotency_key: str | None = None) -> Reply[EntryPointView]:
        """Make a way into a conversation.

        A link, a code to scan and a button for web pages, which say where the conversation came from.
        """
        return self._call("POST", "/v1/entry-points", body=body, key=idempotency_key or new_key())

    def list_entry_points(self, *, cursor: Cursor | None = None, limit: Limit | None = None) -> Reply[EntryPointList]:
        """All entry points."""
        return self._call("GET", "/v1/entry-points", query={"cursor": cursor, "limit": limit})

    def iter_entry_points(self, *, limit: Limit | None = None) -> Iterator[EntryPointView]:
        """Every entry of `list_entry_points`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_entry_points(limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_entry_point(self, entry_point_id: str) -> Reply[EntryPointView]:
        """One entry point."""
        return self._call("GET", f"/v1/entry-points/{step(entry_point_id)}")

    def remove_entry_point(self, entry_point_id: str) -> Reply[None]:
        """Forget an entry point.

        What was printed goes on working: Apple knows nothing of it, and its intent and group still come.
        """
        return self._call("DELETE", f"/v1/entry-points/{step(entry_point_id)}")

    def get_entry_point_svg(
        self, entry_point_id: str, *, size: int | None = None, error: Literal["L", "M", "Q", "H"] | None = None
    ) -> Reply[bytes]:
        """Its QR code, to be printed at any size."""
        return self._call(
            "GET",
            f"/v1/entry-points/{step(entry_point_id)}/qr.svg",
            query={"size": size, "error": error},
            accept="image/svg+xml",
        )

    def get_entry_point_png(
        self, entry_point_id: str, *, size: int | None = None, error: Literal["L", "M", "Q", "H"] | None = None
    ) -> Reply[bytes]:
        """Its QR code as a picture.

        Send `Accept: image/png`: without it API Gateway would answer with text.
        """
        return self._call(
            "GET",
            f"/v1/entry-points/{step(entry_point_id)}/qr.png",
            query={"size": size, "error": error},
            accept="image/png",
        )

    def create_key(self, body: NewKey, *, idempotency_key: str | None = None) -> Reply[KeyCreated]:
        """Make an API key.

        The key is shown this once. It can be given nothing that the key of this call may not do itself.
        """
        return self._call("POST", "/v1/keys", body=body, key=idempotency_key or new_key())

    def list_keys(self) -> Reply[KeyList]:
        """All API keys."""
        return self._call("GET", "/v1/keys")

    def get_key(self, key_id: str) -> Reply[KeyView]:
        """One API key."""
        return self._call("GET", f"/v1/keys/{step(key_id)}")

    def change_key(self, key_id: str, body: KeyChange, *, if_match: str | None = None) -> Reply[KeyView]:
        """Change an API key.

        What is left out stays. In force within 60 seconds.
        """
        return self._call("PATCH", f"/v1/keys/{step(key_id)}", body=body, if_match=if_match)

    def remove_key(self, key_id: str) -> Reply[None]:
        """Revoke an API key for good.

        Within 60 seconds it opens nothing any more.
        """
        return self._call("DELETE", f"/v1/keys/{step(key_id)}")

    def rotate_key(
        self, key_id: str, body: KeyRotation | None = None, *, idempotency_key: str | None = None
    ) -> Reply[KeyCreated]:
        """Give an API key a new secret.

        The secret before it stays good for `overlap_hours`; one that was replaced earlier does not.
        """
        return self._call("POST", f"/v1/keys/{step(key_id)}/rotate", body=body, key=idempotency_key or new_key())

    def create_invitation(self, body: NewInvitation, *, idempotency_key: str | None = None) -> Reply[InvitationView]:
        """Invite somebody to a conversation.

        Somebody who has agreed to be asked, by telephone number. It is a message of the kind `invitation`, and the
        same call to `POST /v1/messages` does the same.
        """
        return self._call("POST", "/v1/invitations", body=body, key=idempotency_key or new_key())

    def list_invitations(self, *, cursor: Cursor | None = None, limit: Limit | None = None) -> Reply[InvitationList]:
        """Who was invited, and what came of it."""
        return self._call("GET", "/v1/invitations", query={"cursor": cursor, "limit": limit})

    def iter_invitations(self, *, limit: Limit | None = None) -> Iterator[InvitationView]:
        """Every entry of `list_invitations`, page by page."""
        cursor: str | None = None
        while True:
            page = self.list_invitations(limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_invitation(
        self, reference_id: str, *, cursor: Cursor | None = None, limit: Limit | None = None
    ) -> Reply[InvitationList]:
        """Everybody who was invited under one reference."""
        return self._call("GET", f"/v1/invitations/{step(reference_id)}", query={"cursor": cursor, "limit": limit})

    def iter_invitation(self, reference_id: str, *, limit: Limit | None = None) -> Iterator[InvitationView]:
        """Every entry of `get_invitation`, page by page."""
        cursor: str | None = None
        while True:
            page = self.get_invitation(reference_id, limit=limit, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def erase_customer(self, body: NewErasure, *, idempotency_key: str | None = None) -> Reply[Receipt]:
        """Forget a customer.

        Messages of both directions, attachments, held deliveries, dead letters and everything that led to them.
        What Apple or this MSP still has on its way is not delivered any more. If the customer writes again, they
        begin anew.
        """
        return self._call("POST", "/v1/erasures", body=body, key=idempotency_key or new_key())

    def get_erasure(self, erasure_id: str) -> Reply[Receipt]:
        """The receipt of an erasure.

        Kept for 400 days.
        """
        return self._call("GET", f"/v1/erasures/{step(erasure_id)}")

    def export_conversation(
        self, conversation_id: str, *, cursor: Cursor | None = None, limit: Limit | None = None
    ) -> Reply[ExportPage]:
        """All that is kept of a conversation.

        For a customer who asks what is known of them. Files are listed with their ids and hashes; what is `omitted`
        is given by `GET /v1/messages/{id}`.
        """
        return self._call(
            "GET", f"/v1/conversations/{step(conversation_id)}/export", query={"cursor": cursor, "limit": limit}
        )

    def get_usage(
        self, *, since: DayOfUtc | None = None, until: DayOfUtc | None = None, cursor: Cursor | None = None
    ) -> Reply[UsageView]:
        """Messages by day, and the limits of the plan.

        Of 31 days at most. What is much is counted in several calls: follow the cursor.
        """
        return self._call("GET", "/v1/usage", query={"since": since, "until": until, "cursor": cursor})

    def iter_usage(self, *, since: DayOfUtc | None = None, until: DayOfUtc | None = None) -> Iterator[UsageDay]:
        """Every entry of `get_usage`, page by page."""
        cursor: str | None = None
        while True:
            page = self.get_usage(since=since, until=until, cursor=cursor).data
            yield from page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def get_privacy(self) -> Reply[PrivacyView]:
        """How long things are kept, and what is not."""
        return self._call("GET", "/v1/privacy")

    def replace_privacy(self, body: NewPrivacy, *, if_match: str | None = None) -> Reply[PrivacyView]:
        """Say how long things are kept, and what is not.

        How long: for everything that comes from a minute later on; what is there already goes when it was to.
        Undelivered messages, and customers' files with them, are kept for four days at least. What is marked is
        shown as `[redacted]` within five seconds, and kept as that once its message is delivered.
        """
        return self._call("PUT", "/v1/privacy", body=body, if_match=if_match)
