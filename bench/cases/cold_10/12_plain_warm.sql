SELECT sum(m) FROM cold_plain;
