//! Joins the modules of a page into few files and minifies them, so that a first visit needs few
//! requests. The first module and all that it imports become one file; a module that is only
//! imported by a call (`import("…")`) becomes a file under its own path, with what only it needs.
//!
//! A joined module shares one scope with the others, so each of its top-level names gets its path
//! in front: `clone` of `js/lib/dom.js` is `lib$dom$clone`. The first file exports a name with the
//! version, and all others export it again. So a tab from before an upgrade loads no newer file of
//! a lazy part, which may expect what the old modules and templates lack; it offers to reload.

#[path = "module.rs"]
mod module;

use std::collections::{BTreeMap, BTreeSet};

use module::{Links, Printed, global_name};

/// The files that the module at `entry` becomes, by path. `read` returns the source of a module.
pub(crate) fn join(
    entry: &str,
    version: &str,
    read: impl Fn(&str) -> String,
) -> BTreeMap<String, String> {
    let graph = Graph::new(entry, version, read);
    let files = graph.files();
    let mut printed = BTreeMap::new();
    for (path, module) in &graph.modules {
        let near = |target: &str| relative(&files[path], &files[target]);
        printed.insert(path.as_str(), module::print(path, &module.source, &module.links, near));
    }
    let names: BTreeSet<&str> = files.values().map(String::as_str).collect();
    let text = |name| (String::from(name), graph.file(name, &files, &printed));
    names.into_iter().map(text).map(|(name, text)| (name, module::minify(&text))).collect()
}

/// The minified form of a script that is not a module.
pub(crate) fn minify_script(source: &str) -> String {
    module::minify_script(source)
}

struct Module {
    source: String,
    links: Links,
}

/// The modules of a page and what they import.
struct Graph<'a> {
    entry: &'a str,
    /// The name that the first file exports for the others of its version.
    version: String,
    modules: BTreeMap<String, Module>,
}

impl<'a> Graph<'a> {
    fn new(entry: &'a str, version: &str, read: impl Fn(&str) -> String) -> Self {
        let (mut modules, mut waiting) = (BTreeMap::new(), vec![entry.to_owned()]);
        while let Some(path) = waiting.pop() {
            if modules.contains_key(&path) {
                continue;
            }
            let source = read(&path);
            let links = module::links(&path, &source);
            waiting.extend(links.imports.iter().chain(&links.calls).cloned());
            modules.insert(path, Module { source, links });
        }
        Self { entry, version: format!("version${version}"), modules }
    }

    /// The modules that load by a call.
    fn lazy(&self) -> BTreeSet<&str> {
        self.modules.values().flat_map(|module| &module.links.calls).map(String::as_str).collect()
    }

    /// The file that each module goes into. A module that several lazy parts need, but not the page
    /// at once, shares a file with those needed by the same parts.
    fn files(&self) -> BTreeMap<String, String> {
        let at_once: BTreeSet<&str> = self.order(self.entry, &|_| true).into_iter().collect();
        let lazy: BTreeSet<&str> =
            self.lazy().into_iter().filter(|path| !at_once.contains(path)).collect();
        let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for &root in &lazy {
            let inside =
                |path: &str| !at_once.contains(path) && (path == root || !lazy.contains(path));
            for path in self.order(root, &inside) {
                users.entry(path).or_default().insert(root);
            }
        }
        let mut shared: BTreeMap<&BTreeSet<&str>, &str> = BTreeMap::new();
        let mut files: BTreeMap<String, String> =
            at_once.iter().map(|&path| (path.to_owned(), self.entry.to_owned())).collect();
        for (path, roots) in &users {
            let file = match roots.first() {
                _ if lazy.contains(path) => path,
                Some(root) if roots.len() == 1 => root,
                _ => shared.entry(roots).or_insert(path),
            };
            files.insert((*path).to_owned(), (*file).to_owned());
        }
        files
    }

    /// `from` and the modules it imports, in the order in which a browser runs them, without those
    /// that are not `inside`, and without what only these import.
    fn order<'b>(&'b self, from: &'b str, inside: &dyn Fn(&str) -> bool) -> Vec<&'b str> {
        let mut order = Vec::new();
        self.visit(from, inside, &mut BTreeSet::new(), &mut order);
        order
    }

    fn visit<'b>(
        &'b self,
        path: &'b str,
        inside: &dyn Fn(&str) -> bool,
        seen: &mut BTreeSet<&'b str>,
        order: &mut Vec<&'b str>,
    ) {
        if !inside(path) || !seen.insert(path) {
            return;
        }
        for import in &self.modules[path].links.imports {
            self.visit(import, inside, seen, order);
        }
        order.push(path);
    }

    /// The text of one file: imports from other files, its modules, exports for other files.
    fn file(
        &self,
        name: &str,
        files: &BTreeMap<String, String>,
        printed: &BTreeMap<&str, Printed>,
    ) -> String {
        let inside = |path: &str| files[path] == name;
        let mut order = self.order(name, &inside);
        for (path, _) in files.iter().filter(|(_, file)| *file == name) {
            let more = self.order(path, &inside);
            let more: Vec<_> = more.into_iter().filter(|path| !order.contains(path)).collect();
            order.extend(more);
        }
        let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for path in &order {
            for import in &self.modules[*path].links.imports {
                let file = files[import].as_str();
                if file != name {
                    imports.entry(file).or_default();
                }
            }
            for (target, global) in &printed[path].uses {
                let file = files[target].as_str();
                if file != name {
                    imports.entry(file).or_default().insert(global);
                }
            }
        }
        let import = |(file, globals): (&str, BTreeSet<&str>)| {
            let globals = globals.into_iter().collect::<Vec<_>>().join(", ");
            format!("import {{ {globals} }} from \"{}\";\n", relative(name, file))
        };
        let mut text: String = imports.into_iter().map(import).collect();
        for path in &order {
            text += &printed[path].code;
        }
        let wanted = printed.iter().filter(|(path, _)| files[**path] != name);
        let wanted = wanted.flat_map(|(_, printed)| &printed.uses);
        let wanted = wanted.filter(|(target, _)| files[target] == name);
        let mut exports: BTreeSet<String> = wanted.map(|(_, global)| global.clone()).collect();
        let version = &self.version;
        let version = if name == self.entry {
            format!("export const {version} = 0;\n")
        } else {
            // The minifier would remove an import that is not used.
            format!("export {{ {version} }} from \"{}\";\n", relative(name, self.entry))
        };
        text.push_str(&version);
        for path in self.lazy().into_iter().filter(|path| files[*path] == name) {
            let own = &printed[path].exports;
            exports.extend(own.iter().map(|own| format!("{} as {own}", global_name(path, own))));
        }
        let exports = exports.into_iter().collect::<Vec<_>>().join(", ");
        text + &format!("export {{ {exports} }};\n")
    }
}

/// `to` as a script at `from` imports it.
fn relative(from: &str, to: &str) -> String {
    let folders: Vec<_> = from.split('/').collect();
    let folders = &folders[..folders.len() - 1];
    let parts: Vec<_> = to.split('/').collect();
    let common = folders.iter().zip(&parts).take_while(|(one, other)| one == other).count();
    let up = "../".repeat(folders.len() - common);
    let up = if up.is_empty() { "./" } else { &up };
    format!("{up}{}", parts[common..].join("/"))
}
