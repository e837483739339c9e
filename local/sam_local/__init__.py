"""`make sam-local`: one message each way through `sam local start-api`, the functions in Docker containers."""
