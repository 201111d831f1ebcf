"""Where a command is given, and with what settings of other programs, does not matter."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from commands import SMALL
from conscription_flight.cli import surroundings
from conscription_flight.commands.conduct import planned
from conscription_flight.config.cache import kept
from conscription_flight.config.extras import OF_VERB, missing
from conscription_flight.model import cache
from places import ROOT

FLIGHT = Path(sys.executable).with_name("flight")
STUDY = (*SMALL, "draws=4", "draw_from=priors", "policies=[as_documented,open_asylum]")
SHADOWS = (
    "queue.py",
    "random.py",
    "joblib/__init__.py",
    "numpy/__init__.py",
    "yaml.py",
    "pandas.py",
    "numba/__init__.py",
    "conf.py",
)
SHADOW = "import os\nopen(os.environ['HITS'], 'a').write(__name__ + '\\n')\nraise RuntimeError\n"


def flight_in(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess:
    """The installed command, in a process of its own."""
    return subprocess.run([FLIGHT, *words], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True)


@pytest.fixture
def shadowed(tmp_path: Path) -> Path:
    """A folder of modules that bear the names of others, and of settings for other programs."""
    for name in SHADOWS:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SHADOW)
    return tmp_path


@pytest.mark.slow
def test_modules_of_the_working_folder_are_never_imported(shadowed):
    """Neither by a command nor by its workers, whether Python is told of further folders (the first of them this one)
    or not.
    """
    hits = shadowed / "hits.txt"
    said = flight_in(shadowed, "compare", *STUDY, "jobs=2", "out=result", HITS=str(hits), PYTHONPATH=":/nowhere")
    assert (said.returncode, hits.exists()) == (0, False), said.stderr
    for path in (shadowed / "result").iterdir():
        path.rename(shadowed / path.name)
    again = flight_in(shadowed, "reproduce", ".", "jobs=2", HITS=str(hits))
    assert (again.returncode, hits.exists()) == (0, False), again.stderr


@pytest.mark.slow
def test_figures_are_the_same_whatever_matplotlib_is_told(tmp_path):
    told = {
        "nothing": (None, {}),
        "a file of settings": ("text.usetex: True\nfont.size: 40\nbackend: module://nowhere\n", {}),
        "a file that is none": (b"\xff\xfe\x00", {"MPLBACKEND": "no backend", "MATPLOTLIBRC": "."}),
        "a notebook's settings": (None, {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "DISPLAY": ":99"}),
    }
    words = (
        "sweep",
        *SMALL,
        "over.mobilisation.quota=[100000,300000]",
        "draws=1",
        "draw_from=priors",
        "jobs=1",
        "out=o",
    )
    drawn = {}
    for name, (text, env) in told.items():
        folder = tmp_path / name
        folder.mkdir()
        if text is not None:
            (folder / "matplotlibrc").write_bytes(text if isinstance(text, bytes) else text.encode())
        said = flight_in(folder, *words, **env)
        assert said.returncode == 0, said.stderr
        figures = sorted(path for path in (folder / "o").iterdir() if path.suffix in (".png", ".svg"))
        drawn[name] = [hashlib.sha256(path.read_bytes()).hexdigest() for path in figures]
    assert len(drawn["nothing"]) == 2
    assert all(each == drawn["nothing"] for each in drawn.values())


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({"NUMBA_DISABLE_JIT": "1"}, "NUMBA_DISABLE_JIT: the model runs as compiled code only; unset it"),
        ({"NUMBA_DISABLE_JIT": "yes"}, "NUMBA_DISABLE_JIT: the model runs as compiled code only; unset it"),
    ],
)
def test_what_no_run_can_bear_is_one_line(flight, monkeypatch, env, line):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    said = flight("run", *SMALL)
    assert (said.code, said.errors) == (2, [line])


def test_settings_for_the_compiler_in_the_working_folder_are_one_line(flight):
    Path(surroundings.COMPILER_SETTINGS).write_text("cache_dir: here\n")
    said = flight("run", *SMALL)
    assert said.code == 2
    assert said.errors == [
        ".numba_config.yaml: numba would take settings from this file; move it, or give the command in another folder"
    ]


def test_the_compiler_is_told_nothing_but_where_its_cache_is(monkeypatch):
    told = {"NUMBA_NUM_THREADS": "0", "NUMBA_OPT": "bogus", "NUMBA_CACHE_DIR": "mine", "NUMBA_BOUNDSCHECK": "0"}
    for name, value in {**told, "PYTHONSAFEPATH": "", "MPLBACKEND": "none"}.items():
        monkeypatch.setenv(name, value)
    surroundings.shut_out()
    left = {name for name in os.environ if name.startswith("NUMBA_")}
    assert left == {"NUMBA_CACHE_DIR", "NUMBA_BOUNDSCHECK"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_said_and_tidied_up(tmp_path, number):
    """The command ends with 128 and the signal's number, and leaves nothing unfinished behind."""
    code = (
        "import os, sys\n"
        "from conscription_flight.cli import main as cli\n"
        "from conscription_flight.commands import run\n"
        f"run.execute = lambda *_: os.kill(os.getpid(), {int(number)})\n"
        f"sys.argv = ['flight', 'run', *{SMALL!r}, 'out=result']\n"
        "raise SystemExit(cli.main())\n"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (said.returncode, said.stderr.split()) == (128 + number, ["stopped;", "nothing", "was", "written"])
    assert not list(tmp_path.iterdir())


def test_a_cache_without_room_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert cache.compiled_folder() == tmp_path
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: SimpleNamespace(free=cache.ROOM - 1))
    assert cache.compiled_folder() is None


def test_a_working_folder_that_is_gone_and_other_platforms_are_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert surroundings.refusals() == []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(surroundings, "OLDEST", (4, 0))
    (windows, python) = surroundings.refusals()
    assert "does not run on Windows" in windows and python.startswith("flight: needs Python 3.11 or later")
    monkeypatch.undo()
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    found = surroundings.refusals()
    os.chdir(ROOT)
    assert found == ["flight: the working folder is gone; change to one that is there"]


def test_the_folder_of_compiled_code_is_the_user_s_word(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    assert cache.compiled_folder() == tmp_path / "mine"
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert cache.compiled_folder() is None


@pytest.mark.parametrize("answer", ["~/.cache/x", RuntimeError("no home")])
def test_a_user_without_a_home_keeps_nothing(tmp_path, monkeypatch, answer):
    def user_cache_dir(*_: str) -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(cache.platformdirs, "user_cache_dir", user_cache_dir)
    assert cache.compiled_folder() is None
    assert kept("name", b"given", lambda: b"made") == b"made"
    assert not list(tmp_path.iterdir())


def test_a_home_that_is_not_there_is_one_line(flight):
    said = flight("run", *SMALL, "out='~nobody_of_this_name/x'")
    assert said.code == 2
    assert said.errors == ["out = ~nobody_of_this_name/x: allowed is a path without ~, as there is no such home folder"]


def test_compiled_code_is_not_kept_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").touch()
    code = "from conscription_flight.model.compiled import CACHE, compiled; print(CACHE, compiled(lambda x: x + 1)(1))"
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "file" / "below")}
    assert (
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        == "None 2\n"
    )


@pytest.mark.parametrize("verb", OF_VERB)
def test_a_package_that_is_not_there_is_missed_before_the_first_run(flight, tmp_path, monkeypatch, verb):
    module, extra = OF_VERB[verb]
    package = module.partition(".")[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    line = f"flight {verb}: {package} is not installed; pip install 'conscription-flight[{extra}]' adds it"
    said = flight(verb, *SMALL)
    assert (said.code, said.errors) == (2, [line])
    assert not list(tmp_path.iterdir())


def test_one_method_of_calibration_needs_no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    calibrate = import_module("conscription_flight.commands.calibrate")
    assert planned(calibrate, "calibrate", ["method=regression"]).options.method == "regression"


@pytest.mark.parametrize(("kind", "package"), [("dask", "distributed"), ("slurm", "dask_jobqueue")])
def test_a_back_end_without_its_package_is_one_line(flight, tmp_path, monkeypatch, kind, package):
    pytest.importorskip("distributed")
    monkeypatch.setitem(sys.modules, package, None)
    address = ["backend.address=tcp://127.0.0.1:9"] if kind == "dask" else []
    said = flight("compare", *STUDY, f"backend={kind}", *address)
    assert said.code == 2
    assert said.errors == [
        f"backend = {kind}: {package} is not installed; pip install 'conscription-flight[cluster]' adds it"
    ]
    assert not list(tmp_path.iterdir())


def test_a_package_that_is_there_in_part_is_named(tmp_path, monkeypatch):
    for name, text in {"half": "import nothing_of_this_name", "torn": "raise ImportError('torn\\napart')"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert missing("it", "half", "x")[0].startswith("it: half needs nothing_of_this_name, which is not installed")
    assert missing("it", "torn", "x")[0].startswith("it: torn cannot be imported (torn apart)")
    assert missing("it", "json", "x") == []


def test_the_package_holds_what_defaults_need():
    """All of conf/ but figures and what is there twice, and the manual of the model."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"][
        "conscription_flight.conf"
    ]
    conf = ROOT / "conf"
    shipped = {path for pattern in told for path in conf.glob(pattern)}
    needed = {path for path in conf.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    left_out = {path for path in needed if path.parent.name == "posterior" and path.suffix in (".png", ".svg", ".csv")}
    assert needed - shipped == left_out
    manifest = conf / "posterior" / "manifest.json"
    assert {"manifest.json", "config.yaml", "posterior.parquet", "cards.parquet", "inference.parquet"} <= {
        PurePosixPath(path).name for path in shipped if path.parent == manifest.parent
    }


def test_the_project_s_posterior_is_drawn_from_wherever_a_command_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    compare = import_module("conscription_flight.commands.compare")
    assert planned(compare, "compare", ["days=10"]).options.posterior is None
    (tmp_path / "conf" / "posterior").mkdir(parents=True)
    with pytest.raises(ValueError, match="posterior = conf/posterior: no posterior there"):
        planned(compare, "compare", ["days=10", "posterior=conf/posterior"])
