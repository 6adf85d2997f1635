"""The font that a picture is drawn with."""

from __future__ import annotations

import shutil
from copy import copy
from pathlib import Path

import pytest
from matplotlib import font_manager, get_data_path

from optimizer.outputs.map import fonts


def test_a_font_installed_since_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matplotlib keeps a list of fonts for ever; what is no font is passed over."""
    new, junk = tmp_path / "new.ttf", tmp_path / "junk.ttf"
    shutil.copy(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf", new)
    junk.write_text("no font")
    paths = [str(junk), str(new)]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: paths)
    # A copy remembers nothing of what was looked for before.
    empty = copy(font_manager.fontManager)
    empty.ttflist = []
    monkeypatch.setattr(font_manager, "fontManager", empty)
    fonts._look_again.cache_clear()
    fonts._load.cache_clear()
    try:
        found = fonts.find("en", ["Ω"])
        assert found is not None and found.family == "DejaVu Sans"
        assert [entry.fname for entry in font_manager.fontManager.ttflist] == [str(new)]
        assert fonts.find("en", ["長"]) is None
    finally:
        fonts._look_again.cache_clear()
        fonts._load.cache_clear()
