"""Judging what an MSP sends: Apple's rules, one module per message type (protocol/03).

What breaks a rule Apple enforces is refused (400). What goes against advice, or what Apple is not known
to refuse, is accepted and noted as a violation.
"""

from local.gateway.judge.envelope import Judged, judge

__all__ = ["Judged", "judge"]
