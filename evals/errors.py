"""What can keep a run from being measured; the command line ends with exit code 4."""

from __future__ import annotations

from collections.abc import Sequence

from rag import BelegError

from .cases import Place


class NotMeasurable(BelegError):
    """The run says nothing, neither good nor bad: something has to be mended before it can."""

    exit_code = 4


class BadGold(NotMeasurable):
    """The gold breaks its own rules; ``problems`` are pairs of place and sentence, all of them."""

    def __init__(self, problems: Sequence[tuple[Place, str]]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: (problem[0].file, problem[0].line, problem[1])))
        lines = "\n".join(f"{place.file}:{place.line}: {message}" for place, message in self.problems)
        super().__init__(
            f"The gold is not sound ({len(self.problems)} problems):\n{lines}", hint="See evals/README.md."
        )
