-- needs scale_sums_:variant
SELECT * FROM scale_sums_:variant;
