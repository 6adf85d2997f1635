"""Presets as planners read them: each figure with its source, and how that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from optimizer.foundation.language import _, word
from optimizer.geodata.instance_file import Name
from optimizer.geodata.presets import Figure, Preset
from optimizer.outputs.rows import cell
from optimizer.outputs.words import listed, name


def overview(presets: Mapping[str, Preset], language: str) -> list[dict[str, Any]]:
    """One row for each: how many figures it sets, of how many, and for which levels."""
    return [
        {
            "preset": key,
            "title": _said(preset.title, language),
            "set": sum(one.key is not None for one in preset.figures),
            "figures": len(preset.figures),
            "levels": listed(preset.levels, language) if preset.levels else None,
        }
        for key, preset in presets.items()
    ]


def show(key: str, preset: Preset, console: Console, language: str) -> None:
    """Print a preset, figure by figure."""
    console.print(f"{key}: {_said(preset.title, language)}", style="bold")
    console.print(_("document: {document}", document=_said(preset.document, language)))
    console.print(_said(preset.note, language))
    if preset.suits:
        console.print(_("made for: {names}", names=listed(preset.suits, language)))
    for figure in preset.figures:
        console.print(f"- {_said(figure.says, language)}")
        for sentence in _details(figure, language):
            console.print(f"  {sentence}")


def _details(figure: Figure, language: str) -> Iterator[str]:
    """What a figure sets or why it sets nothing, how it is made minutes, where it is from."""
    if figure.unset is not None:
        yield _("cannot be set: {reason}", reason=_said(figure.unset, language))
    elif figure.levels:
        levels = _(" or ").join(figure.levels)
        value = cell(figure.asked)
        yield _("sets {key} = {value} of {levels}", key=figure.key, value=value, levels=levels)
    else:
        yield _("sets {key} = {value}", key=figure.key, value=cell(figure.asked))
    if figure.kmh is not None and figure.why is not None:
        reason = _said(figure.why, language)
        yield _("at {kmh:g} km/h ({reason})", kmh=figure.kmh, reason=reason)
    known = word(f"known {figure.known}", language)
    yield _("{known}: {source}", known=known, source=_said(figure.source, language))


def _said(text: Name, language: str) -> str:
    return name(text.model_dump(), "", language)
