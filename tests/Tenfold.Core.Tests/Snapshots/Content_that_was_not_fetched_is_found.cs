using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class Content_that_was_not_fetched_is_found : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

    private readonly TemporaryFolder _folder = new();

    public Content_that_was_not_fetched_is_found() => Directory.CreateDirectory(_folder["repo/.git"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pointers_of_LFS_are_told_from_the_files_that_they_stand_for()
    {
        _folder.Write("repo/.gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        _folder.Write("repo/a/one.bin", Pointer);
        _folder.Write("repo/a/two.bin", "the content itself");
        _folder.Write("repo/a/README", $"A pointer looks so:\n{Pointer}");
        Find("a", "one.bin", "two.bin", "README").ShouldBe(new MissingContent(1, "one.bin", 0, null));
        _folder.Write("repo/a/three.bin", Pointer);
        $"{Find("a", "one.bin", "three.bin")}".ShouldBe("2 files (one.bin, …) of Git LFS are only a pointer: they were not fetched");
    }

    [Fact]
    public void A_file_that_looks_like_a_pointer_is_none_where_LFS_is_not_used()
    {
        _folder.Write("repo/one.bin", Pointer);
        Find("", "one.bin").ShouldBeNull();
        _folder.Write("repo/.gitattributes", "*.bin filter=lfs\n");
        Find("", ".gitattributes", "one.bin")!.LfsFiles.ShouldBe(1);
    }

    [Fact]
    public void Empty_submodules_of_the_project_are_told()
    {
        _folder.Write(
            "repo/.gitmodules",
            "[submodule \"lib\"]\n\tpath = a/lib\n\turl = ../lib\n[submodule \"b\"]\n\tpath = b/other\n\turl = x\n");
        Directory.CreateDirectory(_folder["repo/a/lib"]);
        Find("a").ShouldBe(new MissingContent(0, null, 1, "lib"));
        $"{Find("a")}".ShouldBe("1 submodule (lib) is empty: it was not fetched");
        Find("")!.Submodules.ShouldBe(2);
        Find("c").ShouldBeNull();
        _folder.Write("repo/a/lib/code.py", "");
        Find("a").ShouldBeNull();
    }

    [Fact]
    public void Outside_a_repository_there_is_nothing_to_fetch()
    {
        Directory.Delete(_folder["repo/.git"]);
        _folder.Write("repo/.gitmodules", "[submodule \"lib\"]\n\tpath = lib\n");
        Find("").ShouldBeNull();
    }

    private MissingContent? Find(string folder, params string[] paths) =>
        MissingContent.Find(_folder[$"repo/{folder}".TrimEnd('/')], paths);
}
