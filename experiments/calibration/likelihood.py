"""How far each of the documents' figures may be off: likelihoods of what a document says, given the figure of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from conscription_flight.config.fitted_forms import UNUSED
from conscription_flight.config.options import Observed

LEAST = 1e-12
"""Stands for nothing where a log is taken."""


@dataclass(frozen=True)
class Observation:
    """What a document says of a target: the `form` of its error, and `error` as a standard deviation of the log.

    `figure` is the number of a lognormal or a bound; `low` and `high` those of `between`; `soft` is added before logs.
    """

    target: str
    form: str
    error: float = np.nan
    figure: float = np.nan
    low: float = np.nan
    high: float = np.nan
    soft: float = 0.0

    @property
    def two_sided(self) -> bool:
        """Whether it is a value, which a run can miss on either side by little; else it is a bound or two."""
        return self.form == "lognormal"

    def log_of(self, simulated: np.ndarray) -> np.ndarray:
        """The simulated figure, or the document's, on the scale on which the error is normal."""
        return np.log(np.maximum(np.asarray(simulated, dtype=float) + self.soft, LEAST))


def log_normal(simulated: np.ndarray, seen: Observation) -> np.ndarray:
    """Log density of the log of the figure around that of the run."""
    return norm.logpdf(seen.log_of(seen.figure), loc=seen.log_of(simulated), scale=seen.error)


def log_at_least(simulated: np.ndarray, seen: Observation) -> np.ndarray:
    """Log probability that the run's figure, off by the error, is above the bound."""
    return norm.logcdf((seen.log_of(simulated) - seen.log_of(seen.figure)) / seen.error)


def log_at_most(simulated: np.ndarray, seen: Observation) -> np.ndarray:
    """Log probability that the run's figure, off by the error, is below the bound."""
    return norm.logcdf((seen.log_of(seen.figure) - seen.log_of(simulated)) / seen.error)


def log_between(simulated: np.ndarray, seen: Observation) -> np.ndarray:
    """Log probability that the run's figure, off by the error, is between the bounds."""
    z_low, z_high = ((seen.log_of(bound) - seen.log_of(simulated)) / seen.error for bound in (seen.low, seen.high))
    return np.log(np.maximum(norm.cdf(z_high) - norm.cdf(z_low), 1e-300))


FORMS: Mapping[str, Callable[[np.ndarray, Observation], np.ndarray]] = {
    "lognormal": log_normal,
    "at_least": log_at_least,
    "at_most": log_at_most,
    "between": log_between,
}


def observations(records: Mapping[str, Observed]) -> dict[str, Observation]:
    """The observations that are used, by target, in the records' order."""
    used = {
        name: record.model_dump(exclude={"why"}, exclude_none=True)
        for name, record in records.items()
        if record.form != UNUSED
    }
    return {name: Observation(name, **given) for name, given in used.items()}


def log_likelihood(simulated: np.ndarray, seen: Observation) -> np.ndarray:
    """Log likelihood of one observation for an array of simulated figures.

    Nothing at all where the figure is no number.
    """
    found = FORMS[seen.form](simulated, seen)
    return np.where(np.isfinite(simulated), found, -np.inf)
