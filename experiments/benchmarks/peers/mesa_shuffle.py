"""The season in Mesa as its tutorials teach it: every man is activated in random order."""

from __future__ import annotations

from conscription_flight.benchmarks.peers.plain_mesa import Man, Season, run
from conscription_flight.benchmarks.workload import HOME, Result, Workload


def consider(man: Man, pressure: float, leavers: list[Man]) -> None:
    """Join the leavers if the man is at home and the pressure reaches his resistance."""
    if man.resistance <= pressure and man.place == HOME:
        leavers.append(man)


class ShuffledSeason(Season):
    """A season whose men decide one after another, in a new random order every day."""

    def leavers(self, pressure: float) -> list[Man]:
        """The men at home whose resistance is reached, in random order."""
        leavers: list[Man] = []
        self.agents.shuffle_do(consider, pressure, leavers)
        return leavers


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once."""
    return run(ShuffledSeason, workload, seed)
