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
    ", ": ("，", ", "),
    "by": ("按{}比较", "by {}"),
    "points": ("需求点", "demand point"),
    "groups": ("人群", "group"),
    "province": ("省", "province"),
    "city": ("市", "city"),
    "county": ("县", "county"),
    "worst service": ("最差的服务", "worst service"),
    "of uncovered": ("未达标比例", "of the uncovered"),
    "of catchment": ("可达容量", "of places within reach"),
    "kolm_pollak": ("Kolm-Pollak 等分布当量", "Kolm-Pollak EDE"),
    "kolm_pollak_gap": ("Kolm-Pollak 当量差距", "Kolm-Pollak gap"),
    "maximum": ("最远者", "the worst-off"),
    "cvar": ("最不利人群平均", "mean of the worst-off"),
    "ordered_median": ("有序中位", "ordered median"),
    "leximin": ("字典序最小化最差", "leximin"),
    "deprivation": ("超标分钟", "deprivation beyond the standard"),
    "alpha_fair": ("阿尔法公平等分布当量", "alpha-fair EDE"),
    "range": ("极差", "range"),
    "mean_absolute_deviation": ("平均绝对偏差", "mean absolute deviation"),
    "absolute_differences": ("平均绝对差", "mean absolute difference"),
    "gini": ("基尼系数", "Gini coefficient"),
    "ratio": ("最大最小比", "largest over smallest"),
    "theil": ("泰尔指数", "Theil index"),
    "atkinson": ("阿特金森指数", "Atkinson index"),
    "palma": ("帕尔马比", "Palma ratio"),
    "jain": ("Jain 公平指数", "Jain index"),
    "in minutes": ("分钟", "minutes"),
    "in share": ("比例", "share"),
    "in ratio": ("倍", "times"),
    "in index": ("指数", "index"),
    "in places per person": ("人均容量", "places per person"),
    "mean_minutes": ("平均出行时间", "mean travel time"),
    "uncovered": ("未达标人口", "persons beyond the standard"),
    "0_14": ("0至14岁", "0 to 14"),
    "60plus": ("60岁及以上", "60 and over"),
    "urban": ("城镇", "urban"),
    "rural": ("乡村", "rural"),
    "kept": ("保留", "kept"),
    "upgraded": ("扩建", "upgraded"),
    "built": ("新建", "built"),
    "facilities": ("设施", "Facilities"),
    "assignments": ("谁在何处就近服务", "Who is served where"),
    "corridors": ("通道", "Corridors"),
    "candidate": ("候选", "candidate"),
    "lost": ("比效率最优方案多用分钟", "minutes more than in the most efficient plan"),
    "loses against": (
        "某项服务比效率最优方案更远",
        "farther from a service than in the efficient plan",
    ),
    "critical_sites": ("关键设施点：失效损失（人·分钟）", "Critical sites: person-minutes lost"),
    "critical_links": ("关键路段：中断损失（人·分钟）", "Critical links: person-minutes lost"),
    "scenarios": ("失效情景：人均多用分钟", "Failures planned for: mean minutes more"),
    "worst failures": (
        "所考虑的最严重失效（至多人均 +{:.1f} 分钟）",
        "worst failures planned for (at most +{:.1f} minutes in the mean)",
    ),
    "failover": ("最严重情景中改往何处", "Who goes elsewhere in the worst failure"),
    "most": ("单点失效最多增加分钟", "most minutes lost in any single failure"),
    "undecided": ("通道不在方案决策之内", "corridor: not decided by the plans"),
    "no_regret": ("各方案新建或扩建的比例", "share of the plans that build it"),
    "rejected": ("被管控线排除", "removed by a control line"),
    "minutes": ("分钟", "minutes"),
    "persons": ("人", "persons"),
    "road": ("道路", "road"),
    "built corridor": ("新建通道", "built corridor"),
    "candidate corridor": ("候选通道", "candidate corridor"),
    "no building": ("禁建管控区", "no building here"),
    "development": ("城镇开发边界", "development boundary"),
    "water": ("水域", "water"),
    "built_up": ("建成区", "built-up land"),
    "cells": ("行政区为需求点周边范围，并非界线", "Areas are cells round demand points"),
    "areas": ("底色", "Areas"),
    "frontier": ("前沿", "frontier"),
    "cost at most": ("投资不超过 {}", "cost at most {}"),
    "resolved to": ("，精度 {}", ", resolved to {}"),
    "knee": ("拐点", "knee"),
    "dominated": ("被支配", "dominated"),
    "not proven": ("未证到所求误差", "not proven to the asked gap"),
    "proven empty": ("已证明没有方案", "proven: no plan lies here"),
    "price of fairness": ("公平的代价（%）", "price of fairness (%)"),
    "people": ("前沿上各方的出行时间", "who gains and who loses along the frontier"),
    "loses": (
        "最公平方案比效率最优方案费时（分钟）",
        "minutes more in the fairest plan than in the most efficient one",
    ),
    "gains": ("省时", "minutes less"),
    "others": ("其他各方", "all others"),
    "people axes": (
        "横轴：{}；纵轴：平均出行分钟，各服务加权",
        "across: {}; up: mean minutes, all services weighted",
    ),
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
