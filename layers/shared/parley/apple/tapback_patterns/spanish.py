"""Spanish, of Spain and of Latin America."""

from typing import Final

from parley.apple.tapback_patterns.table import build

_TAKEN: Final = ("Eliminó", "Quitó", "Ha eliminado", "Ha quitado", "Se ha eliminado", "Se ha quitado")  # guess


def _removal(*names: str) -> tuple[str, ...]:
    return tuple(f"{verb} {name} de {{}}" for verb in _TAKEN for name in names)


SPANISH: Final = build(
    given={
        "love": ("Le encantó {}", "Le encanta {}"),  # seen
        "like": ("Le gustó {}", "Le gusta {}"),  # seen
        "dislike": ("No le gustó {}", "No le gusta {}"),  # guess
        "laugh": ("Le dio risa {}", "Le hace gracia {}", "Se rió de {}", "Se rio de {}"),  # the first two: seen
        "emphasize": ("Exclamó por {}", "Enfatizó {}", "Destacó {}", "Ha enfatizado {}"),  # the first: seen
        "question": ("Dudó sobre {}", "Cuestionó {}", "Preguntó por {}", "Duda sobre {}"),  # the first: seen
        "emoji": (
            "Reaccionó con {emoji} a {}",  # seen
            "Se ha reaccionado con {emoji} a {}",  # seen
            "Ha reaccionado con {emoji} a {}",  # guess
        ),
        "sticker": (  # guess
            "Reaccionó con un sticker a {}",
            "Se ha reaccionado con un sticker a {}",
            "Ha reaccionado con un sticker a {}",
            "Se ha reaccionado con una pegatina a {}",
        ),
    },
    taken={
        "love": _removal("un corazón", "el corazón"),
        "like": _removal('un "me gusta"', "un me gusta"),
        "dislike": _removal('un "no me gusta"', "un no me gusta"),
        "laugh": _removal("una risa", "un jaja"),
        "emphasize": _removal("una exclamación", "un signo de exclamación"),
        "question": _removal("una interrogación", "un signo de interrogación"),
        "emoji": _removal("{emoji}", "un {emoji}"),
        "sticker": _removal("un sticker", "una pegatina"),
    },
    things={
        "business_message": ("# mensaje de empresa", "# mensajes de empresa", "# mensaje de negocios"),  # guess
        "image": ("una imagen", "una foto", "# imágenes", "# fotos"),  # the first: seen
        "video": ("un video", "un vídeo", "una película", "# videos", "# vídeos"),  # guess
        "audio": ("un mensaje de audio", "# mensajes de audio"),  # guess
        "attachment": ("un archivo adjunto", "un adjunto", "un archivo", "# archivos adjuntos"),  # guess
        "sticker": ("un sticker", "una pegatina"),  # guess
    },
)
