"""Claims as data: what each says and where, and the questions to paired runs that answer it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from experiments.problems import unknown

Text = Annotated[str, Field(min_length=1)]
EACH = "arm"
"""The part that the policies under `each` play in turn."""


class Data(BaseModel):
    """A record that accepts no key it does not know and no number that is not finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


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
    """One quantity that speaks for or against a claim, the more the better for it: the claim holds from `bar` on, because of `why`.

    Without a bar it is a yardstick, told and not judged. `assumed` says by which assumption the answer is given beforehand, if it is.

    `asks` in words, `short` for figures; `unit`; `estimand` a function of experiments.estimands, `arms` part -> policy, `of` what else it
    takes; `mark` the claim's own number if it has one; `each` policies that play the part `arm` in turn, `{policy}` in `asks` being their
    label; `where` the draws asked; `sign` whether a value above zero has at least the claim's direction; a `headline` question is in the figure.
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
    """A claim in one line, document:line where it is made and what argues against it; what the documents' figures decide; limits."""

    number: Annotated[int, Field(ge=1)]
    claim: Text
    sources: Text
    against: Text | None
    documents: Text
    limits: Text
    questions: Annotated[dict[Text, Question], Field(min_length=1)]


@dataclass(frozen=True)
class Asked:
    """A question as it is put to the draws: its name, the claim it belongs to, and its own data with every part cast."""

    name: str
    of_claim: str
    claim: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def arms(self) -> dict[str, str]:
        return self.data["arms"]


def asked(claims: Mapping[str, Mapping[str, Any]], labels: Mapping[str, str]) -> list[Asked]:
    """Every question of the claims, by the claims' numbers; `labels` are those of policies. Questions of `each` policy come one by one."""
    ordered = sorted(claims.items(), key=lambda pair: pair[1]["number"])
    return [
        each
        for claim, card in ordered
        for name, data in card["questions"].items()
        for each in _cast(claim, card, name, data, labels)
    ]


def _cast(claim: str, card: Mapping, name: str, data: Mapping, labels: Mapping[str, str]) -> Iterable[Asked]:
    if not data["each"]:
        yield Asked(f"{claim}.{name}", claim, card, data)
    for number, policy in enumerate(data["each"]):
        label = labels.get(policy, policy)
        texts = {
            "asks": data["asks"].replace("{policy}", label),
            "short": f"{data['short']}: {label[:1].lower()}{label[1:]}",
        }
        cast = {**data, **texts, "arms": {**data["arms"], EACH: policy}, "headline": data["headline"] and number == 0}
        yield Asked(f"{claim}.{name}.{policy}", claim, card, cast)


def problems_of(claims: Mapping[str, Mapping[str, Any]], known: Mapping[str, Collection[str]]) -> list[str]:
    """A line for whatever a question names and is not there; `known` has the names of `cards`, `policies` and `groups` of states."""
    return [
        line
        for claim, card in claims.items()
        for name, data in card["questions"].items()
        for line in _problems(f"claims.{claim}.questions.{name}", data, {**_known(), **known})
    ]


def _problems(path: str, data: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> Iterable[str]:
    from experiments.estimands import ESTIMANDS, parts_of

    where = data["where"]
    if where and where["card"] not in known["cards"]:
        yield unknown(f"{path}.where.card", where["card"], known["cards"], "card")
    for part, policy in [*data["arms"].items(), *(("each", policy) for policy in data["each"])]:
        if policy not in known["policies"]:
            place = part if part == "each" else f"arms.{part}"
            yield unknown(f"{path}.{place}", policy, known["policies"], "policy")
    if data["estimand"] not in ESTIMANDS:
        yield unknown(f"{path}.estimand", data["estimand"], ESTIMANDS, "estimand")
        return
    parts, others = parts_of(data["estimand"])
    given = {*data["arms"], *([EACH] if data["each"] else [])}
    if given != parts:
        yield f"{path}.arms = {', '.join(sorted(given))}: {data['estimand']} takes {', '.join(sorted(parts))}"
    if set(data["of"]) != others:
        yield f"{path}.of = {', '.join(sorted(data['of'])) or '{}'}: {data['estimand']} takes {', '.join(sorted(others)) or 'nothing'}"
    for kind, names in data["of"].items():
        there = known.get(kind, names)
        yield from (unknown(f"{path}.of.{kind}", name, there, "name") for name in names if name not in there)


def _known() -> dict[str, Collection[str]]:
    from model.cards import DOCUMENTS, GROUNDS, LIABILITIES, STANCES
    from model.outcomes import OUTCOMES

    return {
        "outcomes": OUTCOMES,
        "papers": DOCUMENTS,
        "grounds": GROUNDS,
        "stances": STANCES,
        "liabilities": LIABILITIES,
    }
