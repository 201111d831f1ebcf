"""Everything that draws, a file for each command. Import it late: nothing else in the project needs matplotlib.

Matplotlib starts in the folder of its own settings, so that it reads neither a file of settings in the working folder
nor the user's. Where it keeps its list of fonts is no news.
"""

from __future__ import annotations

import logging
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path

logging.getLogger("matplotlib").setLevel(logging.ERROR)
with chdir(Path(find_spec("matplotlib").origin).parent / "mpl-data"):
    import matplotlib  # noqa: F401
