"""What the arms of one draw gave, as estimands read it.

Outcomes by name, men by what happened to them and who they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conscription_flight.model.behaviour.protection import protection_grounds
from conscription_flight.model.behaviour.skill import skilled_chance
from conscription_flight.model.parameters.schema import DOCUMENTS, GROUNDS, LIABILITIES, MEANS, STANCES
from conscription_flight.model.population import TRAITS, expected_men, shape_of, type_offsets

if TYPE_CHECKING:
    from conscription_flight.model.parameters import Settings
    from conscription_flight.runs.simulator import RunResult

ALL = "all"
EXEMPT = LIABILITIES.index("exempt")


@dataclass(frozen=True)
class People:
    """Who the men of a draw are, the same in every arm.

    The men of type k are those from `offsets[k]` to `offsets[k + 1]` - 1, one agent for `scale` men; `stance` (code of
    STANCES), `liability` (code of LIABILITIES) and `grounds` (bits of GROUNDS) are of types. `holders` are the men with
    at least these papers and `skilled` the share of all men who are skilled, both as expected; `inhabitants` (persons)
    and `groups` are of border states.
    """

    scale: int
    offsets: np.ndarray
    stance: np.ndarray
    liability: np.ndarray
    grounds: np.ndarray
    holders: Mapping[str, float]
    skilled: float
    inhabitants: Mapping[str, float]
    groups: Mapping[str, Collection[str]]

    @property
    def agents(self) -> int:
        """All agents."""
        return int(self.offsets[-1])

    def with_grounds(self, men: np.ndarray, grounds: Collection[str]) -> np.ndarray:
        """Those of these men who have one of these grounds for protection at least."""
        bits = sum(1 << GROUNDS.index(name) for name in grounds)
        return men[self.grounds[self._types(men)] & bits != 0]

    def with_stances(self, men: np.ndarray, stances: Collection[str]) -> np.ndarray:
        """Those of these men whose stance is one of these."""
        return men[np.isin(self.stance[self._types(men)], [STANCES.index(name) for name in stances])]

    def with_liabilities(self, men: np.ndarray, liabilities: Collection[str]) -> np.ndarray:
        """Those of these men whose liability is one of these."""
        return men[np.isin(self.liability[self._types(men)], [LIABILITIES.index(name) for name in liabilities])]

    def states_of(self, group: str) -> list[str]:
        """The border states of a group, by name."""
        return [state for state, groups in self.groups.items() if group in groups]

    def _types(self, men: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.offsets, men, side="right") - 1


@dataclass(frozen=True)
class Seen:
    """One arm of a draw: `ends` are end-of-run values and `days` series (days,) by (outcome, place), `fates` men by
    what befell them.
    """

    ends: Mapping[tuple[str, str], float]
    days: Mapping[tuple[str, str], np.ndarray]
    fates: Mapping[str, np.ndarray]
    people: People

    def total(self, *outcomes: str, place: str = ALL) -> float:
        """Sum of the end-of-run values of these outcomes at a place."""
        return float(sum(self.ends[name, place] for name in outcomes))


def seen(result: RunResult, people: People) -> Seen:
    """The arm that gave this result; it must hold series and fates."""
    columns = list(result.columns)
    days = {column: result.series[:, n] for n, column in enumerate(columns)}
    return Seen(dict(zip(columns, result.sums, strict=True)), days, result.fates, people)


def people_of(settings: Settings) -> People:
    """The men and border states of these settings."""
    shape = shape_of(settings)
    of_type = dict(zip(TRAITS, np.unravel_index(np.arange(np.prod(shape)), shape), strict=True))
    grounds = np.array(
        [[protection_grounds(s, k) for k in range(len(LIABILITIES))] for s in range(len(STANCES))], dtype=int
    )
    men = expected_men(settings)
    papers = men.sum(axis=tuple(n for n, trait in enumerate(TRAITS) if trait != "documents"))
    states = settings.structure.destination
    return People(
        scale=settings.scale,
        offsets=type_offsets(settings),
        stance=of_type["stance"],
        liability=of_type["liability"],
        grounds=grounds[of_type["stance"], of_type["liability"]],
        holders=dict(zip(DOCUMENTS, np.cumsum(papers[::-1])[::-1].tolist(), strict=True)),
        skilled=_skilled_share(settings, men),
        inhabitants={state: settings[f"destination.{state}.inhabitants"] for state in states},
        groups={state: card.groups for state, card in states.items()},
    )


def _skilled_share(settings: Settings, men: np.ndarray) -> float:
    """Share of all men who are skilled, from men by TRAITS."""
    student = settings["skills.student"]
    chance = np.array(
        [
            [
                [skilled_chance(settings[f"skills.share.{means}"], exempt, young, student) for means in MEANS]
                for young in (False, True)
            ]
            for exempt in (False, True)
        ]
    )
    exempt = (np.arange(men.shape[TRAITS.index("liability")]) == EXEMPT).astype(int)
    young = (np.arange(men.shape[TRAITS.index("age")]) == 0).astype(int)
    of_cell = men.sum(axis=tuple(TRAITS.index(trait) for trait in ("region", "stance", "documents")))
    return float((of_cell * chance[np.ix_(exempt, young)]).sum() / men.sum())
