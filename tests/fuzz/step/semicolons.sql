-- a; b
SELECT ';' /* ; */, E'\';', $$ ; $$, $tag$ ; $$ ; $tag$, U&'\003b', ";" FROM t;;
/* ; /* nested; */ ; */ ; VACUUM t; /* a; /* b; */ c; */ -- d;
SELECT 1 -- last;
