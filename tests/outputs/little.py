"""A small study, built by hand: two cities, four demand points, two services, three levels.

The map (degrees; 0.1 degree is about 10 km):

    city A (core)              city B (member)
    d1 --- d2 ----- x -------- d3 ------ d4
    s1            s4 (lake)    s2        s3
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, box

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.geodata.geography import Geography, Instance, Source
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import (
    BUILD,
    KEEP,
    UPGRADE,
    Backup,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Budget, Equity, Policy
from optimizer.solution import Assignment, Plan, Result, Status

WGS84 = "EPSG:4326"
UNLIMITED = np.inf
THE_WORST_OFF = Equity("maximum")

EMERGENCY = Service(
    "emergency",
    (Level("emergency", "emergency", 30, 120, backup=Backup(60)),),
    (Size("station", 15, np.inf, 0.5, {"emergency": UNLIMITED}),),
)
MEDICAL = Service(
    "medical",
    (
        Level("medical.county", "medical", 45, 150, referral=240),
        Level("medical.regional", "medical", 90, 300, share=0.5),
    ),
    (Size("centre", 900, 400, 6, {"medical.county": 500, "medical.regional": 600}),),
)


def problem() -> Problem:
    """Columns of a capacity: emergency, medical.county, medical.regional."""
    jurisdictions = Jurisdictions(
        ids=("P", "A", "B"),
        parent=np.array([-1, 0, 0]),
        tier=("province", "city", "city"),
        role=("", "core", "member"),
        budget=np.array([np.nan, 600.0, 300.0]),
    )
    demand = Demand(
        ids=("d1", "d2", "d3", "d4"),
        jurisdiction=np.array([1, 1, 2, 2]),
        persons=np.array([300.0, 100.0, 200.0, 400.0]),
        groups={"rural": np.array([0.0, 50.0, 150.0, 100.0])},
    )
    sites = Sites(
        ids=("s1", "s2", "s3"),
        jurisdiction=np.array([1, 2, 2]),
        cost=np.array([0.0, 5.0, 0.0]),
        land=np.array([np.inf, 10.0, np.inf]),
        hosts=np.array([3, 3, 3]),
    )
    options = Options(
        service=np.array([0, 0, 0, 1, 1, 1]),
        site=np.array([0, 1, 2, 0, 2, 2]),
        size=np.array([0, 0, 0, -1, -1, 0]),
        kind=np.array([BUILD, BUILD, BUILD, KEEP, KEEP, UPGRADE]),
        capacity=np.array(
            [
                [UNLIMITED, 0, 0],
                [UNLIMITED, 0, 0],
                [UNLIMITED, 0, 0],
                [0, 450, 0],
                [0, 200, 0],
                [0, 700, 600],
            ]
        ),
        cost=np.array([15.0, 15, 15, 0, 0, 400]),
        land=np.array([0.5, 0.5, 0.5, 0, 0, 6]),
        required=np.array([False, False, False, True, True, True]),
    )
    everywhere = Pairs(
        origin=np.repeat(np.arange(4), 3),
        site=np.tile(np.arange(3), 4),
        minutes=np.array([5, 60, 80, 25, 50, 90, 50, 5, 40, 80, 40, 5], dtype=float),
    )
    return Problem(
        jurisdictions=jurisdictions,
        demand=demand,
        sites=sites,
        services=(EMERGENCY, MEDICAL),
        options=options,
        pairs=(
            everywhere,
            everywhere.only(everywhere.site != 1),
            everywhere.only(everywhere.site == 2),
        ),
    )


def plan() -> Plan:
    """Stations at s1 and s3; the hospital at s1 is kept, the one at s3 upgraded.

    d3 is split between the hospitals: a quarter at s1 (50 minutes), the rest at s3 (40).
    """

    def serve(*rows: tuple[int, int, float, float]) -> Assignment:
        demand, site, minutes, share = zip(*rows, strict=True)
        return Assignment(
            np.array(demand), np.array(site), np.array(minutes, float), np.array(share, float)
        )

    return Plan(
        options=np.array([0, 2, 3, 5]),
        assignments=(
            serve((0, 0, 5, 1), (1, 0, 25, 1), (2, 2, 40, 1), (3, 2, 5, 1)),
            serve((0, 0, 5, 1), (1, 0, 25, 1), (2, 0, 50, 0.25), (2, 2, 40, 0.75), (3, 2, 5, 1)),
            serve((0, 2, 80, 1), (1, 2, 90, 1), (2, 2, 40, 1), (3, 2, 5, 1)),
        ),
    )


PLACES = {
    "d1": (120.0, 31.0),
    "d2": (120.3, 31.2),
    "d3": (121.0, 31.0),
    "d4": (121.4, 31.3),
    "s4": (120.6, 31.0),
}
PLACES |= {"s1": PLACES["d1"], "s2": PLACES["d3"], "s3": (121.45, 31.32)}


def table(ids: tuple[str, ...], **columns: object) -> gpd.GeoDataFrame:
    """A point layer indexed by id."""
    points = [Point(PLACES[id]) for id in ids]
    index = pd.Index(ids, name="id")
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=points, crs=WGS84)


def geography(folder: Path) -> Geography:
    """The layers of the small study; sites are in a CRS of their own."""
    sites = table(
        ("s1", "s2", "s3", "s4"),
        jurisdiction=["A", "B", "B", "A"],
        name_zh=["甲", "乙", "丙", "丁"],
        cost=[7.0, 5.0, 9.0, 1.0],
        Land=[1.0, 2.0, 3.0, 4.0],
        fid=[11, 12, 13, 14],
    )
    demand = table(
        ("d1", "d2", "d3", "d4"),
        jurisdiction=["A", "A", "B", "B"],
        persons=[300, 100, 200, 400],
        name_zh=["一县", "二县", "三县", "四县"],
        name_en=["One", "Two", "Three", "Four"],
        coarse=[False, True, False, False],
        minutes_emergency=["user's", "own", "column", "here"],
        doctors=pd.array([3, None, 5, 8], dtype="Int64"),
    )
    jurisdictions = gpd.GeoDataFrame(
        {
            "name_zh": ["某省", "甲城", "乙城"],
            "name_en": ["Province", "Alpha", "Beta"],
            "parent": [None, "P", "P"],
            "tier": ["province", "city", "city"],
            "role": ["", "core", "member"],
            "budget": [np.nan, 600.0, 300.0],
        },
        index=pd.Index(["P", "A", "B"], name="id"),
        geometry=[None, None, None],
    )
    facilities = gpd.GeoDataFrame(
        {
            "site": ["s1", "s3"],
            "service": ["medical", "medical"],
            "status": ["existing", "existing"],
            "capacity_county": [450, 200],
            "teaching": [True, False],
            "name_zh": ["甲医院", "丙医院"],
        },
        index=pd.Index(["s1:medical", "s3:medical"]),
        geometry=[None, None],
    )
    ends = [("d1", "d2"), ("d2", "d3"), ("d3", "d4")]
    roads = gpd.GeoDataFrame(
        {"class": ["motorway", "trunk", "primary"], "minutes": [20.0, 45.0, 35.0]},
        geometry=[LineString([PLACES[a], PLACES[b]]) for a, b in ends],
        crs=WGS84,
    )
    corridors = gpd.GeoDataFrame(
        {"from": ["A", "d1"], "to": ["B", "d4"], "minutes": [30.0, 40.0], "status": ["idea"] * 2},
        index=pd.Index(["k1", "k2"], name="id"),
        geometry=[
            LineString([PLACES["d1"], PLACES["d3"]]),
            LineString([PLACES["d2"], PLACES["d4"]]),
        ],
        crs=WGS84,
    )
    lake = box(120.55, 30.9, 120.7, 31.05)
    rejected = gpd.GeoDataFrame(
        {
            "layer": ["sites", "corridors"],
            "id": ["s4", "k1"],
            "reason": ["inside ecological redline", "crosses ecological redline"],
            "zone": ["lake", "lake"],
        },
        geometry=[Point(PLACES["s4"]), corridors.geometry["k1"]],
        crs=WGS84,
    )
    return Geography(
        name="little",
        folder=folder,
        title={"zh": "小城市群", "en": "Little agglomeration"},
        crs="EPSG:32651",
        currency="million CNY",
        names={
            "emergency": {"zh": "急救站", "en": "Emergency station"},
            "medical": {"zh": "医院", "en": "Hospital"},
            "medical.county": {"zh": "县级医院", "en": "County hospital"},
        },
        sources=(Source("OpenStreetMap", "ODbL-1.0", "© OpenStreetMap contributors"),),
        jurisdictions=jurisdictions,
        demand=demand,
        sites=sites.to_crs("EPSG:32651"),
        facilities=facilities,
        roads=roads,
        corridors=corridors,
        zones=gpd.GeoDataFrame({"kind": ["ecological"]}, geometry=[lake], crs=WGS84),
        rejected=rejected,
        inputs={"instance.toml": "0" * 64},
        policy_name="fair",
        overrides=("budget.scale=2",),
    )


@dataclass(frozen=True)
class Little:
    """Makes the small study with another geography or policy."""

    folder: Path

    def study(
        self,
        equity: Equity = THE_WORST_OFF,
        efficient: Plan | None = None,
        **changes: object,
    ) -> SolvedInstance:
        """The study; `changes` are fields of the Geography."""
        facts, found = problem(), plan()
        policy = Policy(equity=equity, budget=Budget(scale=2.0))
        values = vars(geography(self.folder)) | changes
        indicators = assess(Case(facts, policy), found)
        result = Result(
            Status.OPTIMAL,
            found,
            objective=indicators.objective,
            bound=indicators.objective - 0.25,
            gap=0.25 / indicators.objective,
            seconds=1.5,
            nodes=3,
            algorithm="by hand",
            efficient=efficient,
            efficiency_guard=None if efficient is None else 30.0,
        )
        instance = Instance(Case(facts, policy), Geography(**values), None, None)  # type: ignore[arg-type]
        return SolvedInstance(instance, result, indicators)
