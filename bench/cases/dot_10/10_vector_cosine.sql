-- needs ten_vector
SELECT sum(1 - (m <=> '[0.5,0.25,2,1,-1,10,20,-5,-0.5,-3]')) FROM ten_vector;
