"""The hosts, in the reference engine."""

from conscription_flight.model.behaviour.host_opinion import openness, opinion_tomorrow, strain


class Hosts:
    """The stage `hosts`."""

    def hosts(self):
        """Every state's opinion after the day's arrivals, and how far it keeps to its regime tomorrow."""
        rates = self.rates
        for host in self.world.states:
            strained = strain(
                host["arrived"] * rates.scale,
                host["inhabitants"],
                host["protected"] / max(1.0, host["arrived"]),
                rates.sensitivity,
                rates.minority_weight,
                host["minority_share"],
                rates.deserving,
            )
            host["opinion"] = opinion_tomorrow(host["opinion"], strained, rates.recovery_days)
            host["openness"] = openness(host["opinion"], rates.threshold, rates.tightening)
            host["arrived"] = host["protected"] = 0.0
