SELECT sum(m -> 'clicks') FROM ten_reddict;
