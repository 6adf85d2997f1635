"""Demand points and jurisdictions of one agglomeration."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC, Pack

#: Coordinate sources that do not place a unit to within a few kilometres.
COARSE = ("dr5hn", "city_seat_fallback")

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


def utm(points: gpd.GeoSeries) -> str:
    """The UTM zone (WGS 84, north) of the middle of the points' extent."""
    west, _, east, _ = points.total_bounds
    return f"EPSG:{32601 + int(((west + east) / 2 + 180) // 6)}"


def units_of(pack: Pack, slug: str) -> gpd.GeoDataFrame:
    """The member units of an agglomeration, inner and outer, sorted by id."""
    members = pack.members.loc[pack.members["slug"] == slug, ["unit_id", "strict_member"]]
    units = pack.units.merge(members, on="unit_id", validate="one_to_one")
    if len(units) != len(members):
        raise ValueError(f"{slug}: a member unit is not in units.csv")
    return units.sort_values("unit_id", ignore_index=True)


def off_the_water(
    units: gpd.GeoDataFrame, water: gpd.GeoDataFrame, crs: str, step_m: float
) -> gpd.GeoDataFrame:
    """Move the units that lie in a lake or river ashore, `step_m` beyond the nearest bank.

    No seat stands in the water: such a point is a label or a centroid. `moved_m` says how far.
    """
    points = units.geometry.to_crs(crs).to_numpy().copy()
    wet = shapely.union_all(water.to_crs(crs).geometry.to_numpy())
    moved = np.zeros(len(units))
    for i in np.flatnonzero(shapely.intersects(wet, points)):
        dry = wet.buffer(step_m).boundary
        ashore = shapely.get_point(shapely.shortest_line(dry, points[i]), 0)
        moved[i] = round(shapely.distance(ashore, points[i]))
        points[i] = ashore
    on_land = gpd.GeoSeries(points, crs=crs).to_crs(GEOGRAPHIC)
    on_land = on_land.set_precision(1e-5)
    geometry = np.where(moved > 0, on_land.to_numpy(), units.geometry.to_numpy())
    return units.assign(moved_m=moved.astype(int), geometry=geometry).set_crs(
        GEOGRAPHIC, allow_override=True
    )


def demand(units: gpd.GeoDataFrame, access_minutes: np.ndarray) -> gpd.GeoDataFrame:
    """The layer `demand`. Ages that were not published count as 0 and are marked `missing`."""
    workers = (10 * units["health_social_workers_longform"]).round()
    return gpd.GeoDataFrame(
        {
            "id": units["unit_id"],
            "jurisdiction": units["city"],
            "name_zh": units["name_zh"],
            "name_en": units["name_en"],
            "persons": units["pop2020"].astype(int),
            "persons_urban": units["pop_urban"].astype(int),
            "persons_rural": units["pop_rural"].astype(int),
            "persons_0_14": units["pop_0_14"].fillna(0).astype(int),
            "persons_60plus": units["pop_60plus"].fillna(0).astype(int),
            "ages": np.where(units["pop_60plus"].isna(), "missing", "census"),
            "access_minutes": access_minutes,
            "coord_src": units["coord_src"],
            "coarse": units["coord_src"].isin(COARSE),
            "moved_m": units["moved_m"],
            "health_workers": workers.astype("Int64"),
            "inner": units["strict_member"].astype(bool),
        },
        geometry=units.geometry,
        crs=GEOGRAPHIC,
    )


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
