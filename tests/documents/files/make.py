"""Make the files anew: python tests/documents/files/make.py (needs soffice, pandoc and chromium).

Each is made by the program whose files people have; the tests read what stands here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

HERE = Path(__file__).parent

ARTICLE = """---
title: Der Hafen wächst
author: Anna Beispiel
date: 2024-03-05
lang: de
---

# Der Hafen wächst

Der Hafen von Hamburg wächst seit drei Jahren ohne Pause. Im März kamen acht Schiffe an, die zusammen
40.000 Tonnen Getreide brachten, teilte die Behörde mit.

## Umschlag

Der Umschlag stieg um 3,5 Prozent auf 126 Millionen Tonnen. Das ist der höchste Wert seit 2011.

| Jahr | Umschlag in Mio. t | Schiffe |
|------|--------------------|---------|
| 2022 | 119,9              | 7100    |
| 2023 | 114,3              | 6900    |

## Ausblick

Die Senatorin erwartet für das nächste Jahr zwölf neue Kräne. Gebaut werden sie in Rostock.
"""
SLIDES = """---
title: Der Hafen wächst
author: Anna Beispiel
---

# Umschlag

Der Umschlag stieg um 3,5 Prozent auf 126 Millionen Tonnen.

# Ausblick

Die Senatorin erwartet für das nächste Jahr zwölf neue Kräne.

::: notes
Gebaut werden die Kräne in Rostock.
:::
"""
NOTES = """---
title: Druck im Hafen
lang: de
---

# Messung

Gemessen wurden 10^6^ Pascal auf 120 m^2^ am 1^ten^ Tag.[^1] So hoch war der Druck zuletzt 2011.[^2] Das war viel.

| Stelle | Schiffe     |
|--------|-------------|
| Hafen  | 7100[^3]    |
| Kanal  | 5·10^3^     |

Gebaut wird in Rostock.

[^1]: Angabe der Behörde.

    Sie misst morgens.
[^2]: Damals waren es 132 Tonnen.
[^3]: Ohne Fähren.
"""
PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title></head>
<body><nav><a href="/">Start</a> <a href="/abo">Abo</a></nav><article>{body}</article>
<footer>Impressum und Datenschutz</footer></body></html>"""
PRINTED = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Der Hafen wächst</title>
<style>h2 {{ break-before: page }} body {{ font-family: serif; width: 12cm; hyphens: auto }}</style></head>
<body>{body}</body></html>"""
SCAN = """<html><body><svg width="300" height="300"><circle cx="150" cy="150" r="90"/></svg></body></html>"""
TABLE = """Jahr;Umschlag in Mio. t;Anteil;Stichtag
2022;119,9;0,035;31.12.2022
2023;114,3;0,041;31.12.2023
"""


def main() -> None:
    """Make all files."""
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        (work / "hafen.md").write_text(ARTICLE, "utf-8")
        (work / "folien.md").write_text(SLIDES, "utf-8")
        body = run("pandoc", "hafen.md", "-t", "html", cwd=work)
        (work / "hafen.html").write_text(PAGE.format(title="Der Hafen wächst | Hafenblatt", body=body), "utf-8")
        (work / "druck.html").write_text(PRINTED.format(body=f"<h1>Der Hafen wächst</h1>{body}"), "utf-8")
        (work / "noten.md").write_text(NOTES, "utf-8")
        for name in NOTED:
            run("pandoc", "noten.md", "-s", "-o", name, cwd=work)
        chromium("noten.html", "noten.pdf", work)
        (work / "scan.html").write_text(SCAN, "utf-8")
        (work / "tabelle.csv").write_text(TABLE, "utf-8")
        chromium("druck.html", "chromium.pdf", work)
        chromium("scan.html", "scanned.pdf", work)
        for name in ("pandoc.docx", "pandoc.epub", "pandoc.odt", "pandoc.rtf"):
            run("pandoc", "hafen.md", "-s", "-o", name, cwd=work)
        run("pandoc", "folien.md", "-s", "-o", "folien.pptx", cwd=work)
        for kind in ("docx", "odt", "rtf", "pdf"):
            office("pandoc.docx", f"writer.{kind}", kind, work)
        office("folien.pptx", "impress.pptx", "pptx:Impress MS PowerPoint 2007 XML", work)
        office("tabelle.csv", "calc.xlsx", "xlsx", work, "--infilter=CSV:59,34,76,1,,1031,false,true")
        locked = {"EncryptFile": {"type": "boolean", "value": "true"}}
        locked["DocumentOpenPassword"] = {"type": "string", "value": "geheim"}
        secret = f"pdf:writer_pdf_Export:{json.dumps(locked)}"
        office("pandoc.docx", "password.pdf", secret, work)
        mail(work / "mail.eml")
        (work / "artikel.jsonl").write_text(
            '{"headline": "Kräne", "body": "Zwölf Kräne kommen im Mai nach Hamburg.", "day": "2024-05-02", "key": "k1"}\n'
            '{"headline": "Leer", "body": ""}\n'
            '{"headline": "Fähren", "body": "Die Fähre fährt jetzt alle zehn Minuten.", "day": "2024-06-02", "key": "k2"}\n',
            "utf-8",
        )
        with ZipFile(work / "alles.zip", "w", ZIP_DEFLATED) as archive:
            for name in ("hafen.md", "chromium.pdf", "artikel.jsonl"):
                archive.write(work / name, f"ordner/{name}")
            archive.writestr("bild.png", b"\x89PNG")
        for name in KEPT:
            shutil.copy(work / name, HERE / name)


NOTED = ("noten.docx", "noten.epub", "noten.html", "noten.odt", "noten.pptx", "noten.rtf")
KEPT = (
    "hafen.html", "chromium.pdf", "writer.pdf", "scanned.pdf", "password.pdf", "pandoc.docx", "writer.docx", "pandoc.odt",
    "writer.odt", "pandoc.rtf", "writer.rtf", "pandoc.epub", "folien.pptx", "impress.pptx", "calc.xlsx", "tabelle.csv",
    "mail.eml", "artikel.jsonl", "alles.zip", *NOTED, "noten.pdf",
)  # fmt: skip


def mail(path: Path) -> None:
    """Write a message as Python's library does: the format has no program of its own."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Kräne für den Hafen"
    message["From"] = "Anna Beispiel <anna@example.org>"
    message["To"] = "hafen@example.org"
    message["Date"] = "Tue, 05 Mar 2024 10:00:00 +0100"
    message.set_content("Guten Tag,\n\ndie zwölf Kräne kommen am 2. Mai in Hamburg an.\n\nAnna Beispiel\n")
    message.add_alternative("<p>Guten Tag,</p><p>die zwölf Kräne kommen am 2. Mai in Hamburg an.</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="kran.png")
    path.write_bytes(message.as_bytes())


def chromium(page: str, name: str, work: Path) -> None:
    """Print a page to a PDF."""
    run(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={name}", page,
        cwd=work,
    )  # fmt: skip


def office(source: str, name: str, kind: str, work: Path, *options: str) -> None:
    """Have LibreOffice open a file and save it as another."""
    out = work / "out"
    run("soffice", "--headless", *options, "--convert-to", kind, "--outdir", str(out), source, cwd=work)
    (made,) = out.iterdir()
    made.replace(work / name)


def run(*words: str, cwd: Path) -> str:
    """Run a program; what it says is said where it fails."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words[0]}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
