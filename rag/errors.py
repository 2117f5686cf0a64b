"""What can go wrong, named for what the reader can do about it.

    BelegError                 base; carries ``hint`` and the exit code of the command line
    ├── FixInput               a question, flag, path or receipt is unusable           exit 2
    │   └── FixSettings        rag.toml or an environment variable is unusable         exit 2
    ├── AddDocuments           there is nothing to answer from yet                     exit 1
    ├── FixFile                one file cannot be read; the others go on               exit 1
    ├── RetryLater             the index, or the model's server, is busy just now      exit 1
    ├── RebuildIndex           the index is damaged, older, or another embedder's      exit 1
    ├── FixStorage             the disk is full, read-only or not permitted            exit 1
    ├── FixModel               the model's name, key or address is wrong               exit 1
    ├── ShortenRequest         a request is longer than its model takes                exit 1
    ├── ChangeModel            a model's reply cannot be used                          exit 1
    ├── OpenEngine             the engine was closed; another one can be opened        exit 1
    └── InstallExtra           an optional part is not installed                       exit 1

A question that the documents do not answer is no error: it is an Answer with status
``not_in_documents`` (exit 3).
"""

from __future__ import annotations


class BelegError(Exception):
    """Base of every error that Beleg raises on purpose.

    ``str(error)`` says what happened; ``hint`` says what to do next, and may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class FixInput(BelegError):
    """The caller's input cannot be used as it is."""

    exit_code = 2


class FixSettings(FixInput):
    """A setting is unknown, out of bounds or contradicts another."""


class AddDocuments(BelegError):
    """No document is indexed, or none was found where one was looked for."""


class FixFile(BelegError):
    """One file cannot become a document.

    ``skipped`` is true where Beleg does not read such files at all (a picture), and false where
    it should have been able to (a text file that is not text). ``transient`` is true where the file
    may be as it was and only could not be reached, so that what is stored of it is kept.
    """

    def __init__(self, message: str, *, hint: str = "", skipped: bool = False, transient: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.skipped = skipped
        self.transient = transient


class RetryLater(BelegError):
    """Another process is writing to the index, or a model's server is busy or fell silent; nothing was changed.

    ``after`` is how many seconds a server asked to wait, where it said so.
    """

    def __init__(self, message: str, *, hint: str = "", after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.after = after


class RebuildIndex(BelegError):
    """The index cannot serve as it is; the documents can make it anew."""


class FixStorage(BelegError):
    """The file system refuses: full, read-only, or no permission."""


class FixModel(BelegError):
    """The model that is configured cannot be asked: wrong key, unknown name, wrong address, no credit."""


class ShortenRequest(BelegError):
    """The request does not fit into the model's context; with less evidence it may."""


class ChangeModel(BelegError):
    """The model replied, and the reply is no use: refused, cut off, empty, or not in the form asked for."""


class OpenEngine(BelegError):
    """The engine that is asked has been closed, and has let go of all that it needs; another one can be opened."""


class InstallExtra(BelegError):
    """An optional dependency is missing; the hint holds the install command."""
