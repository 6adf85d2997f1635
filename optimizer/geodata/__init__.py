"""All that touches geometry: reading an instance, CRSs, control lines, joining back by id."""
