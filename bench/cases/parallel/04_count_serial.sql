SELECT count(m) FROM parallel_reddict;
