SELECT sum(rd_distance(m, '{"clicks": 0.5, "views": 0.25, "revenue": 2, "sessions": 1, "bounces": -1, "signups": 10, "orders": 20, "refunds": -5, "latency": -0.5, "errors": -3}')) FROM ten_packed;
