"""What a folder of recordings was made of: some clusters of the gold, and the settings of the model."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .cases import Case
from .errors import NotMeasurable

FILE = "recorded.toml"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    clusters: list[str] = Field(min_length=1)
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The clusters that are asked, and the settings in force; ``llm`` among them is the model's file name."""

    clusters: frozenset[str]
    settings: dict[str, Any]

    def given(self, *, replay: bool) -> dict[str, Any]:
        """Return the settings; whoever records names the model itself."""
        return {key: value for key, value in self.settings.items() if replay or key != "llm"}

    def chosen(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases of the clusters.

        Raises:
            NotMeasurable: the gold has no such cluster.
        """
        if unknown := self.clusters - {case.cluster for case in cases}:
            raise NotMeasurable(f"The gold has no cluster {', '.join(sorted(unknown))}.", hint=f"See {FILE}.")
        return [case for case in cases if case.cluster in self.clusters]


def read_recorded(folder: Path) -> Recorded | None:
    """Return what ``recorded.toml`` of a folder says; None where there is none: then everything is asked.

    Raises:
        NotMeasurable: the file cannot be used.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        read = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise NotMeasurable(
            f"{path} cannot be used: {error}", hint='It needs clusters = ["..."] and a table [settings].'
        ) from error
    return Recorded(frozenset(read.clusters), read.settings)
