from __future__ import annotations

import pytest

from tests.checks.calls.rows import marked, said

FOUND = [
    ("py", "«cursor.execute(f\"SELECT a FROM t WHERE id = {user_id}\")"),
    ("py", "«cursor.execute(\"SELECT a FROM t WHERE n = '%s'\" % name)"),
    ("py", "«cursor.execute(\"SELECT a FROM t WHERE n = '{}'\".format(name))"),
    ("py", "«session.execute(text(\"SELECT a FROM t WHERE n = '\" + name + \"'\"))"),
    ("py",
     "def f(db, name):\n    query = \"SELECT a FROM t\"\n    query += f\" WHERE n = '{name}'\"\n"
     "    «db.execute(query)"),
    ("py", "«cur.execute(f\"INSERT INTO t (a, b) VALUES ({a}, '{b}')\")"),
    ("py", "«cur.execute(f\"INSERT INTO t (a) VALUES ({a})\")"),
    ("py", "«cur.execute(f\"DELETE FROM t WHERE a = {request.args['column']}\")"),
    ("js", "«db.query(`SELECT a FROM t WHERE id = ${req.params.id}`)"),
    ("js", "«db.query(\"SELECT a FROM t WHERE n = '\" + name + \"'\", done)"),
    ("ts", "«await prisma.$queryRawUnsafe(`SELECT a FROM t WHERE id = ${id}`)"),
    ("tsx", "«knex.raw(`UPDATE t SET a = ${value}`)"),
    ("go", 'package a\nfunc f(x string) {\n\t«db.Query(fmt.Sprintf("SELECT a FROM t WHERE n = \'%s\'", x))\n}'),
    ("go", 'package a\nfunc f(x string) {\n\t«db.QueryContext(ctx, "SELECT a FROM t WHERE n = \'" + x + "\'")\n}'),
    ("java",
     'class A { void f(String x) {\nString q = "SELECT a FROM t WHERE n = \'" + x + "\'";\n'
     '«stmt.executeQuery(q);\n} }'),
    ("java",
     'class A { void f(String x) {\n'
     '«em.createNativeQuery(String.format("SELECT a FROM t WHERE n = %s", x));\n} }'),
    ("rs", 'fn f(x: &str) {\n    «conn.execute(&format!("DELETE FROM t WHERE n = \'{}\'", x), []);\n}'),
    ("rs", 'fn f(x: &str) {\n    «sqlx::query(&format!("DELETE FROM t WHERE n = \'{x}\'"));\n}'),
    ("cc", 'void f(std::string x) {\n«mysql_query(c, ("DELETE FROM t WHERE n = " + x).c_str());\n}'),
    ("cpp", 'void f(std::string x) {\n«db.exec("DELETE FROM t WHERE n = \'" + x + "\'");\n}'),
    ("cs", 'class A { void F(string x) {\n«new SqlCommand("SELECT a FROM t WHERE n = \'" + x + "\'", c);\n} }'),
    ("cs", 'class A { void F(string x) {\n«command.CommandText = $"SELECT a FROM t WHERE n = \'{x}\'";\n} }'),
    ("cs", 'class A { void F(string x) {\n«db.Users.FromSqlRaw($"SELECT a FROM t WHERE n = \'{x}\'");\n} }'),
    ("rb", "«connection.execute(\"SELECT a FROM t WHERE n = '#{name}'\")"),
    ("rb", "«User.where(\"name = '#{params[:name]}'\")"),
    ("php", "<?php\n«$db->query(\"SELECT a FROM t WHERE n = '$name'\");"),
    ("php", "<?php\n«mysqli_query($c, 'SELECT a FROM t WHERE n = ' . $_GET['n']);"),
    ("php", "<?php\n«$users->whereRaw(\"name = '$name'\");"),
    ("rb", "«connection.execute(<<~SQL)\n  SELECT a FROM t WHERE n = '#{name}'\nSQL"),
    ("rb", "query = <<~SQL\n  SELECT a FROM t WHERE n = '#{name}'\nSQL\n«connection.execute(query)"),
    ("php", "<?php\n«$db->query(<<<SQL\nSELECT a FROM t WHERE n = '$name'\nSQL);"),
    ("cs", 'class A { void F(string x) {\n«new SqlCommand($@"SELECT a FROM t WHERE n = \'{x}\'", c);\n} }'),
    ("java", 'class A { void f(String x) {\n«s.execute("""\n  SELECT a FROM t WHERE n = \'""" + x + "\'");\n} }'),
    ("go", "package a\nfunc f(x string) {\n\t«db.Query(`SELECT a FROM t WHERE n = '` + x + `'`)\n}"),
]  # fmt: skip

LEFT = [
    ("py", "cursor.execute(f'SELECT a FROM {TABLE} WHERE id = ?', (user_id,))"),
    ("py", "cursor.execute(f'SELECT {columns} FROM {table} WHERE {where}')"),
    ("py", "cursor.execute('SELECT a FROM t WHERE id = %s', (user_id,))"),
    ("py", "cursor.execute(f\"SELECT a FROM t WHERE id IN ({', '.join('?' * n)})\", ids)"),
    ("py", "cursor.execute(f'SELECT a FROM t WHERE id IN ({ids})')"),
    ("py", "cursor.execute(f'SELECT a FROM t WHERE id = {LIMIT}')"),
    ("py", "cursor.execute(f'SELECT a FROM t WHERE id = {int(user_id)}')"),
    ("py", "cursor.execute('SELECT a FROM t WHERE id = %d' % user_id)"),
    ("py", "cursor.execute(f'SELECT a FROM t WHERE id = :{key}', values)"),
    ("py", "db.query(sql)"),
    ("py", "log.info(f\"SELECT a FROM t WHERE id = {user_id}\")"),
    ("py", "run.execute(f'update the value = {value}')"),
    ("py", "cursor.execute(sql.SQL('SELECT a FROM {} WHERE b = 1').format(sql.Identifier(x)))"),
    ("js", "db.query('SELECT a FROM t WHERE id = $1', [id])"),
    ("js", "sql`SELECT a FROM t WHERE id = ${id}`"),
    ("js", "prisma.$queryRaw`SELECT a FROM t WHERE id = ${id}`"),
    ("ts", "db.query(`SELECT a FROM t WHERE id = $${index}`)"),
    ("tsx", "document.querySelector(`a[href='${x}']`)"),
    ("go", 'package a\nfunc f(x string) {\n\tdb.Query("SELECT a FROM t WHERE n = ?", x)\n}'),
    ("go", 'package a\nfunc f(x int) {\n\tdb.Query(fmt.Sprintf("SELECT a FROM t WHERE n = %d", x))\n}'),
    ("java", 'class A { void f(String x) {\nString q = "SELECT a FROM t WHERE n = ?";\nc.prepareStatement(q);\n} }'),
    ("java", 'class A { void f(String x) {\nstmt.executeQuery("SELECT a FROM " + table + " WHERE n = 1");\n} }'),
    ("rs", 'fn f(x: &str) {\n    conn.execute("DELETE FROM t WHERE n = ?1", [x]);\n}'),
    ("cpp", 'void f() {\ndb.exec("DELETE FROM t " "WHERE n = 1");\n}'),
    ("cs", 'class A { void F(string x) {\ndb.Database.ExecuteSqlInterpolated($"UPDATE t SET a = {x}");\n} }'),
    ("cs", 'class A { void F(string x) {\ndb.Users.FromSql($"SELECT a FROM t WHERE n = {x}");\n} }'),
    ("rb", "connection.execute(<<~SQL)\n  SELECT a FROM t WHERE n = 1\nSQL"),
    ("rb", "User.where('name = ?', params[:name])"),
    ("rb", "User.where(\"#{table}.name = ?\", name)"),
    ("rb", "connection.execute(\"SELECT a FROM t WHERE n = #{connection.quote(name)}\")"),
    ("php", "<?php\n$db->query('SELECT a FROM t');"),
    ("php", "<?php\n$db->prepare(\"SELECT a FROM t WHERE n = :name\");"),
    ("php", "<?php\n$db->query('SELECT a FROM t WHERE n = ' . intval($n));"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "code"), FOUND)
def test_a_value_where_a_parameter_belongs_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/sql", code)


@pytest.mark.parametrize(("suffix", "code"), LEFT)
def test_parameters_tables_and_pieces_of_statements_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []
