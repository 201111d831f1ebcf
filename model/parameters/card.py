"""A card: one number with its unit, meaning, source, kind, range and prior.

What every record of a configuration accepts stands here too.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from conscription_flight.model.plain_values import Text
from conscription_flight.model.wording import plain


class Strict(BaseModel):
    """A frozen record that accepts no key it does not know, no number that is not finite, and no value of another type.

    A truth value is no number, a number is no text, and a number with a fraction is not whole. Lists are read as
    tuples.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _frozen_lists(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


class Prior(Strict):
    """What is known of an uncertain number before any fit: exactly one of the four forms."""

    uniform: tuple[float, float] | None = None
    loguniform: tuple[float, float] | None = None
    lognormal: tuple[float, float] | None = None
    triangular: tuple[float, float, float] | None = None

    @model_validator(mode="after")
    def _one_sensible_form(self):
        given = self.model_dump(exclude_none=True)
        if len(given) != 1:
            raise ValueError("give one of uniform, loguniform, lognormal, triangular")
        ((form, numbers),) = given.items()
        if form == "lognormal":
            if numbers[0] <= 0 or numbers[1] <= 1:
                raise ValueError("lognormal takes [median > 0, factor > 1]")
        elif (
            list(numbers) != sorted(numbers) or numbers[0] == numbers[-1] or (form == "loguniform" and numbers[0] <= 0)
        ):
            raise ValueError(f"{form} takes rising bounds" + (" above 0" if form == "loguniform" else ""))
        return self

    @property
    def ends(self) -> tuple[float, float] | None:
        """The lowest and the highest value that it allows; None if it has no ends."""
        bounds = self.uniform or self.loguniform or self.triangular
        return bounds and (bounds[0], bounds[-1])

    def quantile(self, share: float | np.ndarray) -> float | np.ndarray:
        """The value below which `share` (0 to 1) of the prior lies.

        Of an array of shares, the array of values, the same bits.
        """
        from scipy.special import ndtri

        if self.uniform:
            low, high = self.uniform
            return low + share * (high - low)
        if self.loguniform:
            low, high = self.loguniform
            return low * _power(high / low, share)
        if self.lognormal:
            median, factor = self.lognormal
            return median * _power(factor, ndtri(share))
        low, mode, high = self.triangular
        rising = low + np.sqrt(share * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
        found = np.where(share < (mode - low) / (high - low), rising, falling)
        return found if found.ndim else float(found)

    def share(self, value: float) -> float:
        """The share (0 to 1) of the prior that lies below `value`: the inverse of `quantile`."""
        from scipy.special import ndtr

        if self.uniform:
            low, high = self.uniform
            share = (value - low) / (high - low)
        elif self.loguniform:
            low, high = self.loguniform
            share = math.log(max(value, low) / low) / math.log(high / low)
        elif self.lognormal:
            median, factor = self.lognormal
            share = float(ndtr(math.log(value / median) / math.log(factor))) if value > 0 else 0.0
        else:
            low, mode, high = self.triangular
            rising = value < mode
            edge, width = (value - low, mode - low) if rising else (high - value, high - mode)
            part = max(edge, 0.0) ** 2 / ((high - low) * width) if width else 0.0
            share = part if rising else 1 - part
        return min(max(share, 0.0), 1.0)


def _power(base, exponent):
    """`base` to a number, or to each number of an array.

    One by one, as powers of whole arrays differ between processors.
    """
    if np.ndim(exponent):
        return np.array([base**each for each in exponent.tolist()])
    return base ** float(exponent)


def _rising(range_: tuple[float, float]) -> tuple[float, float]:
    if not range_[0] < range_[1]:
        raise ValueError("two numbers, the lower first")
    return range_


class Card(Strict):
    """One number of the model.

    Value, unit, meaning, where it comes from, what kind it is, and its prior if uncertain.
    """

    value: float
    unit: Text
    meaning: Text
    source: Text
    kind: Literal["figure", "statistic", "calibrated", "assumed", "lever"]
    range: Annotated[tuple[float, float], AfterValidator(_rising)]
    prior: Prior | None = None

    @model_validator(mode="after")
    def _within_range(self):
        low, high = self.range
        if not low <= self.value <= high:
            raise ValueError(f"from {plain(low)} to {plain(high)} {self.unit}")
        return self

    @property
    def prior_beyond_range(self) -> bool:
        """Whether the prior has an end, and that end lies outside the range."""
        ends = self.prior.ends if self.prior else None
        return ends is not None and not (self.range[0] <= ends[0] and ends[1] <= self.range[1])

    def values(self, shares: np.ndarray) -> np.ndarray:
        """Its values (n,) at these shares of its prior, held within its range."""
        return np.clip(self.prior.quantile(shares), *self.range)


def card_fields(record: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a record that are cards themselves, by name, in their order."""
    return {name: field for name, field in record.model_fields.items() if field.annotation is Card}


@dataclass(frozen=True)
class Off:
    """Says on the field of a card the value that it has where its mechanism is switched off.

    One under which it moves nobody.
    """

    value: float
