"""The page. Until there is one, ``/`` leads to the description of the interface."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

router = APIRouter()


@router.get("/", include_in_schema=False)
async def index() -> RedirectResponse:
    """Lead on."""
    return RedirectResponse("/docs")
