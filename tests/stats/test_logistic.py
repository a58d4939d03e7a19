"""Logistic regression, against statsmodels and a general optimiser."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
import statsmodels.api as sm

from kit.stats import logistic


def answers(seed: int, n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.integers(0, 2, n)])
    return x, (rng.random(n) < logistic.expit(x @ [0.3, 0.8, -0.5])).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_maximum_likelihood_as_statsmodels(seed: int) -> None:
    x, y = answers(seed)
    found, there = logistic.fit(x, y, penalised=False), sm.Logit(y, x).fit(disp=0, tol=1e-12)
    assert found.coefficients == pytest.approx(there.params, abs=1e-7)
    assert found.covariance == pytest.approx(there.cov_params(), abs=1e-7)
    assert found.converged
    assert found.widened == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_the_penalised_likelihood_is_highest_there(seed: int) -> None:
    x, y = answers(seed, 25)

    def loss(beta: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ np.diag(p * (1 - p)) @ x
        return -float(np.log(np.where(y == 1, p, 1 - p)).sum() + 0.5 * np.log(np.linalg.det(information)))

    best = scipy.optimize.minimize(loss, np.zeros(3), method="Nelder-Mead",
                                   options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 5000})  # fmt: skip
    assert logistic.fit(x, y).coefficients == pytest.approx(best.x, abs=1e-4)


def test_finite_where_yes_and_no_can_be_told_apart() -> None:
    x = np.column_stack([np.ones(12), np.arange(12) - 5.5])
    y = (x[:, 1] > 0).astype(float)
    found = logistic.fit(x, y)
    assert found.converged
    assert 0.5 < found.coefficients[1] < 3
    none = logistic.fit(np.ones((6, 1)), np.zeros(6))
    assert logistic.expit(none.coefficients) == pytest.approx([0.5 / 7])
    huge = logistic.fit(np.column_stack([np.ones(12), 1e4 * x[:, 1]]), y)
    assert np.isfinite(huge.coefficients).all()


def test_answers_that_are_alike_widen_the_intervals() -> None:
    rng = np.random.default_rng(3)
    days = np.repeat(np.arange(60), 8)
    level = rng.normal(0, 2, 60)[days]
    y = (rng.random(480) < logistic.expit(level)).astype(float)
    found = logistic.fit(np.ones((480, 1)), y, days)
    # Means of the days as independent values give nearly the same standard error of the share.
    means = y.reshape(60, 8).mean(axis=1)
    share = y.mean()
    se = float(np.sqrt(found.covariance[0, 0])) * share * (1 - share)
    assert se == pytest.approx(means.std(ddof=1) / np.sqrt(60), rel=0.05)
    assert found.widened > 2
    assert logistic.fit(np.ones((480, 1)), rng.integers(0, 2, 480), days).widened < 1.6
