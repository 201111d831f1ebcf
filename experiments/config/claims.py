"""Claims as data: what each says and where, and the questions that answer it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from conscription_flight.model.plain_values import as_text

Text = Annotated[str, Field(min_length=1), AfterValidator(as_text)]
EACH = "arm"
"""The part that the policies under `each` play in turn."""


class Data(BaseModel):
    """A record that accepts no key it does not know and no number that is not finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class Where(Data):
    """The draws on one side of a card's value."""

    card: Text
    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Where:
        if (self.below is None) == (self.above is None):
            raise ValueError("one of below and above")
        return self


class Question(Data):
    """One quantity that speaks for or against a claim, the more the better for it.

    The claim holds from `bar` on, because of `why`.

    Without a bar it is a yardstick, told and not judged. `assumed` says by which assumption the answer is given
    beforehand, if it is.

    `asks` in words, `short` for figures; `unit`; `estimand` a function of conscription_flight.analysis.estimands,
    `arms` part -> policy, `of` what else it takes; `mark` the claim's own number if it has one; `each` policies that
    play the part `arm` in turn, `{policy}` in `asks` being their label; `where` the draws asked; `sign` whether a value
    above zero has at least the claim's direction; a `headline` question is in the figure.
    """

    asks: Text
    short: Text
    unit: Text
    estimand: Text
    arms: dict[Text, Text]
    bar: Annotated[float, Field(gt=0)] | None = None
    why: Text | None = None
    assumed: Text | None = None
    of: dict[Text, list[Text]] = {}
    mark: float | None = None
    each: list[Text] = []
    where: Where | None = None
    sign: bool = True
    headline: bool = False

    @model_validator(mode="after")
    def _bar_with_reason(self) -> Question:
        if (self.bar is None) != (self.why is None):
            raise ValueError("bar and why go together")
        if self.headline and self.bar is None:
            raise ValueError("a headline needs a bar")
        return self


class Claim(Data):
    """A claim in one line, document:line where it is made and what argues against it.

    What the documents' figures decide; limits.
    """

    number: Annotated[int, Field(ge=1)]
    claim: Text
    sources: Text
    against: Text | None
    documents: Text
    limits: Text
    questions: Annotated[dict[Text, Question], Field(min_length=1)]
