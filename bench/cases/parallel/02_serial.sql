SELECT sum(m) FROM parallel_reddict;
