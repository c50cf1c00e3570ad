SELECT sum(clicks) FROM ten_columns;
