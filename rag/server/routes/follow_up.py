"""``POST /v1/standalone``: a follow-up made a question of its own, for those who keep the conversation themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from rag.conversation import Turn, standalone
from rag.server.models import QUESTION, Question
from rag.server.routes.common import errors, said
from rag.server.service import Serving, unless_gone

router = APIRouter(tags=["questions"])
_EXAMPLE: dict[str, Any] = {
    "question": "And in 2021?",
    "turns": [{"question": QUESTION, "statements": ["Eight diplomats lost it."]}],
}


class TurnGiven(BaseModel):
    """A question that was asked, and what answered it."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    statements: Annotated[tuple[Annotated[str, Field(max_length=10_000)], ...], Field(max_length=100)] = ()


class FollowUp(BaseModel):
    """A question and the turns before it, the oldest first; the last three are read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    question: Question
    turns: Annotated[tuple[TurnGiven, ...], Field(max_length=100)] = ()


class Standalone(BaseModel):
    """A question that can be understood without the ones before it."""

    question: str


@router.post(
    "/v1/standalone",
    summary="Make a follow-up a question that stands alone",
    response_model=None,
    responses={200: {"model": Standalone}, **errors(422)},
)
async def make_standalone(asked: FollowUp, request: Request, service: Serving) -> Response:
    """Ask the language model once to rewrite a follow-up; the question itself where none is configured."""
    turns = [Turn(turn.question, turn.statements) for turn in asked.turns]
    made = service.read(lambda: standalone(service.engine, asked.question, turns))
    return said({"question": await unless_gone(request, made)})
