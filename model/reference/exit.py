"""An exit of the reference engine."""

from collections import deque


class Exit:
    """One exit: a queue of men, ordinary travellers by day of arrival, and today's price and standing."""

    def __init__(self, row):
        """Take the fixed fields from a row of the world's exits."""
        self.state, self.by_air, self.charter, self.key = (
            int(row["state"]),
            bool(row["by_air"]),
            bool(row["charter"]),
            int(row["key"]),
        )
        self.charter_seats, self.fare_ratio = float(row["charter_seats"]), float(row["fare_ratio"])
        self.fare, self.standing, self.unseen = 0.0, 0.0, {}
        self.arriving, self.queue, self.cohorts, self.oldest, self.credit = (
            [],
            deque(),
            [],
            0,
            0.0,
        )

    def persons_waiting(self, party):
        """Persons in the queue: fleeing men with companions, and ordinary travellers."""
        cohorts = self.cohorts[self.oldest :]
        ordinary = 0.0
        for cohort in cohorts:
            ordinary += cohort[1]
        return sum(cohort[0] for cohort in cohorts) * party + ordinary
