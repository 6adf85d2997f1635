"""The words of tables in a terminal, in Chinese and English."""

from __future__ import annotations

import locale

from optimizer.outputs.words import LANGUAGES, word

#: Words of the tables that maps do not have. key: (zh, en)
HEADINGS = {
    "weight": ("权重", "weight"),
    "backup": ("备援", "backed up"),
    "load": ("负荷（人）", "load"),
    "capacity": ("能力（人）", "capacity"),
    "no limit": ("不限", "no limit"),
    "group": ("人群", "group"),
    "all": ("合计", "all"),
    "worst-off": ("最不利", "worst-off"),
    "jurisdiction": ("行政区", "jurisdiction"),
    "spent": ("支出", "spent"),
    "budget": ("预算", "budget"),
    "pool": ("统筹（+得 -出）", "from pool (+) or to it (-)"),
    "money": ("资金", "Money"),
    "urban": ("城镇", "urban"),
    "rural": ("乡村", "rural"),
    "mean_minutes": ("平均分钟", "mean minutes"),
    "uncovered": ("未达标人口", "persons beyond the standard"),
    "how to read": (
        "数字为公平权重；空心：被支配；方形：未证到所求误差",
        "numbers: equity weight; hollow: dominated; square: not proven to the asked gap",
    ),
}


def say(key: str, language: str) -> str:
    """The word in the language; one that maps have too, or the key itself, where none is here."""
    pair = HEADINGS.get(key)
    return word(key, language) if pair is None else pair[LANGUAGES.index(language)]


def speak(language: str) -> str:
    """The language itself; for "auto" that of the user's locale, English if it is neither."""
    if language != "auto":
        return language
    return "zh" if (locale.getlocale()[0] or "").startswith("zh") else "en"
