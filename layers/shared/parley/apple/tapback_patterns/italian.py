"""Italian."""

from typing import Final

from parley.apple.tapback_patterns.table import build


def _put(*names: str) -> tuple[str, ...]:
    return tuple(f"{verb} {name} a {{}}" for verb in ("Ha aggiunto", "Ha messo") for name in names)


def _removal(*names: str) -> tuple[str, ...]:
    return tuple(f"Ha rimosso {name} da {{}}" for name in names)


ITALIAN: Final = build(
    given={
        "love": (
            *_put("un cuoricino"),  # "Ha aggiunto un cuoricino a": seen
            *_put("un cuore"),  # guess, and so is the rest but for the emoji
            "Ha adorato {}",
        ),
        "like": (*_put('"Mi piace"', 'un "Mi piace"', "Mi piace"), "Ha apprezzato {}"),
        "dislike": (*_put('"Non mi piace"', 'un "Non mi piace"', "Non mi piace"), "Non ha apprezzato {}"),
        "laugh": (*_put("una risata"), "Ha riso per {}", "Ha riso di {}", "Ha riso a {}"),
        "emphasize": (*_put("un punto esclamativo"), "Ha enfatizzato {}", "Ha evidenziato {}"),
        "question": (*_put("un punto interrogativo"), "Ha messo in dubbio {}"),
        "emoji": ("Ha reagito con {emoji} a {}",),  # seen
        "sticker": ("Ha reagito con uno sticker a {}", "Ha reagito con un adesivo a {}"),
    },
    taken={  # guess
        "love": _removal("il cuoricino", "un cuoricino", "un cuore"),
        "like": _removal('"Mi piace"', 'il "Mi piace"', 'un "Mi piace"', "un Mi piace"),
        "dislike": _removal('"Non mi piace"', 'il "Non mi piace"', 'un "Non mi piace"', "un Non mi piace"),
        "laugh": _removal("la risata", "una risata"),
        "emphasize": _removal("il punto esclamativo", "un punto esclamativo"),
        "question": _removal("il punto interrogativo", "un punto interrogativo"),
        "emoji": _removal("{emoji}"),
        "sticker": _removal("lo sticker", "uno sticker", "un adesivo"),
    },
    things={  # guess
        "business_message": ("# messaggio business", "# messaggi business", "# messaggio aziendale"),
        "image": ("un'immagine", "una foto", "# immagini", "# foto"),
        "video": ("un video", "un filmato", "# video"),
        "audio": ("un messaggio audio", "# messaggi audio"),
        "attachment": ("un allegato", "un file", "# allegati"),
        "sticker": ("uno sticker", "un adesivo"),
    },
)
