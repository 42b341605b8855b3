from __future__ import annotations

import pytest

from reviewbot.checks import calls
from reviewbot.core.findings import Severity
from tests.checks.calls.rows import marked, said
from tests.readings import reading

FOUND = [
    ("js", "«box.innerHTML = `<b>${name}</b>`"),
    ("js", "«box.innerHTML = '<b>' + user.name + '</b>'"),
    ("js", "«box.innerHTML = message"),
    ("js", "«box.insertAdjacentHTML('beforeend', `<b>${name}</b>`)"),
    ("js", "«document.write('<b>' + location.hash + '</b>')"),
    ("js", "«$(box).html('<b>' + name + '</b>')"),
    ("ts", "function f(name: string) {\n  const text = `<b>${name}</b>`\n  «box.outerHTML = text\n}"),
    ("ts", "«this.sanitizer.bypassSecurityTrustHtml(`<b>${name}</b>`)"),
    ("tsx", "const a = <p «dangerouslySetInnerHTML={{ __html: message }} />"),
    ("py", "«mark_safe(f'<b>{name}</b>')"),
    ("py", "«Markup('<b>%s</b>' % name)"),
    ("py", "«render_template_string('<b>' + name + '</b>')"),
    ("rb", "«\"<b>#{params[:name]}</b>\".html_safe"),
    ("rb", "«raw(\"<b>#{name}</b>\")"),
    ("go", 'package a\nfunc f(name string) {\n\t«template.HTML("<b>" + name + "</b>")\n}'),
    ("go",
     'package a\nfunc f(w http.ResponseWriter, r *http.Request) {\n'
     '\t«fmt.Fprintf(w, "<b>%s</b>", r.FormValue("name"))\n}'),
    ("java", 'class A { void f() {\n«response.getWriter().println("<b>" + request.getParameter("name"));\n} }'),
    ("cs", 'class A { void F(string name) {\n«Html.Raw($"<b>{name}</b>");\n} }'),
    ("php", "<?php\n«echo '<b>' . $_GET['name'];"),
    ("php", "<?php\n«print $_POST['name'];"),
]  # fmt: skip

LEFT = [
    ("js", "box.innerHTML = ''"),
    ("js", "box.innerHTML = `<b>a</b>`"),
    ("js", "box.innerHTML = '<b>' + '</b>'"),
    ("js", "box.innerHTML = DOMPurify.sanitize(message)"),
    ("js", "box.innerHTML = `<b>${escapeHtml(name)}</b>`"),
    ("js", "box.innerHTML = `<b style='width:${width}px'>${items.length}</b>`"),
    ("js", "box.innerHTML = other.innerHTML"),
    ("js", "box.innerHTML = render(name)"),
    ("js", "box.textContent = `<b>${name}</b>`"),
    ("js", "const open = box.innerHTML === message"),
    ("js", "stream.write('<b>' + name)"),
    ("ts", "box.insertAdjacentHTML(position, '<b></b>')"),
    ("tsx", "const a = <p>{message}</p>"),
    ("py", "mark_safe('<b>a</b>')"),
    ("py", "mark_safe(f'{start}{end}')"),
    ("py", "def f():\n    label = _('a')\n    return mark_safe(f'<b>{label}</b>')"),
    ("py", "format_html('<b>{}</b>', name)"),
    ("py", "mark_safe(f'<b>{escape(name)}</b>')"),
    ("py", "render_template_string(TEMPLATE, name=name)"),
    ("rb", "'<b></b>'.html_safe"),
    ("rb", "\"<b>#{h.escape(name)}</b>\".html_safe"),
    ("go", 'package a\nfunc f() {\n\ttemplate.HTML("<b></b>")\n}'),
    ("go", 'package a\nfunc f(r *http.Request) {\n\tfmt.Fprintf(w, "%s", r.FormValue("name"))\n}'),
    ("java", 'class A { void f() {\nresponse.getWriter().println("<b>" + name);\n} }'),
    ("cs", 'class A { void F(string x) {\nHtml.Raw("<b></b>");\n} }'),
    ("php", "<?php\necho '<b>' . htmlspecialchars($_GET['name']);"),
    ("php", "<?php\necho '<b>' . $name;"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "code"), FOUND)
def test_markup_built_from_a_value_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/markup", code)


@pytest.mark.parametrize(("suffix", "code"), LEFT)
def test_constants_escaped_values_and_text_are_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []


def test_a_variable_by_itself_is_only_worth_a_look() -> None:
    codes = ("box.innerHTML = message", "box.innerHTML = location.hash", "box.innerHTML = `<b>${name}</b>`")
    severities = [finding.severity for code in codes for finding in calls.check(reading("a.js", code))]
    assert severities == [Severity.LOW, Severity.MEDIUM, Severity.MEDIUM]
