"""The function everything is compared with."""
