"""Parley: a serverless Messaging Service Provider for Apple Messages for Business."""
