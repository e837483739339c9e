"""The library of rich objects: templates of messages with variables, a body for each locale, and pictures kept once."""
