"""A card: one number with its unit, meaning, source, kind, range and prior; and what every record of a configuration accepts."""

import datetime
import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from conscription_flight.model.wording import plain

NAME, NO_NAMES = r"[A-Za-z][A-Za-z0-9_-]{0,59}", ("null", "true", "false", "yes", "no", "on", "off", "nan", "inf")
NAMES_HOLD = "up to 60 of the letters a to z, digits, _ and -, a letter first, and no word that YAML reads as something else"
STEERING = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
TAG_OR_LINK = r"<[A-Za-z/!]|\]\("
MARKUP = r"[<>\[\]|`\\]"
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)


def as_day(given: Any) -> datetime.date:
    """The day that is given as a date or as its ISO text. Raises ValueError for anything else, and for a day out of range."""
    found = given
    if isinstance(given, str):
        try:
            found = datetime.date.fromisoformat(given)
        except ValueError:
            found = None
        found = found if found and found.isoformat() == given else None
    if type(found) is not datetime.date or not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(f"a day, such as 2022-09-28, from {FIRST_DAY} to {LAST_DAY}")
    return found


def as_name(given: str) -> str:
    """The name. Raises ValueError for one that could not be typed, or not be part of a file's name."""
    if not re.fullmatch(NAME, given) or given.lower() in NO_NAMES:
        raise ValueError(f"a plain name: {NAMES_HOLD}")
    return given


def as_text(given: str) -> str:
    """The text. Raises ValueError for one with letters that steer a terminal or begin a line, with a tag or a link."""
    if re.search(STEERING, given) or re.search(TAG_OR_LINK, given):
        raise ValueError("text on one line, without control characters, tags of HTML and links")
    return given


def as_words(given: str) -> str:
    """The words, for tables and pages. Raises ValueError for text that a page would take for more than words."""
    if re.search(MARKUP, given):
        raise ValueError("words without < > [ ] | ` or \\")
    return as_text(given)


Day = Annotated[datetime.date, BeforeValidator(as_day)]
Name = Annotated[str, AfterValidator(as_name)]
Text = Annotated[str, Field(min_length=1), AfterValidator(as_text)]
Label = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(as_words)]


class Strict(BaseModel):
    """A frozen record that accepts no key it does not know, no number that is not finite, and no value of another type.

    A truth value is no number, a number is no text, and a number with a fraction is not whole. Lists are read as tuples.
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
        """The value below which `share` (0 to 1) of the prior lies; of an array of shares, the array of values, the same bits."""
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
    """`base` to a number, or to each number of an array: one by one, as powers of whole arrays differ between processors."""
    if np.ndim(exponent):
        return np.array([base**each for each in exponent.tolist()])
    return base ** float(exponent)


def _rising(range_: tuple[float, float]) -> tuple[float, float]:
    if not range_[0] < range_[1]:
        raise ValueError("two numbers, the lower first")
    return range_


class Card(Strict):
    """One number of the model: value, unit, meaning, where it comes from, what kind it is, and its prior if uncertain."""

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
    """Says on the field of a card the value that it has where its mechanism is switched off: one under which it moves nobody."""

    value: float
