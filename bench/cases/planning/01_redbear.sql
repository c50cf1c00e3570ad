SELECT plan_nested('rd_sum(reddict(''a'', ?))', :variant);
