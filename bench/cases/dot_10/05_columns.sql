SELECT sum(clicks * 0.5 + views * 0.25 + revenue * 2 + sessions - bounces + signups * 10 + orders * 20 - refunds * 5 - latency * 0.5 - errors * 3) FROM ten_columns;
