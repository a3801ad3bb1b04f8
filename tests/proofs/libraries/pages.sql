create table pages (url text primary key);
