SELECT avg(m), stddev(m), min(m), max(m) FROM ten_reddict;
