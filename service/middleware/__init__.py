"""Pure ASGI middleware: wrapping each request in a task of its own would halve the throughput."""
