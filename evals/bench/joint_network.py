"""The network of ``rag/joint.py`` once more in JAX, which can differentiate it. Only ``fit_reader`` uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.joint import HEADS

TOKEN = 128
"""Coordinates of a token's vector."""

SIZE, VIEWS, BLOCKS = 64, 4, 1
"""Of a token's state; ways to weigh a question's tokens; rounds of looking around."""

# A vector's coordinates are small: what is multiplied with them is held at this part of what is used.
_GAINS = {"weight": 2.0, "ask": 2.0, "token": 4.0, "aligned": 4.0, "product": TOKEN**0.5, "asks": 2.0, "none": 2.0,
          "key": 4.0, "value": 4.0}  # fmt: skip
_FAR = -1e9


@dataclass(frozen=True, slots=True)
class Settings:
    """The share of coordinates that is left out while fitting, the same ones throughout an example."""

    dropped: float = 0.12

    def masks(self, rng: np.random.Generator, examples: int) -> list[NDArray[np.float32]]:
        """Return factors for the tokens, their products with the question, what is asked, and the last states."""
        sizes = (TOKEN, TOKEN, VIEWS * TOKEN, SIZE)
        kept = [(rng.random((examples, size)) > self.dropped) / (1 - self.dropped) for size in sizes]
        return [mask.astype(np.float32) for mask in kept]


def begin(heads: int, seed: int = 0) -> dict[str, Any]:
    """Return random weights by their names in ``rag/joint.py``."""
    rng = np.random.default_rng(seed)
    size = SIZE
    assert size % heads == 0

    def random(rows: int, columns: int, gain: float = 1.0) -> NDArray[np.float32]:
        return (rng.standard_normal((rows, columns)) * gain / rows**0.5).astype(np.float32)

    def norm() -> NDArray[np.float32]:
        return np.stack([np.ones(size), np.zeros(size)]).astype(np.float32)

    def zeros(columns: int) -> NDArray[np.float32]:
        return np.zeros(columns, np.float32)

    w: dict[str, Any] = {
        "weight": random(TOKEN, VIEWS, 2), "ask": random(TOKEN, VIEWS, 2), "sharpness": np.float32(12),
        "token": random(TOKEN, size), "aligned": random(TOKEN, size), "product": random(TOKEN, size, 3),
        "near_token": random(VIEWS, size, 0.5), "near": random(VIEWS, size, 0.5), "near_chunk": random(VIEWS, size, 0.5),
        "form": random(6, size, 0.6), "asks": random(VIEWS * TOKEN, size), "bias": zeros(size), "norm": norm(),
        "begin": random(size, 1, 0.5)[:, 0], "end": random(size, 1, 0.5)[:, 0],
        "sentence_up": random(5 * VIEWS + size, 32), "sentence_bias": zeros(32), "sentence_down": random(32, 1, 0.3)[:, 0],
        "none": random(VIEWS * TOKEN, 1, 0.05)[:, 0], "none_bias": np.float32(0),
    }  # fmt: skip
    for number in range(BLOCKS):
        w |= {f"{number}.{name}": value for name, value in {
            "beside": random(3 * size, size, 0.7), "beside_bias": zeros(size), "of_sentence": random(size, size, 0.4),
            "of_chunk": random(size, size, 0.4), "beside_norm": norm(), "key": random(TOKEN, size), "query": random(size, size),
            "value": random(TOKEN, size), "out": random(size, size, 0.5), "look_norm": norm(), "up": random(size, 2 * size),
            "up_bias": zeros(2 * size), "down": random(2 * size, size, 0.5), "down_bias": zeros(size), "norm": norm(),
        }.items()}  # fmt: skip
    return w


def exported(weights: dict[str, Any]) -> dict[str, NDArray[np.float16]]:
    """Return the weights as ``rag/joint.py`` uses them; it needs no logits of last tokens."""
    out: dict[str, Any] = {"blocks": np.array(BLOCKS)}
    for name, value in weights.items():
        if name == "end":
            continue
        gain = _GAINS.get(name.rpartition(".")[2], 1.0)
        out[name] = np.asarray(value) * (gain / _per_head() if name.endswith(".query") else gain)
    return {name: np.asarray(value).astype(np.float16) for name, value in out.items()}


def imported(stored: Mapping[str, NDArray[np.float16]], seed: int = 0) -> dict[str, Any]:
    """Return weights as they are fitted of such as were exported; those of last tokens are random again."""
    out = begin(HEADS, seed)
    for name in out.keys() & stored.keys():
        gain = _GAINS.get(name.rpartition(".")[2], 1.0)
        value = stored[name].astype(np.float32) / np.float32(gain)
        out[name] = value * np.float32(_per_head()) if name.endswith(".query") else value
    return out


def loss(weights: dict[str, Any], batch: dict[str, Any], masks: list[Any]) -> Any:
    """Return the mean loss of a batch of examples, each packed as by ``fit_reader.packed``."""
    used = {name: value * _GAINS.get(name.rpartition(".")[2], 1.0) for name, value in weights.items()}

    def one_loss(one: dict[str, Any], mask: list[Any]) -> Any:
        return _loss(used, one, mask)

    return import_module("jax").vmap(one_loss)(batch, masks).mean()


def _per_head() -> float:
    return (SIZE / HEADS) ** 0.5


def _loss(w: dict[str, Any], one: dict[str, Any], masks: list[Any]) -> Any:
    jnp, logsumexp = import_module("jax.numpy"), import_module("jax.nn").logsumexp

    begins, ends, sentences, none = _logits(w, one, masks)
    answers = one["answers"]
    everything = logsumexp(jnp.concatenate([sentences, none[None]]))
    right = jnp.where(answers.any(), logsumexp(jnp.where(answers, sentences, _FAR)), none)
    inside = answers[one["sentence"]] & one["valid"]

    def token(logits: Any, where: Any) -> Any:
        return logsumexp(jnp.where(inside, logits, _FAR)) - logsumexp(jnp.where(where, logits, _FAR))

    of_tokens = token(begins, one["first"]) + token(ends, one["last"])
    return everything - right + jnp.where(answers.any(), 0.3 * of_tokens, 0.0)


def _logits(w: dict[str, Any], one: dict[str, Any], masks: list[Any]) -> Any:
    """Return logits of first and last tokens, of sentences, and of none; see ``rag.joint`` for what is done."""
    jnp, nn = import_module("jax.numpy"), import_module("jax.nn")
    gelu, softmax = nn.gelu, nn.softmax

    tokens, asked, valid = one["tokens"], one["asked"], one["valid"][:, None]
    near, near_chunk = one["near"], one["near_chunk"]
    unreal = jnp.where(one["real"], 0.0, _FAR)
    # Which token belongs to which sentence and chunk, as matrices: sums over them are products.
    of = jnp.equal(one["sentence"][:, None], jnp.arange(len(near))[None]) * valid
    of_chunk = jnp.equal(one["chunk"][:, None], jnp.arange(len(near_chunk))[None]) * valid
    whole = jnp.equal(one["whole"][:, None], jnp.arange(len(near_chunk))[None]) * 1.0
    of, of_chunk = of.astype(tokens.dtype), of_chunk.astype(tokens.dtype)
    many, many_chunk = jnp.maximum(of.sum(0), 1)[:, None], jnp.maximum(of_chunk.sum(0), 1)[:, None]
    weight = softmax(asked @ w["weight"] + unreal[:, None], 0)
    asks = (softmax(asked @ w["ask"] + unreal[:, None], 0).T @ asked).reshape(-1)
    cosines = tokens @ asked.T
    near, near_chunk = near @ weight, near_chunk @ weight
    aligned = softmax(w["sharpness"] * cosines + unreal[None], 1)
    highest = jnp.where(one["real"][None], cosines, -1.0).max(1, keepdims=True)
    form = jnp.concatenate([highest, (aligned * cosines).sum(1, keepdims=True), one["place"]], 1)
    h = (tokens * masks[0]) @ w["token"] + aligned @ (asked @ w["aligned"])
    h += (
        (tokens * (aligned @ asked) * masks[1]) @ w["product"] + form @ w["form"] + (cosines @ weight) @ w["near_token"]
    )
    h += of @ (near @ w["near"]) + of_chunk @ (near_chunk @ w["near_chunk"]) + (asks * masks[2]) @ w["asks"] + w["bias"]
    h = _normal(gelu(h), w["norm"]) * valid
    one_chunk = (one["chunk"][1:] == one["chunk"][:-1])[:, None]
    for number in range(BLOCKS):
        b = {name.removeprefix(f"{number}."): value for name, value in w.items() if name.startswith(f"{number}.")}
        gap = jnp.zeros((1, h.shape[1]))
        beside = jnp.concatenate(
            [jnp.concatenate([gap, h[:-1] * one_chunk]), h, jnp.concatenate([h[1:] * one_chunk, gap])], 1
        )
        around = gelu(beside @ b["beside"] + b["beside_bias"]) + of @ ((of.T @ h) / many @ b["of_sentence"])
        h = _normal(h + around + of_chunk @ ((of_chunk.T @ h) / many_chunk @ b["of_chunk"]), b["beside_norm"])
        h = _normal(h + _look(h, asked, unreal, b), b["look_norm"])
        h = _normal(h + gelu(h @ b["up"] + b["up_bias"]) @ b["down"] + b["down_bias"], b["norm"]) * masks[3]
    its = whole @ near_chunk
    neighbours = [
        jnp.where((one["whole"] == jnp.roll(one["whole"], by))[:, None], jnp.roll(near, by, 0), 0.0) for by in (1, -1)
    ]
    seen = jnp.concatenate([near, its, *neighbours, near - its, (of.T @ h) / many], 1)
    extra = gelu(seen @ w["sentence_up"] + w["sentence_bias"]) @ w["sentence_down"]
    begins = jnp.where(one["valid"], h @ w["begin"] + of @ extra, _FAR)
    ends = jnp.where(one["valid"], h @ w["end"], _FAR)
    top = begins.max()
    sums = jnp.log(of.T @ jnp.exp(jnp.maximum(begins - top, -60.0)) + 1e-30) + top
    return begins, ends, jnp.where(of.sum(0) > 0, sums, _FAR), asks @ w["none"] + w["none_bias"]


def _look(h: Any, asked: Any, unreal: Any, b: dict[str, Any]) -> Any:
    """Return what each token takes from the question's tokens."""
    jnp, softmax = import_module("jax.numpy"), import_module("jax.nn").softmax

    keys = (asked @ b["key"]).reshape(len(asked), HEADS, -1)
    values = (asked @ b["value"]).reshape(len(asked), HEADS, -1)
    queries = (h @ b["query"]).reshape(len(h), HEADS, -1) / _per_head()
    looks = softmax(jnp.einsum("thc,nhc->thn", queries, keys) + unreal, -1)
    return jnp.einsum("thn,nhc->thc", looks, values).reshape(len(h), -1) @ b["out"]


def _normal(x: Any, norm: Any) -> Any:
    jnp = import_module("jax.numpy")

    x = x - x.mean(-1, keepdims=True)
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * norm[0] + norm[1]
