"""LOCATION: textbook problems of location science, for arrays, sparse matrices or coordinates.

Four villages on a line, 2 stations; what is answered is proven:

>>> from optimizer.location import Coordinates, p_median
>>> found = p_median(Coordinates([[0, 0], [1, 0], [5, 0], [7, 0]]), p=2)
>>> found.plan.sites, found.objective, found.bound
(array([0, 2]), 3.0, 3.0)

The same algorithms serve the engine (`optimizer.algorithms`).
"""

from optimizer.location.base.costs import Coordinates
from optimizer.location.base.result import Opened
from optimizer.location.center.exact import p_center
from optimizer.location.covering.api import max_cover, set_cover
from optimizer.location.hubs.api import fixed_hub, p_hub
from optimizer.location.hubs.covering import hub_cover
from optimizer.location.hubs.flows import Hubs
from optimizer.location.median.api import fixed_charge, p_median
from optimizer.location.networks.design import Design, network_design
from optimizer.location.networks.facility_network import Located
from optimizer.location.networks.located import located_network
from optimizer.location.networks.survivable import Network, survivable_network
from optimizer.location.reliable.api import reliable_fixed_charge, reliable_p_median
from optimizer.location.reliable.exact import Reliable
from optimizer.location.steiner.api import steiner_tree

__all__ = [
    "Coordinates",
    "Design",
    "Hubs",
    "Located",
    "Network",
    "Opened",
    "Reliable",
    "fixed_charge",
    "fixed_hub",
    "hub_cover",
    "located_network",
    "max_cover",
    "network_design",
    "p_center",
    "p_hub",
    "p_median",
    "reliable_fixed_charge",
    "reliable_p_median",
    "set_cover",
    "steiner_tree",
    "survivable_network",
]
