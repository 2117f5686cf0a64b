"""Files that break programs, parsed in a process of its own: one clear line each, and the next file is read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from rag.documents import child
from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.documents.worker import Worker
from rag.errors import FixFile, InstallExtra
from tests.documents.real import FILES, parsed

LIMITS = Limits(seconds=15, memory_mb=900, characters=3_000_000, unpacked=30_000_000)
PDF = (FILES / "writer.pdf").read_bytes()
DOCX = (FILES / "writer.docx").read_bytes()
XLSX = (FILES / "calc.xlsx").read_bytes()


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    with closing(Worker(LIMITS)) as made:
        yield made


def reason(parser: Worker, name: str, data: bytes) -> str:
    with pytest.raises(FixFile) as refused:
        list(parser.parse(name, data))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def whole(parser: Worker, name: str) -> Parsed:
    ((inside, result),) = parser.parse(name, (FILES / name).read_bytes())
    assert inside == ""
    assert isinstance(result, Parsed)
    return result


def test_a_workbook_whose_language_its_small_words_do_not_tell_is_read(shared: Worker) -> None:
    from openpyxl import Workbook

    book, data = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (("Name", "Abteilung", "Betrag"), ("Rösch", "Buchhaltung Hauptgebäude", 250.5)):
        sheet.append(row)
    book.save(data)

    ((_, result),) = shared.parse("plain.xlsx", data.getvalue())

    assert isinstance(result, Parsed)
    assert "Rösch" in result.text
    assert result.text.count("250,5") == 1, "its words are German"


def replaced(archive: bytes, part: str, data: bytes) -> bytes:
    """An archive with other bytes in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, data if name == part else old.read(name))
    return out.getvalue()


def pdf_bomb() -> bytes:
    """A PDF of one page whose text is drawn by forms that draw forms, a billion times."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
               "<< /Length 5 >>\nstream\n/X Do\nendstream"]  # fmt: skip
    for depth in range(5, 14):
        drawn = "/X Do " * 12
        objects.append(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length {len(drawn)}"
            f" /Resources << /XObject << /X {depth + 1} 0 R >> >> >>\nstream\n{drawn}\nendstream"
        )
    text = "BT /F 9 Tf (boom) Tj ET"
    objects.append(
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length {len(text)} /Resources << /Font << /F << /Type /Font"
        f" /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nstream\n{text}\nendstream"
    )
    body = "%PDF-1.4\n" + "".join(f"{at} 0 obj\n{one}\nendobj\n" for at, one in enumerate(objects, start=1))
    return f"{body}trailer << /Root 1 0 R /Size {len(objects) + 1} >>\n".encode()


def test_what_comes_over_is_what_the_reader_made(shared: Worker) -> None:
    assert whole(shared, "writer.docx") == parsed("writer.docx")


ZEROS = bytes(60_000_000)
DEEP = b"<html><body>" + b"<div><b>" * 200_000 + b"tief" + b"</b></div>" * 200_000
BOMB = b"""<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&c;</w:t></w:r>
</w:p></w:body></w:document>"""


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pdf", b"", "not a PDF"),
        ("a.pdf", DOCX, "not a PDF"),
        ("a.pdf", PDF[: len(PDF) // 3], "corrupt PDF"),
        ("a.pdf", b"%PDF-1.7\n" + os.urandom(5_000), "corrupt PDF"),
        ("a.docx", b"", "not a Word document"),
        ("a.docx", PDF, "not a Word document"),
        ("a.docx", XLSX, "not a Word document"),
        ("a.docx", DOCX[:-900], "not a Word document"),
        ("a.docx", replaced(DOCX, "word/document.xml", ZEROS), "unpacks to 60 MB"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.pptx", DOCX, "not a presentation"),
        ("a.xlsx", DOCX, "workbook"),
        ("a.xlsx", replaced(XLSX, "xl/worksheets/sheet1.xml", b"<worksheet"), "corrupt"),
        ("a.odt", DOCX, "corrupt"),
        ("a.epub", DOCX, "corrupt"),
        ("a.zip", PDF, "not a ZIP archive"),
        ("a.zip", b"PK\x05\x06" + bytes(18), ""),
        ("a.rtf", b"{\\rt", "not Rich Text"),
        ("a.eml", b"Hallo", "not a mail"),
        ("a.jsonl", b"{", "line 1: no JSON"),
        ("a.jsonl", b"[" * 100_000, "nested too deeply"),
        ("a.jsonl", b'{"inhalt": "Text"}', "line 1: none of its keys"),
        ("a.csv", b"\x00" * 500, "binary file"),
        ("a.csv", b"Wort;" * 900_000, "more than 3,000,000 characters"),
    ],
)
def test_a_file_that_breaks_programs_is_one_line(shared: Worker, name: str, data: bytes, said: str) -> None:
    if not said:
        assert list(shared.parse(name, data)) == []
    else:
        assert said in reason(shared, name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", DEEP),
        ("a.html", b"<p>\x00\x01\xff\xfe Text"),
        ("a.docx", replaced(DOCX, "word/document.xml", BOMB)),
        ("a.pdf", pdf_bomb()),
        (
            "a.eml",
            b"From: a\nContent-Type: multipart/mixed; boundary=x\n\n"
            + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3000,
        ),
    ],
    ids=["deep", "controls", "entities", "forms", "parts"],
)
def test_what_is_made_to_explode_ends_in_time(name: str, data: bytes) -> None:
    limits = Limits(seconds=5, memory_mb=900, characters=3_000_000)
    with closing(Worker(limits)) as own:
        with suppress(FixFile):
            assert all(isinstance(one, Parsed) and len(one.text) < 10_000 for _, one in own.parse(name, data))
        assert whole(own, "writer.pdf").text


def test_a_reader_that_hangs_is_ended_and_the_next_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # A double for a library that never comes back: half a request is never answered.
    monkeypatch.setattr(Worker, "_ask", lambda self, process, name, data: None)
    with closing(Worker(Limits(seconds=0.5))) as own:
        assert "within 0.5 seconds" in reason(own, "a.pdf", PDF)
        monkeypatch.undo()
        own._limits = LIMITS
        assert whole(own, "writer.pdf").text


def test_a_reader_that_takes_too_much_memory_is_refused() -> None:
    with closing(Worker(Limits(memory_mb=300, characters=400_000_000, unpacked=10**9))) as own:
        said = reason(own, "a.csv", b"Wort;" * 40_000_000)
    assert "memory" in said


def test_a_process_that_dies_is_replaced(shared: Worker) -> None:
    whole(shared, "writer.pdf")
    process = shared._process
    assert process is not None
    process.kill()
    process.wait()

    assert whole(shared, "writer.pdf").text


def test_one_process_serves_all_files_until_it_is_closed() -> None:
    own = Worker(LIMITS)
    whole(own, "writer.pdf")
    first = own._process
    whole(own, "writer.docx")
    assert own._process is first
    own.close()
    assert first is not None
    assert first.returncode is not None


def test_whoever_stops_listening_leaves_nothing_behind(shared: Worker) -> None:
    documents = shared.parse("alles.zip", (FILES / "alles.zip").read_bytes())
    next(documents)
    documents.close()

    assert whole(shared, "writer.pdf").text


def test_a_missing_library_names_its_install_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pypdfium2").mkdir()
    (tmp_path / "pypdfium2/__init__.py").write_text("raise ModuleNotFoundError(name='pypdfium2')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(Worker(LIMITS)) as own, pytest.raises(InstallExtra, match="pypdfium2") as missing:
        list(own.parse("writer.pdf", PDF))

    assert "beleg[formats]" in missing.value.hint


def test_an_archive_that_lies_about_itself_keeps_its_other_files(shared: Worker) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../böse.txt", "heraus")
        archive.writestr("gross.txt", bytes(4_000_000))
        archive.writestr("innen.zip", b"PK")
        archive.writestr("kaputt.pdf", b"%PDF-1.4")
        archive.writestr("zwei\nZeilen.txt", "Zwei Zeilen im Namen.")
        archive.writestr(".versteckt.txt", "nichts")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("gut.txt", "Das ist gut.")
    found = dict(shared.parse("a.zip", out.getvalue()))

    said = {name: str(one) if isinstance(one, FixFile) else one.text for name, one in found.items()}
    assert said == {
        "_/böse.txt": "its name leads out of the archive",
        "gross.txt": "larger than 3 MB",
        "innen.zip": "an archive inside an archive",
        "kaputt.pdf": "a corrupt PDF",
        "zwei\\nZeilen.txt": "Zwei Zeilen im Namen.",
        "link.txt": "a link; links are not followed",
        "gut.txt": "Das ist gut.",
    }


def test_the_process_reads_no_module_from_where_somebody_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    with closing(Worker(LIMITS)) as own:
        assert whole(own, "writer.pdf").text


def test_parsers_are_not_imported_here() -> None:
    code = "import sys; import rag.engine; print([m for m in ('trafilatura', 'lxml', 'pypdfium2', 'docx', 'openpyxl') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_message_that_is_cut_off_is_none() -> None:
    stream = io.BytesIO()
    child.send(stream, b"ganz")
    assert child.receive(io.BytesIO(stream.getvalue())) == b"ganz"
    assert child.receive(io.BytesIO(stream.getvalue()[:-1])) is None
    assert child.receive(io.BytesIO(stream.getvalue()), most=3) is None
