//! One module: what it imports, its code with names that are unique among all modules, and the
//! minifier. This is the only file that knows the parser.

use std::collections::BTreeSet;

use oxc_allocator::{Allocator, Vec as ArenaVec};
use oxc_ast::ast::{Declaration, ImportDeclarationSpecifier, ModuleDeclaration, Statement};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::{Parser, ParserReturn};
use oxc_semantic::{Scoping, SemanticBuilder, SymbolId};
use oxc_span::{GetSpan, SourceType};

use crate::page::resolve;

/// What a module imports: at its top, and by calls. Paths, in the order of the source.
#[derive(Default)]
pub(super) struct Links {
    pub(super) imports: Vec<String>,
    pub(super) calls: Vec<String>,
}

/// A module without its imports and exports.
#[derive(Default)]
pub(super) struct Printed {
    pub(super) code: String,
    /// The names it imports: the path of the module and the global name.
    pub(super) uses: BTreeSet<(String, String)>,
    /// The names it exports, as written in its source.
    pub(super) exports: Vec<String>,
}

/// The name of a module's top-level name among those of all modules.
pub(super) fn global_name(path: &str, name: &str) -> String {
    let module = path.strip_prefix("js/").unwrap_or(path).trim_end_matches(".js");
    format!("{}${name}", module.replace('/', "$").replace('-', "_"))
}

pub(super) fn links(path: &str, source: &str) -> Links {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, path, source, SourceType::mjs());
    let mut links = Links::default();
    for statement in &parsed.program.body {
        let Some(declaration) = statement.as_module_declaration() else { continue };
        if let Some(rule) = broken_rule(declaration) {
            panic!("{}: {rule}", place(path, source, declaration.span().start));
        }
        if let ModuleDeclaration::ImportDeclaration(import) = declaration {
            links.imports.push(resolve(path, &import.source.value));
        }
    }
    for call in &parsed.module_record.dynamic_imports {
        let text = call.module_request.source_text(source);
        let Some(target) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            let place = place(path, source, call.module_request.start);
            panic!("{place}: import({text}) needs a path in double quotes");
        };
        links.calls.push(resolve(path, target));
    }
    links
}

/// What a declaration should be like to be joined. The other forms would need code for names that
/// are not written where they are declared or used.
fn broken_rule(declaration: &ModuleDeclaration<'_>) -> Option<&'static str> {
    let is_name = |specifier: &ImportDeclarationSpecifier<'_>| {
        matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(_))
    };
    match declaration {
        ModuleDeclaration::ImportDeclaration(import) => {
            let all = import.specifiers.iter().flatten().all(is_name);
            (!all).then_some("import names one by one")
        }
        ModuleDeclaration::ExportDeclaration(_) => None,
        _ => Some("export where the name is declared"),
    }
}

/// The file and line of a byte, for failures.
fn place(path: &str, source: &str, at: u32) -> String {
    format!("{path}:{}", source[..at as usize].matches('\n').count() + 1)
}

/// Prints the module at `path`. `near` is where a module that it imports by a call will be.
pub(super) fn print(
    path: &str,
    source: &str,
    links: &Links,
    near: impl Fn(&str) -> String,
) -> Printed {
    let source = with_calls(path, source, links, near);
    let allocator = Allocator::default();
    let mut program = parse(&allocator, path, &source, SourceType::mjs()).program;
    let mut scoping = SemanticBuilder::new().build(&program).semantic.into_scoping();
    let mut printed = Printed::default();
    let root = scoping.get_bindings(scoping.root_scope_id());
    let own: Vec<SymbolId> = root.values().copied().collect();
    for symbol in own {
        let name = global_name(path, scoping.symbol_name(symbol));
        scoping.set_symbol_name(symbol, name.as_str().into());
    }
    let body = std::mem::replace(&mut program.body, ArenaVec::new_in(&&allocator));
    for statement in body {
        if let Some(statement) = local(path, statement, &mut scoping, &mut printed) {
            program.body.push(statement);
        }
    }
    let codegen = Codegen::new().with_scoping(Some(scoping));
    printed.code = codegen.build(&program).code;
    printed
}

/// `source` with the addresses of the joined files in its calls of `import`.
fn with_calls(path: &str, source: &str, links: &Links, near: impl Fn(&str) -> String) -> String {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, path, source, SourceType::mjs());
    let mut changed = source.to_owned();
    let calls = parsed.module_record.dynamic_imports.iter().zip(&links.calls);
    for (call, target) in calls.rev() {
        let range = call.module_request.start as usize..call.module_request.end as usize;
        changed.replace_range(range, &format!("\"{}\"", near(target)));
    }
    changed
}

/// A statement without `export`; none for an import, whose names become those of its module.
fn local<'a>(
    path: &str,
    statement: Statement<'a>,
    scoping: &mut Scoping,
    printed: &mut Printed,
) -> Option<Statement<'a>> {
    if !statement.is_module_declaration() {
        return Some(statement);
    }
    match statement.into_module_declaration() {
        ModuleDeclaration::ImportDeclaration(import) => {
            let target = resolve(path, &import.source.value);
            for specifier in import.specifiers.iter().flatten() {
                let ImportDeclarationSpecifier::ImportSpecifier(specifier) = specifier else {
                    unreachable!("`links` refuses other forms")
                };
                let global = global_name(&target, &specifier.imported.name());
                scoping.set_symbol_name(specifier.local.symbol_id(), global.as_str().into());
                printed.uses.insert((target.clone(), global));
            }
            None
        }
        ModuleDeclaration::ExportDeclaration(export) => {
            let declaration = export.unbox().declaration;
            declared(&declaration, &mut printed.exports);
            Some(declaration.into())
        }
        _ => unreachable!("`links` refuses other forms"),
    }
}

fn declared(declaration: &Declaration<'_>, names: &mut Vec<String>) {
    match declaration {
        Declaration::FunctionDeclaration(function) => {
            names.extend(function.id.iter().map(|id| id.name.to_string()));
        }
        Declaration::ClassDeclaration(class) => {
            names.extend(class.id.iter().map(|id| id.name.to_string()));
        }
        Declaration::VariableDeclaration(variables) => {
            let ids =
                variables.declarations.iter().flat_map(|one| one.id.get_binding_identifiers());
            names.extend(ids.map(|id| id.name.to_string()));
        }
        _ => unreachable!("no other declarations in JavaScript"),
    }
}

/// Stands for the path of a joined file in failures.
const JOINED: &str = "a joined file";

/// The shortest form of a joined file. Comments with a licence (`/*! … */`) stay.
pub(super) fn minify(source: &str) -> String {
    minified(source, SourceType::mjs())
}

pub(super) fn minify_script(source: &str) -> String {
    minified(source, SourceType::script())
}

fn minified(source: &str, kind: SourceType) -> String {
    let allocator = Allocator::default();
    let mut program = parse(&allocator, JOINED, source, kind).program;
    // Two names that became one would make a file that no browser accepts.
    let checked = SemanticBuilder::new().with_check_syntax_error(true).build(&program);
    if let Some(fault) = checked.diagnostics.first() {
        let at = if let Some(label) = fault.labels.first() { label.offset() } else { 0 };
        let line = source[at as usize..].lines().next();
        panic!("{JOINED}: {fault}: {}", line.unwrap_or_default());
    }
    let done = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let comments = CommentOptions { legal: LegalComment::Inline, ..CommentOptions::disabled() };
    let options = CodegenOptions { comments, ..CodegenOptions::minify() };
    let codegen = Codegen::new().with_options(options);
    let codegen = codegen.with_private_member_mappings(done.class_private_mappings);
    codegen.with_scoping(done.scoping).build(&program).code
}

fn parse<'a>(
    allocator: &'a Allocator,
    path: &str,
    source: &'a str,
    kind: SourceType,
) -> ParserReturn<'a> {
    let parsed = Parser::new(allocator, source, kind).parse();
    if let Some(fault) = parsed.diagnostics.first() {
        let at = if let Some(label) = fault.labels.first() { label.offset() } else { 0 };
        panic!("{}: {fault}", place(path, source, at));
    }
    parsed
}
