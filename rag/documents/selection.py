"""Which files of a folder are meant: globs given by the caller, and the rules of ``.ragignore`` files.

Both are patterns as in ``.gitignore``. A rule stands for the folder that its file is in and all below; the
deepest rule that says anything of a file decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import FixInput, InstallExtra

RULES = ".ragignore"
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Globs over names below a folder; nothing given means all. Files outside of it are left as they are."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def matcher(self) -> Matcher:
        """Return what tells whether a name is meant. Raises FixInput where a glob is none."""
        return Matcher(_spec(self.include) if self.include else None, _spec(self.exclude) if self.exclude else None)


EVERYTHING = Selection()


class Matcher:
    """Tells of names whether a selection means them."""

    def __init__(self, include: Any, exclude: Any) -> None:
        self._include = include
        self._exclude = exclude

    def passes(self, name: str) -> bool:
        """Say whether a file's name, relative to its folder, is meant."""
        if self._include is not None and not self._include.match_file(name):
            return False
        return self._exclude is None or not self._exclude.match_file(name)


@dataclass(frozen=True, slots=True)
class Rules:
    """The ``.ragignore`` files that stand above a place, deepest first: the folder of each, and its patterns."""

    files: tuple[tuple[Path, Any], ...] = ()

    def below(self, folder: Path) -> Rules:
        """Return the rules that hold in a folder of the place, its own among them.

        Raises:
            OSError: its file is there and cannot be read.
        """
        file = folder / RULES
        if not file.is_file():
            return self
        with file.open(encoding="utf-8", errors="replace") as opened:
            return Rules(((folder, _spec(opened.read(_MOST).splitlines())), *self.files))

    def ignore(self, path: str, *, folder: bool) -> bool:
        """Say whether a file or folder is passed over."""
        for root, spec in self.files:
            name = Path(path).relative_to(root).as_posix()
            said = spec.check_file(f"{name}/" if folder else name).include
            if said is not None:
                return bool(said)
        return False


def _spec(patterns: Iterable[str]) -> Any:
    try:
        from pathspec import GitIgnoreSpec
    except ImportError as error:
        raise InstallExtra(
            f"Globs and {RULES} files need pathspec, which is not installed.", hint="pip install 'beleg[formats]'"
        ) from error
    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise FixInput(
            f"A pattern is none: {error}", hint="Write it as in .gitignore: *.pdf, drafts/, !keep.txt"
        ) from error
