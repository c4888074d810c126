using Tenfold.Core.Commands;

namespace Tenfold.Core.Tests.Commands;

public sealed class Paths_into_a_project_lead_to_its_copy : IDisposable
{
    private static readonly string[] Pinned =
        ["", "train.py", "src", "src/mylib", "src/mylib/__init__.py", "conf", "conf/a b.yaml", "my dir", "my dir/x.py"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("python3 /home/me/iris/train.py", "python3 /copy/train.py")]
    [InlineData("python3 /home/me/iris/train.py --lr 0.1 --seed 3", "python3 /copy/train.py --lr 0.1 --seed 3")]
    [InlineData("cd /home/me/iris && python3 train.py", "cd /copy && python3 train.py")]
    [InlineData("cd /home/me/iris/; ls", "cd /copy/; ls")]
    [InlineData("cd \"/home/me/iris\"", "cd \"/copy\"")]
    [InlineData("cd '/home/me/iris/src'", "cd '/copy/src'")]
    [InlineData("python3 \"/home/me/iris/my dir/x.py\" a", "python3 \"/copy/my dir/x.py\" a")]
    [InlineData("python3 /home/me/iris/my\\ dir/x.py a", "python3 /copy/my\\ dir/x.py a")]
    [InlineData("PYTHONPATH=/home/me/iris/src:/opt/lib python3 train.py", "PYTHONPATH=/copy/src:/opt/lib python3 train.py")]
    [InlineData("/opt/a:/home/me/iris/src:/home/me/iris", "/opt/a:/copy/src:/copy")]
    [InlineData("--config=/home/me/iris/conf/a\\ b.yaml", "--config=/copy/conf/a\\ b.yaml")]
    [InlineData("gcc -I/home/me/iris/src x.c", "gcc -I/copy/src x.c")]
    [InlineData("python3 ~/iris/train.py", "python3 /copy/train.py")]
    [InlineData("python3 $HOME/iris/train.py", "python3 /copy/train.py")]
    [InlineData("python3 \"${HOME}/iris/train.py\"", "python3 \"/copy/train.py\"")]
    [InlineData("python3 /home/me//iris/./src/../train.py", "python3 /copy/train.py")]
    [InlineData("file:///home/me/iris/train.py", "file:///copy/train.py")]
    [InlineData("cat /home/me/iris/conf/*.yaml", "cat /copy/conf/*.yaml")]
    [InlineData("cat /home/me/iris/conf/$NAME.yaml", "cat /copy/conf/$NAME.yaml")]
    [InlineData("cat /home/me/iris/{file}", "cat /copy/{file}")]
    [InlineData("python3 -c \"import sys; sys.path.insert(0, '/home/me/iris/src')\"",
        "python3 -c \"import sys; sys.path.insert(0, '/copy/src')\"")]
    public void A_path_is_replaced_anywhere(string text, string expected) => Rewrite(text).Text.ShouldBe(expected);

    [Theory]
    [InlineData("python3 train.py")]
    [InlineData("/home/me/iris2/train.py /home/me/iris-old/train.py /mnt/home/me/iris/train.py")]
    [InlineData("s3://home/me/iris/train.py https://home/me/iris/train.py")]
    [InlineData("scp x me@host:/home/me/iris/train.py")]
    [InlineData("$ROOT/home/me/iris/train.py ${ROOT}/home/me/iris/train.py $(root)/home/me/iris/train.py")]
    [InlineData("~other/iris/train.py $HOMEWORK/iris/train.py")]
    [InlineData("/home/me/iris/../rose/train.py")]
    [InlineData("/home/me/iris/.tenfold/work/x")]
    public void Text_that_is_no_such_path_stays(string text)
    {
        var rewriting = Rewrite(text);
        rewriting.Text.ShouldBe(text);
        rewriting.Uses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("python3 /home/me/iris/data/prepare.py", "/home/me/iris/data/prepare.py")]
    [InlineData("ls /home/me/iris/.venv/bin now", "/home/me/iris/.venv/bin")]
    [InlineData("ls ~/iris/data/$X", "~/iris/data")]
    public void A_path_to_a_file_outside_the_copy_stays_and_is_named(string text, string named)
    {
        var rewriting = Rewrite(text);
        rewriting.Text.ShouldBe(text);
        var use = rewriting.Uses.ShouldHaveSingleItem();
        (use.IsPinned, use.Written).ShouldBe((false, named));
    }

    [Fact]
    public void A_path_through_a_link_is_replaced_too()
    {
        _folder.Write("iris/src/a.py", "");
        Directory.CreateSymbolicLink(_folder["link"], _folder["iris"]);
        Directory.CreateSymbolicLink(_folder["lib"], "link/src");
        var paths = new ProjectPaths([_folder["link"]], null, path => path is "" or "src" or "src/a.py");
        var rewritten = paths.Rewrite($"{_folder["iris"]}/src:{_folder["lib"]}:{_folder["link"]}/src", "/copy");
        rewritten.Text.ShouldBe("/copy/src:/copy/src:/copy/src");
        paths.BelowAncestor(_folder.Path).ShouldBe(["link", "iris"]);
    }

    [Fact]
    public void A_cycle_of_links_ends()
    {
        Directory.CreateSymbolicLink(_folder["a"], "b");
        Directory.CreateSymbolicLink(_folder["b"], "a");
        PhysicalPath.Of(_folder["a/x"]).ShouldNotBeEmpty();
        PhysicalPath.Of("/a/../../b/./c//").ShouldBe("/b/c");
    }

    private static PathRewriting Rewrite(string text) =>
        new ProjectPaths(["/home/me/iris"], "/home/me", Pinned.Contains, "/home/me/iris/.tenfold").Rewrite(text, "/copy");
}
