using System.Text;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Tests.Snapshots;

/// <summary>The expected lists are those of the installed git for the same files.</summary>
public sealed class IgnoreRulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public IgnoreRulesTests() => Git.Run(_folder.Path, "init", "-q", "-b", "main");

    public void Dispose() => _folder.Dispose();

    private static readonly string[] Tree =
    [
        "a", "b.txt", "foo", "foobar", "foo.o", "build/x", "build/keep/y", "src/build/z", "src/a.o", "src/foo/bar/baz",
        "doc/a/b/c.md", "doc/c.md", "doc/x/c.md", "name ", "tab\t", "#hash", "!bang", "back\\slash", "star*", "q?", "[x]", "x", "é",
        "ab", "a-b", "a]b", "dir/foo", "dir/sub/foo", "dir/foobar/x", "deep/er/and/er/f", "1", "A", ".hidden", "sub/.hidden/x",
        "a\nb", "q", "foo-2/x", "b/foo/c/foo", "z/x.log", "z/y/x.log",
    ];

    [Theory]
    [InlineData("foo")]
    [InlineData("/foo")]
    [InlineData("foo/")]
    [InlineData("foo*")]
    [InlineData("*.o")]
    [InlineData("build/")]
    [InlineData("build")]
    [InlineData("/build")]
    [InlineData("/build/*\n!/build/keep")]
    [InlineData("build/*\n!build/keep/")]
    [InlineData("build/\n!build/keep/y")]
    [InlineData("*\n!*/\n!*.md")]
    [InlineData("doc/*.md")]
    [InlineData("doc/**/c.md")]
    [InlineData("**/c.md")]
    [InlineData("**/foo")]
    [InlineData("**/foo/**")]
    [InlineData("dir/**")]
    [InlineData("dir/**/foo")]
    [InlineData("d**/foo")]
    [InlineData("dir/fo**")]
    [InlineData("dir/foo/")]
    [InlineData("dir/foobar/")]
    [InlineData("dir/fooba/")]
    [InlineData("name ")]
    [InlineData("name\\ ")]
    [InlineData("name\\  ")]
    [InlineData("tab\t")]
    [InlineData("\\#hash")]
    [InlineData("#hash")]
    [InlineData("\\!bang")]
    [InlineData("!bang")]
    [InlineData("back\\\\slash")]
    [InlineData("back\\slash")]
    [InlineData("star\\*")]
    [InlineData("q\\?")]
    [InlineData("q?")]
    [InlineData("\\[x\\]")]
    [InlineData("[x]")]
    [InlineData("[[]x[]]")]
    [InlineData("[!a-z]")]
    [InlineData("[^a-z]")]
    [InlineData("[[:upper:]]")]
    [InlineData("[[:digit:][:upper:]]")]
    [InlineData("[[:nope:]]")]
    [InlineData("[[:alpha:")]
    [InlineData("a[]-]b")]
    [InlineData("a[--]b")]
    [InlineData("a[\\]]b")]
    [InlineData("[a-")]
    [InlineData("?")]
    [InlineData("??")]
    [InlineData("é")]
    [InlineData("*/foo")]
    [InlineData("/*/foo")]
    [InlineData("*/*/foo")]
    [InlineData("deep/**/er/f")]
    [InlineData("deep/*/f")]
    [InlineData("deep/**/**/f")]
    [InlineData("/**/x")]
    [InlineData("foo/**")]
    [InlineData("a\\")]
    [InlineData(".*")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("!")]
    [InlineData("**")]
    [InlineData("***")]
    [InlineData("/**")]
    [InlineData("*\r\n!x\r\n")]
    [InlineData("\uFEFFfoo")]
    [InlineData("\n\n  \nfoo\n   ")]
    [InlineData(" foo")]
    [InlineData("foo\n!foo\nfoo")]
    [InlineData("z/*\n!z/y")]
    [InlineData("z/**\n!z/y/\n!*.log")]
    [InlineData("src/foo/bar")]
    [InlineData("src/*/bar/")]
    [InlineData("*foo*")]
    [InlineData("*.log/")]
    [InlineData("./foo")]
    [InlineData("dir/../foo")]
    public void A_pattern_matches_as_in_git(string patterns)
    {
        foreach (var file in Tree) _folder.Write(file, "");
        _folder.Write(".gitignore", patterns);
        Walk(_folder.Path).ShouldBe(GitFiles(_folder.Path));
    }

    [Fact]
    public void Nested_files_info_exclude_and_folders_above_the_project_are_honoured_as_by_git()
    {
        foreach (var file in Tree) _folder.Write("project/" + file, "");
        _folder.Write(".gitignore", "*.md\n/project/a\nproject/dir/sub\n/foo\n");
        _folder.Write("project/.gitignore", "!/doc/c.md\nb.txt\n");
        _folder.Write("project/doc/.gitignore", "!c.md\n/x\n");
        _folder.Write("project/dir/.gitignore", "/foo\n!sub\n");
        _folder.Write(".git/info/exclude", "z\n*.o\n");
        Walk(_folder["project"]).ShouldBe(GitFiles(_folder["project"]));
        Walk(_folder.Path).ShouldBe(GitFiles(_folder.Path));
    }

    [Fact]
    public void A_gitignore_that_is_a_link_is_not_read_as_in_git()
    {
        _folder.Write("rules", "x\n");
        _folder.Write("x", "");
        File.CreateSymbolicLink(_folder[".gitignore"], "rules");
        Walk(_folder.Path).ShouldBe(GitFiles(_folder.Path));
        Walk(_folder.Path).ShouldContain("x");
    }

    [Fact]
    public void A_linked_work_tree_uses_the_exclude_file_of_its_repository()
    {
        _folder.Write("main/seed", "");
        Git.Run(_folder["main"], "init", "-q");
        Git.Run(_folder["main"], "add", "seed");
        Git.Run(_folder["main"], "commit", "-qm", "x");
        Git.Run(_folder["main"], "worktree", "add", "-q", _folder["linked"]);
        _folder.Write("main/.git/info/exclude", "secret\n");
        _folder.Write("linked/secret", "");
        Walk(_folder["linked"]).ShouldBe(["seed"]);
        Walk(_folder["linked"]).ShouldBe(GitFiles(_folder["linked"]));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(22)]
    [InlineData(33)]
    [InlineData(44)]
    public void Random_trees_with_random_patterns_are_listed_as_git_lists_them(int seed)
    {
        var random = new Random(seed);
        string[] words = ["a", "b", "ab", "foo", "a.o", "b.o", "x-y", "Foo"];
        string[] parts = ["a", "b", "*", "?", "**", "[ab]", "[!a]", "*.o", "f*", "foo", "ab", "a*", "x-?", "[[:upper:]]*", "\\a"];
        for (var tree = 0; tree < 25; tree++)
        {
            var root = _folder[$"t{tree}"];
            Directory.CreateDirectory(root);
            Git.Run(root, "init", "-q");
            var folders = new List<string> { "" };
            for (var i = 0; i < 60; i++)
            {
                var path = folders[random.Next(folders.Count)] + words[random.Next(words.Length)];
                if (Path.Exists($"{root}/{path}")) continue;
                if (random.Next(3) > 0)
                {
                    File.WriteAllText($"{root}/{path}", "");
                    continue;
                }
                Directory.CreateDirectory($"{root}/{path}");
                folders.Add(path + "/");
            }
            foreach (var folder in folders)
                if (folder.Length == 0 || random.Next(3) == 0) File.WriteAllText($"{root}/{folder}.gitignore", Patterns());
            Walk(root).ShouldBe(GitFiles(root), $"seed {seed}, tree {tree}");
        }

        string Patterns()
        {
            var text = new StringBuilder();
            for (var lines = random.Next(1, 5); lines > 0; lines--)
            {
                if (random.Next(4) == 0) text.Append('!');
                if (random.Next(4) == 0) text.Append('/');
                for (var segments = random.Next(1, 4); segments > 0; segments--)
                    text.Append(parts[random.Next(parts.Length)]).Append(segments > 1 || random.Next(4) == 0 ? "/" : "");
                text.Append('\n');
            }
            return text.ToString();
        }
    }

    [Fact]
    public void The_projects_exclude_overrides_gitignore_and_can_include_again()
    {
        _folder.Write(".gitignore", "*.bin\n");
        _folder.Write("w.bin", "");
        _folder.Write("v.bin", "");
        _folder.Write("notes/long.md", "");
        _folder.Write("a.ckpt", "");
        Walk(_folder.Path, "*.ckpt", "/notes/", "!w.bin").ShouldBe([".gitignore", "w.bin"]);
    }

    [Fact]
    public void Built_in_patterns_leave_caches_out_and_can_be_overridden()
    {
        string[] files = ["__pycache__/a.pyc", "nb/.ipynb_checkpoints/x", ".tenfold/y", "a.py", "env/pyvenv.cfg", "env/bin/python"];
        foreach (var file in files) _folder.Write(file, "");
        Walk(_folder.Path).ShouldBe(["a.py"]);
        Walk(_folder.Path, "!__pycache__/").ShouldBe(["__pycache__/a.pyc", "a.py"]);
    }

    // With git's own backtracking, these take longer than anybody waits, or exhaust the stack.
    [Theory]
    [InlineData("a*", 60_000, "b", false)]
    [InlineData("*a", 60_000, "", false)]
    [InlineData("**/", 60_000, "*.c", true)]
    [InlineData("**/", 60_000, "*.d", false)]
    [InlineData("*/**/", 30, "*.d", false)]
    [InlineData("[a-z]*", 60_000, "", false)]
    [InlineData("\\a", 60_000, "", false)]
    public void No_pattern_takes_long_or_exhausts_the_stack(string part, int times, string end, bool matches)
    {
        var pattern = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, times)) + end);
        var path = Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Repeat(new string('a', 100), 40)) + "/aaa.c");
        WildMatch.IsMatch(pattern, path, path: true).ShouldBe(matches);
    }

    private static List<string> Walk(string root, params string[] exclude)
    {
        var walk = new TreeWalk(root) { Index = FileIndex.Empty("", root), Rules = IgnoreRules.Load(root, exclude) };
        walk.Run(CancellationToken.None);
        walk.Faults.ShouldBeEmpty();
        return [.. walk.Files.Select(file => file.Path).Order(StringComparer.Ordinal)];
    }

    private static List<string> GitFiles(string root) =>
        [.. Git.Run(root, "ls-files", "-co", "--exclude-standard", "-z").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => !path.EndsWith('/')).Order(StringComparer.Ordinal)];
}
