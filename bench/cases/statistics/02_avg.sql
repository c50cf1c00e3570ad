SELECT avg(m) FROM ten_reddict;
