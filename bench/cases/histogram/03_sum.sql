SELECT sum(m) FROM ten_reddict;
