SELECT rd_percentiles_agg(m, '{0.5,0.9,0.95,0.99}') FROM ten_reddict;
