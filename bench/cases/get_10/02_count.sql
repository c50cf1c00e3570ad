SELECT count(m) FROM ten_reddict;
