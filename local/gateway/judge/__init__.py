"""Judging what an MSP sends: Apple's rules, one module per kind of message (protocol/03-07, 13).

What breaks a rule Apple enforces is refused (400). What goes against advice, or what Apple is not known
to refuse, is accepted and noted as a violation.
"""

from local.gateway.judge.envelope import Judged, judge
from local.gateway.judge.setting import Setting

__all__ = ["Judged", "Setting", "judge"]
