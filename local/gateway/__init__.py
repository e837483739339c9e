"""A stand-in for Apple's gateway: it speaks Apple's wire, judges it strictly, and simulates the phones.

It shares no code with `parley`, on purpose: a mistake in Parley's reading of the protocol must not be
mirrored here. How to use it: docs/local-gateway.md.
"""
