# cases copy_in insert
set title "Ingest of rows of 10 keys"
set ylabel "rows per second, thousands"
set style data histograms
set style histogram clustered gap 1
set style fill solid
set yrange [0:]

# Rows of a measurement by its ms: those of a COPY, or of one INSERT.
ingest(type) = sprintf( \
	"< awk -F, -v rows=%.0f '$1 == \"copy_in\" && $2 == 10 && $3 == \"%s\" { text = rows / $4 }" \
	."$1 == \"copy_in\" && $2 == 10 && $3 == \"%s_binary\" { binary = rows / $4 }" \
	."$1 == \"insert\" && $3 == \"%s\" { insert = 10 / $4 }" \
	."END { print \"\\\"COPY, text\\\"\", text; print \"\\\"COPY, binary\\\"\", binary; print \"\\\"INSERT, 4 clients\\\"\", insert }' medians.csv", \
	200000 * size, type, type, type)

plot ingest("redbear") using 2:xtic(1) title "reddict" linestyle 1, \
	ingest("jsonb") using 2 title "jsonb" linestyle 6
