<<<<<<< HEAD
"""Everything that draws. Import it late: nothing else in the project needs matplotlib."""

from experiments.figures.calibration import draw_calibration
from experiments.figures.claims import draw_claims
from experiments.figures.comparison import draw_comparison
from experiments.figures.discovery import draw_discovery
from experiments.figures.forecasts import draw_forecast
from experiments.figures.front import draw_front
from experiments.figures.run import draw_run
from experiments.figures.sweep import draw_sweep

__all__ = ["draw_calibration", "draw_claims", "draw_comparison", "draw_discovery", "draw_forecast", "draw_front", "draw_run", "draw_sweep"]
=======
"""Everything that draws, a file for each command. Import it late: nothing else in the project needs matplotlib."""
>>>>>>> c236697474c5918d638b86bce10ddbb5fe2ba5b2
