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
    "status": ("状态", "status"),
    "efficiency": ("效率", "efficiency"),
    "objective": ("目标值", "objective"),
    "bound": ("下界", "bound"),
    "gap": ("误差", "gap"),
    "seconds": ("秒", "seconds"),
    "dominated": ("被支配", "dominated"),
    "worst_jurisdiction": ("最不利行政区", "worst jurisdiction"),
    "cost": ("造价", "cost"),
    "level": ("级别", "level"),
    "name": ("名称", "name"),
    "size": ("规模", "size"),
    "share": ("需求比例", "share"),
    "standard": ("标准（分）", "standard"),
    "cutoff": ("上限（分）", "cutoff"),
    "border": ("边界", "border"),
    "referral": ("转诊（分）", "referral"),
    "standing": ("现有", "standing"),
    "possible_sites": ("可选点", "possible sites"),
    "pairs": ("出行对", "pairs"),
    "upgrade_cost": ("扩建造价", "upgrade cost"),
    "land": ("用地（公顷）", "land (ha)"),
    "0_14": ("0至14岁", "0 to 14"),
    "60plus": ("60岁及以上", "60 and over"),
    "urban": ("城镇", "urban"),
    "rural": ("乡村", "rural"),
    "mean_minutes": ("平均出行时间", "mean travel time"),
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
