using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tenfold.Cli.Tests.MainPath;

/// <summary>A copy of <c>./tenfold</c> beside a small source tree, with a <c>build</c> that only counts its calls.</summary>
public sealed class The_launcher_builds_changed_sources : IDisposable
{
    private static readonly string[] Sources =
    [
        "src/A/A.cs", "src/A/A.csproj", "samples/digits/train.cs", "Directory.Build.props", "Directory.Packages.props", "global.json",
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("tenfold-launcher-").FullName;

    public The_launcher_builds_changed_sources()
    {
        Copy("tenfold");
        Write(
            "build",
            """
            #!/bin/sh
            cd "$(dirname "$0")"
            echo built >> builds
            mkdir -p artifacts
            touch artifacts/app.built

            """);
        Write("artifacts/app/tenfold", "#!/bin/sh\necho \"ran $*\"\nexit 3\n");
        foreach (var source in Sources) Write(source, "");
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
    public void Unchanged_sources_are_not_built()
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
    public void A_newer_source_is_built_once(string source)
    {
        Write(source, "changed");
        Run().ShouldBe((3, "ran \n"));
        Run().ShouldBe((3, "ran \n"));
        Builds.ShouldBe(1);
    }

    [Fact]
    public void Added_and_removed_sources_are_changes()
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
    public void A_missing_program_or_stamp_is_built()
    {
        File.Delete(Path.Combine(_root, "artifacts/app.built"));
        Run();
        Builds.ShouldBe(1);
        File.Move(Path.Combine(_root, "artifacts/app/tenfold"), Path.Combine(_root, "elsewhere"));
        Run().Code.ShouldNotBe(0);
        Builds.ShouldBe(2);
    }

    [Fact]
    public void The_launcher_works_through_a_link_from_any_folder()
    {
        var link = Path.Combine(_root, "link");
        File.CreateSymbolicLink(link, Path.Combine(_root, "tenfold"));
        RunAt(link, "/", "x").ShouldBe((3, "ran x\n"));
    }

    [Fact]
    public void The_build_and_the_launcher_check_the_same_sources() =>
        CheckedSources("build").ShouldBe(CheckedSources("tenfold"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // The arguments of the script's `find`.
    private static string CheckedSources(string script)
    {
        var text = File.ReadAllText(Path.Combine(Installed.Repository, script));
        var match = Regex.Match(text, "find (.*?) -newer artifacts/app.built");
        return match.Success ? match.Groups[1].Value : throw new InvalidOperationException($"{script} has no such find");
    }

    private void Copy(string script) => File.Copy(Path.Combine(Installed.Repository, script), Path.Combine(_root, script));

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), content);
    }

    private (int Code, string Out) Run(params string[] arguments) => RunAt(Path.Combine(_root, "tenfold"), _root, arguments);

    private static (int Code, string Out) RunAt(string script, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(script, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
