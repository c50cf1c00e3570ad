SELECT sum(m) FROM ten_packed WHERE m -> 'views' > 50000;
