"""What a customer wants to be notified of: kept on the conversation, asked with a list, and obeyed (protocol/11 §4)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal

from parley.conversation.wording import wording

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from parley.business.channel import Channel, Topic

NONE: Final = "none"
"""The identifier of “none of these”, which no topic may have."""

MAX_TOPICS: Final = 12
"""The list and its answer stay below the 10 KB from which Apple sends a reference instead (protocol/09)."""

type Who = Literal["customer", "business"]
type Kept = Mapping[str, Mapping[str, Any]]
"""By topic: `subscribed` (bool), `at` (Unix seconds), `by` (Who)."""


class Consent(StrEnum):
    """What a topic asks of a customer before anything is sent."""

    IMPLIED = "implied"
    """Nothing, as long as they have not unsubscribed."""
    GIVEN = "given"
    """That they subscribed, or that the business knows they want it."""
    EXPRESS = "express"
    """That they subscribed themselves, here: marketing."""


def consent_of(topic: Topic) -> Consent:
    """What this topic needs."""
    if topic.marketing:
        return Consent.EXPRESS
    return Consent.IMPLIED if topic.default else Consent.GIVEN


def permits(kept: Kept, topic_id: str, needed: Consent | str) -> bool:
    """Whether something about this topic may be sent."""
    choice = kept.get(topic_id)
    if choice is None:
        return needed == Consent.IMPLIED
    return bool(choice["subscribed"]) and (needed != Consent.EXPRESS or choice["by"] == "customer")


def changed(kept: Kept, wanted: Mapping[str, bool], *, by: Who, at: float) -> dict[str, Mapping[str, Any]]:
    """The choices with `wanted` in them. What was chosen so before keeps its time."""
    after = dict(kept)
    for topic_id, subscribed in wanted.items():
        known = kept.get(topic_id)
        # What the customer chooses becomes theirs, even if the business had it noted already.
        if known is None or known["subscribed"] != subscribed or (by == "customer" and known["by"] != by):
            after[topic_id] = {"subscribed": subscribed, "at": at, "by": by}
    return after


def chosen(identifiers: Collection[str], asked: Collection[str]) -> dict[str, bool]:
    """What an answer to the list means: what was picked is wanted, all else that was asked about is not."""
    return {topic_id: topic_id in identifiers for topic_id in asked}


def question(channel: Channel, kept: Kept, locale: str | None) -> dict[str, Any]:
    """The list of topics as a message of the business API, without its `to`."""
    words = wording(_WORDS, locale, default=channel.default_locale) or _WORDS["en"]
    items: list[dict[str, Any]] = [
        {
            "identifier": topic.id,
            "title": wording(topic.titles, locale, default=channel.default_locale),
            "subtitle": words["on" if permits(kept, topic.id, consent_of(topic)) else "off"],
        }
        for topic in channel.topics
    ]
    items.append({"identifier": NONE, "title": words["none"]})
    return {
        "type": "list_picker",
        "title": words["title"],
        "subtitle": words["subtitle"],
        "reply": {"title": words["saved"]},
        "sections": [{"title": words["section"], "multiple": True, "items": items}],
    }


_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Notifications",
        "subtitle": "Choose what we may tell you about.",
        "section": "Topics",
        "none": "None of these",
        "saved": "Your choice is saved",
        "on": "On",
        "off": "Off",
    },
    "de": {
        "title": "Benachrichtigungen",
        "subtitle": "Wählen Sie, worüber wir Sie informieren dürfen.",
        "section": "Themen",
        "none": "Nichts davon",
        "saved": "Ihre Auswahl ist gespeichert",
        "on": "Ein",
        "off": "Aus",
    },
    "fr": {
        "title": "Notifications",
        "subtitle": "Choisissez ce dont nous pouvons vous informer.",
        "section": "Sujets",
        "none": "Aucun de ces sujets",
        "saved": "Votre choix est enregistré",
        "on": "Activé",
        "off": "Désactivé",
    },
    "es": {
        "title": "Notificaciones",
        "subtitle": "Elija sobre qué podemos informarle.",
        "section": "Temas",
        "none": "Ninguno de estos",
        "saved": "Su elección se ha guardado",
        "on": "Sí",
        "off": "No",
    },
    "it": {
        "title": "Notifiche",
        "subtitle": "Scelga di cosa possiamo informarla.",
        "section": "Argomenti",
        "none": "Nessuno di questi",
        "saved": "La sua scelta è salvata",
        "on": "Attivo",
        "off": "Non attivo",
    },
    "pt": {
        "title": "Notificações",
        "subtitle": "Escolha sobre o que podemos informar.",
        "section": "Assuntos",
        "none": "Nenhum destes",
        "saved": "A sua escolha foi guardada",
        "on": "Sim",
        "off": "Não",
    },
    "ja": {
        "title": "お知らせ",
        "subtitle": "お送りしてよい内容をお選びください。",
        "section": "トピック",
        "none": "どれも希望しない",
        "saved": "設定を保存しました",
        "on": "オン",
        "off": "オフ",
    },
    "zh": {
        "title": "通知",
        "subtitle": "请选择您希望收到的内容。",
        "section": "主题",
        "none": "以上都不要",
        "saved": "您的选择已保存",
        "on": "开",
        "off": "关",
    },
}
