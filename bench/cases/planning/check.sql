SELECT plan_nested('rd_sum(reddict(''a'', ?))', 2) = 2, plan_nested('cbrt(power(?, 2))', 2) = 2;
