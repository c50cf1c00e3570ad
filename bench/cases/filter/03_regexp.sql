SELECT count(rd_regexp(m, '^metric_.*5$')) FROM filter_:variant;
