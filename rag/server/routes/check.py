"""``POST /v1/verify``, and how the server itself is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from rag import __version__
from rag.receipts import from_json, verification_json
from rag.server.metrics import MEDIA_TYPE
from rag.server.models import Alive, Ready, VerifyResponse
from rag.server.routes.common import errors, said
from rag.server.service import Serving, unless_gone

router = APIRouter()
_RECEIPT = {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}


@router.post(
    "/v1/verify",
    tags=["questions"],
    summary="Check the citations of a receipt again",
    response_model=None,
    openapi_extra={"requestBody": {"required": True, "content": _RECEIPT}},
    responses={200: {"model": VerifyResponse}, **errors(409)},
)
async def verify(request: Request, service: Serving) -> Response:
    """Hold every quote of a receipt against the documents as they are now."""
    receipt = from_json(await request.body())
    result = await unless_gone(request, service.read(lambda: service.engine.verify(receipt)))
    return said(verification_json(result))


@router.get(
    "/healthz", tags=["server"], summary="Is the server up", response_model=None, responses={200: {"model": Alive}}
)
async def healthz() -> Response:
    """Answer without touching the index."""
    return said({"status": "ok", "version": __version__})


@router.get(
    "/readyz",
    tags=["server"],
    summary="Can the server answer",
    response_model=None,
    responses={200: {"model": Ready}, **errors()},
)
async def readyz(service: Serving) -> Response:
    """Answer once the index is open; the model is loaded before the server listens at all."""
    documents = await service.read(service.engine.documents)
    return said({"status": "ready", "documents": len(documents)})


@router.get(
    "/metrics",
    tags=["server"],
    summary="Figures for Prometheus",
    response_model=None,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **errors()},
)
async def metrics(service: Serving) -> Response:
    """Return requests, latency by stage, refusals, dropped statements and the queue."""
    return Response(service.metrics.text(), media_type=MEDIA_TYPE)
