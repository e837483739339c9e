"""The management side of the business API: one module per resource, each a function per operation.

API Gateway is the router: it says which of its routes it matched, and `door` looks that up.
"""
