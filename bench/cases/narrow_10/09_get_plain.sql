SELECT sum(m -> 'clicks') FROM n10_plain_:variant;
