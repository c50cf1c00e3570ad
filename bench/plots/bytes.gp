# cases scale_keys
set title "Size of the table, not compressed"
set xlabel "keys in each row"
set ylabel "bytes per row"
set logscale xy
plot series("scale_keys", "jsonb", 5) title "jsonb" with linespoints linestyle 6, \
	series("scale_keys", "redbear", 5) title "redbear" with linespoints linestyle 1, \
	series("scale_keys", "redbear_packed", 5) title "redbear, packed" with linespoints linestyle 7, \
	series("scale_keys", "array", 5) title "float8[]" with linespoints linestyle 4, \
	series("scale_keys", "columns", 5) title "float8 columns" with linespoints linestyle 3
