"""NETWORKS: survivable network design, capacitated network design, facility and link location."""
