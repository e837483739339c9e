"""German."""

from typing import Final

from parley.apple.tapback_patterns.table import build

GERMAN: Final = build(
    given={
        "love": (
            "{} ein Herz hinzugefügt",  # seen
            "Liebt {}",  # guess, and so is the rest of the table
        ),
        "like": ('{} ein "Gefällt mir" hinzugefügt', '{} mit "Gefällt mir" markiert', "Gefällt {}"),
        "dislike": (
            '{} ein "Gefällt mir nicht" hinzugefügt',
            '{} mit "Gefällt mir nicht" markiert',
            "Gefällt {} nicht",
            "Gefällt nicht {}",
        ),
        "laugh": ("{} ein Lachen hinzugefügt", "Über {} gelacht", "Lacht über {}", "Lachte über {}"),
        "emphasize": ("{} ein Ausrufezeichen hinzugefügt", "{} betont", "{} hervorgehoben", "Betonte {}"),
        "question": ("{} ein Fragezeichen hinzugefügt", "{} hinterfragt", "{} infrage gestellt", "Hinterfragte {}"),
        "emoji": (
            "Mit {emoji} auf {} reagiert",
            "Hat mit {emoji} auf {} reagiert",
            "Auf {} mit {emoji} reagiert",
            "Reagierte mit {emoji} auf {}",
        ),
        "sticker": (
            "Mit einem Sticker auf {} reagiert",
            "Hat mit einem Sticker auf {} reagiert",
            "Auf {} mit einem Sticker reagiert",
            "Reagierte mit einem Sticker auf {}",
        ),
    },
    taken={
        "love": ("Herz von {} entfernt", "Ein Herz von {} entfernt"),
        "like": ('"Gefällt mir" von {} entfernt', 'Ein "Gefällt mir" von {} entfernt'),
        "dislike": ('"Gefällt mir nicht" von {} entfernt', 'Ein "Gefällt mir nicht" von {} entfernt'),
        "laugh": ("Lachen von {} entfernt", "Ein Lachen von {} entfernt"),
        "emphasize": ("Ausrufezeichen von {} entfernt", "Ein Ausrufezeichen von {} entfernt"),
        "question": ("Fragezeichen von {} entfernt", "Ein Fragezeichen von {} entfernt"),
        "emoji": ("{emoji} von {} entfernt",),
        "sticker": ("Sticker von {} entfernt", "Einen Sticker von {} entfernt"),
    },
    things={
        "business_message": ("# Business-Nachricht", "# Business-Nachrichten", "# Unternehmensnachricht"),
        "image": ("ein Bild", "einem Bild", "ein Foto", "einem Foto", "# Bilder", "# Fotos"),
        "video": ("ein Video", "einem Video", "einen Film", "einem Film", "# Videos"),
        "audio": ("eine Audionachricht", "einer Audionachricht", "# Audionachrichten"),
        "attachment": ("einen Anhang", "einem Anhang", "eine Datei", "einer Datei", "# Anhänge"),
        "sticker": ("einen Sticker", "einem Sticker", "# Sticker"),
    },
)
