"""The measures, one a file. Each is a pure function of a judged case; its docstring is its formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..results import Judged, Value
from . import abstention, characters, languages, retrieval, usage
from .citation_integrity import citation_integrity
from .citation_precision import citation_precision, judged_share
from .citation_recall import citation_recall
from .concision import concision
from .fact_recall import fact_recall, nice_recall, strict_recall
from .forbidden_rate import forbidden_rate
from .literal_grounding import literal_grounding
from .truth_score import truth_score
from .uncited_rate import uncited_rate

DEPTHS = (1, 3, 5, 10)
"""The k of the retrieval measures."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure with its name. ``better`` says which way is good; "" where neither is.

    The figures of ``gates`` metrics may not fall; the others are shown.
    """

    name: str
    measure: Callable[[Judged], Value]
    better: Literal["high", "low", ""] = "high"
    gates: bool = False


METRICS: tuple[Metric, ...] = (
    Metric("fact_recall", fact_recall, gates=True),
    Metric("strict_recall", strict_recall),
    Metric("nice_recall", nice_recall),
    Metric("truth_score", truth_score, gates=True),
    Metric("forbidden_rate", forbidden_rate, "low"),
    Metric("literal_grounding", literal_grounding, gates=True),
    Metric("citation_integrity", citation_integrity),
    Metric("citation_recall", citation_recall, gates=True),
    Metric("citation_precision", citation_precision, gates=True),
    Metric("judged_share", judged_share, ""),
    Metric("char_precision", characters.char_precision),
    Metric("char_recall", characters.char_recall),
    Metric("char_F1", characters.char_f1),
    Metric("uncited_rate", uncited_rate, "low", gates=True),
    Metric("concision", concision, gates=True),
    Metric("abstention_precision", abstention.abstention_precision),
    Metric("abstention_recall", abstention.abstention_recall, gates=True),
    Metric("over_refusal", abstention.over_refusal, "low", gates=True),
    *(Metric(f"evidence_recall@{k}", partial(retrieval.evidence_recall, k=k)) for k in DEPTHS),
    *(Metric(f"document_recall@{k}", partial(retrieval.document_recall, k=k)) for k in DEPTHS),
    Metric("MRR", retrieval.reciprocal_rank),
    *(Metric(f"nDCG@{k}", partial(retrieval.ndcg, k=k)) for k in DEPTHS),
    Metric("ceiling", retrieval.ceiling),
    Metric("fact_recall_given_retrieved", retrieval.fact_recall_given_retrieved),
    Metric("language_match", languages.language_match, ""),
    Metric("calls", usage.calls, "low"),
    Metric("tokens", usage.tokens, "low"),
    Metric("cost", usage.cost, "low"),
)
CONSISTENCY = "consistency"
"""The one measure of a whole cluster; see ``languages.consistency``."""

GATING = tuple(metric for metric in METRICS if metric.gates)
