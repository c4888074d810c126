using System.Diagnostics;
using System.Text.RegularExpressions;
using Tenfold.Server.Tests.Stories;

namespace Tenfold.Server.Tests;

/// <remarks>The scripts are those of docs/ci.md, with programs of the test in the place of git and tenfold.</remarks>
public sealed class Documented_jobs_stop_at_a_failed_fit : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Page =>
        File.ReadAllText(Path.Combine(ServerProgram.Folder, "..", "..", "docs", "ci.md"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("GitHub", 0, 0, "BASE=g1\nCANDIDATE=g2\n")]
    [InlineData("GitHub", 1, 1, "")]
    [InlineData("GitHub", 2, 1, "")]
    [InlineData("GitLab", 0, 0, "")]
    [InlineData("GitLab", 1, 1, "")]
    [InlineData("GitLab", 2, 1, "")]
    public async Task A_fit_that_fails_fails_the_job(string host, int failing, int exitCode, string variables)
    {
        Program("git", "echo base");
        Program("tenfold",
            $$$"""
            [ "$1" = fit ] || exit 0
            echo x >> fits
            n=$(wc -l < fits)
            [ $n = {{{failing}}} ] && exit 1
            echo '[{"group":{"id":"g'$n'"}}]'
            """);
        _folder.Write("job.sh", host == "GitHub" ? GitHubScript() : GitLabScript());
        _folder.Write("env", "");
        var start = new ProcessStartInfo("bash", ["-e", "job.sh"]) { WorkingDirectory = _folder.Path, UseShellExecute = false };
        start.Environment["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin";
        start.Environment["GITHUB_ENV"] = _folder["env"];
        using var job = Process.Start(start)!;
        await job.WaitForExitAsync();
        job.ExitCode.ShouldBe(exitCode);
        (await File.ReadAllTextAsync(_folder["env"])).ShouldBe(variables);
    }

    // The lines below "run: |" with their indent removed. GitHub replaces the expressions before the script runs.
    private static string GitHubScript()
    {
        var block = Regex.Match(Page, @"        run: \|\n((?:          .*\n)+)").Groups[1].Value;
        return Regex.Replace(block, @"\$\{\{[^}]*\}\}", "abc");
    }

    private static string GitLabScript() =>
        string.Join('\n', Regex.Matches(Page, @"(?m)^    - (?<line>.*)$").Select(match => match.Groups["line"].Value));

    private void Program(string name, string script)
    {
        var path = _folder.Write($"bin/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
