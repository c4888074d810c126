using System.Diagnostics;

namespace Tenfold.Cli.Tests.House;

/// <summary><c>./tenfold</c> itself, copied beside sources of the same shape, with a build that only says that it was asked for.</summary>
public sealed class The_launcher_builds_when_it_must : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tenfold-launcher-").FullName;

    public The_launcher_builds_when_it_must()
    {
        Copy("tenfold");
        Write("build",
            "#!/bin/sh\necho built >> \"$(dirname \"$0\")/builds\"\nmkdir -p \"$(dirname \"$0\")/artifacts\"\ntouch \"$(dirname " +
                "\"$0\")/artifacts/app.built\"\n");
        Write("artifacts/app/tenfold", "#!/bin/sh\necho \"ran $*\"\nexit 3\n");
        foreach (var source in new[] { "src/A/A.cs", "src/A/A.csproj", "samples/digits/train.cs", "Directory.Build.props",
            "Directory.Packages.props", "global.json" }) Write(source, "");
        foreach (var script in new[] { "tenfold", "build", "artifacts/app/tenfold" })
            File.SetUnixFileMode(Path.Combine(_root, script), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write("artifacts/app.built", "");
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach (var file in Directory.GetFiles(_root, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, now.AddHours(-2));
        foreach (var folder in Directory.GetDirectories(_root, "*", SearchOption.AllDirectories))
            Directory.SetLastWriteTimeUtc(folder, now.AddHours(-2));
        File.SetLastWriteTimeUtc(Path.Combine(_root, "artifacts/app.built"), now.AddHours(-1));
    }

    private int Builds => Path.Combine(_root, "builds") is var path && File.Exists(path) ? File.ReadAllLines(path).Length : 0;

    [Fact]
    public void Nothing_changed_nothing_is_built()
    {
        Run("a", "b c").ShouldBe((3, "ran a b c\n"));
        Builds.ShouldBe(0);
    }

    [Theory]
    [InlineData("src/A/A.cs")]
    [InlineData("src/A/A.csproj")]
    [InlineData("samples/digits/train.cs")]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    public void A_source_that_is_newer_is_built_once(string source)
    {
        Write(source, "changed");
        Run().ShouldBe((3, "ran \n"));
        Run().ShouldBe((3, "ran \n"));
        Builds.ShouldBe(1);
    }

    [Fact]
    public void A_source_that_was_added_or_taken_away_is_a_change()
    {
        Write("src/A/New.cs", "");
        Run();
        Builds.ShouldBe(1);
        var ago = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
        Directory.SetLastWriteTimeUtc(Path.Combine(_root, "src/A"), ago);
        File.SetLastWriteTimeUtc(Path.Combine(_root, "src/A/New.cs"), ago);
        File.SetLastWriteTimeUtc(Path.Combine(_root, "artifacts/app.built"), ago.AddMinutes(1));
        Run();
        Builds.ShouldBe(1);
        File.Delete(Path.Combine(_root, "src/A/A.cs"));
        Run();
        Builds.ShouldBe(2);
    }

    [Fact]
    public void A_program_or_a_stamp_that_is_missing_is_built()
    {
        File.Delete(Path.Combine(_root, "artifacts/app.built"));
        Run();
        Builds.ShouldBe(1);
        File.Move(Path.Combine(_root, "artifacts/app/tenfold"), Path.Combine(_root, "away"));
        Run().Code.ShouldNotBe(0);
        Builds.ShouldBe(2);
    }

    [Fact]
    public void It_may_be_called_by_a_link_from_anywhere()
    {
        var link = Path.Combine(_root, "link");
        File.CreateSymbolicLink(link, Path.Combine(_root, "tenfold"));
        RunAt(link, "/", "x").ShouldBe((3, "ran x\n"));
    }

    [Fact]
    public void The_build_and_the_launcher_look_at_the_same_sources() =>
        Looked("build").ShouldBe(Looked("tenfold"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Looked(string script) => System.Text.RegularExpressions.Regex
        .Match(File.ReadAllText(Path.Combine(Installed.Repository, script)),
            "find (.*?) -newer artifacts/app.built").Groups[1].Value is { Length: > 0 } found
        ? found : throw new InvalidOperationException($"{script} has no such find");

    private void Copy(string script) => File.Copy(Path.Combine(Installed.Repository, script), Path.Combine(_root, script));

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), content);
    }

    private (int Code, string Out) Run(params string[] arguments) => RunAt(Path.Combine(_root, "tenfold"), _root, arguments);

    private static (int Code, string Out) RunAt(string script, string folder, params string[] arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo(
                    script, arguments)
                { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
