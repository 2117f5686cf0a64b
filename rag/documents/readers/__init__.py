"""One module a format, each with ``read``: bytes to what they say. Run in a process with limits, see ``child``."""
