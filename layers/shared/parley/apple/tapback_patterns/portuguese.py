"""Portuguese, of Brazil and of Portugal. Every row is a guess."""

from typing import Final

from parley.apple.tapback_patterns.table import build


def _removal(*names: str) -> tuple[str, ...]:
    return tuple(f"{verb} {name} de {{}}" for verb in ("Removeu", "Retirou") for name in names)


PORTUGUESE: Final = build(
    given={
        "love": ("Amou {}", "Adorou {}"),
        "like": ("Gostou de {}", "Curtiu {}"),
        "dislike": ("Não gostou de {}", "Não curtiu {}"),
        "laugh": ("Riu de {}", "Riu-se de {}", "Achou graça de {}"),
        "emphasize": ("Enfatizou {}", "Destacou {}", "Exclamou {}"),
        "question": ("Questionou {}", "Duvidou de {}"),
        "emoji": ("Reagiu com {emoji} a {}", "Reagiu com {emoji} em {}", "Reagiu {emoji} a {}"),
        "sticker": ("Reagiu com um adesivo a {}", "Reagiu com uma figurinha a {}", "Reagiu com um autocolante a {}"),
    },
    taken={
        "love": _removal("um coração", "o coração"),
        "like": _removal("uma curtida", "um gosto", 'um "gosto"'),
        "dislike": _removal("uma descurtida", "um não gosto", 'um "não gosto"'),
        "laugh": _removal("uma risada", "um riso"),
        "emphasize": _removal("uma exclamação", "um ponto de exclamação"),
        "question": _removal("uma interrogação", "um ponto de interrogação"),
        "emoji": _removal("{emoji}", "um {emoji}"),
        "sticker": _removal("um adesivo", "uma figurinha", "um autocolante"),
    },
    things={
        "business_message": ("# mensagem comercial", "# mensagens comerciais", "# mensagem de empresa"),
        "image": ("uma imagem", "uma foto", "uma fotografia", "# imagens", "# fotos"),
        "video": ("um vídeo", "um filme", "# vídeos"),
        "audio": ("uma mensagem de áudio", "# mensagens de áudio"),
        "attachment": ("um anexo", "um arquivo", "um ficheiro", "# anexos"),
        "sticker": ("um adesivo", "uma figurinha", "um autocolante"),
    },
)
