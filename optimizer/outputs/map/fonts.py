"""A font of this machine that can draw all there is to say: never a missing glyph."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from logging import ERROR, getLogger

from matplotlib import font_manager

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.harmless import harmless
from optimizer.foundation.language import _, alphabet

# That a font has no normal weight and is drawn in its own is no news.
getLogger("matplotlib.font_manager").setLevel(ERROR)

#: The families that common systems have for Chinese, the best first.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Heiti SC",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
LATIN = "DejaVu Sans"  # comes with matplotlib
FIGURES = "0123456789.,:;%()+-–—<>≤·×=/©&' "


@dataclass(frozen=True)
class Font:
    """A family and the characters that it has."""

    family: str
    glyphs: frozenset[str]

    def has(self, text: str) -> bool:
        """Whether every character of the text can be drawn."""
        return self.glyphs.issuperset(text)

    def first(self, *texts: str | None) -> str:
        """The first text that is one and can be drawn; else the last, without what is missing."""
        given = [harmless(text, keep="\n") for text in texts if text]
        for text in given:
            if self.has(text):
                return text
        return "".join(sign for sign in given[-1] if sign in self.glyphs) if given else ""


def find(language: str, texts: Iterable[str] = ()) -> Font | None:
    """The best font with every character of the language's fixed words and of these texts."""
    needed = "".join([*alphabet(language), *texts, FIGURES])
    font = _best(language, needed)
    if font is None and _look_again():
        font = _best(language, needed)
    return font


@cache
def _look_again() -> bool:
    """Add fonts that were installed since matplotlib made its list; whether there are any."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    new = [path for path in font_manager.findSystemFonts() if path not in known]
    for path in new:
        with suppress(OSError, RuntimeError, ValueError):  # a file that is no font
            font_manager.fontManager.addfont(path)
    _load.cache_clear()
    return bool(new)


def _best(language: str, needed: str) -> Font | None:
    """The best font that matplotlib knows with all of these characters."""
    installed = sorted({entry.name for entry in font_manager.fontManager.ttflist})
    preferred = [family for family in CHINESE if family in installed] if language == "zh" else []
    for family in [*preferred, LATIN, *installed]:
        font = _load(family)
        if font is not None and font.has(needed):
            return font
    return None


def choose(language: str) -> Font:
    """A font for the language's fixed words; InputError where this machine has none."""
    font = find(language)
    if font is None:
        raise InputError(
            [
                Fault(
                    layer="output",
                    problem=_("no font of this machine can draw Chinese"),
                    remedy=_("install one (Noto Sans CJK, say) or ask for --language en"),
                    value=language,
                )
            ]
        )
    return font


def speak(language: str) -> str:
    """The language itself; for "auto" Chinese where this machine can draw it, else English."""
    if language != "auto":
        return language
    return "en" if find("zh") is None else "zh"


@cache
def _load(family: str) -> Font | None:
    """The family with its characters; None for a font file that cannot be read."""
    try:
        path = font_manager.fontManager.findfont(family, fallback_to_default=False)
        charmap = font_manager.get_font(path).get_charmap()
    except (OSError, RuntimeError, ValueError):
        return None
    return Font(family, frozenset(map(chr, charmap)))
