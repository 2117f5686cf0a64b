"""Beleg for agents: tools and resources of the Model Context Protocol, over an Engine.

``tools`` says what can be asked for and what comes back, ``resources`` names documents and spans of
them, ``server`` speaks the protocol: ``serve_stdio`` for a client that starts us as a process,
``mcp_app`` for one that speaks streamable HTTP.
"""

from rag.mcp.server import McpApp, mcp_app, serve_stdio

__all__ = ["McpApp", "mcp_app", "serve_stdio"]
