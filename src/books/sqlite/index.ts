export { openSqliteBooks, type SqliteBooksOptions } from './sqlite-books.ts';
