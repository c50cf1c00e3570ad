# For the contenders of this case: "middle" prints the median of the numbers that
# it reads, and "ask" is psql in the variant's database.
export PGDATABASE=registry_$VARIANT PGOPTIONS='-c redbear.pack=on'
[[ $SIZE != 0 ]] || exit 0

ask() {
    psql -XqAt -v ON_ERROR_STOP=1 "$@"
}

# The times of statements, in ms, from psql's \timing.
times() {
    awk '$1 == "Time:" { print $2 }'
}

middle() {
    sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}
