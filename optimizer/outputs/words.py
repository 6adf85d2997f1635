"""The fixed words of maps and legends, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

WORDS: Mapping[str, tuple[str, str]] = {  # key: (zh, en)
    "plan": ("设施布局方案", "Facility plan"),
    "optimal": ("已证明", "Proven"),
    "stopped": ("提前停止", "Stopped early"),
    "gap": ("与最优相差不超过 {}", "at most {} from the best possible"),
    "no bound": ("未证明与最优的差距", "nothing is proven"),
    "cost": ("投资", "Cost"),
    "service": ("服务", "service"),
    "mean": ("平均", "mean"),
    "worst": ("最远", "worst"),
    "coverage": ("达标", "covered"),
    "equity": ("公平", "equity"),
    "mean in minutes": ("平均单位为分钟", "mean in minutes"),
    "all services": ("各服务加权", "all services, weighted"),
    "kolm_pollak": ("Kolm-Pollak 等分布当量", "Kolm-Pollak EDE"),
    "maximum": ("最远者", "the worst-off"),
    "cvar": ("最不利人群平均", "mean of the worst-off"),
    "kept": ("保留", "kept"),
    "upgraded": ("扩建", "upgraded"),
    "built": ("新建", "built"),
    "facilities": ("设施", "Facilities"),
    "assignments": ("谁在何处就近服务", "Who is served where"),
    "corridors": ("通道", "Corridors"),
    "candidate": ("候选", "candidate"),
    "rejected": ("被管控线排除", "removed by a control line"),
    "minutes": ("分钟", "minutes"),
    "persons": ("人", "persons"),
    "road": ("道路", "road"),
    "candidate corridor": ("候选通道", "candidate corridor"),
    "no building": ("禁建管控区", "no building here"),
    "development": ("城镇开发边界", "development boundary"),
    "cells": ("行政区为需求点周边范围，并非界线", "Areas are cells round demand points"),
    "areas": ("底色", "Areas"),
    "data": ("数据", "Data"),
    "no data": ("无数据", "no data"),
}

LANGUAGES = ("zh", "en")


def word(key: str, language: str) -> str:
    """The word in the language; a key that has none (a registered name, say) stands for itself."""
    return WORDS.get(key, (key, key))[LANGUAGES.index(language)]


def in_order(language: str) -> list[str]:
    """The languages, this one first."""
    return sorted(LANGUAGES, key=lambda one: one != language)


def name(names: Mapping[str, str], fallback: str, language: str) -> str:
    """A name that an instance gives as {zh, en}: in the language, else in the other one."""
    given = (names.get(one) for one in in_order(language))
    return next(filter(None, given), fallback)


def alphabet(language: str) -> Iterable[str]:
    """Every fixed word of the language."""
    return [pair[LANGUAGES.index(language)] for pair in WORDS.values()]
