"""The season written in one framework per module.

Every module has one public function, ``simulate(workload, seed) -> Result``, and is
the only one that imports its framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec


@dataclass(frozen=True)
class Peer:
    """One entry of the benchmark: its module here, its label, its distribution."""

    module: str
    label: str
    distribution: str | None = None

    @property
    def path(self) -> str:
        """The dotted name of the peer's module."""
        return f"{__name__}.{self.module}"

    def version(self) -> str:
        """Version of the framework's installed distribution; empty for our engine."""
        return version(self.distribution) if self.distribution else ""

    def absence(self) -> str | None:
        """Why the peer cannot run here, or None when it can."""
        if find_spec(self.path) is None:
            return f"there is no module {self.path}"
        try:
            self.version()
        except PackageNotFoundError:
            return f"the distribution {self.distribution} is not installed"
        return None


PEERS = {
    "engine": Peer("engine", "this engine"),
    "starsim": Peer("starsim_peer", "Starsim", "starsim"),
    "amber": Peer("amber", "AMBER", "ambr"),
    "mesa_frames": Peer("mesa_frames_peer", "mesa-frames", "mesa-frames"),
    "plain_mesa": Peer("plain_mesa", "Mesa", "mesa"),
    "mesa_shuffle": Peer("mesa_shuffle", "Mesa, shuffle_do", "mesa"),
    "agentpy": Peer("agentpy_peer", "AgentPy", "agentpy"),
}
"""The known engines by the name used on the command line."""
