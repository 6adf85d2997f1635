"""The wheel: what is in it, and that it works where there is no repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from optimizer.geodata.catalogue import EXAMPLES

ROOT = Path(__file__).parents[1]
BUILT = ("optimizer", "instances", "setup.py", "pyproject.toml", "README.md", "LICENSE")
BUILD = (
    "import sys; from setuptools.build_meta import build_{0} as build; print(build(sys.argv[1]))"
)


def build(kind: str, source: Path, folder: Path) -> Path:
    """The wheel or sdist of a folder with the source; nothing is fetched for it."""
    command = [sys.executable, "-c", BUILD.format(kind), str(folder)]
    ended = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
    return folder / ended.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, which is built from what is here."""
    folder = tmp_path_factory.mktemp("built")
    clone = folder / "clone"
    clone.mkdir()
    for name in BUILT:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, clone / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, clone)
    sdist = build("sdist", clone, folder)
    shutil.unpack_archive(sdist, folder, filter="data")
    return build("wheel", folder / sdist.name.removesuffix(".tar.gz"), folder)


def test_it_holds_the_package_and_the_examples_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "optimizer").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po")
    }
    examples = {
        f"optimizer/examples/{name}/{path.name}"
        for name in EXAMPLES
        for path in (ROOT / "instances" / name).iterdir()
    }
    assert names == files | examples
    for name in EXAMPLES:
        assert f"optimizer/examples/{name}/LICENSE" in names


def test_it_works_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """Installed with nothing else, beside the libraries that are here, in an empty folder."""
    home, here = tmp_path / "home", tmp_path / "here"
    here.mkdir()
    venv.create(home)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    scripts = Path(paths["scripts"])
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(program: str, *arguments: str) -> str:
        command = [str(scripts / program), *arguments]
        ended = subprocess.run(command, cwd=here, env=clean, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install"]
    subprocess.run(
        [*pip, "--quiet", "--no-compile", "--no-index", "--no-deps", str(wheel)],
        env=clean,
        check=True,
    )
    libraries = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (Path(paths["purelib"]) / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
    where = run("python", "-c", "import optimizer; print(optimizer.__file__)")
    assert Path(where.strip()).is_relative_to(home)

    listed = run("equisite", "list")
    assert all(name in listed for name in EXAMPLES) and "tiny/" not in listed
    told = run("equisite", "new", "region", "--example")
    assert f"equisite solve region -o {Path('region/plan.gpkg')}" in told
    assert "GeoNames.org" in told and "CC-BY-4.0" in told
    run("equisite", "solve", "region", "-o", "region/plan.gpkg")
    assert "the plan holds" in run("equisite", "check", "region/plan.gpkg")
