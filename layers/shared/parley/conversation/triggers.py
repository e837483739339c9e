"""Words that a customer may always write: for a person, for the menu, for the end of notifications (protocol/11 §4).

A word counts when it is the whole message. Case, the way an accent is written, spaces and a full stop do not count.
Apple names the words in English; customers everywhere know those, so they count beside those of the own language.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from parley.conversation.wording import closest, language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.business.channel import Channel

MAX_CHARS: Final = 64
"""A word may be so long, and a message that may be one."""

_ENGLISH: Final = "en"
_SPACE: Final = re.compile(r"\s+")
_ENDS: Final = " .!。…"

# The English ones are Apple's policy; the others are ours, after it.
WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "unsubscribe": {
        "en": ("unsubscribe", "spam", "stop", "end"),
        "de": ("abmelden", "abbestellen", "stopp", "ende"),
        "fr": ("se désabonner", "désabonner", "désabonnement", "arrêt", "fin"),
        "es": ("cancelar suscripción", "darse de baja", "baja", "parar", "fin"),
        "it": ("annulla iscrizione", "disiscriviti", "disiscrizione", "fine"),
        "pt": ("cancelar inscrição", "cancelar subscrição", "descadastrar", "parar", "fim"),
        "ja": ("配信停止", "登録解除", "停止", "終了", "スパム"),
        "zh": ("退订", "退訂", "取消订阅", "取消訂閱", "停止", "结束", "結束"),
    },
    "subscribe": {
        "en": ("subscribe",),
        "de": ("anmelden", "abonnieren"),
        "fr": ("s'abonner", "s\u2019abonner", "abonnement"),
        "es": ("suscribirse", "suscribirme", "suscripción"),
        "it": ("iscriviti", "iscrizione"),
        "pt": ("inscrever-se", "inscrição", "subscrever"),
        "ja": ("配信登録", "登録", "購読"),
        "zh": ("订阅", "訂閱"),
    },
    "person": {
        "en": ("agent", "support", "help"),
        "de": ("mitarbeiter", "mitarbeiterin", "berater", "mensch", "hilfe"),
        "fr": ("conseiller", "assistance", "aide"),
        "es": ("agente", "persona", "soporte", "ayuda"),
        "it": ("agente", "operatore", "assistenza", "aiuto"),
        "pt": ("agente", "atendente", "suporte", "ajuda"),
        "ja": ("担当者", "オペレーター", "サポート", "ヘルプ"),
        "zh": ("人工", "客服", "人工客服", "帮助", "幫助"),
    },
    "menu": {
        "en": ("menu", "list", "?"),
        "de": ("menü", "liste"),
        "fr": ("menu", "liste"),
        "es": ("menú", "lista"),
        "it": ("menù", "elenco", "lista"),
        "pt": ("menu", "lista"),
        "ja": ("メニュー", "リスト"),
        "zh": ("菜单", "菜單", "選單", "列表"),
    },
}
"""By purpose and language; the first purpose that has a word wins."""


def normalised(text: str) -> str:
    """A message as it is compared."""
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return folded.rstrip(_ENDS) or folded


def matched(channel: Channel, body: str, locale: str | None) -> tuple[str, str] | None:
    """The purpose and the word, if the whole of `body` is one."""
    if len(body) > MAX_CHARS:
        return None
    said = normalised(body)
    for purpose in WORDS:
        for word in _words(channel, purpose, locale or channel.default_locale):
            if normalised(word) == said:
                return purpose, word
    return None


def _words(channel: Channel, purpose: str, locale: str) -> Iterator[str]:
    """The business's own for this language or else ours, and then the same in English."""
    trigger = channel.triggers.get(purpose)
    own = trigger.words if trigger is not None else {}
    for spoken in (locale, _ENGLISH) if language(locale) != _ENGLISH else (locale,):
        found = closest(own, spoken)
        yield from own[found] if found is not None else WORDS[purpose].get(language(spoken) or "", ())
