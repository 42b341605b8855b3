from __future__ import annotations

import pytest

from tests.checks.calls.rows import marked, said

ENTITIES = [
    ("py", "«etree.XMLParser(resolve_entities=True)"),
    ("py", "«etree.XMLParser(no_network=False)"),
    ("py", "«parser.setFeature(xml.sax.handler.feature_external_ges, True)"),
    ("js", "«libxml.parseXml(text, { noent: true })"),
    ("ts", "«libxml.parseXml(text, { replaceEntities: true })"),
    ("java",
     'class A { void f() {\n'
     '«f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", false);\n} }'),
    ("java", 'class A { void f() {\n«f.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, true);\n} }'),
    ("java", "class A { void f() {\n«f.setExpandEntityReferences(true);\n} }"),
    ("c", "void f(char *x) {\n«xmlReadFile(x, 0, XML_PARSE_NOENT | XML_PARSE_DTDLOAD);\n}"),
    ("cpp", "void f(char *x) {\nxmlReadMemory(x, n, 0, 0,\n    «XML_PARSE_NOENT);\n}"),
    ("cs", "class A { object s = new XmlReaderSettings {\n«DtdProcessing = DtdProcessing.Parse\n}; }"),
    ("rb", "«Nokogiri::XML(text, nil, nil, Nokogiri::XML::ParseOptions::NOENT)"),
    ("php", "<?php\n«$document->loadXML($text, LIBXML_NOENT);"),
    ("php", "<?php\n«libxml_disable_entity_loader(false);"),
]  # fmt: skip

NO_ENTITIES = [
    ("py", "etree.XMLParser(resolve_entities=False)"),
    ("py", "template.render(resolve_entities=True)"),
    ("js", "libxml.parseXml(text, { noent: false })"),
    ("java", 'class A { void f() {\nf.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);\n} }'),
    ("java",
     'class A { void f() {\n'
     'f.setFeature("http://xml.org/sax/features/external-general-entities", false);\n} }'),
    ("c", "void f(char *x) {\nxmlReadFile(x, 0, XML_PARSE_NONET);\n}"),
    ("cs", "class A { object s = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit }; }"),
    ("rb", "Nokogiri::XML(text)"),
    ("php", "<?php\n$document->loadXML($text, LIBXML_NONET);"),
]  # fmt: skip

DEBUGGER = [
    ("py", "«app.run(debug=True)"),
    ("py", "app.run(\n    port=80,\n    «debug=True,\n)"),
    ("py", "«run_simple('localhost', 80, app, use_debugger=True)"),
    ("py", "«DebuggedApplication(app, evalex=True)"),
]

NO_DEBUGGER = [
    ("py", "app.run(debug=False)"),
    ("py", "app.run(debug=settings.DEBUG)"),
    ("py", "asyncio.run(main(), debug=True)"),
    ("py", "debug = True"),
]

ORIGINS = [
    ("py", "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=['*'],\n    «allow_credentials=True,\n)"),
    ("py", "«CORS(app, origins='*', supports_credentials=True)"),
    ("js", "«app.use(cors({ origin: true, credentials: true }))"),
    ("ts", "«app.use(cors({ origin: '*', credentials: true }))"),
    ("go", 'package a\nvar c = cors.Config{\n\tAllowAllOrigins: true,\n\t«AllowCredentials: true,\n}'),
    ("go", 'package a\nvar c = cors.Options{«AllowedOrigins: []string{"*"}, AllowCredentials: true}'),
    ("java", 'class A { void f() {\n«r.addMapping("/**").allowedOriginPatterns("*").allowCredentials(true);\n} }'),
    ("cs", "class A { void F() {\n«b.SetIsOriginAllowed(_ => true).AllowCredentials();\n} }"),
]  # fmt: skip

NO_ORIGINS = [
    ("py", "app.add_middleware(CORSMiddleware, allow_origins=['*'])"),
    ("py", "app.add_middleware(CORSMiddleware, allow_origins=['https://a.example'], allow_credentials=True)"),
    ("js", "app.use(cors({ origin: 'https://a.example', credentials: true }))"),
    ("js", "fetch(url, { credentials: true })"),
    ("go", 'package a\nvar c = cors.Config{AllowOrigins: []string{"https://a.example"}, AllowCredentials: true}'),
    ("java", 'class A { void f() {\nr.allowedOriginPatterns("https://a.example").allowCredentials(true);\n} }'),
    ("cs", "class A { void F() {\nb.SetIsOriginAllowed(o => o == a).AllowCredentials();\n} }"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "code"), ENTITIES)
def test_a_parser_that_follows_entities_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/xml-entities", code)


@pytest.mark.parametrize(("suffix", "code"), DEBUGGER)
def test_a_debugger_on_a_server_is_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/debug-server", code)


@pytest.mark.parametrize(("suffix", "code"), ORIGINS)
def test_credentials_for_any_origin_are_found(suffix: str, code: str) -> None:
    assert said(suffix, code) == marked("calls/open-cors", code)


@pytest.mark.parametrize(("suffix", "code"), NO_ENTITIES + NO_DEBUGGER + NO_ORIGINS)
def test_what_stays_closed_is_left_alone(suffix: str, code: str) -> None:
    assert said(suffix, code) == []
