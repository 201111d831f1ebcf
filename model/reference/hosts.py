"""The hosts, in the reference engine."""

from conscription_flight.model.behaviour.host_opinion import openness, opinion_tomorrow, strain


class Hosts:
    """The stage `hosts`."""

    def hosts(self):
        """Every state's opinion after the day's arrivals, and how far it keeps to its regime tomorrow."""
        inputs = self.inputs
        for host in self.world.states:
            strained = strain(
                host["arrived"] * inputs.scale,
                host["inhabitants"],
                host["protected"] / max(1.0, host["arrived"]),
                inputs.sensitivity,
                inputs.minority_weight,
                host["minority_share"],
                inputs.deserving,
            )
            host["opinion"] = opinion_tomorrow(host["opinion"], strained, inputs.recovery_days)
            host["openness"] = openness(host["opinion"], inputs.threshold, inputs.tightening)
            host["arrived"] = host["protected"] = 0.0
