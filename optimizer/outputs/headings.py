"""The words of tables in a terminal, in Chinese and English."""

from __future__ import annotations

import locale

from optimizer.outputs.words import LANGUAGES, word

#: Words of the tables that maps do not have. key: (zh, en)
HEADINGS = {
    "weight": ("权重", "weight"),
    "access": ("{} 分，{}", "{} min, {}"),
    "instance": ("实例", "instance"),
    "zh": ("中文名", "zh"),
    "en": ("英文名", "en"),
    "units": ("需求点", "units"),
    "jurisdictions": ("行政区", "jurisdictions"),
    "sites": ("可选点", "sites"),
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
    "point": ("点", "point"),
    "efficiency_bound": ("效率上限", "cap on efficiency"),
    "equity_bound": ("公平上限", "cap on equity"),
    "cost_bound": ("投资上限", "cap on cost"),
    "price_percent": ("公平的代价（%）", "price of fairness (%)"),
    "gap_percent": ("误差（%）", "gap (%)"),
    "worst_minutes": ("其分钟", "its minutes"),
    "worse_off": ("费时增加（人）", "persons worse off"),
    "note": ("备注", "note"),
    "worst_jurisdiction": ("最不利行政区", "worst jurisdiction"),
    "cost": ("造价", "cost"),
    "from": ("起点", "from"),
    "to": ("终点", "to"),
    "kind": ("类别", "kind"),
    "length_km": ("长度（公里）", "km"),
    "crosses": ("穿越", "crosses"),
    "rejected": ("被排除", "rejected"),
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
    "person_minutes": ("损失（人·分）", "person-minutes lost"),
    "cut_off": ("无处可去（人）", "cut off"),
    "beyond": ("超出能力（人）", "beyond capacity"),
    "hardest_level": ("损失最大的级别", "hardest hit"),
    "persons": ("人口", "persons"),
    "who_lose": ("受损（人）", "persons who lose"),
    "mean_lost": ("平均多（分）", "mean minutes more"),
    "hardest_point": ("最重地点", "hardest place"),
    "most_lost": ("最多（分）", "minutes there"),
    "hardest_area": ("最重行政区", "hardest jurisdiction"),
    "failure": ("失效", "failure"),
    "probability": ("概率", "probability"),
    "lost_mean": ("多用", "more"),
    "of them cut off": ("，{} 人无处可去", ", {} cut off"),
    "made for failures": (
        "已考虑 {count} 种失效：平时平均 {calm} 分钟，期望 {expected}，{where} {tail}",
        "Made for failures ({count}): {calm} minutes in the mean where nothing fails, {expected} "
        "expected, {tail} {where}",
    ),
    "over the worst": ("最坏 {} 情形", "over the worst {}"),
    "in the worst": ("最坏情形", "in the worst"),
    "against attack": (
        "方案针对任意 {count} 个{what}同时失效而定：情景 attack 为已求出的攻击，其余攻击都不更坏",
        "Made against an attack on any {count} of the {what} at once: those found are the "
        "scenarios named attack, no other is worse for this plan",
    ),
    "against attack, stopped": (
        "方案针对任意 {count} 个{what}同时失效而定，但提前停止：可能还有更坏的攻击",
        "Made against an attack on any {count} of the {what} at once, but stopped early: others "
        "may be worse",
    ),
    "critical sites": ("关键设施点", "Critical sites"),
    "critical links": ("关键路段", "Critical links"),
    "none": ("无", "none"),
    "; ": ("；", "; "),
    "how stress counts": (
        "损失按各级别权重合计，人数为需要该级别者；无处可去者按该级别时间上限计；"
        "右侧各列为损失最大的级别",
        "Lost over all levels, by their weights; persons are those who need it; who is cut off "
        "counts as travelling its cut-off; columns from 'hardest hit' on are of that level",
    ),
    "dead ends": (
        "另有 {} 条尽头路：其端点的居民别无他路；见图层 critical_links（dead_end）",
        "Dead ends left out: {}; who lives at one has no other way; they are in the layer "
        "critical_links (dead_end)",
    ),
    "nothing is lost": (
        "任何单点失效都不使人多用时间",
        "No single failure costs anybody a minute",
    ),
    "worst failure": (
        "最严重的单点失效：{name}，损失 {lost} 人·分（总出行的 {share}）；{level}：{persons} 人 "
        "平均多 {mean} 分钟，{point} 最多，{most} 分钟",
        "Worst single failure: {name}, {lost} person-minutes ({share} of all travel); {level}: "
        "{persons} persons travel {mean} minutes more in the mean, {most} in {point}",
    ),
    "attacked site": ("设施点", "sites"),
    "attacked link": ("路段", "links"),
    "one attacked site": ("设施点", "site"),
    "one attacked link": ("路段", "link"),
    "attack": (
        "{count} 个{what}的最坏攻击：{names}；人人就近出行时多 {lost} 人·分（{share}），"
        "任何此类攻击不超过 {bound}",
        "Worst attack on {count} {what}: {names}; with everybody where it is nearest, {lost} "
        "person-minutes more ({share}); no such attack takes more than {bound}",
    ),
    "worse off": (
        "{service}：{persons} 人（{share}）比效率最优方案费时，"
        "平均多 {mean} 分钟，最多 {most} 分钟；主要在 {areas}",
        "{service}: {persons} persons ({share}) travel longer than in the most efficient plan, "
        "{mean} minutes more in the mean, {most} at most; most of them in {areas}",
    ),
    "nobody is worse off": (
        "{service}：没有人比效率最优方案费时",
        "{service}: nobody travels longer than in the most efficient plan",
    ),
    "guard": (
        "效率护栏：{} 不得超过 {} {}",
        "guard of efficiency: {}, at most {} {}",
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
