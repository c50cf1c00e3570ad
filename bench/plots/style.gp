# What the plots have in common. Colours that the colour-blind can tell apart
# (Okabe and Ito's), and a shape for each as well.

set terminal svg size 760,480 dynamic noenhanced background "white" font "DejaVu Sans,Helvetica,sans-serif,14"
set key outside right center reverse Left samplen 2 spacing 1.4
set border 3
set tics nomirror
set format "%.10g"
set grid ytics linecolor "#dddddd" linetype 1

set style line 1 linecolor "#d55e00" linewidth 3 pointtype 7 pointsize 0.8
set style line 2 linecolor "#666666" linewidth 1.5 dashtype 2 pointtype 1 pointsize 0.6
set style line 3 linecolor "#0072b2" linewidth 2 pointtype 5 pointsize 0.7
set style line 4 linecolor "#009e73" linewidth 2 pointtype 9 pointsize 0.9
set style line 5 linecolor "#e69f00" linewidth 2 pointtype 11 pointsize 0.9
set style line 6 linecolor "#cc79a7" linewidth 2 pointtype 13 pointsize 0.9
set style line 7 linecolor "#000000" linewidth 2 pointtype 6 pointsize 0.9

# Columns of medians.csv: case, variant, contender, ms, bytes of table per row.
series(case, contender, column) = sprintf( \
	"< awk -F, '$1 == \"%s\" && $3 == \"%s\" && $%d != \"\" { print $2, $%d }' medians.csv", case, contender, column, column)
