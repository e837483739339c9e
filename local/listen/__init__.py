"""`parley listen`: a business's webhooks on a developer's machine, as they happen."""

from local.listen.session import Wishes, listen

__all__ = ["Wishes", "listen"]
