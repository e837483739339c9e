"""English."""

from typing import Final

from parley.apple.tapback_patterns.table import build

ENGLISH: Final = build(
    given={  # page, but for the British spelling (guess)
        "love": ("Loved {}",),
        "like": ("Liked {}",),
        "dislike": ("Disliked {}",),
        "laugh": ("Laughed at {}",),
        "emphasize": ("Emphasized {}", "Emphasised {}"),
        "question": ("Questioned {}",),
        "emoji": ("Reacted {emoji} to {}",),
        "sticker": ("Reacted with a sticker to {}",),
    },
    taken={  # heart and like: page, where they are marked a guess; the rest is seen
        "love": ("Removed a heart from {}",),
        "like": ("Removed a like from {}",),
        "dislike": ("Removed a dislike from {}",),
        "laugh": ("Removed a laugh from {}",),
        "emphasize": ("Removed an exclamation from {}", "Removed an emphasis from {}"),
        "question": ("Removed a question mark from {}",),
        "emoji": ("Removed {emoji} from {}", "Removed a {emoji} from {}"),
        "sticker": ("Removed a sticker from {}",),
    },
    things={
        "business_message": ("# Business Message", "# Business Messages"),  # "1 Business Message": page
        "image": ("an image", "# images", "a photo", "# photos"),  # "an image": page; the others: guess
        "video": ("a movie", "a video", "# movies", "# videos"),  # guess
        "audio": ("an audio message", "# audio messages"),  # guess
        "attachment": ("an attachment", "# attachments", "a file", "# files"),  # guess
        "sticker": ("a sticker", "# stickers"),  # guess
    },
)
