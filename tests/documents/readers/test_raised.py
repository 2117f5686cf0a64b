"""Raised figures and notes, as programs write them that did not make the files of ``files/``."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from pptx import Presentation

from tests.documents.real import FILES, parsed


def shown(name: str, data: bytes) -> str:
    return " ".join(parsed(name, data).text.split())


def page(body: str) -> bytes:
    more = "<p>Der Hafen von Hamburg wächst seit drei Jahren ohne Pause, teilte die Behörde am Montag mit.</p>" * 3
    return f'<html lang="de"><body><article>{more}{body}{more}</article></body></html>'.encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Im Jahr 2024 wurden im Hafen 57<!-- --> Millionen Tonnen Kohle umgeschlagen.</p>", "im Hafen 57 Millionen Tonnen Kohle"),
        ("<p>Im Hafen wurden <b>5<!-- -->7</b> Tonnen Kohle umgeschlagen.</p>", "wurden 57 Tonnen"),
        ('<p>Es waren 2024<sup><a href="#n1">1</a></sup> viele Schiffe da.</p>', "waren 2024 viele"),
        ('<p>Es waren 2024<sup><span>[<a href="#n1">12</a>]</span></sup> viele Schiffe da.</p>', "waren 2024 viele"),
        ('<p>Es waren 2024<a href="#n1"><sup>1</sup></a> viele Schiffe da.</p>', "waren 2024 viele"),
        ('<p>Es waren 2024<sup><a href="#a">a</a>, <a href="#b">b</a></sup> viele Schiffe da.</p>', "waren 2024 viele"),
        ('<p>Es waren 10<sup>6 <a href="#n1">a</a></sup> Schiffe da.</p>', "waren 10⁶ Schiffe"),
        ('<p>Es war 2024 <sup>siehe <a href="#s">das lange Kapitel</a> dazu</sup> so.</p>', "siehe das lange Kapitel dazu so"),
        ('<p>Mehr steht <a href="#s">in Kapitel 5</a> über die Schiffe.</p>', "steht in Kapitel 5 über"),
        ("<p>Es waren 10<sup>−3</sup> Meter im Hafen.</p>", "waren 10⁻³ Meter"),
    ],
)  # fmt: skip
def test_a_page_keeps_its_figures_apart_and_its_text_whole(body: str, expected: str) -> None:
    assert expected in shown("seite.html", page(body))


def test_word_raises_by_style_and_by_position() -> None:
    document = Document()
    high = document.styles.add_style("Hoch", WD_STYLE_TYPE.CHARACTER)
    high.font.superscript = True
    derived = document.styles.add_style("Bunt", WD_STYLE_TYPE.CHARACTER)
    derived.base_style = high
    lowered = document.styles.add_style("Flach", WD_STYLE_TYPE.CHARACTER)
    lowered.base_style = high
    lowered.font.subscript = True
    for style in ("Hoch", "Bunt", "Flach"):
        line = document.add_paragraph("Gemessen wurden 10")
        line.add_run("7", style=style)
        line.add_run(" Pascal.")
    line = document.add_paragraph("Gemessen wurden 20")
    run = line.add_run("7")
    position = run._element.get_or_add_rPr().makeelement(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}position", {}
    )
    position.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val", "6")
    run._element.get_or_add_rPr().append(position)
    made = io.BytesIO()
    document.save(made)

    text = parsed("a.docx", made.getvalue()).text

    assert text.split("\n\n") == [
        "Gemessen wurden 10⁷ Pascal.", "Gemessen wurden 10⁷ Pascal.", "Gemessen wurden 107 Pascal.", "Gemessen wurden 20⁷",
    ]  # fmt: skip


def test_a_style_of_opendocument_derives_from_one_that_is_raised() -> None:
    with ZipFile(FILES / "noten.odt") as stored:
        parts = {name: stored.read(name) for name in stored.namelist()}
    content = parts["content.xml"].decode()
    begun = content.index("<office:automatic-styles>") + len("<office:automatic-styles>")
    style = '<style:style style:name="X9" style:family="text" style:parent-style-name="{}"/>'
    raised_by = next(name for name in ("Superscript", "T1", "T2") if f'"{name}"' in content)
    content = content[:begun] + style.format(raised_by) + content[begun:]
    content = content.replace("</office:text>", '<text:p>Gemessen wurden 10<text:span text:style-name="X9">8</text:span>'
                              '<text:s text:c=""/>Pascal.</text:p></office:text>')  # fmt: skip
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, data in (parts | {"content.xml": content.encode()}).items():
            archive.writestr(name, data)

    assert parsed("a.odt", made.getvalue()).text.endswith("Gemessen wurden 10⁸ Pascal.")


def test_titles_and_notes_of_slides_are_raised_too() -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    for frame, baseline in ((slide.shapes.title.text_frame, "30%"), (slide.notes_slide.notes_text_frame, "30000")):
        paragraph = frame.paragraphs[0]
        paragraph.add_run().text = "Kosten 10"
        run = paragraph.add_run()
        run.text = "6"
        run._r.get_or_add_rPr().set("baseline", baseline)
    made = io.BytesIO()
    presentation.save(made)

    result = parsed("a.pptx", made.getvalue())

    assert result.text == "Kosten 10⁶\n\nKosten 10⁶"
    assert [place.name for place in result.places] == ["Kosten 10⁶"]


@pytest.mark.parametrize(
    "source",
    [
        r"10{\super 6}", r"10{\super{6}}", r"10{\up6 6}", "10{\\super\n6}", r"10{\super\f0\fs20 6}", r"10\super 6\nosupersub",
    ],
)  # fmt: skip
def test_rich_text_raises_in_several_ways(source: str) -> None:
    assert parsed("a.rtf", rf"{{\rtf1\ansi Gemessen wurden {source} Pascal.}}".encode()).text.startswith(
        "Gemessen wurden 10⁶"
    )


def test_rich_text_raises_signs_and_leaves_what_is_raised_already() -> None:
    source = rb"{\rtf1\ansi Gemessen wurden 10{\super \u8722?3} und 10{\super \'b96}, zuletzt 7{\up0 5}.}"

    assert parsed("a.rtf", source).text == "Gemessen wurden 10⁻³ und 10¹⁶, zuletzt 75."
