"""How many men there are of each type, and the codes of their states.

A status says where a man is, a legal status by what leave he is abroad; pasts are bits that say what has happened to
him (`diverting`: refused just now, and trying elsewhere; `forced`: next time he is fetched without being asked). A type
is a cell of (region, liability, stance, age, documents, means). The men of a type stand next to each other, sorted by
resistance, so that a man is his index and his rank within the type is his place in the order of setting out.
"""

import numpy as np

from conscription_flight.model.parameters.schema import DOCUMENTS, LIABILITIES, MEANS, STANCES
from conscription_flight.model.parameters.settings import Settings

TRAITS = ("region", "liability", "stance", "age", "documents", "means")


STATUSES = (
    *(
        "home",
        "home again",
        "waiting",
        "abroad",
        "hiding",
        "injured",
        "training",
        "deployed",
    ),
    *("detained", "exempted", "lost", "deserted", "surrendered"),
)
(
    HOME,
    HOME_AGAIN,
    WAITING,
    ABROAD,
    HIDING,
    INJURED,
    TRAINING,
    DEPLOYED,
    DETAINED,
    EXEMPTED,
    LOST,
    DESERTED,
    SURRENDERED,
) = np.arange(len(STATUSES))

PASTS = (
    "set_out",
    "admitted",
    "inducted",
    "served",
    "diverting",
    "turned_away",
    "recognised",
    "unseen",
    "forced",
)
(
    HAS_SET_OUT,
    WAS_ADMITTED,
    WAS_INDUCTED,
    WAS_SERVED,
    IS_DIVERTING,
    WAS_TURNED_AWAY,
    WAS_RECOGNISED,
    GOT_IN_UNSEEN,
    IS_FORCED,
) = 1 << np.arange(len(PASTS))

LEGAL_STATUSES = ("visitor", "claimant", "recognised", "rejected", "unseen")
VISITOR, CLAIMANT, RECOGNISED, REJECTED, UNSEEN = np.arange(len(LEGAL_STATUSES))


_OFFSETS: dict[tuple, np.ndarray] = {}
MOST_KEPT = 8


def shape_of(settings: Settings) -> tuple[int, ...]:
    """Number of levels of each trait, in the order of TRAITS."""
    population = settings.structure.population
    return (
        len(population.regions),
        len(LIABILITIES),
        len(STANCES),
        len(population.ages),
        len(DOCUMENTS),
        len(MEANS),
    )


def trait_names(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The names of the levels of each trait."""
    population = settings.structure.population
    levels = (
        tuple(population.regions),
        LIABILITIES,
        STANCES,
        tuple(population.ages),
        DOCUMENTS,
        MEANS,
    )
    return dict(zip(TRAITS, levels, strict=True))


def liability_shares(settings: Settings) -> np.ndarray:
    """Share of each liability within each age band, (ages, liabilities).

    Callable by the rule are men with prior service and fewer than three children (000:1), within the age limit, who are
    not exempt; students are exempt; the rest are outside the rule.
    """
    ages = settings.structure.population.ages
    get = {key: _of_ages(settings, key) for key in ("prior_service", "three_children", "students", "within_age_limit")}
    exempt = 1.0 - (1.0 - get["students"]) * (1.0 - settings["population.exempt"])
    by_rule = get["prior_service"] * (1.0 - get["three_children"]) * get["within_age_limit"] * (1.0 - exempt)
    return np.stack([by_rule, np.maximum(0.0, 1.0 - exempt - by_rule), exempt], axis=1).reshape(
        len(ages), len(LIABILITIES)
    )


def stance_shares(settings: Settings) -> np.ndarray:
    """Share of each stance by region and age, (regions, ages, stances)."""
    persecuted = np.minimum(
        1.0,
        _of_regions(settings, "minorities") + settings["population.stances.protesters"],
    )[:, None]
    objector = _of_ages(settings, "wish_to_leave")[None, :] * settings["population.stances.objector_share"]
    supporter = (1.0 - objector) * settings["population.stances.supporter_share"]
    rest = (
        np.stack(
            np.broadcast_arrays(supporter, np.maximum(0.0, 1.0 - objector - supporter), objector),
            axis=-1,
        )
        * (1.0 - persecuted)[..., None]
    )
    return np.concatenate([rest, np.broadcast_to(persecuted[..., None], (*rest.shape[:2], 1))], axis=-1)


def document_shares(settings: Settings) -> np.ndarray:
    """Share of each level of documents by region and means, (regions, means, documents)."""
    region_share, means_share = (
        _of_regions(settings, "share"),
        _of_means(settings, "share"),
    )
    wealth = _relative(settings.values_at("population.documents.passport_ratio.*", MEANS), means_share)
    shares = []
    for papers, ratio in (
        ("foreign_passport", "passport_ratio"),
        ("schengen_visa", "schengen_ratio"),
    ):
        by_region = _relative(_of_regions(settings, ratio), region_share)
        shares.append(settings[f"population.documents.{papers}"] * by_region[:, None] * wealth[None, :])
    foreign, schengen = shares
    crowding = np.maximum(1.0, foreign + schengen)
    foreign, schengen = foreign / crowding, schengen / crowding
    return np.stack([np.maximum(0.0, 1.0 - foreign - schengen), foreign, schengen], axis=-1)


def _relative(ratios, shares):
    """Ratios scaled to a mean of one over groups of these shares; all 0 where the mean is 0."""
    mean = ratios @ shares
    return ratios / mean if mean > 0.0 else np.zeros_like(ratios)


def expected_men(settings: Settings) -> np.ndarray:
    """Persons in every cell of TRAITS."""
    return np.einsum(
        "a,r,al,ras,rmd,m->rlsadm",
        _of_ages(settings, "men"),
        _of_regions(settings, "share"),
        liability_shares(settings),
        stance_shares(settings),
        document_shares(settings),
        _of_means(settings, "share"),
    )


def type_offsets(settings: Settings) -> np.ndarray:
    """Where each type starts among the men, int64 (types + 1,); the last is the number of agents.

    Cells are rounded along their running sum, so that the total is exact and no cell is off by more than one agent.
    """
    given = settings.scale, settings.population
    if given not in _OFFSETS:
        if len(_OFFSETS) >= MOST_KEPT:
            _OFFSETS.clear()
        cumulated = np.cumsum(expected_men(settings)) / settings.scale
        _OFFSETS[given] = np.concatenate([[0], np.rint(cumulated)]).astype(np.int64)
    return _OFFSETS[given]


def _of_ages(settings, key):
    return settings.values_at(f"population.ages.*.{key}", settings.structure.population.ages)


def _of_regions(settings, key):
    return settings.values_at(f"population.regions.*.{key}", settings.structure.population.regions)


def _of_means(settings, key):
    return settings.values_at(f"population.means.*.{key}", MEANS)
