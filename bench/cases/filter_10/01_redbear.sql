SELECT sum(m) FROM ten_reddict WHERE m -> 'views' > 50000;
