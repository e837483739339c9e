"""Japanese: the target comes first. Corner brackets are quotation marks, so they are written `"` here too."""

from typing import Final

from parley.apple.tapback_patterns.table import build


def _answered(*names: str) -> tuple[str, ...]:
    """The first wording: a Japanese form is mentioned on the page and seen with いいね; the second is a guess."""
    return tuple(form for name in names for form in (f'{{}}に"{name}"と応答', f'{{}}に"{name}"と応答しました'))


def _removal(*names: str) -> tuple[str, ...]:
    return tuple(  # guess
        form
        for name in names
        for form in (f'{{}}から"{name}"を削除', f'{{}}から"{name}"を削除しました', f'{{}}の"{name}"を取り消しました')
    )


_LOVE: Final = ("ハート", "大好き")
_LIKE: Final = ("いいね", "いいね!")
_DISLIKE: Final = ("よくないね", "イマイチ", "ダメ")
_LAUGH: Final = ("ハハ", "笑", "わはは")
_EMPHASIZE: Final = ("強調", "!!")
_QUESTION: Final = ("?", "疑問", "はてな")

JAPANESE: Final = build(
    given={
        "love": (*_answered(*_LOVE), "{}にハートで応答", "{}にハートを付けました"),
        "like": _answered(*_LIKE),
        "dislike": _answered(*_DISLIKE),
        "laugh": (*_answered(*_LAUGH), "{}に笑いました"),
        "emphasize": (*_answered(*_EMPHASIZE), "{}を強調", "{}を強調しました"),
        "question": (*_answered(*_QUESTION), "{}に疑問を示しました"),
        "emoji": (
            "{}に{emoji}でリアクションしました",  # seen
            "{}に{emoji}で応答",  # guess
            "{}に{emoji}と応答",  # guess
        ),
        "sticker": ("{}にステッカーでリアクションしました", "{}にステッカーで応答"),  # guess
    },
    taken={
        "love": (*_removal(*_LOVE), "{}からハートを削除しました"),
        "like": _removal(*_LIKE),
        "dislike": _removal(*_DISLIKE),
        "laugh": _removal(*_LAUGH),
        "emphasize": _removal(*_EMPHASIZE),
        "question": _removal(*_QUESTION),
        "emoji": ("{}から{emoji}を削除しました", "{}の{emoji}リアクションを削除しました"),
        "sticker": ("{}からステッカーを削除しました",),
    },
    things={  # guess
        "business_message": ("#件のビジネスメッセージ", "ビジネスメッセージ#件"),
        "image": ("画像", "写真", "イメージ", "#枚の写真", "#件の画像"),
        "video": ("ビデオ", "動画", "ムービー"),
        "audio": ("オーディオメッセージ", "音声メッセージ"),
        "attachment": ("添付ファイル", "ファイル"),
        "sticker": ("ステッカー",),
    },
)
