"""Reactions: a device writes them as a sentence in its own language (protocol/02 §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from local.gateway.judge.text import PLACEHOLDER
from local.gateway.replies.language import language_of

if TYPE_CHECKING:
    from local.gateway.bubbles import Bubble

Reaction = Literal["love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"]

GIVEN: dict[str, dict[Reaction, str]] = {
    "en": {
        "love": "Loved {}",
        "like": "Liked {}",
        "dislike": "Disliked {}",
        "laugh": "Laughed at {}",
        "emphasize": "Emphasized {}",
        "question": "Questioned {}",
        "emoji": "Reacted {emoji} to {}",
        "sticker": "Reacted with a sticker to {}",
    },
    "de": {
        "love": "{} ein Herz hinzugefügt",
        "like": "Gefällt {}",
        "dislike": "Gefällt {} nicht",
        "laugh": "{} ein Lachen hinzugefügt",
        "emphasize": "{} ein Ausrufezeichen hinzugefügt",
        "question": "{} ein Fragezeichen hinzugefügt",
        "emoji": "Mit {emoji} auf {} reagiert",
        "sticker": "Mit einem Sticker auf {} reagiert",
    },
    "ja": {
        "love": "{}に“ハート”と応答",
        "like": "{}に“いいね”と応答",
        "dislike": "{}に“よくないね”と応答",
        "laugh": "{}に“ハハ”と応答",
        "emphasize": "{}に“!!”と応答",
        "question": "{}に“?”と応答",
        "emoji": "{}に{emoji}でリアクションしました",
        "sticker": "{}にステッカーでリアクションしました",
    },
}
"""English is as on the page; German and Japanese are as people quoted them, completed by guesses."""

REMOVED: dict[str, dict[Reaction, str]] = {
    "en": {
        "love": "Removed a heart from {}",
        "like": "Removed a like from {}",
        "dislike": "Removed a dislike from {}",
        "laugh": "Removed a laugh from {}",
        "emphasize": "Removed an exclamation from {}",
        "question": "Removed a question mark from {}",
        "emoji": "Removed {emoji} from {}",
        "sticker": "Removed a sticker from {}",
    },
    "de": {
        "love": "Herz von {} entfernt",
        "like": "„Gefällt mir“ von {} entfernt",
        "dislike": "„Gefällt mir nicht“ von {} entfernt",
        "laugh": "Lachen von {} entfernt",
        "emphasize": "Ausrufezeichen von {} entfernt",
        "question": "Fragezeichen von {} entfernt",
        "emoji": "{emoji} von {} entfernt",
        "sticker": "Sticker von {} entfernt",
    },
    "ja": {
        "love": "{}から“ハート”を削除しました",
        "like": "{}から“いいね”を削除しました",
        "dislike": "{}から“よくないね”を削除しました",
        "laugh": "{}から“ハハ”を削除しました",
        "emphasize": "{}から“!!”を削除しました",
        "question": "{}から“?”を削除しました",
        "emoji": "{}から{emoji}を削除しました",
        "sticker": "{}からステッカーを削除しました",
    },
}
QUOTES = {"en": "“{}”", "de": "„{}“", "ja": "“{}”"}
IMAGE = {"en": "an image", "de": "ein Bild", "ja": "画像"}
ATTACHMENT = {"en": "an attachment", "de": "einen Anhang", "ja": "添付ファイル"}
BUSINESS_MESSAGE = {"en": "1 Business Message", "de": "1 Business-Nachricht", "ja": "1件のビジネスメッセージ"}


class Tapback(BaseModel):
    """A reaction to a received message, given or taken back."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reaction: Reaction
    emoji: str | None = None
    removed: bool = False

    @model_validator(mode="after")
    def _has_an_emoji(self) -> Self:
        if (self.reaction == "emoji") != bool(self.emoji):
            raise ValueError("reaction emoji needs an emoji, the others take none")
        return self

    def sentence(self, target: Bubble, locale: str) -> str:
        """Return the text the device sends, quoting or naming the message reacted to."""
        language = language_of(locale)
        wording = (REMOVED if self.removed else GIVEN)[language][self.reaction]
        # Replaced in one go: the quotation may itself hold braces.
        return wording.format(_named(target, language), emoji=self.emoji)


def _named(target: Bubble, language: str) -> str:
    if target.kind != "text":
        return BUSINESS_MESSAGE[language]
    body = str(target.envelope.get("body", "")).replace(PLACEHOLDER, "").strip()
    if body:
        return QUOTES[language].format(body)
    images = all(str(part.get("mimeType")).startswith("image/") for part in target.attachments)
    return (IMAGE if images else ATTACHMENT)[language]
