"""The business API of Parley: every operation a typed method.

client = Client("https://….execute-api.eu-central-1.amazonaws.com/prod", "<key id>.<secret>")
client.send_message({"to": "…", "type": "text", "body": "Yes, from ten to six."})
"""

from parley_client.operations import Operations
from parley_client.problems import Fault, ProblemError
from parley_client.transport import Reply

__all__ = ["Client", "Fault", "ProblemError", "Reply"]


class Client(Operations):
    """One business at its Parley. It may be shared by threads."""
