"""Beleg answers questions over a folder of documents and hands over the evidence.

The way of the data, module by module, in the order in which they build on each other:

a file becomes a Document (``documents``), cut into Chunks and Sentences that are exact spans of its
text (``chunking``), with vectors of them and of their ``tokens`` (``embedding``, which cuts a text into
``pieces`` and runs the ``encoder``, or ``remote_embedding``); the ``catalog`` keeps them as the truth, ``vectors``
(Chroma) and ``lexical`` (Tantivy) find them (opened as ``parts``), ``narrowing`` among those that a filter leaves, and
``index`` publishes and searches the three as one, under the locks of ``ownership`` (or reads a copy, ``borrowing``),
``gathering`` what Chroma has not taken yet (``pending``) where all is in one folder, or as a ``node`` of a catalog elsewhere;
``transforms`` and ``ingest`` carry a folder there (``spread`` has Ray's workers do it) and tell of it in ``reports``,
``portable`` moves it as one file, and ``repair`` saves what can be read of a damaged one.

A question becomes ranked Hits (``retrieval``, and ``reranking`` where one is named), a probability that they
answer (``answerability``), a
Draft of sentences (``reading``), and Statements whose quotes and figures were checked (``citations``),
with near-duplicate documents counted as one source (``origins``), which teach each other's names where they are of two
languages (``namesakes``). Where the settings name a model,
``models`` makes it of ``openai_client`` or ``local_model``, ``prompting`` fills what it is asked over the
seam ``llm``, and it writes the draft. ``pipeline`` composes all that as a stream of events, ``receipts``
makes the answer a file that can be checked again, and ``engine`` is the one object that all edges
use: the command line (``cli``), a ``server``, agents (``mcp``); a ``conversation`` makes whole questions
of follow-ups, and ``client`` is the engine of a server elsewhere.

    >>> from rag import connect, load_settings
    >>> engine = connect(load_settings(index=".beleg"))         # doctest: +SKIP
    >>> engine.ingest("seeds")                                  # doctest: +SKIP
    >>> engine.ask("Bis wann soll Europa übernehmen?").status   # doctest: +SKIP
    'answered'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from rag.client import RemoteEngine
    from rag.engine import LocalEngine, connect
    from rag.errors import (
        AddDocuments,
        BelegError,
        ChangeModel,
        FixFile,
        FixInput,
        FixModel,
        FixSettings,
        FixStorage,
        InstallExtra,
        OpenEngine,
        RebuildIndex,
        RetryLater,
        ShortenRequest,
    )
    from rag.events import AnswerDone, StageDone, StatementDropped, StatementReady
    from rag.protocol import Engine
    from rag.receipts import Verification
    from rag.records import Answer, Citation, Document, DocumentInfo, Filters, Hit, Span, Statement
    from rag.reports import IngestProgress, IngestReport
    from rag.settings import Settings, load_settings

_WHERE = {
    "rag.client": ("RemoteEngine",),
    "rag.engine": ("LocalEngine", "connect"),
    "rag.errors": (
        "AddDocuments", "BelegError", "ChangeModel", "FixFile", "FixInput", "FixModel", "FixSettings", "FixStorage",
        "InstallExtra", "OpenEngine", "RebuildIndex", "RetryLater", "ShortenRequest",
    ),
    "rag.events": ("AnswerDone", "StageDone", "StatementDropped", "StatementReady"),
    "rag.protocol": ("Engine",),
    "rag.receipts": ("Verification",),
    "rag.records": ("Answer", "Citation", "Document", "DocumentInfo", "Filters", "Hit", "Span", "Statement"),
    "rag.reports": ("IngestProgress", "IngestReport"),
    "rag.settings": ("Settings", "load_settings"),
}  # fmt: skip
_MODULE = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "AddDocuments",
    "Answer",
    "AnswerDone",
    "BelegError",
    "ChangeModel",
    "Citation",
    "Document",
    "DocumentInfo",
    "Engine",
    "Filters",
    "FixFile",
    "FixInput",
    "FixModel",
    "FixSettings",
    "FixStorage",
    "Hit",
    "IngestProgress",
    "IngestReport",
    "InstallExtra",
    "LocalEngine",
    "OpenEngine",
    "RebuildIndex",
    "RemoteEngine",
    "RetryLater",
    "Settings",
    "ShortenRequest",
    "Span",
    "StageDone",
    "Statement",
    "StatementDropped",
    "StatementReady",
    "Verification",
    "__version__",
    "connect",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    # Public names are imported when they are first used, so that `rag --help` loads none of them.
    if name in _MODULE:
        return getattr(import_module(_MODULE[name]), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
