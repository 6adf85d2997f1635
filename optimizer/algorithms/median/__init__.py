"""One kind of facility that never overflows: a question answered by `optimizer.location`."""
