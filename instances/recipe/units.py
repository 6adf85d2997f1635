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


def demand(units: gpd.GeoDataFrame, access_minutes: pd.Series) -> gpd.GeoDataFrame:
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
            "access_minutes": access_minutes.to_numpy(),
            "coord_src": units["coord_src"],
            "coarse": units["coord_src"].isin(COARSE),
            "moved_m": units["moved_m"],
            "health_workers": workers.astype("Int64"),
            "inner": units["strict_member"].astype(bool),
        },
        geometry=units.geometry,
        crs=GEOGRAPHIC,
    )


def jurisdictions(
    pack: Pack, units: gpd.GeoDataFrame, slug: str, money: dict[str, Any]
) -> pd.DataFrame:
    """The table `jurisdictions`: provinces, then cities with role and budget (million)."""
    cities = pack.agglomerations[pack.agglomerations["slug"] == slug]
    cities = cities.set_index(["province", "city_zh"])
    provinces: dict[str, dict[str, Any]] = {}
    rows = []
    grouped = units.groupby(["province_zh", "prefecture_zh"])
    for (province, prefecture), group in grouped:
        city, named = group["city"].iloc[0], cities.loc[(province, prefecture)]
        top = city[:2] + "0000"
        provinces[top] = {"id": top, "name_zh": province, "name_en": PROVINCES[province]}
        provinces[top] |= {"parent": None, "tier": "province", "role": "", "budget": np.nan}
        person = money["per_person"] * (money["core_factor"] if named["role"] == "core" else 1)
        rows.append(
            {
                "id": city,
                "name_zh": prefecture,
                "name_en": named["city_en"],
                "parent": top,
                "tier": "city",
                "role": named["role"],
                "budget": round(person * group["pop2020"].sum() / 1e6, 1),
            }
        )
    return pd.DataFrame(
        [provinces[p] for p in sorted(provinces)] + sorted(rows, key=lambda row: row["id"])
    )
