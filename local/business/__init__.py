"""A demo business: it records every webhook it gets and answers texts with an echo.

It stands for a customer of the MSP, so it shares no code with `parley`. How to use it: docs/local-gateway.md.
"""
