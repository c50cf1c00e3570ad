SELECT plan_nested('rd_sum(reddict(''a'', ?))', 2) > 0 AND plan_nested('cbrt(power(?, 2))', 2) > 0;
