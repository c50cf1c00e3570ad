SELECT sum(clicks) OVER w, sum(views) OVER w, sum(revenue) OVER w, sum(sessions) OVER w, sum(bounces) OVER w,
	sum(signups) OVER w, sum(orders) OVER w, sum(refunds) OVER w, sum(latency) OVER w, sum(errors) OVER w
FROM moving_numeric WINDOW w AS (ORDER BY id ROWS BETWEEN :variant - 1 PRECEDING AND CURRENT ROW) OFFSET 1000000;
