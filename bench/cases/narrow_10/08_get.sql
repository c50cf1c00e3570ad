SELECT sum(m -> 'clicks') FROM n10_narrow_:variant;
