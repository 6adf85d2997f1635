"""What is special in some of the real instances: islands, borders, units without a prefecture."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from tests.instances.test_real import layer


def test_the_ferry_across_the_qiongzhou_strait() -> None:
    roads = layer("beibu-gulf", "roads")
    ferry = roads[roads["class"] == "ferry"]
    assert len(ferry) == 1
    (line,) = ferry.geometry
    assert sorted(np.round([y for _, y in line.coords])) == [20, 20]
    km = Geod(ellps="WGS84").geometry_length(line) / 1000
    assert 18 < km < 35
    # An hour for loading, then 25 km/h; the metric CRS stretches lengths by less than 1 %.
    assert ferry["minutes"].item() == pytest.approx(60 + 60 * km / 25, rel=0.01)
    without = nx.from_pandas_edgelist(roads.drop(ferry.index), "from", "to")
    pieces = sorted(nx.connected_components(without), key=len)
    seats = layer("beibu-gulf", "demand").set_index("id").index
    hainan = {unit for unit in seats if unit.startswith("46")}
    assert len(pieces) == 2 and hainan <= pieces[0]


@pytest.mark.parametrize(
    ("slug", "island"),
    [("yangtze-delta", "330921"), ("yangtze-delta", "330922"), ("liao-zhong-nan", "210224")],
)
def test_island_counties_are_reached_by_ship(slug: str, island: str) -> None:
    """Every way from their places to the mainland has a ferry."""
    roads, people = layer(slug, "roads"), layer(slug, "demand")
    ashore = nx.from_pandas_edgelist(roads[roads["class"] != "ferry"], "from", "to")
    mainland = max(nx.connected_components(ashore), key=len)
    assert not mainland & set(people.loc[people["unit"] == island, "id"])
    assert (roads.loc[roads["from"] == island, "class"] == "ferry").all()


def test_who_goes_to_hong_kong_or_macao_is_checked() -> None:
    """Without the roads that cross a border they are cut off, and none of theirs is outside."""
    roads, people = layer("greater-bay-area", "roads"), layer("greater-bay-area", "demand")
    border = roads["class"] == "border"
    assert (roads.loc[border, "minutes"] > 45).all() and (roads.loc[border, "access"] == "no").all()
    graph = nx.from_pandas_edgelist(roads[~border], "from", "to")
    special = people.set_index("id")["unit"].str.startswith(("81", "82"))
    for piece in nx.connected_components(graph):
        assert len({special[place] for place in piece & set(special.index)}) < 2


def test_hong_kong_and_macao_say_what_is_missing() -> None:
    people = layer("greater-bay-area", "demand").set_index("id")
    special = people["unit"].str.startswith(("81", "82"))
    assert ((people["ages"] == "missing") == special).all()
    hospitals = layer("greater-bay-area", "facilities").set_index("site")
    assumed = hospitals[hospitals["capacity_src"] == "assumed"].index.str.removeprefix("S")
    assert set(assumed) == set(people.index[special & (people["place"] == "seat")])


def test_a_unit_of_the_province_is_its_own_city() -> None:
    areas = layer("middle-yangtze", "jurisdictions").set_index("id")
    assert areas.loc["429004", ["tier", "parent", "name_zh"]].tolist() == [
        "city",
        "420000",
        "仙桃市",
    ]


def test_a_city_in_two_agglomerations_is_the_same_in_both() -> None:
    def wenzhou(slug: str) -> pd.DataFrame:
        people = layer(slug, "demand").set_index("id")
        columns = ["name_zh", "persons", "persons_60plus", "geometry"]
        return people.loc[people["jurisdiction"] == "330300", columns]

    assert len(wenzhou("haixi")) > 5
    pd.testing.assert_frame_equal(wenzhou("haixi"), wenzhou("yangtze-delta"))


def test_only_the_counties_that_a_plan_names() -> None:
    """The Guanzhong plan takes just Xifeng district of Qingyang (621000)."""
    people = layer("guanzhong", "demand")
    own = people[people["jurisdiction"] == "621000"]
    assert set(own["unit"]) == set(own.loc[own["place"] == "seat", "id"]) == {"621002"}
