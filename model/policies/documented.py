"""Each border state as the documents put it: the dated changes on its own card."""

from conscription_flight.model.parameters.messages import nearest
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.policies.admission import Admission
from conscription_flight.model.policies.instrument import Mechanism
from conscription_flight.model.policies.timelines import Levers


class Documented(Mechanism):
    """Apply the `documented` changes of every state's card, but for the states named in `without`."""

    kind = "documented"
    without: tuple[str, ...] = ()

    def apply(self, levers: Levers) -> None:
        """Apply each change as an admission mechanism at that state."""
        for change in levers.settings.cached_by_structure(_changes, self.without):
            change.apply(levers)

    def problems(self, settings: Settings) -> list[str]:
        """States that no card knows."""
        known = settings.structure.destination
        return [
            f"without = {name}: no such state; {nearest(name, known)}" for name in self.without if name not in known
        ]


def _changes(tree, without):
    return [
        Admission(
            states=(state,),
            routes=(change.route,),
            share=change.share,
            start=change.start,
            announced=change.announced,
        )
        for state, card in tree.destination.items()
        if state not in without
        for change in card.documented
    ]
