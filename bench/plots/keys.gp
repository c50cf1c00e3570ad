# cases scale_keys
set title sprintf("Key-wise sum of %s pairs, warm", size == 1 ? "1,000,000" : "100,000")
set xlabel "keys in each row"
set ylabel "time, ms"
set logscale xy
plot series("scale_keys", "jsonb_each", 4) title "jsonb_each" with linespoints linestyle 6, \
	series("scale_keys", "array", 4) title "float8[], unnest" with linespoints linestyle 4, \
	series("scale_keys", "columns", 4) title "float8 columns" with linespoints linestyle 3, \
	series("scale_keys", "redbear", 4) title "redbear" with linespoints linestyle 1, \
	series("scale_keys", "redbear_packed", 4) title "redbear, packed" with linespoints linestyle 7, \
	series("scale_keys", "count", 4) title "count(m)" with linespoints linestyle 2
