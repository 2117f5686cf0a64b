"""The HTTP edge: every route parses, calls the engine once, and renders.

``app.make_app(engine, rule)`` is the whole of it as an ASGI application; ``run.serve`` runs it under
uvicorn. Errors are ``application/problem+json``; an answer is the receipt that ``rag ask --json``
prints.
"""
