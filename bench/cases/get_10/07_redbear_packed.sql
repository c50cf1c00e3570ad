SELECT sum(m -> 'clicks') FROM ten_packed;
