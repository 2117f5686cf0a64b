from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from evals.compare import judge_differences
from evals.stats import bootstrap_means, holm, mean_interval, never_seen_bound, paired_difference, wilson


@given(n=st.integers(1, 500), data=st.data())
def test_wilson_agrees_with_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    theirs = scipy_stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(k, n)


def test_nothing_in_sixty_bounds_five_percent() -> None:
    assert never_seen_bound(60) == pytest.approx(0.0487, abs=1e-4)
    assert scipy_stats.binom.cdf(0, 60, never_seen_bound(60)) == pytest.approx(0.05)


def test_the_bootstrap_agrees_with_scipy() -> None:
    values = np.random.default_rng(1).normal(0.6, 0.2, size=80)
    low, high = mean_interval(list(values), is_share=False)
    theirs = scipy_stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, random_state=2
    ).confidence_interval
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=0.003)


def test_the_bootstrap_is_seeded() -> None:
    assert (bootstrap_means([0, 1, 0.5]) == bootstrap_means([0, 1, 0.5])).all()
    assert (bootstrap_means([0, 1, 0.5]) != bootstrap_means([0, 1, 0.5], seed=1)).any()


def test_shares_at_the_ends_keep_an_interval_and_other_figures_do_not_pretend() -> None:
    assert mean_interval([1.0] * 20, is_share=True) == wilson(20, 20)
    assert mean_interval([1.0] * 20, is_share=False) == (1, 1)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_as_step_down_does(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    ordered = sorted(p_values, key=lambda name: (p_values[name], name))
    rejecting = True
    for rank, name in enumerate(ordered):
        rejecting = rejecting and (len(ordered) - rank) * p_values[name] < 0.05
        assert (adjusted[name] < 0.05) is rejecting
        assert p_values[name] <= adjusted[name] <= 1


def test_holm_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def test_a_paired_difference_by_hand() -> None:
    worse = paired_difference([-0.5] * 10 + [0.0] * 10)
    assert (worse.mean, worse.n) == (-0.25, 20)
    assert worse.lower < worse.mean < worse.upper < 0
    assert worse.p == pytest.approx(1 / 10_001)


def _deltas(*values: float) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    old = {"fact_recall": {str(n): 0.5 for n in range(len(values))}}
    return old, {"fact_recall": {str(n): 0.5 + value for n, value in enumerate(values)}}


@pytest.mark.parametrize(
    ("deltas", "outcome"),
    [
        ([0.0] * 60, "pass"),
        ([-0.5] * 20 + [0.0] * 40, "fail"),
        # Surely worse, but by less than the least effect.
        ([-0.01] * 60, "pass"),
        # Three lost, three won: a loss of five points is still possible.
        ([-0.5] * 6 + [0.5] * 6 + [0.0] * 20, "inconclusive"),
        ([0.5] * 20 + [0.0] * 40, "pass"),
    ],
)
def test_differences_are_judged(deltas: list[float], outcome: str) -> None:
    (verdict,) = judge_differences(*_deltas(*deltas))
    assert verdict.outcome == outcome


def test_less_is_better_where_less_is_better() -> None:
    more_refusals = judge_differences(
        {"over_refusal": dict.fromkeys("abcdefgh", 0.0)}, {"over_refusal": dict.fromkeys("abcdefgh", 1.0)}
    )
    assert [verdict.outcome for verdict in more_refusals] == ["fail"]


def test_an_unchanged_noisy_system_seldom_fails() -> None:
    # Two runs of one system of 60 questions; between them about 5 % of the facts flip.
    dice = np.random.default_rng(3)
    failed = 0
    for seed in range(200):
        truth = dice.random(60) < 0.7
        old, new = ((truth ^ (dice.random(60) < 0.025)).astype(float) for _ in range(2))
        runs = ({"fact_recall": {str(n): float(value) for n, value in enumerate(run)}} for run in (old, new))
        failed += judge_differences(*runs, resamples=500, seed=seed)[0].outcome == "fail"
    assert failed / 200 < 0.1
