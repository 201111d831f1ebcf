"""Claims as data: what each says and where, and the questions to paired runs that answer it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from conscription_flight.analysis.estimands import ESTIMANDS, parts_of
from conscription_flight.config.claims import EACH, Claim, Question
from conscription_flight.errors import unknown
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.model.parameters.schema import DOCUMENTS, GROUNDS, LIABILITIES, STANCES


@dataclass(frozen=True)
class Asked:
    """A question as it is put to the draws.

    Its name, the claim it belongs to, and its own data with every part cast.
    """

    name: str
    of_claim: str
    claim: Claim
    data: Question

    @property
    def arms(self) -> dict[str, str]:
        """Which policy plays which part."""
        return self.data.arms


def asked(claims: Mapping[str, Claim], labels: Mapping[str, str]) -> list[Asked]:
    """Every question of the claims, by the claims' numbers; `labels` are those of policies.

    Questions of `each` policy come one by one.
    """
    ordered = sorted(claims.items(), key=lambda pair: pair[1].number)
    return [
        each
        for claim, card in ordered
        for name, data in card.questions.items()
        for each in _cast(claim, card, name, data, labels)
    ]


def _cast(claim: str, card: Claim, name: str, data: Question, labels: Mapping[str, str]) -> Iterable[Asked]:
    if not data.each:
        yield Asked(f"{claim}.{name}", claim, card, data)
    for number, policy in enumerate(data.each):
        label = labels.get(policy, policy)
        texts = {
            "asks": data.asks.replace("{policy}", label),
            "short": f"{data.short}: {label[:1].lower()}{label[1:]}",
        }
        cast = {**texts, "arms": {**data.arms, EACH: policy}, "headline": data.headline and number == 0}
        yield Asked(f"{claim}.{name}.{policy}", claim, card, data.model_copy(update=cast))


def problems_of(claims: Mapping[str, Claim], known: Mapping[str, Collection[str]]) -> list[str]:
    """A line for whatever a question names and is not there.

    `known` has the names of `cards`, `policies` and `groups` of states.
    """
    return [
        line
        for claim, card in claims.items()
        for name, data in card.questions.items()
        for line in _problems(f"claims.{claim}.questions.{name}", data, {**_known(), **known})
    ]


def _problems(path: str, data: Question, known: Mapping[str, Collection[str]]) -> Iterable[str]:
    where = data.where
    if where and where.card not in known["cards"]:
        yield unknown(f"{path}.where.card", where.card, known["cards"], "card")
    for part, policy in [*data.arms.items(), *(("each", policy) for policy in data.each)]:
        if policy not in known["policies"]:
            place = part if part == "each" else f"arms.{part}"
            yield unknown(f"{path}.{place}", policy, known["policies"], "policy")
    if data.estimand not in ESTIMANDS:
        yield unknown(f"{path}.estimand", data.estimand, ESTIMANDS, "estimand")
        return
    parts, others = parts_of(data.estimand)
    given = {*data.arms, *([EACH] if data.each else [])}
    if given != parts:
        yield f"{path}.arms = {', '.join(sorted(given))}: {data.estimand} takes {', '.join(sorted(parts))}"
    if set(data.of) != others:
        yield (
            f"{path}.of = {', '.join(sorted(data.of)) or '{}'}: {data.estimand} takes"
            f" {', '.join(sorted(others)) or 'nothing'}"
        )
    for kind, names in data.of.items():
        there = known.get(kind, names)
        yield from (unknown(f"{path}.of.{kind}", name, there, "name") for name in names if name not in there)


def _known() -> dict[str, Collection[str]]:
    return {
        "outcomes": OUTCOMES,
        "papers": DOCUMENTS,
        "grounds": GROUNDS,
        "stances": STANCES,
        "liabilities": LIABILITIES,
    }
