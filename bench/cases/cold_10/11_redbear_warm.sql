SELECT sum(m) FROM cold_narrow;
