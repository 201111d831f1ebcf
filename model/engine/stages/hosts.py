"""Hosts: opinion moves with arrivals, and a regime may tighten."""

from conscription_flight.model.behaviour.host_opinion import openness, opinion_tomorrow, strain
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col


@stage
def hosts(world, inputs, day):
    """Every state's opinion after the day's arrivals, and how far it keeps to its regime tomorrow."""
    for state in range(world.n_states):
        host = col.states(world)[state]
        strained = strain(
            host.arrived * inputs.scale,
            host.inhabitants,
            host.protected / max(1.0, host.arrived),
            inputs.sensitivity,
            inputs.minority_weight,
            host.minority_share,
            inputs.deserving,
        )
        host.opinion = opinion_tomorrow(host.opinion, strained, inputs.recovery_days)
        host.openness_before = host.openness
        host.openness = openness(host.opinion, inputs.threshold, inputs.tightening)
        host.arrived = host.protected = 0.0
