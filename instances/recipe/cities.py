"""Jurisdictions of one agglomeration: provinces, cities, their seats, classes and money."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from instances.recipe.places import MODELLED
from instances.recipe.sources import Pack

GEOD = Geod(ellps="WGS84")

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


def size_classes(units: pd.DataFrame, rule: dict[str, Any]) -> pd.Series:
    """Size class by city: urban persons of its urban districts, in the classes of 2014.

    units: all of the country, so that a city of which a part is a member keeps its class.
    Districts are the units called 区; a city without any counts the unit with most urban persons.
    """
    district = units["name_zh"].str.endswith("区")
    by_city = units.assign(district=units["pop_urban"].where(district, 0)).groupby("city")
    urban = by_city["district"].sum()
    urban = urban.where(urban > 0, by_city["pop_urban"].max())
    classes = sorted(rule["least_urban_persons"].items(), key=lambda item: item[1])
    names, least = zip(*classes, strict=True)
    row = np.searchsorted(least, urban.to_numpy(), side="right") - 1
    return pd.Series(np.array(names, dtype=object)[row], index=urban.index)


def budgets(persons: pd.Series, per_person: float, running: pd.Series) -> pd.Series:
    """Budget by city (million a year): the same money for every person, and what runs today.

    running: by city, of the facilities that may be closed.
    """
    return (per_person * persons / 1e6 + running.reindex(persons.index, fill_value=0)).round(1)


def seats(
    named: pd.DataFrame, places: gpd.GeoDataFrame, moved: pd.DataFrame, rule: dict[str, float]
) -> pd.Series:
    """City -> demand point at its seat: the real place nearest to it.

    named: the cities in the source, with `city`, seat_lon and seat_lat; moved: the seats that are
    put right, by name. Where the seat lies in no member unit, so that no place is within `seat_km`
    of it, the seat of the most populous member unit stands for it.
    """
    found = {}
    real = places[places["place"].isin(["seat", "town"])]
    for city in named.itertuples():
        lon, lat = city.seat_lon, city.seat_lat
        if city.city_zh in moved.index:
            lon, lat = moved.loc[city.city_zh]
        own = real[real["city"] == city.city]
        _, _, metres = GEOD.inv(
            own.geometry.x, own.geometry.y, np.full(len(own), lon), np.full(len(own), lat)
        )
        if metres.min() <= 1000 * rule["seat_km"]:
            found[city.city] = own["id"].iloc[metres.argmin()]
        else:
            persons = places.groupby("unit_id")["persons"].sum()
            found[city.city] = persons[own["unit_id"].unique()].idxmax()
    return pd.Series(found)


def provenance(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """By city: the share of its persons at places that are modelled, and at coarse seats."""
    modelled = places["place"].isin(MODELLED)
    persons = pd.DataFrame(
        {
            "city": places["city"],
            "all": places["persons"],
            "pseudo_share": places["persons"].where(modelled, 0),
            "coarse_share": places["persons"].where(places["coarse"] & ~modelled, 0),
        }
    )
    sums = persons.groupby("city").sum()
    return sums[["pseudo_share", "coarse_share"]].div(sums["all"], axis=0).round(3)


def member_cities(units: gpd.GeoDataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The agglomeration's cities in the source (`named`), with their id `city`, by id."""
    keys = ["province", "city_zh"]
    own = units.rename(columns={"province_zh": "province", "prefecture_zh": "city_zh"})
    own = own.drop_duplicates(keys)[[*keys, "city"]]
    found = own.merge(named.drop(columns="city", errors="ignore"), on=keys, validate="1:1")
    return found.sort_values("city", ignore_index=True)


def jurisdictions(
    named: pd.DataFrame,
    places: gpd.GeoDataFrame,
    running: pd.Series,
    pack: Pack,
    stage: str,
    rule: dict[str, Any],
) -> pd.DataFrame:
    """The table `jurisdictions`: provinces, then cities with role, seat, classes and budget.

    named: as `member_cities` has them. running: by city, what `budgets` says.
    """
    id = named["city"]
    persons = places.groupby("city")["persons"].sum()
    per_person = rule["money"]["per_person"][stage]
    where = provenance(places).loc[id]
    cities = pd.DataFrame(
        {
            "id": id,
            "name_zh": named["city_zh"],
            "name_en": named["city_en"],
            "parent": id.str[:2] + "0000",
            "tier": "city",
            "role": named["role"],
            "stage": stage,
            "size_class": size_classes(pack.units, rule["size_class"]).loc[id].to_numpy(),
            "seat": seats(named, places, pack.corrections.cities, rule["cities"])[id].to_numpy(),
            "budget": budgets(persons, per_person, running).loc[id].to_numpy(),
            "pseudo_share": where["pseudo_share"].to_numpy(),
            "coarse_share": where["coarse_share"].to_numpy(),
            "province": named["province"],
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
    both = pd.concat([provinces, cities], ignore_index=True)
    return both[[column for column in cities.columns if column != "province"]]


def rings(places: gpd.GeoDataFrame, core: set[str], minutes: np.ndarray, most: float) -> np.ndarray:
    """(I,) core: in a core city; circle: within `most` road minutes of a core's seat; rest.

    minutes: (I,) to the nearest seat of a core.
    """
    near = np.where(minutes <= most, "circle", "rest")
    return np.where(places["city"].isin(core), "core", near)
