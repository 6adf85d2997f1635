"""The formats of a plan, chosen by suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from optimizer.foundation.faults import Fault, InputError, nearest
from optimizer.foundation.language import _
from optimizer.outputs import geojson, gpkg, report, targets
from optimizer.outputs import map as drawn
from optimizer.outputs.atomic import replacing
from optimizer.outputs.solved_instance import SolvedInstance

#: Suffix -> writer(study, path, language), the language being zh or en.
FORMATS: dict[str, Callable[[SolvedInstance, Path, str], None]] = {
    ".gpkg": gpkg.write,
    ".geojson": geojson.write,
    ".json": report.write,
    ".png": drawn.write,
    ".svg": drawn.write,
}


def check_suffixes(paths: Iterable[Path | str], language: str = "auto") -> None:
    """Raise InputError unless each of these files can be written: to be asked before a solve.

    Its suffix must be known, its folder must exist, and a picture that was asked for in Chinese
    needs a font that has it.
    """
    files = [Path(path) for path in paths]
    faults = [fault for file in files for fault in _faults(file)]
    if faults:
        raise InputError(faults)
    if any(FORMATS[file.suffix.lower()] is drawn.write for file in files):
        drawn.fonts.choose(drawn.fonts.speak(language))


def write(study: SolvedInstance, path: Path | str, language: str = "auto") -> None:
    """Write the plan of a study to a file of the format that its suffix names.

    language: of legends and labels: "zh", "en", or "auto": Chinese where this machine has a
    font for it. The file appears whole or not at all. Raises InputError as `check_suffixes`, and
    where the file cannot be written or is one that the instance was read from.
    """
    path = Path(path)
    check_suffixes([path], language)
    targets.judge([path], study.instance.geography.files)
    with replacing(path) as draft:
        FORMATS[path.suffix.lower()](study, draft, drawn.fonts.speak(language))


def _faults(path: Path) -> list[Fault]:
    """What keeps a file from being written."""
    if path.suffix.lower() not in FORMATS:
        remedy = nearest(path.suffix, FORMATS)
        return [Fault("output", _("no format has this suffix"), remedy, value=str(path))]
    if not path.parent.is_dir():
        problem = _("its folder does not exist")
        return [Fault("output", problem, _("make the folder"), value=str(path))]
    return []
