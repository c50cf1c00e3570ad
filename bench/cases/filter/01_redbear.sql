SELECT count(rd_like(m, 'metric\_%5')) FROM filter_:variant;
