SELECT sum(m -> 'metric_0050') FROM wide_plain_:variant;
