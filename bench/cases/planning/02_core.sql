SELECT plan_nested('cbrt(power(?, 2))', :variant);
