# cases scale_rows
set title "Key-wise sum of rows of 10 keys, warm"
set xlabel "rows"
set ylabel "time, ms"
set logscale xy
plot series("scale_rows", "jsonb_each", 4) using ($1 * size):2 title "jsonb_each" with linespoints linestyle 6, \
	series("scale_rows", "jsonb_keys", 4) using ($1 * size):2 title "jsonb, ten ->>" with linespoints linestyle 5, \
	series("scale_rows", "columns", 4) using ($1 * size):2 title "float8 columns" with linespoints linestyle 3, \
	series("scale_rows", "redbear", 4) using ($1 * size):2 title "redbear" with linespoints linestyle 1, \
	series("scale_rows", "count", 4) using ($1 * size):2 title "count(m)" with linespoints linestyle 2
