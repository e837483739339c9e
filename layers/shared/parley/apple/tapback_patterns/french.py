"""French: the device names the reaction in quotation marks of its own, « Adore »."""

from typing import Final

from parley.apple.tapback_patterns.table import build

_GIVEN: Final = (
    'A attribué la mention " {} " à ',  # seen
    'a attribué la mention " {} " à ',  # seen, in lower case
    'A attribué la mention "{}" à ',  # guess: Swiss French has no blanks inside its quotation marks
    'A ajouté un " {} " à ',  # seen
)
_TAKEN: Final = (  # guess
    'A retiré la mention " {} " de ',
    'A retiré la mention " {} " à ',
    'a retiré la mention " {} " de ',
    'A supprimé la mention " {} " de ',
    'A retiré un " {} " de ',
)


def _mention(openings: tuple[str, ...], *names: str) -> tuple[str, ...]:
    return tuple(opening.format(name) + "{}" for opening in openings for name in names)


_LOVE: Final = ("Adore", "J'adore")  # seen
_LIKE: Final = ("J'aime", "Aime")  # seen
_DISLIKE: Final = ("Je n'aime pas", "N'aime pas")  # seen
_LAUGH: Final = ("Rires", "Rire", "Haha")  # the first: seen
_EMPHASIZE: Final = ("Exclamation", "Point d'exclamation", "!!", "Insiste")  # guess
_QUESTION: Final = ("Interrogation", "Point d'interrogation", "?", "Question")  # guess

FRENCH: Final = build(
    given={
        "love": (*_mention(_GIVEN, *_LOVE), "A adoré {}"),
        "like": (*_mention(_GIVEN, *_LIKE), "A aimé {}"),
        "dislike": (*_mention(_GIVEN, *_DISLIKE), "N'a pas aimé {}"),
        "laugh": (*_mention(_GIVEN, *_LAUGH), "A ri de {}"),
        "emphasize": (*_mention(_GIVEN, *_EMPHASIZE), "A souligné {}", "A insisté sur {}"),
        "question": (*_mention(_GIVEN, *_QUESTION), "A remis en question {}"),
        "emoji": (
            "A réagi avec {emoji} à {}",  # seen
            "a réagi avec {emoji} à {}",  # seen, in lower case
            "A réagi {emoji} à {}",  # seen
            *_mention(_GIVEN, "{emoji}"),  # guess
        ),
        "sticker": ("A réagi avec un autocollant à {}", "A réagi avec un sticker à {}"),  # guess
    },
    taken={
        "love": (*_mention(_TAKEN, *_LOVE), "A supprimé un cœur de {}"),
        "like": _mention(_TAKEN, *_LIKE),
        "dislike": _mention(_TAKEN, *_DISLIKE),
        "laugh": _mention(_TAKEN, *_LAUGH),
        "emphasize": _mention(_TAKEN, *_EMPHASIZE),
        "question": _mention(_TAKEN, *_QUESTION),
        "emoji": ("A retiré la réaction {emoji} à {}", "A retiré {emoji} de {}", "A supprimé {emoji} de {}"),
        "sticker": ("A retiré un autocollant de {}", "A supprimé un autocollant de {}", "A retiré un sticker de {}"),
    },
    things={  # guess
        "business_message": ("# message professionnel", "# messages professionnels", "# message d'entreprise"),
        "image": ("une image", "une photo", "# images", "# photos"),
        "video": ("une vidéo", "un film", "# vidéos"),
        "audio": ("un message audio", "# messages audio"),
        "attachment": ("une pièce jointe", "un fichier", "# pièces jointes"),
        "sticker": ("un autocollant", "un sticker", "# autocollants"),
    },
)
