"""Jurisdictions of one agglomeration: provinces, cities, and what the cities can spend."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

PROVINCES = {
    "北京市": "Beijing",
    "天津市": "Tianjin",
    "河北省": "Hebei",
    "山西省": "Shanxi",
    "内蒙古自治区": "Inner Mongolia",
    "辽宁省": "Liaoning",
    "吉林省": "Jilin",
    "黑龙江省": "Heilongjiang",
    "上海市": "Shanghai",
    "江苏省": "Jiangsu",
    "浙江省": "Zhejiang",
    "安徽省": "Anhui",
    "福建省": "Fujian",
    "江西省": "Jiangxi",
    "山东省": "Shandong",
    "河南省": "Henan",
    "湖北省": "Hubei",
    "湖南省": "Hunan",
    "广东省": "Guangdong",
    "广西壮族自治区": "Guangxi",
    "海南省": "Hainan",
    "重庆市": "Chongqing",
    "四川省": "Sichuan",
    "贵州省": "Guizhou",
    "云南省": "Yunnan",
    "西藏自治区": "Tibet",
    "陕西省": "Shaanxi",
    "甘肃省": "Gansu",
    "青海省": "Qinghai",
    "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang",
    "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macao",
}


def budgets(units: gpd.GeoDataFrame, roles: pd.Series, rule: dict[str, Any]) -> pd.Series:
    """Budget by city (million): own money by persons and role, grants by shortage of workers.

    roles: city id -> core or member. Units whose workers were not counted are short of nobody.
    """
    need = rule["medical"]["workers_per_1000"] / 1000
    workers = 10 * units["health_social_workers_longform"]
    table = pd.DataFrame(
        {
            "persons": units["pop2020"],
            "served": (workers / need).fillna(units["pop2020"]),
        }
    )
    table = table.groupby(units["city"].to_numpy()).sum()
    money = rule["money"]
    core = roles.loc[table.index] == "core"
    own = money["own_per_person"] * np.where(core, money["core_factor"], 1) * table["persons"]
    short = (table["persons"] - table["served"]).clip(lower=0)
    return ((own + money["grant_per_person_short"] * short) / 1e6).round(1)


def jurisdictions(
    units: gpd.GeoDataFrame, named: pd.DataFrame, rule: dict[str, Any]
) -> pd.DataFrame:
    """The table `jurisdictions`: provinces, then cities with role and budget (million).

    named: the agglomeration's cities in the source.
    """
    keys = ["province_zh", "prefecture_zh"]
    named = named.rename(columns={"province": "province_zh", "city_zh": "prefecture_zh"})
    cities = units.drop_duplicates(keys)[[*keys, "city"]].merge(named, on=keys, validate="1:1")
    cities = cities.sort_values("city", ignore_index=True)
    money = budgets(units, cities.set_index("city")["role"], rule)
    cities = pd.DataFrame(
        {
            "id": cities["city"],
            "name_zh": cities["prefecture_zh"],
            "name_en": cities["city_en"],
            "parent": cities["city"].str[:2] + "0000",
            "tier": "city",
            "role": cities["role"],
            "budget": money.loc[cities["city"]].to_numpy(),
            "province": cities["province_zh"],
        }
    )
    tops = cities.drop_duplicates("parent").sort_values("parent")
    provinces = pd.DataFrame(
        {
            "id": tops["parent"],
            "name_zh": tops["province"],
            "name_en": tops["province"].map(PROVINCES),
            "tier": "province",
            "role": "",
        }
    )
    return pd.concat([provinces, cities], ignore_index=True)[
        ["id", "name_zh", "name_en", "parent", "tier", "role", "budget"]
    ]
