"""Every webhook a business can get: described here, written by the services.

Needs pydantic, and is for documents, tests and clients: nothing on the path of a webhook imports it. The types alone
are in `business.event_types`.
"""
