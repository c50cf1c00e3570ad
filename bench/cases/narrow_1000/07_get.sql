SELECT sum(m -> 'metric_0050') FROM wide_narrow_row_:variant;
